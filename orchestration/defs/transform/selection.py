"""Which models may be built without the others (docs/decisions/0003): those that are computed whole."""

from collections.abc import Mapping, Sequence
from typing import Any

from footfall.core.errors import UsageError
from footfall.core.home import Home
from footfall.core.settings import Settings
from footfall.transform.build_sources import is_built

_WHERE = "the selection of this run"
#: The macros in it make a model depend on what one build takes in; such a model is right only with all others.
_SCOPE_FILE = "macros/scope.sql"
_WHOLE = ("table", "view", "seed")


def require_safe(
    home: Home, manifest: Mapping[str, Any], selected: Sequence[str], settings: Settings | None = None
) -> None:
    """Check that a selection can be built without the other models.

    Args:
        selected: dbt's unique ids of seeds and models.

    Raises:
        UsageError: a model is built from what was newly loaded, or something is loaded that was not built yet.
    """
    if settings is not None and settings.warehouse.engine != "duckdb":
        raise UsageError(
            "A part of the models can be built in DuckDB only: on Spark a build is one branch of all tables.",
            where=_WHERE, hint="Materialize all models, or use `footfall run`.",
        )
    if not is_built(home):
        raise UsageError(
            "A part of the models cannot be built now: files were loaded that the other models do not hold yet.",
            where=_WHERE, hint="Materialize all models, or use `footfall run`; then select a part again.",
        )
    unsafe = [manifest["nodes"][unique_id]["name"] for unique_id in selected if not is_whole(manifest, unique_id)]
    if unsafe:
        raise UsageError(
            f"{', '.join(unsafe[:5])} cannot be built alone: they are changed by newly loaded events only, "
            "together with all other models.",
            where=_WHERE, hint="Materialize all models, or use `footfall run`; `--full-refresh` builds them again.",
        )


def is_whole(manifest: Mapping[str, Any], unique_id: str) -> bool:
    """Whether each build computes all rows of the model from the tables it reads, so that it can be built alone."""
    node = manifest["nodes"][unique_id]
    files = {manifest["macros"][name]["original_file_path"] for name in node["depends_on"].get("macros", ())}
    return node["config"]["materialized"] in _WHOLE and _SCOPE_FILE not in files
