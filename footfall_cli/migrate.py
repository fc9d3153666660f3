"""`footfall migrate`: from DuckDB to Spark, and back."""

from typing import TYPE_CHECKING, Annotated, Literal

import typer

from footfall.observability import logs
from footfall_cli.options import DEFAULT_HOME, HomeOption, JsonOption, LogFormatOption, existing_home
from footfall_cli.waiting import WaitOption, hold

if TYPE_CHECKING:
    from orchestration.change_engine import Changed

EXAMPLE = "Example: footfall migrate --to spark --home data"


def migrate(
    to: Annotated[Literal["duckdb", "spark"], typer.Option("--to", help="What builds the tables from now on.")],
    home: HomeOption = DEFAULT_HOME,
    wait: WaitOption = 0,
    log_format: LogFormatOption = None,
    as_json: JsonOption = False,
) -> int:
    """Build all tables with the other engine, compare every row, and only then change the setting.

    The lake is all that is needed. What is published stays; the next run publishes from the new tables.
    """
    from footfall.core.settings import load_settings
    from footfall_cli import console
    from orchestration.change_engine import Changed, change_engine
    from orchestration.prepare import prepare

    place = existing_home(home)
    settings = load_settings(place)
    logs.start(place, settings.observability)
    if settings.warehouse.engine == to:
        changed = Changed(to, {}, 0)
        text = f"The tables are built with {to} already; nothing was changed."
    else:
        with hold(place, "footfall migrate", wait), console.reporting() as progress:
            prepare(place, settings, progress)
            changed = change_engine(place, settings, to, progress)
        text = _as_text(changed)
    document = {
        "command": "migrate", "exit_code": 0, "home": place.root, "engine": to, "tables": dict(changed.tables),
        "compared": changed.compared, "left": changed.left,
    }
    console.emit(document, as_json, text)
    return 0


def _as_text(changed: "Changed") -> str:
    lines = [f"The tables are built with {changed.engine} from now on (footfall.yml, warehouse.engine)."]
    if changed.compared:
        lines.append(f"All rows of {changed.compared} tables are equal on both engines.")
    elif changed.tables:
        lines.append("There were no complete tables of the other engine to compare with.")
    if changed.left:
        lines.append(f"Tables of the other engine are still in {changed.left}: remove them there.")
    return "\n".join([*lines, "Next: footfall run"])
