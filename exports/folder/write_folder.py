"""One folder: its tables, files and manifest, made aside, checked, and moved into place."""

import shutil
from collections.abc import Collection, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import duckdb

from exports.folder.check_files import check_counts, check_totals
from exports.folder.failure import FailedFile, Failure, contain, not_written, of_file, of_folder
from exports.folder.manifest import NAME, write_manifest
from exports.folder.replace_folder import replace_folder
from exports.folder.report_and_graphs import write_report_and_graphs
from exports.plan.plan import Job
from exports.tables.by_participant import MANY_USERS
from exports.tables.csv_parquet import count_csv, count_parquet, store_rows, write_csv
from exports.tables.read_tables import PERSONAL, tables
from exports.tables.table import StoredTable
from exports.tables.titles import Content
from exports.workbook.about import about
from exports.workbook.workbook import SHEET_ROWS, count_workbook, write_workbook
from footfall.core import file_modes
from footfall.core.database import limited_memory
from footfall.core.vocabulary import vocabulary
from footfall.metrics.layer import answer
from footfall.metrics.question import Question
from footfall.metrics.source import WorkspaceTables, slice_workspace, with_rows_of

#: Megabytes for each thread of DuckDB, so that memory does not grow with the number of workspaces. What does not fit
#: goes to disk: 100,000 people took 0.4 GB in place of 2.4, for a sixth more processor time.
MEGABYTES, _MEGABYTES_OF_MANY = 256, 64
WORKBOOK = "interaction_stats.xlsx"
CSV_PARQUET = "interaction_stats"
_STORE = ".tables"


@dataclass(frozen=True)
class WrittenFolder:
    """A finished folder: its files relative to ``exports/``, and their bytes together."""

    job: Job
    files: tuple[str, ...]
    bytes: int


@dataclass(frozen=True)
class Written:
    """The result of one workspace: the folders that were written, and what could not be made."""

    folders: list[WrittenFolder] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)


def write_workspace(
    con: duckdb.DuckDBPyConnection, exports: Path, jobs: Sequence[Job], formats: Collection[str], run_id: str,
    tables: WorkspaceTables | None = None,
) -> Written:
    """Write all folders of one workspace, from a copy of its rows. A fault becomes a failure in the result.

    Args:
        con: the published tables; whoever writes several workspaces calls this in ``limited_memory`` of ``MEGABYTES``.
        exports, jobs, formats, run_id: as in ``write_folder``; all jobs are about the same workspace.
        tables: where its rows are read from, if not from the published tables (``workspace_tables``).
    """
    written = Written()
    try:
        people = "select count(*) from marts.dim_participants where workspace_id = ?"
        are_many = con.execute(people, [jobs[0].workspace_id]).fetchall()[0][0] > MANY_USERS
        memory = limited_memory(con, _MEGABYTES_OF_MANY) if are_many else nullcontext()
        with memory, with_rows_of(con, tables, jobs[0].workspace_id):
            slice_workspace(con, jobs[0].workspace_id, *_days_of(jobs))
            for job in jobs:
                try:
                    written.folders.append(write_folder(con, exports, job, formats, run_id, written.failures))
                except Exception as error:  # noqa: BLE001 - the net of one folder
                    written.failures.append(of_folder(job.workspace_id, job.folder, error))
    except Exception as error:  # noqa: BLE001 - the net of one workspace
        written.failures.extend(of_folder(job.workspace_id, job.folder, error) for job in jobs)
    return written


def _days_of(jobs: Sequence[Job]) -> tuple[date | None, date | None]:
    """First and last date that any of the folders is about; None: no limit on that side."""
    starts, ends = zip(*(job.report_days for job in jobs), strict=True)
    return None if None in starts else min(starts), None if None in ends else max(ends)


def write_folder(
    con: duckdb.DuckDBPyConnection, exports: Path, job: Job, formats: Collection[str], run_id: str,
    failures: list[Failure], *, sheet_rows: int = SHEET_ROWS,
) -> WrittenFolder:
    """Write one folder in place of the old one; readers see the old one until the new one is whole.

    Args:
        con: the published tables, or a slice of this workspace.
        exports: the folder ``<home>/exports``.
        job: what the folder is about.
        formats: ``xlsx csv parquet html svg png pdf``, those that are wanted.
        run_id: named in the manifest and nowhere else.
        failures: files that the folder is finished without are added here.
        sheet_rows: rows a worksheet takes below its header.

    Raises:
        FootfallError: the folder could not be written, or its files do not have the rows of the tables.
    """
    target = exports / job.folder
    failed: list[FailedFile] = []
    try:
        with replace_folder(target) as aside:
            manifest = _write_files(con, aside, job, formats, run_id, sheet_rows, failed)
            file_modes.copy_mode(exports, aside)
    except (OSError, duckdb.IOException, duckdb.OutOfMemoryException) as error:
        raise not_written(error, target) from error
    failures.extend(of_file(job.workspace_id, job.folder, one) for one in failed)
    names = [*manifest["files"], NAME]
    total = sum(file["bytes"] for file in manifest["files"].values())
    return WrittenFolder(job, tuple((job.folder / name).as_posix() for name in names), total)


def _write_files(
    con: duckdb.DuckDBPyConnection, aside: Path, job: Job, formats: Collection[str], run_id: str, sheet_rows: int,
    failed: list[FailedFile],
) -> dict:
    question = Question(job.workspace_id, job.range.start, job.range.end, user_id=job.user_id)
    answered = answer(con, "data_facts", question).to_pylist()[0]
    facts = answered | {"data_as_of": job.loads.data_as_of}
    rows: dict[str, int] = {}
    if set(vocabulary().table_formats) & set(formats):
        stored = _store_tables(con, aside / _STORE, job, question, facts)
        check_totals(con, question, stored)
        rows |= _write_tables(aside, job, stored, formats, sheet_rows, failed)
        shutil.rmtree(aside / _STORE)
    rows |= write_report_and_graphs(con, aside, job, answered, formats, WORKBOOK, failed)
    dates = {key: facts[key].isoformat() if facts[key] else None for key in ("range_start", "range_end", "data_as_of")}
    has_range = job.range.start is not None or facts["first_date"] is not None
    return write_manifest(aside, {
        "workspace_id": job.workspace_id, "workspace": job.workspace, "user_id": job.user_id,
        "range": {"name": job.range.name, "start": dates["range_start"] if has_range else None,
                  "end": dates["range_end"] if has_range else None},
        "anonymization": facts["anonymization"], "target_groups": list(job.target_groups), "timezone": job.zone,
        "data_as_of": dates["data_as_of"],
        "definitions_version": job.definitions, "run_id": run_id, "fingerprint": job.fingerprint,
        "formats": sorted(formats), "failed": [{"file": one.file, "reason": one.reason} for one in failed],
    }, rows)


def _store_tables(
    con: duckdb.DuckDBPyConnection, folder: Path, job: Job, question: Question, facts: dict
) -> list[StoredTable]:
    """Store the rows of every table, one table at a time, so that only one is in memory."""
    folder.mkdir()
    left_out = PERSONAL if job.anonymization == "full" else frozenset()
    fewest = job.fewest if job.is_protected and job.user_id is None else None
    is_large = (facts["participants"] or 0) > MANY_USERS
    content = Content(con, question, job.zone, left_out, fewest, is_large)
    made = [
        store_rows(table, rows, folder / f"{table.key}.parquet", job.zone) for table, rows in tables(content)
    ]
    table, rows = about(con, job, facts, made)
    return [store_rows(table, rows, folder / f"{table.key}.parquet", job.zone), *made]


def _write_tables(
    aside: Path, job: Job, stored: Sequence[StoredTable], formats: Collection[str], sheet_rows: int,
    failed: list[FailedFile],
) -> dict[str, int]:
    """Write workbook, CSV and Parquet, read them again and count; rows by path."""
    place = aside / CSV_PARQUET
    if {"csv", "parquet"} & set(formats):
        place.mkdir()
    rows: dict[str, int] = {}
    if "xlsx" in formats:
        with contain(aside, WORKBOOK, failed):
            title = f"{job.workspace}: interaction stats"
            write_workbook(aside / WORKBOOK, stored, title=title, sheet_rows=sheet_rows)
            check_counts(WORKBOOK, stored, count_workbook(aside / WORKBOOK, stored, sheet_rows))
            rows[WORKBOOK] = sum(one.rows for one in stored)
    if "csv" in formats:
        for one in stored:
            write_csv(one, place / f"{one.table.key}.csv")
        counts = {one.table.key: count_csv(place / f"{one.table.key}.csv") for one in stored}
        check_counts("CSV", stored, counts)
        rows |= {f"{CSV_PARQUET}/{key}.csv": count for key, count in counts.items()}
    if "parquet" in formats:
        for one in stored:
            one.path.rename(place / f"{one.table.key}.parquet")
        counts = {one.table.key: count_parquet(place / f"{one.table.key}.parquet") for one in stored}
        check_counts("Parquet", stored, counts)
        rows |= {f"{CSV_PARQUET}/{key}.parquet": count for key, count in counts.items()}
    return rows
