"""One commit: landing files of one load date, through every stage, to a new file of the commit log."""

from datetime import UTC, datetime

import duckdb

from footfall.ingestion.context import FileTally, LoadContext
from footfall.ingestion.database import disk_error, sql, value
from footfall.ingestion.exclusion.erased_contents import mark_uncleaned
from footfall.ingestion.exclusion.exclude import count_erased, exclude_texts
from footfall.ingestion.lake.commit_log import Commit, write_commit
from footfall.ingestion.landing.files import LandingFile
from footfall.ingestion.landing.hashes import seen_row
from footfall.ingestion.ledger.count_rejected import count_rejected
from footfall.ingestion.ledger.repaired import count_repaired_entities, write_repaired
from footfall.ingestion.ledger.update_ledger import EventsOutcome, write_quarantine
from footfall.ingestion.load_entities import load_entities
from footfall.ingestion.load_events import load_events
from footfall.ingestion.load_result import LoadResult
from footfall.ingestion.reading_settings import reading_settings


def make_commit(work: LoadContext, files: list[LandingFile], result: LoadResult) -> Commit | None:
    """Load ``files`` as one commit, write it, and add its counts to ``result``.

    Returns None, and commits nothing, where no file could be used or a file to be replaced is being written.

    Raises:
        FootfallError: a file of the home cannot be written or read.
        SettingsError: a mapping cannot be used.
    """
    work.progress(f"Loading {len(files)} files of {work.load_date}.")
    tallies = [FileTally(no, file) for no, file in enumerate(files)]
    try:
        entities, outcome, quarantine, released = _run_stages(work, tallies)
        repaired = write_repaired(work)
    except (OSError, duckdb.IOException, duckdb.OutOfMemoryException) as error:
        raise disk_error(error, work.home.root) from error
    result.warnings += work.warnings
    result.cleaned_ids += value(work.con, "select coalesce(sum(lines), 0)::bigint from cleaned_ids")
    changed = {tally.file.path for tally in tallies if tally.has_changed}
    result.warnings += [
        f"{path} was being written while it was read; the next load reads it again." for path in sorted(changed)
    ]
    tallies = [tally for tally in tallies if not tally.has_changed]
    if changed & {row["file"] for commit in work.withdrawn for row in commit.files}:
        return None  # what was loaded of it before must not be lost
    if not tallies and not work.withdrawn:
        return None
    committed_at = datetime.now(UTC).replace(tzinfo=None).isoformat(timespec="seconds")
    commit = Commit(
        seq=work.seq, kind=result.kind, run_id=work.run_id, load_date=work.load_date, committed_at=committed_at,
        events=outcome.events, entities=entities, quarantine=quarantine, released=released, repaired=repaired,
        assumed_banners=work.assumed_banners,
        files=[tally.row(work.run_id, work.load_date, committed_at) for tally in tallies],
        adjustments=outcome.adjustments, replaces=[commit.seq for commit in work.withdrawn],
        by_workspace=outcome.by_workspace, by_source=count_rejected(work, tallies, outcome.events),
        reading=reading_settings(work.settings),
        known_files=[seen_row(tally.file) for tally in tallies if not tally.is_unreadable],
    )
    try:
        write_commit(work.home, commit)
    except OSError as error:
        raise disk_error(error, work.home.commits) from error
    result.add(commit)
    return commit


def _run_stages(
    work: LoadContext, tallies: list[FileTally]
) -> tuple[dict[str, list[str]], EventsOutcome, list[str], list[str]]:
    """Entities first: events are validated by the settings of their workspaces."""
    work.con.execute(sql("tables"))
    work.con.execute(
        "insert into files select unnest($numbers)::integer, unnest($ids), unnest($paths)",
        {"numbers": [tally.file_no for tally in tallies], "ids": [tally.file_id for tally in tallies],
         "paths": [tally.file.path for tally in tallies]},
    )
    of_entities = [tally for tally in tallies if tally.file.kind == "entities"]
    entities = load_entities(work, of_entities)
    count_repaired_entities(work.con, of_entities)
    outcome = load_events(work, [tally for tally in tallies if tally.file.kind == "events"])
    exclude_texts(work)
    count_erased(work, tallies)
    if work.erased is not None:
        from footfall.ingestion.landing_erasure.search_texts import file_names_erased_person

        for tally in tallies:
            if tally.problem is not None:
                tally.names_erased = tally.names_erased or file_names_erased_person(work, tally.file)
    quarantine, released = write_quarantine(work, tallies)
    mark_uncleaned(work.home, [tally.file.sha256 for tally in tallies if tally.names_erased])
    return entities, outcome, quarantine, released
