"""The net around validation: anything that goes wrong while a file is validated is a problem of that file alone.

Files are validated many at a time. Only where that fails are they taken one by one, to find the one at fault.
"""

from collections.abc import Callable, Iterator, Mapping

import duckdb

from footfall.core.errors import FootfallError
from footfall.ingestion.context import FileTally, LoadContext
from footfall.ingestion.database import value
from footfall.ingestion.formats.slices import Slice, read_ahead, read_slices
from footfall.ingestion.problems import FileProblem, problem_of

#: A file whose first records, so many of them, are all rejected is quarantined whole: it holds something else.
MOST_REJECTED = 1_000_000
Validate = Callable[[LoadContext, Slice], None]
Look = Callable[[Slice], Mapping[int, FileProblem]]


class DatabaseLost(Exception):
    """DuckDB ended with an internal error and cannot be used any more; ``files``: the paths it was at work on."""

    def __init__(self, files: list[str]) -> None:
        super().__init__(f"internal error of DuckDB: {', '.join(files)}")
        self.files = files


def validate_files(
    work: LoadContext, tallies: list[FileTally], validate: Validate, table: str, *, is_complete: bool = True,
    look: Look | None = None,
) -> Iterator[Slice]:
    """Read the files of ``tallies`` and yield each slice after ``validate`` has put its records into ``table``.

    Fills the tallies' problems; records of a file found to have one later are still in what was yielded before.

    Args:
        look: finds problems of files in the validated records of a slice.
        is_complete: False where ``validate`` leaves records out, so that they say nothing about the whole file.

    Raises:
        DatabaseLost: see there.
        FootfallError: a file of the home, or a setting, is at fault.
    """
    by_number = {tally.file_no: tally for tally in tallies}
    usable: set[int] = set()
    failed: set[int] = set()
    for piece in read_ahead(read_slices(work, tallies)):
        piece = piece.only(piece.files - failed) if failed else piece
        for part in _validated(work, piece, by_number, validate, failed):
            usable |= _usable(work, part, table, usable) if is_complete else part.files
            for no in part.files - usable:
                if by_number[no].records >= MOST_REJECTED:
                    failed.add(no)
                    by_number[no].problem = FileProblem(
                        "corrupt_file", f"none of its first {MOST_REJECTED:,} lines can be used"
                    )
            for no, problem in (look(part) if look is not None else {}).items():
                failed.add(no)
                by_number[no].problem = problem
            yield part


def _validated(
    work: LoadContext, piece: Slice, by_number: dict[int, FileTally], validate: Validate, failed: set[int]
) -> Iterator[Slice]:
    problem = _attempt(work, piece, by_number, validate)
    if problem is None:
        yield piece
        return
    for no in sorted(piece.files):
        part = piece.only({no})
        if len(piece.files) > 1:
            problem = _attempt(work, part, by_number, validate)
        if problem is not None and part.format == "parquet":
            part = part.with_plain_columns()
            problem = _attempt(work, part, by_number, validate) and problem
        if problem is None:
            yield part
        else:
            by_number[no].problem = problem
            failed.add(no)


def _attempt(
    work: LoadContext, piece: Slice, by_number: dict[int, FileTally], validate: Validate
) -> FileProblem | None:
    try:
        if piece.batches or piece.columns:  # a CSV with a header alone may lack columns, too
            validate(work, piece)
    except FileProblem as problem:
        return problem
    except (FootfallError, OSError, duckdb.IOException, duckdb.OutOfMemoryException):
        raise  # not the file's fault
    except Exception as error:
        if isinstance(error, duckdb.Error) and not _is_alive(work.con):
            raise DatabaseLost(sorted(by_number[no].file.path for no in piece.files)) from error
        return problem_of(error)
    return None


def _is_alive(con: duckdb.DuckDBPyConnection) -> bool:
    try:
        return value(con, "select true")
    except duckdb.Error:
        return False


def _usable(work: LoadContext, piece: Slice, table: str, known: set[int]) -> set[int]:
    """Files of the slice that have a record which is not rejected, apart from the ``known`` ones."""
    if not piece.batches or piece.files <= known:
        return set()
    rows = work.con.execute(
        f"select distinct file_no from {table} where reason is null or reason in ('no_consent', 'erased')"
    ).fetchall()
    return {no for (no,) in rows}
