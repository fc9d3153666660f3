"""`footfall quarantine`: lines and files that were not loaded, why, and a second try."""

import time
from datetime import date
from typing import Annotated, Any

import typer

from footfall.observability import logs
from footfall_cli.options import DEFAULT_HOME, HomeOption, JsonOption, as_date, existing_home

LIST_EXAMPLE = "Example: footfall quarantine list --home data --reason bad_timestamp"
SHOW_EXAMPLE = "Example: footfall quarantine show --home data --reason malformed_json --limit 5"
REPLAY_EXAMPLE = "Example: footfall quarantine replay --home data --reason too_late"

#: Characters of a line shown as text.
SHOWN = 1_000

app = typer.Typer(
    help="Lines and files that were not loaded: list them, show their exact text, try them again.",
    no_args_is_help=True,
)

ReasonOption = Annotated[str | None, typer.Option("--reason", help="Only this reason, such as bad_timestamp.")]
FileOption = Annotated[str | None, typer.Option("--file", help="Only files whose path contains this text.")]
FromOption = Annotated[
    date | None, typer.Option("--from", parser=as_date, metavar="YYYY-MM-DD", help="First load date.")
]
ToOption = Annotated[date | None, typer.Option("--to", parser=as_date, metavar="YYYY-MM-DD", help="Last load date.")]

RepairedOption = Annotated[
    bool, typer.Option("--repaired", help="Lines that were loaded without an optional value that cannot be used.")
]


@app.command("list", epilog=LIST_EXAMPLE)
def list_(
    home: HomeOption = DEFAULT_HOME,
    reason: ReasonOption = None,
    file: FileOption = None,
    first: FromOption = None,
    last: ToOption = None,
    repaired: RepairedOption = False,
    as_json: JsonOption = False,
) -> int:
    """How many lines were rejected, by load date, file and reason; a row without a number is a whole file."""
    from footfall_cli import console
    from footfall_cli.rejected_lines import Filter, count, count_repaired

    place = existing_home(home)
    wanted = Filter(reason, file, first, last)
    rows = count_repaired(place, wanted) if repaired else count(place, wanted)
    document = {"command": "quarantine list", "exit_code": 0, "home": place.root, "rows": rows}
    columns = ["load_date", "file", *(["field", "problem"] if repaired else ["reason"]), "lines"]
    cells = [[row[name] for name in columns] for row in rows]
    console.emit(document, as_json, console.table("Repaired values" if repaired else "Quarantine", columns, cells))
    return 0


@app.command("show", epilog=SHOW_EXAMPLE)
def show(
    home: HomeOption = DEFAULT_HOME,
    reason: ReasonOption = None,
    file: FileOption = None,
    first: FromOption = None,
    last: ToOption = None,
    limit: Annotated[int, typer.Option("--limit", min=1, help="At most so many lines.")] = 20,
    repaired: Annotated[
        bool, typer.Option("--repaired", help="The values that could not be used, of lines that were loaded, as in"
                           " `footfall quarantine show --repaired --reason bad_type`.")
    ] = False,
    as_json: JsonOption = False,
) -> int:
    """The rejected lines themselves: file, line number, reason and exact text. It may hold personal data."""
    from footfall_cli import console
    from footfall_cli.rejected_lines import Filter, fetch
    from footfall_cli.repaired_values import fetch_repaired

    place = existing_home(home)
    wanted = Filter(reason, file, first, last)
    rows = fetch_repaired(place, wanted, limit) if repaired else fetch(place, wanted, limit)
    document = {"command": "quarantine show", "exit_code": 0, "home": place.root, "rows": rows}
    console.emit(document, as_json, "\n\n".join(_as_text(row) for row in rows) or "Nothing matches.")
    return 0


@app.command("replay", epilog=REPLAY_EXAMPLE)
def replay(
    home: HomeOption = DEFAULT_HOME,
    reason: ReasonOption = None,
    file: FileOption = None,
    first: FromOption = None,
    last: ToOption = None,
    as_json: JsonOption = False,
) -> int:
    """Try again: load the load dates of the rejected lines again, with the present settings and files.

    Lines that are still wrong stay in quarantine; the others are loaded, once.
    """
    from footfall.core import lock
    from footfall.core.settings import load_settings
    from footfall_cli import console
    from footfall_cli.rejected_lines import Filter, count
    from footfall_cli.run import execute
    from orchestration.prepare import prepare

    place = existing_home(home)
    started = time.monotonic()
    settings = load_settings(place)
    logs.start(place, settings.observability)
    with lock.hold(place, "footfall quarantine replay"):
        with console.reporting() as progress:
            prepared = prepare(place, settings, progress)
        rows = count(place, Filter(reason, file, first, last))
        days = sorted({date.fromisoformat(str(row["load_date"])) for row in rows})
        from orchestration.partitions import landing_span
        from orchestration.run_job import Request

        if prepared.is_lake_emptied:
            # The lake is loaded again from landing, the rejected lines included.
            return execute(place, settings, Request("run", landing_span(place)), as_json, started, prepared)
        if not days:
            document = {"command": "quarantine replay", "exit_code": 0, "home": place.root, "outcome": "nothing_new"}
            console.emit(document, as_json, "Nothing in quarantine matches, so there is nothing to try again.")
            return 0
        request = Request("replay", (days[0], days[-1]), is_backfill=True, only=tuple(days))
        return execute(place, settings, request, as_json, started, prepared)


def _as_text(row: dict[str, Any]) -> str:
    from footfall_cli.console import visible

    place = f"{row['file']}, line {row['line_number']}" if row["line_number"] is not None else row["file"]
    if "field" in row:
        kept = "(not kept)" if row["value"] is None else row["value"]
        return "\n".join(visible(part) for part in (f"{place}: {row['field']}, {row['problem']}", f"  {kept}"))
    detail = f" ({row['detail']})" if row["detail"] else ""
    raw = row["raw"] or ""
    if len(raw) > SHOWN:
        raw = f"{raw[:SHOWN]} … ({len(raw):,} characters; --json shows all)"
    return "\n".join(visible(part) for part in (f"{place}: {row['reason']}{detail}", f"  {raw}") if part.strip())
