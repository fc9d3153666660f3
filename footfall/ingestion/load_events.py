"""Event files of one load date: the stages from landing files to lake files and ledger."""

from collections.abc import Iterator

from footfall.ingestion.consent.banners import find_banners
from footfall.ingestion.context import FileTally, LoadContext
from footfall.ingestion.database import EVENT_LIST, write
from footfall.ingestion.deduplication.deduplicate import decide, find_history
from footfall.ingestion.lake.write_events import Part, write_events
from footfall.ingestion.ledger.update_ledger import EventsOutcome, update_ledger
from footfall.ingestion.retention_record import read_retention_record
from footfall.ingestion.validation.unknown_workspaces import UnknownWorkspaces
from footfall.ingestion.validation.validate_events import drop_untrusted, keep_slice, keep_unreadable, validate_events
from footfall.ingestion.validation.validate_files import validate_files

#: Rows for the lake, which has search terms as they are compared.
_ROWS = f"select {EVENT_LIST} from (select * replace (term_of(query) as query) from validated where reason is null)"


def load_events(work: LoadContext, tallies: list[FileTally]) -> EventsOutcome:
    """Take event files through the stages; rejected lines go to table ``rejected``.

    Raises:
        FootfallError: a lake file cannot be written.
        SettingsError: a mapping cannot be used.
    """
    find_banners(work)
    parts = list(_validate_files(work, tallies))
    bad = [tally.file_no for tally in tallies if not tally.is_trusted]
    drop_untrusted(work, bad)
    work.progress(f"Searching {sum(part.rows for part in parts):,} events for duplicates.")
    find_history(work.con, work.home, work.commits, work.withdrawn)
    decide(work.con, work.load_date, read_retention_record(work.home).lake)
    outcome = EventsOutcome(write_events(work, parts, has_bad_files=bool(bad)))
    update_ledger(work, outcome, tallies)
    return outcome


def _validate_files(work: LoadContext, tallies: list[FileTally]) -> Iterator[Part]:
    done = 0
    look = UnknownWorkspaces(work).problems
    for number, piece in enumerate(validate_files(work, tallies, validate_events, "validated", look=look)):
        keep_unreadable(work, piece)
        if piece.batches:
            path = f"lake/events/{work.load_date}/{work.seq:08d}-{number:04d}.parquet"
            rows = write(work.con, work.home, _ROWS, path)
            keep_slice(work, number)
            yield Part(number, path, rows)
        done += piece.records
        work.progress(f"Validated {done:,} lines of {work.load_date}.")
