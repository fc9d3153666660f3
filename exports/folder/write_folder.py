"""One folder: its tables, files and manifest, made aside, checked, and moved into place."""

import errno
import shutil
from collections.abc import Collection, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

import duckdb

from exports.folder.folder import replacing
from exports.folder.manifest import NAME, write_manifest
from exports.folder.report_and_graphs import write_extras
from exports.folder.verify import check_counts, check_totals
from exports.plan.plan import Job
from exports.tables.contents import MANY_USERS, PERSONAL, Content, tables
from exports.tables.csv_parquet import count_csv, count_parquet, spool, write_csv
from exports.tables.table import Spooled
from exports.workbook.about import about
from exports.workbook.workbook import SHEET_ROWS, count_workbook, write_workbook
from footfall.core import file_modes
from footfall.core.database import limited_memory
from footfall.core.errors import FootfallError
from footfall.metrics.layer import answer
from footfall.metrics.question import Question
from footfall.metrics.source import slice_workspace

#: Megabytes for each thread of DuckDB, so that a process stays of one size however many workspaces it makes. What does
#: not fit goes to disk: of 100,000 people 0.4 GB in place of 2.4 were taken, for a sixth more processor time.
MEGABYTES, _MEGABYTES_OF_MANY = 256, 64
WORKBOOK = "interaction_stats.xlsx"
TWINS = "interaction_stats"
_SPOOL = ".spool"


@dataclass(frozen=True)
class Made:
    """A finished folder: its files relative to ``exports/``, and their bytes together."""

    job: Job
    files: tuple[str, ...]
    bytes: int


def make_workspace(
    con: duckdb.DuckDBPyConnection, exports: Path, jobs: Sequence[Job], formats: Collection[str], run_id: str
) -> list[Made]:
    """Make all folders of one workspace, of whose rows a copy is taken first.

    Args:
        con: the published tables; whoever makes several workspaces calls this in ``limited_memory`` of ``MEGABYTES``.
        exports, jobs, formats, run_id: as in ``make_folder``; all jobs are about the same workspace.

    Raises:
        FootfallError: a folder could not be written, or its files do not have the rows of the tables.
    """
    people = con.execute("select count(*) from marts.dim_participants where workspace_id = ?", [jobs[0].workspace_id])
    are_many = people.fetchall()[0][0] > MANY_USERS
    with limited_memory(con, _MEGABYTES_OF_MANY) if are_many else nullcontext():
        slice_workspace(con, jobs[0].workspace_id)
        return [make_folder(con, exports, job, formats, run_id) for job in jobs]


def make_folder(
    con: duckdb.DuckDBPyConnection, exports: Path, job: Job, formats: Collection[str], run_id: str,
    *, sheet_rows: int = SHEET_ROWS,
) -> Made:
    """Make one folder in place of what is there; readers see the old one until the new one is whole.

    Args:
        con: the published tables, or a slice of this workspace.
        exports: the folder ``<home>/exports``.
        job: what the folder is about.
        formats: ``xlsx csv parquet html svg png pdf``, those that are wanted.
        run_id: named in the manifest and nowhere else.
        sheet_rows: rows a worksheet takes below its header.
    """
    target = exports / job.folder
    try:
        with replacing(target) as aside:
            manifest = _fill(con, aside, job, formats, run_id, sheet_rows)
            file_modes.copy_mode(exports, aside)
    except (OSError, duckdb.IOException, duckdb.OutOfMemoryException) as error:
        raise not_written(error, target) from error
    names = [*manifest["files"], NAME]
    total = sum(file["bytes"] for file in manifest["files"].values())
    return Made(job, tuple((job.folder / name).as_posix() for name in names), total)


def not_written(error: Exception, target: Path) -> FootfallError:
    """What to tell about a folder or file that the machine would not take."""
    full = isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)
    short = isinstance(error, duckdb.OutOfMemoryException)
    remedy = "Make room" if full else "Raise duckdb.memory_limit" if short else "Mend the folder"
    reason = getattr(error, "strerror", None) or str(error).splitlines()[0]
    return FootfallError(
        f"An export could not be written: {reason.rstrip('.')}.", where=str(target),
        hint=f"{remedy} and run `footfall export` again. What was exported before is untouched.",
    )


def _fill(
    con: duckdb.DuckDBPyConnection, aside: Path, job: Job, formats: Collection[str], run_id: str, sheet_rows: int
) -> dict:
    question = Question(job.workspace_id, job.range.start, job.range.end, user_id=job.user_id)
    answered = answer(con, "data_facts", question).to_pylist()[0]
    facts = answered | {"data_as_of": job.loads.data_as_of}
    rows: dict[str, int] = {}
    if {"xlsx", "csv", "parquet"} & set(formats):
        spooled = _spool(con, aside / _SPOOL, job, question, facts)
        check_totals(con, question, spooled)
        rows |= _write_tables(aside, job, spooled, formats, sheet_rows)
        shutil.rmtree(aside / _SPOOL)
    rows |= write_extras(con, aside, job, answered, formats, WORKBOOK)
    dates = {key: facts[key].isoformat() if facts[key] else None for key in ("range_start", "range_end", "data_as_of")}
    has_range = job.range.start is not None or facts["first_date"] is not None
    return write_manifest(aside, {
        "workspace_id": job.workspace_id, "workspace": job.workspace, "user_id": job.user_id,
        "range": {"name": job.range.name, "start": dates["range_start"] if has_range else None,
                  "end": dates["range_end"] if has_range else None},
        "anonymization": facts["anonymization"], "target_groups": list(job.target_groups), "timezone": job.zone,
        "data_as_of": dates["data_as_of"],
        "definitions_version": job.definitions, "run_id": run_id, "fingerprint": job.fingerprint,
        "formats": sorted(formats),
    }, rows)


def _spool(
    con: duckdb.DuckDBPyConnection, folder: Path, job: Job, question: Question, facts: dict
) -> list[Spooled]:
    """Write the rows of every table aside, one table at a time, so that never more than one is in memory."""
    folder.mkdir()
    left_out = PERSONAL if job.anonymization == "full" else frozenset()
    fewest = job.fewest if job.is_protected and job.user_id is None else None
    is_large = (facts["participants"] or 0) > MANY_USERS
    content = Content(con, question, job.zone, job.loads.lines, left_out, fewest, is_large)
    made = [
        spool(table, rows, folder / f"{table.key}.parquet", job.zone) for table, rows in tables(content)
    ]
    table, rows = about(con, job, facts, made)
    return [spool(table, rows, folder / f"{table.key}.parquet", job.zone), *made]


def _write_tables(
    aside: Path, job: Job, spooled: Sequence[Spooled], formats: Collection[str], sheet_rows: int
) -> dict[str, int]:
    """Write workbook, CSV and Parquet, read them again and count; rows by path."""
    twins = aside / TWINS
    if {"csv", "parquet"} & set(formats):
        twins.mkdir()
    rows: dict[str, int] = {}
    if "xlsx" in formats:
        title = f"{job.workspace}: interaction stats"
        write_workbook(aside / WORKBOOK, spooled, title=title, sheet_rows=sheet_rows)
        check_counts(WORKBOOK, spooled, count_workbook(aside / WORKBOOK, spooled, sheet_rows))
        rows[WORKBOOK] = sum(one.rows for one in spooled)
    if "csv" in formats:
        for one in spooled:
            write_csv(one, twins / f"{one.table.key}.csv")
        counts = {one.table.key: count_csv(twins / f"{one.table.key}.csv") for one in spooled}
        check_counts("CSV", spooled, counts)
        rows |= {f"{TWINS}/{key}.csv": count for key, count in counts.items()}
    if "parquet" in formats:
        for one in spooled:
            one.path.rename(twins / f"{one.table.key}.parquet")
        counts = {one.table.key: count_parquet(twins / f"{one.table.key}.parquet") for one in spooled}
        check_counts("Parquet", spooled, counts)
        rows |= {f"{TWINS}/{key}.parquet": count for key, count in counts.items()}
    return rows
