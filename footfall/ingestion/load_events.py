"""Event files of one load date: the stages from landing files to lake files and ledger."""

from collections.abc import Iterator

from footfall.ingestion.context import FileTally, LoadContext
from footfall.ingestion.database import EVENT_LIST, parquet, write
from footfall.ingestion.deduplication.deduplicate import decide, find_history
from footfall.ingestion.lake.write_events import Part, write_events
from footfall.ingestion.ledger.update_ledger import EventsOutcome, update_ledger
from footfall.ingestion.retention_record import read_retention_record
from footfall.ingestion.validation.validate_events import drop_untrusted, keep_slice, keep_unreadable, validate_events
from footfall.ingestion.validation.validate_files import validate_files


def load_events(work: LoadContext, tallies: list[FileTally]) -> EventsOutcome:
    """Take event files through the stages; rejected lines go to table ``rejected``.

    Raises:
        FootfallError: a lake file cannot be written.
        SettingsError: a mapping cannot be used.
    """
    _find_banners(work)
    parts = list(_validate_files(work, tallies))
    bad = [tally.file_no for tally in tallies if not tally.is_trusted]
    drop_untrusted(work, bad)
    work.progress(f"Searching {sum(part.rows for part in parts):,} events for duplicates.")
    find_history(work.con, work.home, work.commits, work.withdrawn)
    decide(work.con, work.load_date, read_retention_record(work.home).lake)
    outcome = EventsOutcome(write_events(work, parts, has_bad_files=bool(bad)))
    update_ledger(work, outcome, tallies)
    return outcome


def _find_banners(work: LoadContext) -> None:
    """Fill table ``banners``: workspaces whose cookie banner is on, by the newest version known so far."""
    paths = [path for commit in work.commits for path in commit.entities.get("workspaces", ())]
    paths += work.entity_files.get("workspaces", ())
    if paths:
        work.con.execute(
            "insert into banners select workspace_id, is_on from (select workspace_id, "
            "arg_max(coalesce(cookie_banner, false), (coalesce(updated_at, load_date::timestamp), load_date, filename))"
            f" as is_on from {parquet(work.home, paths)} group by workspace_id)"
        )
    work.con.execute("set variable banners = (select list(workspace_id) from banners where is_on)")
    work.con.execute("set variable all_have_banner = (select coalesce(bool_and(is_on), false) from banners)")


def _validate_files(work: LoadContext, tallies: list[FileTally]) -> Iterator[Part]:
    done = 0
    for number, piece in enumerate(validate_files(work, tallies, validate_events, "validated")):
        keep_unreadable(work, piece)
        if piece.batches:
            path = f"lake/events/{work.load_date}/{work.seq:08d}-{number:04d}.parquet"
            rows = write(work.con, work.home, f"select {EVENT_LIST} from validated where reason is null", path)
            keep_slice(work, number)
            yield Part(number, path, rows)
        done += piece.records
        work.progress(f"Validated {done:,} lines of {work.load_date}.")
