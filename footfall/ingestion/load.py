"""Load and backfill: which landing files go into which commit of the lake, one commit a load date."""

import time
from collections.abc import Collection
from datetime import date

from footfall.core.home import Home
from footfall.core.progress import Progress, quiet
from footfall.core.settings import Settings
from footfall.ingestion.commit import make_commit
from footfall.ingestion.context import LoadContext
from footfall.ingestion.database import disk_error, open_loader
from footfall.ingestion.exclusion.erased_contents import clean_form, read_clean_forms
from footfall.ingestion.exclusion.tombstones import Erased, read_tombstones
from footfall.ingestion.lake.commit_log import Commit, live_commits, read_commits, sweep
from footfall.ingestion.landing.files import LandingFile, discover
from footfall.ingestion.landing.pending import find_new, remember_hashes, split_known, with_hashes
from footfall.ingestion.load_result import LoadResult
from footfall.ingestion.retention import read_retention_record


def load(
    home: Home, settings: Settings, *, run_id: str, through: date | None = None, progress: Progress = quiet
) -> LoadResult:
    """Load every landing file not loaded yet with arrival date up to ``through``, one commit a load date.

    The caller holds the home's lock. A load killed at any moment leaves the commits before it as they are.

    Raises:
        FootfallError: the disk is full, or the commit log cannot be read; nothing of the current date is committed.
        SettingsError: a source's path or mapping cannot be used.
    """
    started = time.monotonic()
    result = LoadResult("load", run_id)
    commits, erased = _begin(home), read_tombstones(home, settings)
    found = find_new(home, settings, commits, through)
    result.warnings = list(found.warnings)
    result.already_loaded = [file.path for file in found.already_loaded]
    try:
        remember_hashes(home, found.already_loaded)
    except OSError as error:
        raise disk_error(error, home.lake) from error
    if not found.is_empty:
        with open_loader(home, settings) as con:
            for load_date in found.load_dates:
                files = [file for file in found.files if file.load_date == load_date]
                live = live_commits(commits)
                work = LoadContext(
                    con, home, settings, load_date, len(commits) + 1, run_id, live, [], progress, erased
                )
                if new := make_commit(work, files, result):
                    commits.append(new)
    _erase_from_landing(home, settings, erased, result, progress)
    result.seconds = time.monotonic() - started
    return result


def backfill(
    home: Home, settings: Settings, *, run_id: str, start: date, end: date, only: Collection[str] | None = None,
    progress: Progress = quiet,
) -> LoadResult:
    """Read the landing files of the load dates from ``start`` to ``end`` again; each date's new commit replaces its
    old ones. ``only`` (ISO dates): skip the other dates between them.

    Lines of files that are no longer in landing are removed. A date without any landing folder is skipped with a
    warning: archived landing files are no reason to lose what was loaded.

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
            live = live_commits(commits)
            old = [commit for commit in live if commit.load_date == load_date]
            if reason := _reason_to_skip(home, load_date, old, of_date):
                result.warnings.append(f"{load_date} was left as it is: {reason}.")
                continue
            others = [commit for commit in live if commit not in old]
            fresh, elsewhere = split_known(with_hashes(home, of_date, {}), others, read_clean_forms(home))
            result.already_loaded += [file.path for file in elsewhere]
            _warn_of_removed_files(old, fresh, read_clean_forms(home), result)
            if fresh or old:
                work = LoadContext(
                    con, home, settings, load_date, len(commits) + 1, run_id, others, old, progress, erased
                )
                if new := make_commit(work, fresh, result):
                    commits.append(new)
    _erase_from_landing(home, settings, erased, result, progress)
    result.seconds = time.monotonic() - started
    return result


def _begin(home: Home) -> list[Commit]:
    """The commits so far, after removing files that an interrupted load left behind."""
    commits = read_commits(home)
    try:
        sweep(home, commits)
    except OSError as error:
        raise disk_error(error, home.lake) from error
    return commits


def _reason_to_skip(home: Home, load_date: str, old: list[Commit], files: list[LandingFile]) -> str | None:
    """Why reading the date again would lose what was loaded of it; None where it would not."""
    if not files and not any((home.landing / kind / load_date).is_dir() for kind in ("events", "entities")):
        return "it has no folder in landing any more"
    record = read_retention_record(home)
    if record.is_lake_removed(load_date) and old:
        return "retention has removed its files"
    if record.landing is not None and load_date < record.landing:
        rewritten = read_clean_forms(home)
        present = {clean_form(file.sha256, rewritten) for file in with_hashes(home, files, {})}
        if any(clean_form(row["sha256"], rewritten) not in present for row in _loaded_files(old)):
            return "retention has removed its files"
    return None


def _warn_of_removed_files(
    old: list[Commit], fresh: list[LandingFile], rewritten: dict[str, str | None], result: LoadResult
) -> None:
    present = {clean_form(file.sha256, rewritten) for file in fresh}
    for row in _loaded_files(old):
        if clean_form(row["sha256"], rewritten) not in present:
            result.warnings.append(
                f"{row['file']} is no longer in landing as it was loaded; its lines were removed."
            )


def _loaded_files(commits: list[Commit]) -> list[dict]:
    return [row for commit in commits for row in commit.files if row["state"] == "loaded"]


def _erase_from_landing(
    home: Home, settings: Settings, erased: Erased | None, result: LoadResult, progress: Progress
) -> None:
    """Remove erased people from landing files that were delivered with them again."""
    if erased is not None:
        from footfall.ingestion.landing_erasure.erase_landing import erase_from_marked_files

        result.landing_files_rewritten = erase_from_marked_files(home, settings, erased, progress).files
