"""Landing files as slices: Arrow tables small enough to validate in memory, read one ahead of validation."""

from collections.abc import Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace

import numpy as np
import pyarrow as pa

from footfall.ingestion.context import FileTally, LoadContext
from footfall.ingestion.formats.arrow_types import nested_as_text
from footfall.ingestion.formats.csv_records import read_csv
from footfall.ingestion.formats.parquet_records import read_parquet, without_oversized
from footfall.ingestion.formats.text_records import read_blocks
from footfall.ingestion.landing.files import has_changed, is_gzip
from footfall.ingestion.problems import FileProblem, RejectedLine, machine_error, problem_of

#: A slice is full at this many bytes of text or records. Validating one takes four times its size of memory; planning
#: costs 0.1 s of CPU a slice: 1 to 2 % of the load, and 2 million lines need 1.2 GB instead of 1.7 with twice the size.
SLICE_BYTES, SLICE_RECORDS = 128 << 20, 600_000
#: Validating records of half a megabyte takes 20 times their size and more, so slices of records this long are small.
LONG_RECORD, LONG_SLICE_BYTES = 16 << 10, 24 << 20


@dataclass
class Slice:
    """Records of one shape, from one or more files, in order.

    Attributes:
        columns: names of the file's own columns (c0, c1 … in batches), unique; none for lines of JSON.
        files: file_no of the files it holds records of.
        batches: columns ``file_no``, ``line_number``, then ``line`` (JSON lines), ``raw`` and c0 … (CSV) or c0 …
            (Parquet).
        rejected: (file_no, line) of records that are not text or too long.
    """

    source: str
    format: str
    columns: tuple[str, ...] = ()
    files: set[int] = field(default_factory=set)
    batches: list[pa.RecordBatch] = field(default_factory=list)
    rejected: list[tuple[int, RejectedLine]] = field(default_factory=list)
    size: int = 0
    records: int = 0

    def fits(self, tally: FileTally, columns: tuple[str, ...], batch: pa.RecordBatch | None) -> bool:
        """Whether records of that file may join this slice."""
        if batch is None and not columns:
            return True
        same = (self.source, self.format, self.columns) == (tally.file.source, tally.file.format, columns)
        return same and (batch is None or not self.batches or self.schema.equals(batch.schema))

    def add(self, file_no: int, batch: pa.RecordBatch | None, rejected: list[RejectedLine]) -> None:
        self.files.add(file_no)
        self.rejected += [(file_no, line) for line in rejected]
        self.records += len(rejected)
        self.size += sum(len(line.text) for line in rejected)
        if batch is not None:
            self.batches.append(batch)
            self.records += len(batch)
            self.size += batch.nbytes

    @property
    def is_full(self) -> bool:
        most = LONG_SLICE_BYTES if self.size > self.records * LONG_RECORD else SLICE_BYTES
        return self.size >= most or self.records >= SLICE_RECORDS

    @property
    def schema(self) -> pa.Schema:
        """Columns of the batches; of a CSV with a header alone those it would have."""
        if self.batches:
            return self.batches[0].schema
        texts = [("raw", pa.string()), *((f"c{place}", pa.string()) for place in range(len(self.columns)))]
        return pa.schema([("file_no", pa.int32()), ("line_number", pa.int64()), *texts])

    def is_text(self, column: str) -> bool:
        """Whether a column of the batches holds text."""
        kind = self.schema.field(column).type
        return pa.types.is_string(kind) or pa.types.is_large_string(kind)

    def table(self) -> pa.Table:
        return pa.Table.from_batches(self.batches, self.schema)

    def rejected_table(self) -> pa.Table:
        """``rejected`` as file_no, line_number, reason, detail, raw, raw_bytes, is_whole."""
        lines = [line for _, line in self.rejected]
        return pa.table({
            "file_no": pa.array([file_no for file_no, _ in self.rejected], pa.int32()),
            "line_number": pa.array([line.number for line in lines], pa.int64()),
            "reason": pa.array([line.reason for line in lines], pa.string()),
            "detail": pa.array([line.detail for line in lines], pa.string()),
            "raw": pa.array([line.text for line in lines], pa.large_string()),
            "raw_bytes": pa.array([line.exact for line in lines], pa.large_binary()),
            "is_whole": pa.array([line.is_whole for line in lines], pa.bool_()),
        })

    def only(self, files: Collection[int]) -> "Slice":
        """The part of the slice that comes from these files."""
        part = Slice(self.source, self.format, self.columns, self.files & set(files))
        for batch in self.batches:
            if (file_no := batch.column(0)[0].as_py()) in files:
                part.add(file_no, batch, [])
        for file_no, line in self.rejected:
            if file_no in files:
                part.add(file_no, None, [line])
        return part

    def with_plain_columns(self) -> "Slice":
        """The same with nested columns as JSON texts."""
        batches = [nested_as_text(batch) for batch in self.batches]
        return replace(self, batches=batches)


def read_ahead(slices: Iterator[Slice]) -> Iterator[Slice]:
    """Yield the slices one by one while a thread reads the next (zlib and Arrow release the interpreter)."""
    with ThreadPoolExecutor(1) as pool:
        future = pool.submit(next, slices, None)
        while (current := future.result()) is not None:
            future = pool.submit(next, slices, None)
            yield current


def read_slices(work: LoadContext, tallies: list[FileTally]) -> Iterator[Slice]:
    """Read the files of ``tallies`` in order; fill their counts of records and their problems.

    A net: anything that goes wrong while one file is read is a problem of that file.

    Raises:
        FootfallError: the machine is at fault: no memory, a broken disk, too many open files.
    """
    current: Slice | None = None
    for tally in tallies:
        file = tally.file
        is_alone = file.path in work.suspects
        try:
            for names, batch, rejected in _batches(work, tally):
                if tally.problem is not None:  # validation has found it meanwhile
                    break
                if current is not None and (
                    current.is_full or not current.fits(tally, names, batch)
                    or (is_alone and current.files != {tally.file_no})
                ):
                    yield current
                    current = None
                current = current or Slice(file.source, file.format, names)
                tally.records += len(rejected) + (0 if batch is None else len(batch))
                current.add(tally.file_no, batch, rejected)
        except FileProblem as problem:
            tally.problem = problem
        except Exception as error:
            if (failure := machine_error(error, file.path)) is not None:
                raise failure from error
            tally.problem = problem_of(error)
        if is_alone and current is not None:
            yield current
            current = None
        tally.has_changed = has_changed(work.home, file)
    if current is not None:
        yield current


def _batches(
    work: LoadContext, tally: FileTally
) -> Iterator[tuple[tuple[str, ...], pa.RecordBatch | None, list[RejectedLine]]]:
    """Column names, records (None where there are none) and rejected lines of one file, piece by piece."""
    file = tally.file
    if problem := work.suspects.get(file.path):
        raise problem
    if file.problem is not None:
        raise FileProblem("unreadable", file.problem)
    path = work.home.root / file.path
    gzip, max_line_bytes = is_gzip(file.path), work.settings.limits.max_line_bytes
    if file.format == "parquet":
        seen = 0
        for batch in read_parquet(path):
            numbers = np.arange(seen + 1, seen + len(batch) + 1, dtype=np.int64)
            seen += len(batch)
            kept, rejected = without_oversized(batch, numbers, max_line_bytes)
            rows = batch if not rejected else batch.take(pa.array(kept))
            columns = _numbered(rows.columns)
            records = _batch(tally.file_no, numbers[kept], columns) if len(kept) else None
            yield tuple(batch.schema.names), records, rejected
    elif file.format == "csv":
        for rows in read_csv(path, gzip=gzip, max_line_bytes=max_line_bytes):
            columns = {"raw": rows.texts, **_numbered(rows.columns)}
            batch = _batch(tally.file_no, rows.numbers, columns) if len(rows.numbers) else None
            yield rows.names, batch, rows.rejected
    else:
        for block in read_blocks(path, gzip=gzip, max_line_bytes=max_line_bytes):
            batch = _batch(tally.file_no, block.numbers, {"line": block.texts}) if len(block.numbers) else None
            yield (), batch, block.rejected


def _numbered(columns: Sequence[pa.Array]) -> dict[str, pa.Array]:
    """Columns under names that cannot equal the loader's own: c0, c1 …"""
    return {f"c{place}": column for place, column in enumerate(columns)}


def _batch(file_no: int, numbers: np.ndarray, columns: dict[str, pa.Array]) -> pa.RecordBatch:
    own = {"file_no": pa.array(np.full(len(numbers), file_no, np.int32)), "line_number": pa.array(numbers)}
    return pa.record_batch({**own, **columns})
