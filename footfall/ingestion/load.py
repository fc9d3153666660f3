"""Load and backfill: which landing files go into which commit of the lake, one commit a load date."""

import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date

import duckdb

from footfall.core.home import Home
from footfall.core.progress import Progress, quiet
from footfall.core.settings import Settings
from footfall.ingestion.commit import make_commit
from footfall.ingestion.consent.banners import dates_to_validate_again
from footfall.ingestion.context import LoadContext
from footfall.ingestion.database import disk_error, open_loader
from footfall.ingestion.exclusion.erased_contents import read_clean_forms
from footfall.ingestion.exclusion.tombstones import Erased, read_tombstones
from footfall.ingestion.lake.commit_log import Commit, live_commits, read_commits, sweep
from footfall.ingestion.landing.files import LandingFile, discover
from footfall.ingestion.landing.hashes import remember_hashes, with_hashes
from footfall.ingestion.landing.pending import Pending, find_new, split_known
from footfall.ingestion.load_result import LoadResult
from footfall.ingestion.problems import FileProblem
from footfall.ingestion.reload_guards import reason_to_skip, warnings_of_removed_files
from footfall.ingestion.validation.validate_files import DatabaseLost


@dataclass
class _Run:
    """What every load date of one load or backfill shares; ``commits`` grows."""

    home: Home
    settings: Settings
    result: LoadResult
    progress: Progress
    commits: list[Commit]
    erased: Erased | None
    started: float = field(default_factory=time.monotonic)
    loader: duckdb.DuckDBPyConnection | None = None

    def open_loader(self) -> duckdb.DuckDBPyConnection:
        """The scratch database of all commits of this run; opening it costs as much as validating 5,000 lines."""
        if self.loader is None:
            self.loader = open_loader(self.home, self.settings)
        return self.loader

    def close_loader(self) -> None:
        if self.loader is not None:
            self.loader.close()
            self.loader = None

    def live(self, load_date: str) -> tuple[list[Commit], list[Commit]]:
        """The commits in force of the load date, and of all others."""
        live = live_commits(self.commits)
        return [c for c in live if c.load_date == load_date], [c for c in live if c.load_date != load_date]

    def commit(self, load_date: str, files: list[LandingFile], old: list[Commit]) -> bool:
        """Make one commit of ``files`` that replaces ``old``; False where there is nothing to commit.

        Where DuckDB ends with an internal error, it is opened again without the file that caused it.
        """
        suspects: dict[str, FileProblem | None] = {}
        others = [commit for commit in live_commits(self.commits) if commit not in old]
        while True:
            try:
                work = LoadContext(
                    self.open_loader(), self.home, self.settings, load_date, len(self.commits) + 1, self.result.run_id,
                    others, old, self.progress, self.erased, suspects,
                )
                new = make_commit(work, files, self.result)
            except DatabaseLost as lost:
                self.close_loader()
                is_found = len(lost.files) == 1
                problem = FileProblem("corrupt_file", "it makes the database end with an internal error")
                suspects |= dict.fromkeys(lost.files, problem if is_found else None)
                continue
            if new is not None:
                self.commits.append(new)
            return new is not None

    def finish(self) -> LoadResult:
        self.close_loader()
        _erase_from_landing(self.home, self.settings, self.erased, self.result, self.progress)
        if self.result.cleaned_ids:
            self.result.warnings.append(
                f"{self.result.cleaned_ids:,} lines had ids with white space, a fraction of zero (42.0) or a word for "
                "nothing (null, undefined …); such ids were cleaned, or taken as missing."
            )
        self.result.warnings = list(dict.fromkeys(self.result.warnings))
        self.result.seconds = time.monotonic() - self.started
        return self.result


def load(
    home: Home, settings: Settings, *, run_id: str, through: date | None = None, progress: Progress = quiet
) -> LoadResult:
    """Load every landing file not loaded yet with arrival date up to ``through``, one commit a load date.

    A new version of a loaded file replaces the old one. The caller holds the home's lock. A load killed at any moment
    leaves the commits before it as they are.

    Raises:
        FootfallError: the disk is full, or the commit log cannot be read; nothing of the current date is committed.
        SettingsError: a source's path or mapping cannot be used.
    """
    with _begin(home, settings, LoadResult("load", run_id), progress) as run:
        is_replaced = True
        while is_replaced:  # a replaced version may have been the reason why a copy of it was not loaded: look again
            found = find_new(home, settings, run.commits, through)
            run.result.warnings += found.warnings
            run.result.already_loaded = [file.path for file in found.already_loaded]
            try:
                remember_hashes(home, found.already_loaded)
            except OSError as error:
                raise disk_error(error, home.lake) from error
            replaced = [_load_date(run, load_date, found) for load_date in found.load_dates]  # all of them, first
            is_replaced = any(replaced)
        _validate_again(run)
        return run.finish()


def _validate_again(run: _Run) -> None:
    """Load dates again whose events were refused by a cookie banner that was only assumed to be on."""
    if not run.result.commits or not any(commit.assumed_banners for commit in run.commits):
        return
    dates = dates_to_validate_again(run.open_loader(), run.home, live_commits(run.commits))
    files = discover(run.home, run.settings)[0] if dates else []
    for load_date in dates:
        run.progress(f"Validating {load_date} again: settings that could not be read then can be read now.")
        _load_again(run, load_date, [file for file in files if file.load_date == load_date])


def _load_date(run: _Run, load_date: str, found: Pending) -> bool:
    """Load the new files of a date; True where a version loaded before was replaced."""
    fresh = [file for file in found.files if file.load_date == load_date]
    new_versions = {file.path for file in found.new_versions if file.load_date == load_date}
    if new_versions:
        old, others = run.live(load_date)
        present = [file for file in found.present if file.load_date == load_date]
        run.progress(f"Reading {load_date} again: {len(new_versions)} of its files have a new version.")
        if run.commit(load_date, split_known(present, others, read_clean_forms(run.home))[0], old):
            return True
        fresh = [file for file in fresh if file.path not in new_versions]
    if fresh:
        run.commit(load_date, fresh, [])
    return False


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
    with _begin(home, settings, LoadResult("backfill", run_id), progress) as run:
        files, run.result.warnings = discover(home, settings)
        files = [file for file in files if start.isoformat() <= file.load_date <= end.isoformat()]
        dates = {file.load_date for file in files}
        dates |= {c.load_date for c in run.commits if start.isoformat() <= c.load_date <= end.isoformat()}
        for load_date in sorted(dates if only is None else dates & set(only)):
            of_date = [file for file in files if file.load_date == load_date]
            _load_again(run, load_date, of_date)
        return run.finish()


def _load_again(run: _Run, load_date: str, files: list[LandingFile]) -> None:
    """Load all ``files`` of a date in place of its commits in force."""
    old, others = run.live(load_date)
    if reason := reason_to_skip(run.home, load_date, old, files):
        run.result.warnings.append(f"{load_date} was left as it is: {reason}.")
        return
    forms = read_clean_forms(run.home)
    fresh, elsewhere = split_known(with_hashes(run.home, files, {}), others, forms)
    run.result.already_loaded += [file.path for file in elsewhere]
    run.result.warnings += warnings_of_removed_files(old, fresh, forms)
    if fresh or old:
        run.commit(load_date, fresh, old)


@contextmanager
def _begin(home: Home, settings: Settings, result: LoadResult, progress: Progress) -> Iterator[_Run]:
    """A run, after removing files that an interrupted load left behind; at its end the loader is closed."""
    commits = read_commits(home)
    try:
        sweep(home, commits)
    except OSError as error:
        raise disk_error(error, home.lake) from error
    erased = read_tombstones(home, settings)
    if erased is not None:
        from footfall.ingestion.landing_erasure.rename import rename_files

        rename_files(home, erased)
    run = _Run(home, settings, result, progress, commits, erased)
    try:
        yield run
    finally:
        run.close_loader()


def _erase_from_landing(
    home: Home, settings: Settings, erased: Erased | None, result: LoadResult, progress: Progress
) -> None:
    """Remove erased people from landing files that were delivered with them again."""
    if erased is not None:
        from footfall.ingestion.landing_erasure.erase_landing import erase_from_marked_files

        result.landing_files_rewritten = erase_from_marked_files(home, settings, erased, progress).files
