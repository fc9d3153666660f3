"""The loader: landing files to commits of the lake, one a load date."""

import time
from collections.abc import Collection
from datetime import UTC, date, datetime

import duckdb

from footfall.core.home import Home
from footfall.core.progress import Progress, quiet
from footfall.core.settings import Settings
from footfall.ingestion.context import FileTally, LoadContext
from footfall.ingestion.database import disk_error, open_loader, sql
from footfall.ingestion.exclusion.erased_contents import clean_form, mark_tainted, read_scrubbed
from footfall.ingestion.exclusion.exclude import count_erased, set_texts_apart
from footfall.ingestion.exclusion.tombstones import Erased, read_tombstones
from footfall.ingestion.lake.commit_log import Commit, live_commits, read_commits, sweep, write_commit
from footfall.ingestion.landing.files import LandingFile, discover
from footfall.ingestion.landing.pending import find_new, remember, seen_row, split_known, with_hashes
from footfall.ingestion.ledger.update_ledger import write_quarantine
from footfall.ingestion.load_entities import load_entities
from footfall.ingestion.load_events import load_events
from footfall.ingestion.load_result import LoadResult
from footfall.ingestion.retention import read_retention_record


def load(
    home: Home, settings: Settings, *, run_id: str, through: date | None = None, progress: Progress = quiet
) -> LoadResult:
    """Load every landing file not loaded yet with arrival date up to ``through``, one commit a load date.

    The caller holds the home's lock. A load killed at any moment leaves the commits before it as they are.

    Raises:
        FootfallError: the disk is full, or the commit log cannot be read; nothing of the date at hand is committed.
        SettingsError: a source's path or mapping cannot be used.
    """
    started = time.monotonic()
    result = LoadResult("load", run_id)
    commits, erased = _begin(home), read_tombstones(home, settings)
    found = find_new(home, settings, commits, through)
    result.warnings = list(found.warnings)
    result.already_loaded = [file.path for file in found.already_loaded]
    try:
        remember(home, found.already_loaded)
    except OSError as error:
        raise disk_error(error, home.lake) from error
    if not found.is_empty:
        with open_loader(home, settings) as con:
            for load_date in found.load_dates:
                files = [file for file in found.files if file.load_date == load_date]
                work = _work(con, home, settings, commits, [], load_date, run_id, progress, erased)
                if new := _commit(work, files, result):
                    commits.append(new)
    _scrub(home, settings, erased, result, progress)
    result.seconds = time.monotonic() - started
    return result


def backfill(
    home: Home, settings: Settings, *, run_id: str, start: date, end: date, only: Collection[str] | None = None,
    progress: Progress = quiet,
) -> LoadResult:
    """Read the landing files of the load dates from ``start`` to ``end`` anew; each date's new commit replaces its old.
    ``only`` (ISO dates): leave the others between them as they are.

    Lines of files that are no longer in landing go. A date whose landing folders are gone altogether is left as it is,
    with a warning: archived landing files are no reason to lose what was loaded.

    Raises:
        FootfallError, SettingsError: as `load`.
    """
    started = time.monotonic()
    result = LoadResult("backfill", run_id)
    commits, erased = _begin(home), read_tombstones(home, settings)
    files, result.warnings = discover(home, settings)
    files = [file for file in files if start.isoformat() <= file.load_date <= end.isoformat()]
    dates = {file.load_date for file in files}
    dates |= {c.load_date for c in commits if start.isoformat() <= c.load_date <= end.isoformat()}
    dates = dates if only is None else dates & set(only)
    with open_loader(home, settings) as con:
        for load_date in sorted(dates):
            of_date = [file for file in files if file.load_date == load_date]
            if not of_date and not _has_folder(home, load_date):
                result.warnings.append(f"{load_date} was left as it is: it has no folder in landing any more.")
                continue
            old = [commit for commit in live_commits(commits) if commit.load_date == load_date]
            if _is_let_go(home, load_date, old, of_date):
                result.warnings.append(f"{load_date} was left as it is: retention has let its files go.")
                continue
            others = [commit for commit in live_commits(commits) if commit not in old]
            fresh, elsewhere = split_known(with_hashes(home, of_date, {}), others, read_scrubbed(home))
            result.already_loaded += [file.path for file in elsewhere]
            _warn_of_gone(old, fresh, read_scrubbed(home), result)
            if fresh or old:
                work = _work(con, home, settings, commits, old, load_date, run_id, progress, erased)
                if new := _commit(work, fresh, result):
                    commits.append(new)
    _scrub(home, settings, erased, result, progress)
    result.seconds = time.monotonic() - started
    return result


def _begin(home: Home) -> list[Commit]:
    """The commits so far, after clearing away what a load that died left behind."""
    commits = read_commits(home)
    try:
        sweep(home, commits)
    except OSError as error:
        raise disk_error(error, home.lake) from error
    return commits


def _is_let_go(home: Home, load_date: str, old: list[Commit], files: list[LandingFile]) -> bool:
    """Whether reading the date anew would lose what was loaded of it: its rows are gone, or files they came from."""
    let_go = read_retention_record(home)
    if let_go.is_lake_gone(load_date) and old:
        return True
    scrubbed = read_scrubbed(home)
    here = {clean_form(file.sha256, scrubbed) for file in with_hashes(home, files, {})}
    return let_go.landing is not None and load_date < let_go.landing and any(
        row["state"] == "loaded" and clean_form(row["sha256"], scrubbed) not in here
        for commit in old for row in commit.files
    )


def _warn_of_gone(
    old: list[Commit], fresh: list[LandingFile], scrubbed: dict[str, str | None], result: LoadResult
) -> None:
    here = {clean_form(file.sha256, scrubbed) for file in fresh}
    for row in (row for commit in old for row in commit.files):
        if row["state"] == "loaded" and clean_form(row["sha256"], scrubbed) not in here:
            result.warnings.append(
                f"{row['file']} is no longer in landing as it was loaded; its lines were taken back."
            )


def _has_folder(home: Home, load_date: str) -> bool:
    return any((home.landing / kind / load_date).is_dir() for kind in ("events", "entities"))


def _work(
    con: duckdb.DuckDBPyConnection, home: Home, settings: Settings, commits: list[Commit], old: list[Commit],
    load_date: str, run_id: str, progress: Progress, erased: Erased | None,
) -> LoadContext:
    in_force = [commit for commit in live_commits(commits) if commit not in old]
    return LoadContext(con, home, settings, load_date, len(commits) + 1, run_id, in_force, old, progress, erased)


def _scrub(
    home: Home, settings: Settings, erased: Erased | None, result: LoadResult, progress: Progress
) -> None:
    """Take lines of erased people out of landing files that brought them again."""
    if erased is not None:
        from footfall.ingestion.landing_erasure.erase_landing import scrub_marked

        result.scrubbed = scrub_marked(home, settings, erased, progress).files


def _commit(work: LoadContext, files: list[LandingFile], result: LoadResult) -> Commit | None:
    """Load ``files`` as one commit, write it, and add its counts to ``result``; None where no file could be taken."""
    con, home = work.con, work.home
    work.progress(f"Loading {len(files)} files of {work.load_date}.")
    try:
        tallies = [FileTally(no, file) for no, file in enumerate(files)]
        con.execute(sql("tables"))
        for tally in tallies:
            con.execute("insert into files values (?, ?, ?)", [tally.file_no, tally.file_id, tally.file.path])
        entities = load_entities(work, [tally for tally in tallies if tally.file.kind == "entities"])
        outcome = load_events(work, [tally for tally in tallies if tally.file.kind == "events"])
        set_texts_apart(work)
        count_erased(work, tallies)
        quarantine, released = write_quarantine(work, tallies)
        mark_tainted(home, [tally.file.sha256 for tally in tallies if tally.names_erased])
    except (OSError, duckdb.IOException, duckdb.OutOfMemoryException) as error:
        raise disk_error(error, home.root) from error
    for tally in tallies:
        if tally.has_changed:
            result.warnings.append(f"{tally.file.path} was being written while it was read; the next load takes it.")
    tallies = [tally for tally in tallies if not tally.has_changed]
    if not tallies and not work.withdrawn:
        return None
    committed_at = datetime.now(UTC).replace(tzinfo=None).isoformat(timespec="seconds")
    commit = Commit(
        seq=work.seq, kind=result.kind, run_id=work.run_id, load_date=work.load_date, committed_at=committed_at,
        events=outcome.events, entities=entities, quarantine=quarantine, released=released,
        files=[tally.row(work.run_id, work.load_date, committed_at) for tally in tallies],
        adjustments=outcome.adjustments, replaces=[commit.seq for commit in work.withdrawn],
        by_workspace=outcome.by_workspace,
        known_files=[seen_row(tally.file) for tally in tallies if not _is_unreadable(tally)],
    )
    try:
        write_commit(home, commit)
    except OSError as error:
        raise disk_error(error, home.commits) from error
    _add(result, commit)
    return commit


def _is_unreadable(tally: FileTally) -> bool:
    return tally.problem is not None and tally.problem.reason == "unreadable"


def _add(result: LoadResult, commit: Commit) -> None:
    result.commits.append(commit.seq)
    result.load_dates.append(commit.load_date)
    for row in commit.files:
        result.files[row["state"]] += 1
        for name in ("lines_in", "loaded", "duplicates", "quarantined", "no_consent", "erased"):
            setattr(result, name, getattr(result, name) + row[name])
        for reason, lines in row["reasons"].items():
            result.reasons[reason] = result.reasons.get(reason, 0) + lines
        if row["reason"]:
            result.file_reasons[row["reason"]] = result.file_reasons.get(row["reason"], 0) + 1
        if row["kind"] == "entities":
            result.entities[row["source"]] = result.entities.get(row["source"], 0) + row["loaded"]
    result.displaced += -sum(min(0, change.get("loaded", 0)) for change in commit.adjustments)
