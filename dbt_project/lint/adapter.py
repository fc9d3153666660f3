"""What sqlfluff sees as `adapter` while it renders models: macros of an engine are DuckDB's."""

from collections.abc import Callable

from jinja2 import pass_context
from jinja2.runtime import Context


@pass_context
def dispatch(context: Context, name: str, *_: str) -> Callable[..., str]:
    """The macro ``duckdb__<name>`` of the project."""
    return context[f"duckdb__{name}"]
