"""`footfall run` and `footfall backfill`: the main job."""

import time
from collections.abc import Callable
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from footfall.core.collection import without_collection
from footfall.core.errors import FootfallError
from footfall.core.home import Home
from footfall.observability import logs
from footfall_cli.options import (
    DEFAULT_HOME,
    HomeOption,
    JsonOption,
    LogFormatOption,
    as_date,
    existing_home,
    require_order,
)
from footfall_cli.waiting import WaitOption, hold

if TYPE_CHECKING:
    from footfall.core.settings import Settings
    from orchestration.erase_people import Outcome as Erasure
    from orchestration.pending_work import PendingWork
    from orchestration.prepare import Prepared
    from orchestration.run_job import Request

RUN_EXAMPLE = "Example: footfall run --home data --through 2026-09-10"
BACKFILL_EXAMPLE = "Example: footfall backfill --home data --from 2026-09-08 --to 2026-09-09"


def run(
    home: HomeOption = DEFAULT_HOME,
    through: Annotated[
        date | None,
        typer.Option("--through", parser=as_date, metavar="YYYY-MM-DD", help="Load nothing that arrived later."),
    ] = None,
    full_refresh: Annotated[
        bool, typer.Option("--full-refresh", help="Build every table from scratch from what is loaded."),
    ] = False,
    wait: WaitOption = 0,
    log_format: LogFormatOption = None,
    as_json: JsonOption = False,
) -> int:
    """Load what has arrived, build, check, publish and export.

    Run it again with nothing new and nothing changes.
    """
    started = time.monotonic()
    with without_collection():
        from footfall.core.settings import load_settings
        from footfall_cli import console
        from orchestration.observe import attempt
        from orchestration.pending_work import find_pending_work
        from orchestration.prepare import has_commits, prepare

        place = existing_home(home)
        settings = load_settings(place)
    logs.start(place, settings.observability)
    with attempt(place, settings, "run") as began, hold(place, "footfall run", wait) as killed:
        with console.reporting() as progress:
            prepared = prepare(place, settings, progress)
        work = find_pending_work(place, settings, through)
        if not (work.reasons or full_refresh or killed):
            return _nothing_new(place, settings, work, as_json, started, prepared, began)
        if not work.load_dates and not has_commits(place):
            return _nothing_new(place, settings, work, as_json, started, prepared, began)
        with without_collection():
            from orchestration.run_job import Request

        dates = (work.load_dates[0], work.load_dates[-1]) if work.load_dates else None
        # Loading the refused dates again takes in what was removed or changed to make the data acceptable.
        request = Request(
            "run", dates, through=through, is_full_refresh=full_refresh, reload=work.reload,
        )
        return execute(place, settings, request, as_json, started, prepared)


def backfill(
    first: Annotated[
        date, typer.Option("--from", parser=as_date, metavar="YYYY-MM-DD", help="First load date to load again.")
    ],
    last: Annotated[
        date, typer.Option("--to", parser=as_date, metavar="YYYY-MM-DD", help="Last load date to load again.")
    ],
    home: HomeOption = DEFAULT_HOME,
    wait: WaitOption = 0,
    log_format: LogFormatOption = None,
    as_json: JsonOption = False,
) -> int:
    """Load these load dates again from the landing zone, in place of what was loaded of them before."""
    from footfall.core.settings import load_settings
    from footfall_cli import console
    from orchestration.observe import attempt
    from orchestration.prepare import prepare

    require_order(first, last)
    place = existing_home(home)
    started = time.monotonic()
    settings = load_settings(place)
    logs.start(place, settings.observability)
    with attempt(place, settings, "backfill"), hold(place, "footfall backfill", wait):
        with without_collection():
            from orchestration.partitions import landing_span
            from orchestration.run_job import Request

        with console.reporting() as progress:
            prepared = prepare(place, settings, progress)
        request = Request("backfill", (first, last), is_backfill=True)
        if prepared.is_lake_emptied:
            # The lake is loaded again from landing, these dates included.
            request = Request("run", landing_span(place))
        return execute(place, settings, request, as_json, started, prepared)


def execute(
    place: Home, settings: "Settings", request: "Request", as_json: bool, started: float,
    prepared: "Prepared",
) -> int:
    """Run the job, report what it did, and return the exit code; the error of a run comes after its summary.

    Where a database turns out to be damaged on the way, it is repaired and the job runs once more.

    Args:
        prepared: what was found before, and is reported as well. An erasure whose search found data fails the command.
    """
    from footfall.core.explain import is_corruption
    from footfall_cli import console, summary
    from footfall_cli.next_steps import next_steps
    from footfall_cli.run_alerts import note_result
    from orchestration.apply_retention import finish
    from orchestration.prepare import repair

    with without_collection():
        from orchestration.run_job import run_job

    damage = list(prepared.damage)

    with console.reporting() as progress:
        outcome = run_job(place, settings, request, progress)
        if is_corruption(outcome.error):
            progress("A database of the home is damaged; looking at every file.")
            more = repair(place, settings, progress, deep=True).damage
            damage += more
            if more:
                outcome = run_job(place, settings, request, progress)
        removed = None if outcome.error else finish(place, settings)
    found = outcome.run_context.found
    note_result(place, found)
    document = summary.of_run(place, outcome, found, round(time.monotonic() - started, 2), removed)
    document["damage"] = summary.damage_facts(place, damage)
    document["next_steps"] = next_steps(place, settings, document)
    return _report(document, summary.as_text, found, as_json, prepared.erasure)


def _report(
    document: dict[str, Any], as_text: Callable[[dict[str, Any]], str], error: FootfallError | None, as_json: bool,
    erasure: "Erasure | None",
) -> int:
    from footfall_cli import console, errors
    from footfall_cli.erase import as_text as erasure_as_text
    from footfall_cli.erase import outcome_facts
    from orchestration.unclean import unclean

    if erasure is not None:
        document["erasure"] = outcome_facts(erasure)
    text = as_text(document)
    found = [one for one in (unclean(erasure), error) if one is not None]
    if found and error is None:
        document |= {"outcome": "failed", "exit_code": found[0].exit_code, "error": errors.as_document(found[0])}
    if erasure is not None:
        text = f"An erasure that was interrupted is finished.\n\n{erasure_as_text(document['erasure'])}\n\n{text}"
    console.emit(document, as_json, text)
    for one in found:
        errors.report(one)
    return document["exit_code"]


def _nothing_new(
    place: Home, settings: "Settings", work: "PendingWork", as_json: bool, started: float, prepared: "Prepared",
    began: datetime,
) -> int:
    from footfall_cli import summary
    from footfall_cli.next_steps import next_steps
    from footfall_cli.run_alerts import note_result
    from orchestration.apply_retention import finish
    from orchestration.observe import note_nothing_new

    note_result(place, None)
    removed = finish(place, settings)
    note_nothing_new(place, settings, "run", began)
    document = summary.of_nothing(place, work, round(time.monotonic() - started, 2), removed)
    document["damage"] = summary.damage_facts(place, prepared.damage)
    document["next_steps"] = next_steps(place, settings, document)
    return _report(document, summary.nothing_as_text, None, as_json, prepared.erasure)
