"""Landing files as slices: Arrow tables small enough to validate in memory, read one ahead of validation."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from footfall.ingestion.context import FileTally, LoadContext
from footfall.ingestion.formats.csv_records import read_csv
from footfall.ingestion.formats.parquet_records import read_parquet
from footfall.ingestion.formats.text_records import read_blocks
from footfall.ingestion.landing.files import has_changed, is_gzip
from footfall.ingestion.problems import FileProblem, RejectedLine

#: A slice is full at this many bytes of text or records. Larger slices save little; smaller ones cost planning.
SLICE_BYTES, SLICE_RECORDS = 256 << 20, 600_000


@dataclass
class Slice:
    """Records of one shape, from one or more files, in order.

    Attributes:
        columns: names of the file's own columns (c0, c1 … in batches); none for lines of JSON.
        first_file: the file the slice begins with.
        batches: columns ``file_no``, ``line_number``, then ``line`` (JSON lines), ``raw`` and c0 … (CSV) or c0 …
            (Parquet).
        rejected: (file_no, line) of records that are not text or too long.
    """

    source: str
    format: str
    columns: tuple[str, ...] = ()
    first_file: str = ""
    batches: list[pa.RecordBatch] = field(default_factory=list)
    rejected: list[tuple[int, RejectedLine]] = field(default_factory=list)
    size: int = 0
    records: int = 0

    def fits(self, tally: FileTally, columns: tuple[str, ...], batch: pa.RecordBatch | None) -> bool:
        """Whether records of that file may join this slice."""
        if batch is None:
            return True
        same = (self.source, self.format, self.columns) == (tally.file.source, tally.file.format, columns)
        return same and (not self.batches or self.batches[0].schema.equals(batch.schema))

    @property
    def is_full(self) -> bool:
        return self.size >= SLICE_BYTES or self.records >= SLICE_RECORDS

    def table(self) -> pa.Table:
        return pa.Table.from_batches(self.batches)


def read_ahead(slices: Iterator[Slice]) -> Iterator[Slice]:
    """Yield the slices one by one while a thread reads the next (zlib and Arrow release the interpreter)."""
    with ThreadPoolExecutor(1) as pool:
        future = pool.submit(next, slices, None)
        while (current := future.result()) is not None:
            future = pool.submit(next, slices, None)
            yield current


def read_slices(work: LoadContext, tallies: list[FileTally]) -> Iterator[Slice]:
    """Read the files of ``tallies`` in order; fill their counts of records and their problems."""
    current: Slice | None = None
    for tally in tallies:
        file = tally.file
        try:
            for names, batch, rejected in _batches(work, tally):
                if current is None or current.is_full or not current.fits(tally, names, batch):
                    if current is not None:
                        yield current
                    current = Slice(file.source, file.format, names, file.path)
                tally.records += len(rejected)
                current.rejected += [(tally.file_no, line) for line in rejected]
                if batch is not None:
                    tally.records += len(batch)
                    current.batches.append(batch)
                    current.size += batch.nbytes
                    current.records += len(batch)
        except FileProblem as problem:
            tally.problem = problem
        tally.has_changed = has_changed(work.home, file)
    if current is not None:
        yield current


def _batches(
    work: LoadContext, tally: FileTally
) -> Iterator[tuple[tuple[str, ...], pa.RecordBatch | None, list[RejectedLine]]]:
    """Column names, records (None where there are none) and rejected lines of one file, piece by piece."""
    file = tally.file
    path = work.home.root / file.path
    gzip, max_line_bytes = is_gzip(file.path), work.settings.limits.max_line_bytes
    if file.format == "parquet":
        seen = 0
        for batch in read_parquet(path):
            numbers = np.arange(seen + 1, seen + len(batch) + 1, dtype=np.int64)
            seen += len(batch)
            yield tuple(batch.schema.names), _batch(tally.file_no, numbers, _numbered(batch.columns)), []
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
