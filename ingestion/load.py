"""The loader: landing files to commits of the lake, one a load date."""

import time
from datetime import UTC, date, datetime

import duckdb

from footfall.home import Home
from footfall.progress import Progress, quiet
from footfall.settings import Settings
from ingestion.db import disk_error, open_loader, sql
from ingestion.entities import load_entities
from ingestion.events import load_events
from ingestion.landing import LandingFile, discover
from ingestion.log import Commit, live_commits, read_commits, sweep, write_commit
from ingestion.pending import find_new, remember, seen_row, with_hashes
from ingestion.result import LoadResult
from ingestion.settle import write_quarantine
from ingestion.work import FileTally, Work, file_id


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
    commits = read_commits(home)
    sweep(home, commits)
    found = find_new(home, settings, commits, through)
    result.warnings = list(found.warnings)
    result.already_loaded = [file.path for file in found.already_loaded]
    remember(home, found.already_loaded)
    for load_date in found.load_dates:
        files = [file for file in found.files if file.load_date == load_date]
        if new := _commit_date(home, settings, commits, files, load_date, [], result, progress):
            commits.append(new)
    result.seconds = time.monotonic() - started
    return result


def backfill(
    home: Home, settings: Settings, *, run_id: str, start: date, end: date, progress: Progress = quiet
) -> LoadResult:
    """Read the landing files of the load dates from ``start`` to ``end`` anew; each date's new commit replaces its old.

    Lines of files that are no longer in landing go. A date whose landing folders are gone altogether is left as it is,
    with a warning: archived landing files are no reason to lose what was loaded.

    Raises:
        FootfallError, SettingsError: as `load`.
    """
    started = time.monotonic()
    result = LoadResult("backfill", run_id)
    commits = read_commits(home)
    sweep(home, commits)
    files, result.warnings = discover(home, settings)
    files = [file for file in files if start.isoformat() <= file.load_date <= end.isoformat()]
    dates = {file.load_date for file in files}
    dates |= {c.load_date for c in commits if start.isoformat() <= c.load_date <= end.isoformat()}
    for load_date in sorted(dates):
        old = [commit for commit in live_commits(commits) if commit.load_date == load_date]
        of_date = [file for file in files if file.load_date == load_date]
        if not of_date and not _has_folder(home, load_date):
            result.warnings.append(f"{load_date} was left as it is: it has no folder in landing any more.")
            continue
        kept = {row["sha256"] for commit in live_commits(commits) if commit not in old for row in commit.files}
        fresh: dict[str, LandingFile] = {}
        for file in with_hashes(home, of_date, {}):
            if file.sha256 in kept or file.sha256 in fresh:
                result.already_loaded.append(file.path)
            else:
                fresh[file.sha256 or ""] = file
        gone = {row["sha256"]: row["file"] for commit in old for row in commit.files if row["state"] == "loaded"}
        for sha256, path in gone.items():
            if sha256 not in fresh:
                result.warnings.append(f"{path} is no longer in landing as it was loaded; its lines were taken back.")
        if (fresh or old) and (
            new := _commit_date(home, settings, commits, list(fresh.values()), load_date, old, result, progress)
        ):
            commits.append(new)
    result.seconds = time.monotonic() - started
    return result


def _has_folder(home: Home, load_date: str) -> bool:
    return any((home.landing / kind / load_date).is_dir() for kind in ("events", "entities"))


def _commit_date(
    home: Home, settings: Settings, commits: list[Commit], files: list[LandingFile], load_date: str,
    old: list[Commit], result: LoadResult, progress: Progress,
) -> Commit | None:
    """Load ``files`` as one commit that replaces ``old``, write it, and add its counts to ``result``."""
    progress(f"Loading {len(files)} files of {load_date}.")
    seq = commits[-1].seq + 1 if commits else 1
    con = open_loader(home, settings)
    try:
        in_force = [commit for commit in live_commits(commits) if commit not in old]
        work = Work(con, home, settings, load_date, seq, result.run_id, in_force, old, progress)
        tallies = [FileTally(no, file) for no, file in enumerate(files)]
        con.execute(sql("tables"))
        for tally in tallies:
            con.execute("insert into files values (?, ?, ?)", [tally.file_no, file_id(tally.file), tally.file.path])
        entities = load_entities(work, [tally for tally in tallies if tally.file.kind == "entities"])
        outcome = load_events(work, [tally for tally in tallies if tally.file.kind == "events"])
        quarantine, released = write_quarantine(work, tallies)
    except (OSError, duckdb.IOException, duckdb.OutOfMemoryException) as error:
        raise disk_error(error, home.root) from error
    finally:
        con.close()
    for tally in tallies:
        if tally.has_changed:
            result.warnings.append(f"{tally.file.path} was being written while it was read; the next load takes it.")
    tallies = [tally for tally in tallies if not tally.has_changed]
    if not tallies and not old:
        return None
    committed_at = datetime.now(UTC).replace(tzinfo=None).isoformat(timespec="seconds")
    commit = Commit(
        seq=seq, kind=result.kind, run_id=result.run_id, load_date=load_date, committed_at=committed_at,
        events=outcome.events, entities=entities, quarantine=quarantine, released=released,
        files=[tally.row(result.run_id, load_date, committed_at) for tally in tallies],
        adjustments=outcome.adjustments, replaces=[commit.seq for commit in old], by_workspace=outcome.by_workspace,
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
        for name in ("lines_in", "loaded", "duplicates", "quarantined", "no_consent"):
            setattr(result, name, getattr(result, name) + row[name])
        for reason, lines in row["reasons"].items():
            result.reasons[reason] = result.reasons.get(reason, 0) + lines
        if row["reason"]:
            result.file_reasons[row["reason"]] = result.file_reasons.get(row["reason"], 0) + 1
        if row["kind"] == "entities":
            result.entities[row["source"]] = result.entities.get(row["source"], 0) + row["loaded"]
    result.displaced += -sum(min(0, change.get("loaded", 0)) for change in commit.adjustments)
