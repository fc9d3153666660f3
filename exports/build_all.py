"""All exports: which folders are wanted, which have changed, writing these, and the page over everything."""

import os
import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from itertools import groupby
from pathlib import Path

from exports.folder.failure import Failure, not_written, of_held_back
from exports.folder.index import write_index
from exports.folder.known_folders import CACHE, KnownFolders
from exports.folder.manifest import mark_held_back, read_manifest
from exports.folder.replace_folder import remove_leftovers
from exports.folder.report_and_graphs import REPORT
from exports.folder.visibility import remove_hidden_folders, visibility_rules
from exports.folder.write_folder import MEGABYTES, Written, WrittenFolder, write_workspace
from exports.plan.held_back import reasons_to_hold_back
from exports.plan.plan import Job, plan, unnamed_workspaces, with_days_of_data
from exports.side_by_side import Setup, write_side_by_side
from exports.tables.text import visible
from footfall.core import file_modes
from footfall.core.database import limited_memory, with_full_memory
from footfall.core.errors import FootfallError, UsageError
from footfall.core.home import Home
from footfall.core.progress import Progress, quiet
from footfall.core.safe_names import encoded
from footfall.core.settings import DuckDBSettings, Settings
from footfall.core.vocabulary import vocabulary
from footfall.metrics.source import WorkspaceTables, open_published, workspace_tables

FORMATS = vocabulary().export_formats
#: Megabytes for each thread of DuckDB while rows are hashed: each is read once, so keeping them is of no use.
_MEGABYTES = 64
# Starting processes costs as much as two small workspaces.
_WORTH_PROCESSES = 3


@dataclass(frozen=True)
class Exported:
    """What an export did.

    Args:
        folders: every wanted folder, relative to ``exports/``, in order of workspace and range.
        made: those of them that were written now; the others already had this content.
        files: the files of the folders written now, relative to ``exports/``.
        bytes: their size together.
        workspaces: how many workspaces there were.
        index: the page over all folders.
        reports: the reports of these folders, to be opened by people.
        failures: what could not be made: whole folders, which stay as they were, and single files.
        warnings: sentences about workspaces that are left out and ranges that were cut.
        complete: how many folders there are in all that have all their files, those about one person apart.
        damaged: files of the others that are missing or not in full length, relative to ``exports/``.
        seconds: how long it took.
    """

    folders: tuple[str, ...] = ()
    made: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    bytes: int = 0
    workspaces: int = 0
    index: Path | None = None
    reports: tuple[Path, ...] = ()
    failures: tuple[Failure, ...] = ()
    warnings: tuple[str, ...] = ()
    complete: int = 0
    damaged: tuple[str, ...] = ()
    seconds: float = field(default=0.0, compare=False)

    @property
    def unchanged(self) -> tuple[str, ...]:
        """The folders that already had this content and were not touched."""
        touched = {*self.made, *(one.folder for one in self.failures)}
        return tuple(folder for folder in self.folders if folder not in touched)


def export_all(
    home: Home,
    settings: Settings,
    *,
    run_id: str,
    workspaces: Sequence[str] | None = None,
    ranges: Sequence[str] | None = None,
    start: date | None = None,
    end: date | None = None,
    user: str | None = None,
    formats: Sequence[str] | None = None,
    progress: Progress = quiet,
) -> Exported:
    """Make the exports whose content has changed, from the published tables only.

    Folders are ``exports/<workspace>/<range>/``, for one person ``exports/<workspace>/users/<user>/<range>/``. A
    folder whose content, definitions and code are those of its manifest is left untouched, byte by byte.

    Args:
        home: the installation.
        settings: ``exports.ranges``, ``.formats`` and ``.workers`` are the defaults.
        run_id: named in the manifests of the folders written.
        workspaces: ids; None: all that are published.
        ranges: ``event``, ``last_7_days``, ``last_30_days`` or ``<from>_<to>``; not used with start or end.
        start, end: local dates, both included, instead of named ranges; one missing: the data's limit.
        user: only this participant; needs one workspace.
        formats: of ``FORMATS``.
        progress: called with a sentence about every finished workspace and every failure.

    Raises:
        UsageError: an unknown workspace, user, range or format; a reversed range; an anonymized person.
        FootfallError: nothing is published, or the folder ``exports/`` itself cannot be written. A fault of one
            workspace, folder or file is in ``failures`` instead; all others are made.
    """
    began = time.monotonic()
    wanted = _formats(settings, formats)
    known = KnownFolders(home.exports, home.warehouse / CACHE)
    with _writing(home.exports):
        home.exports.mkdir(parents=True, exist_ok=True)
        remove_leftovers(home.exports)
    with open_published(home, settings) as con:
        file = Path(con.execute("select path from duckdb_databases() where database_name = current_database()")
                    .fetchall()[0][0])
        progress("Looking for exports whose content has changed.")
        planned = partial(
            plan, con, workspaces=workspaces, ranges=ranges or settings.exports.ranges, start=start, end=end, user=user,
            are_ranges_requested=bool(ranges), published=file, cache=home.warehouse / "export_hashes.parquet",
            report_people=settings.exports.report_people, days_without_dates=settings.exports.days_without_dates,
        )
        with limited_memory(con, _MEGABYTES):
            jobs = with_full_memory(con, planned)
        held = reasons_to_hold_back(con)
        changed = [
            with_days_of_data(con, job) for job in jobs
            if job.workspace_id not in held and not known.is_current(job.folder.as_posix(), job.fingerprint, wanted)
        ]
        warnings = tuple(_warnings(changed, unnamed_workspaces(con) if workspaces is None else ()))
        for warning in warnings:
            progress(warning)
        workspaces_changed = [list(group) for _, group in groupby(changed, key=lambda job: job.workspace_id)]
        progress(f"{len(changed):,} of {len(jobs):,} folders to make.")
        tables = _tables(home, settings, file, progress) if changed else None
        done = _Total(len(workspaces_changed), progress)
        is_side_by_side = len(workspaces_changed) >= _WORTH_PROCESSES and settings.exports.workers > 1
        with limited_memory(con, MEGABYTES):
            for workspace in () if is_side_by_side else workspaces_changed:
                done.add(write_workspace(con, home.exports, workspace, wanted, run_id, tables))
        rules = visibility_rules(con)
    if is_side_by_side:
        workers = settings.exports.workers
        setup = Setup(file, home.exports, home.temp, _share(settings.duckdb, workers), wanted, run_id, tables)
        write_side_by_side(setup, workspaces_changed, workers, done.add)
    with _writing(home.exports):
        _remove_renamed(home.exports, jobs)
        for job in jobs:
            if job.workspace_id in held:
                mark_held_back(home.exports / job.folder, held[job.workspace_id])
                known.forget(job.folder.as_posix())
        known.forget(*(job.folder.as_posix() for job in changed))
        remove_hidden_folders(home.exports, rules, known)
        index = write_index(home.exports, held, known)
        file_modes.copy_mode(home.exports, index)
        known.save()
    folders = tuple(job.folder.as_posix() for job in jobs)
    failures = done.failures + [
        of_held_back(job.workspace_id, job.folder, held[job.workspace_id]) for job in jobs if job.workspace_id in held
    ]
    return Exported(
        folders, made=tuple(one.job.folder.as_posix() for one in done.folders),
        files=tuple(file for one in done.folders for file in one.files), bytes=sum(one.bytes for one in done.folders),
        workspaces=len({job.workspace_id for job in jobs}), index=index,
        reports=tuple(home.exports / folder / REPORT for folder in folders if known.has(folder, REPORT)),
        failures=tuple(sorted(failures, key=lambda one: (one.folder, one.file or ""))),
        warnings=warnings, complete=known.complete, damaged=known.damaged, seconds=time.monotonic() - began,
    )


@dataclass
class _Total:
    """What has been written so far, of how many workspaces."""

    workspaces: int
    progress: Progress
    folders: list[WrittenFolder] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    finished: int = 0

    def add(self, written: Written) -> None:
        self.finished += 1
        self.folders += written.folders
        self.failures += written.failures
        if written.folders:
            files = sum(len(one.files) for one in written.folders)
            self.progress(
                f"{written.folders[0].job.workspace_id}: {files} files ({self.finished} of {self.workspaces})."
            )
        for one in written.failures:
            self.progress(f"{one.folder}/{one.file or ''}: {one.what}")


def _tables(home: Home, settings: Settings, published: Path, progress: Progress) -> WorkspaceTables | None:
    """Where workspaces are read from besides the published file, which has the same rows and stands in for it."""
    try:
        return workspace_tables(home, settings, published)
    except FootfallError as error:
        progress(f"Exports are made from the published file: {error.message}")
        return None


def _warnings(jobs: Sequence[Job], unnamed: Sequence[str]) -> Iterator[str]:
    if unnamed:
        names = ", ".join(repr(visible(name[:40])) for name in unnamed[:5]) + (", …" if len(unnamed) > 5 else "")
        yield (
            f"{len(unnamed):,} workspaces are only named by events and not by the `workspaces` extracts, so they have "
            f"no exports: {names}."
        )
    cut = {job.range.requested: job.range for job in jobs if job.range.requested and job.range.name != "event"}
    for (start, end), part in cut.items():
        yield f"The range {start} to {end} is cut to the dates with data, such as {part.start} to {part.end}."


def _remove_renamed(exports: Path, jobs: Sequence[Job]) -> None:
    """Remove folders of workspaces that got another name, because an id came that differs in case only."""
    for job in jobs:
        old = exports / encoded(job.workspace_id) / job.range.name
        manifest = read_manifest(old) if job.folder.parts[0] != encoded(job.workspace_id) else None
        if manifest and manifest["workspace_id"] == job.workspace_id:
            shutil.rmtree(old)


@contextmanager
def _writing(place: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise not_written(error, place) from error


def _formats(settings: Settings, formats: Sequence[str] | None) -> tuple[str, ...]:
    for one in formats or ():
        if one not in FORMATS:
            raise UsageError(f"No format {one!r} is known.", hint="Known: " + ", ".join(FORMATS) + ".")
    return tuple(one for one in FORMATS if one in (settings.exports.formats if formats is None else formats))


def _share(settings: DuckDBSettings, workers: int) -> DuckDBSettings:
    """One worker's part of the cores; the limit of memory is that of a process."""
    cores = settings.threads or os.cpu_count() or 1
    return DuckDBSettings(memory_limit=settings.memory_limit, threads=max(1, cores // workers))
