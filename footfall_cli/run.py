"""`footfall run` and `footfall backfill`: the main job."""

import time
from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

import typer

from footfall.core.errors import FootfallError
from footfall.core.home import Home
from footfall_cli.options import DEFAULT_HOME, HomeOption, JsonOption, as_date, existing_home, require_order

if TYPE_CHECKING:
    from collections.abc import Sequence

    from footfall.core.settings import Settings
    from orchestration.damage import Damage
    from orchestration.erase_people import Outcome as Erasure
    from orchestration.pending_work import PendingWork
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
    as_json: JsonOption = False,
) -> int:
    """Load what has arrived, build, check, publish and export.

    Run it again with nothing new and nothing changes.
    """
    from footfall.core import file_modes, lock
    from footfall.core.settings import load_settings
    from orchestration.pending_work import find_pending_work

    place = existing_home(home)
    started = time.monotonic()
    settings = load_settings(place)
    with lock.hold(place, "footfall run") as killed:
        file_modes.apply(place.ensure(), settings.access)
        erasure = settle_erasures(place, settings)
        damage = repair(place, settings)
        work = find_pending_work(place, settings, through)
        if not (work.reasons or full_refresh or killed):
            return _nothing_new(place, settings, work, as_json, started, erasure)
        if not work.load_dates and not _has_commits(place):
            return _nothing_new(place, settings, work, as_json, started, erasure)
        from orchestration.run_job import Request

        dates = (work.load_dates[0], work.load_dates[-1]) if work.load_dates else None
        # Loading the refused dates again takes in what was removed or changed to make the data acceptable.
        request = Request(
            "run", dates, through=through, is_full_refresh=full_refresh, reload=work.reload,
        )
        return execute(place, settings, request, as_json, started, erasure, damage)


def backfill(
    first: Annotated[
        date, typer.Option("--from", parser=as_date, metavar="YYYY-MM-DD", help="First load date to load again.")
    ],
    last: Annotated[
        date, typer.Option("--to", parser=as_date, metavar="YYYY-MM-DD", help="Last load date to load again.")
    ],
    home: HomeOption = DEFAULT_HOME,
    as_json: JsonOption = False,
) -> int:
    """Load these load dates again from the landing zone, in place of what was loaded of them before."""
    from footfall.core import file_modes, lock
    from footfall.core.settings import load_settings

    require_order(first, last)
    place = existing_home(home)
    started = time.monotonic()
    settings = load_settings(place)
    with lock.hold(place, "footfall backfill"):
        from orchestration.partitions import landing_span
        from orchestration.run_job import Request

        file_modes.apply(place.ensure(), settings.access)
        erasure = settle_erasures(place, settings)
        had_commits = _has_commits(place)
        damage = repair(place, settings)
        request = Request("backfill", (first, last), is_backfill=True)
        if had_commits and not _has_commits(place):
            # The lake is loaded again from landing, these dates included.
            request = Request("run", landing_span(place))
        return execute(place, settings, request, as_json, started, erasure, damage)


def settle_erasures(place: Home, settings: "Settings") -> "Erasure | None":
    """Before anything else: finish an erasure that was interrupted, and remove erased people from landing files that
    brought them again. Where nobody was ever erased, this only looks whether two files exist.

    Returns:
        The result of an erasure that was finished.
    """
    from footfall.ingestion.exclusion.tombstones import erasure_is_pending, read_tombstones, tombstone_files
    from footfall_cli import console

    finished = None
    if erasure_is_pending(place):
        from orchestration.erase_people import finish

        with console.reporting() as progress:
            finished = finish(place, settings, progress)
    erased = read_tombstones(place, settings) if tombstone_files(place) else None
    if erased is not None:
        from footfall.ingestion.landing_erasure.erase_landing import erase_from_marked_files

        with console.reporting() as progress:
            erase_from_marked_files(place, settings, erased, progress)
    return finished


def repair(place: Home, settings: "Settings", *, deep: bool = False) -> "list[Damage]":
    """Remove damaged files of the home that the run then makes again; return what was found."""
    from footfall_cli import console
    from orchestration.damage import find_damage, heal
    from orchestration.migrate import migrate

    with console.reporting() as progress:
        migrate(place, settings, progress)
    damage = find_damage(place, deep=deep)
    if damage:
        with console.reporting() as progress:
            heal(place, settings, damage, progress)
    return damage


def execute(
    place: Home, settings: "Settings", request: "Request", as_json: bool, started: float,
    erasure: "Erasure | None" = None, damage: "Sequence[Damage]" = (),
) -> int:
    """Run the job, report what it did, and return the exit code; the error of a run comes after its summary.

    Where a database turns out to be damaged on the way, it is repaired and the job runs once more.

    Args:
        erasure: one that was finished before; it is reported as well, and fails the command if its search found data.
        damage: what was found damaged before, and repaired by this run.
    """
    from footfall_cli import console, errors, summary
    from orchestration.apply_retention import finish
    from orchestration.damage import is_corruption
    from orchestration.run_job import run_job

    with console.reporting() as progress:
        outcome = run_job(place, settings, request, progress)
        if is_corruption(outcome.error):
            progress("A database of the home is damaged; looking at every file.")
            more = repair(place, settings, deep=True)
            damage = [*damage, *more]
            if more:
                outcome = run_job(place, settings, request, progress)
        removed = None if outcome.error else finish(place, settings)
    found: FootfallError | None
    if outcome.error is None:
        found = summary.failed_exports(outcome.run_context.exported)
    else:
        found = errors.explain(outcome.error) or errors.as_bug(outcome.error, place)
    document = summary.of_run(place, outcome, found, round(time.monotonic() - started, 2), removed)
    document["damage"] = summary.damage_facts(place, damage)
    return _report(document, summary.as_text, found, as_json, erasure)


def _report(
    document: dict[str, Any], as_text: Callable[[dict[str, Any]], str], error: FootfallError | None, as_json: bool,
    erasure: "Erasure | None",
) -> int:
    from footfall_cli import console, errors
    from footfall_cli.erase import as_text as erasure_as_text
    from footfall_cli.erase import outcome_facts, unclean

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
    place: Home, settings: "Settings", work: "PendingWork", as_json: bool, started: float, erasure: "Erasure | None",
) -> int:
    from footfall_cli import summary
    from orchestration.apply_retention import finish

    removed = finish(place, settings)
    document = summary.of_nothing(place, work, round(time.monotonic() - started, 2), removed)
    return _report(document, summary.nothing_as_text, None, as_json, erasure)


def _has_commits(place: Home) -> bool:
    return any(place.commits.glob("*.json"))


