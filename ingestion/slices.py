"""Landing files as slices: Arrow tables of records small enough to judge in memory, made while the last is judged."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from ingestion.landing import is_gzip
from ingestion.problems import FileProblem, RejectedLine
from ingestion.text import read_blocks
from ingestion.work import FileTally, Work

#: A slice is full at this many bytes of text or records. Larger slices save little; smaller ones cost planning.
SLICE_BYTES, SLICE_RECORDS = 256 << 20, 600_000


@dataclass
class Slice:
    """Records of one shape, from one or more files, in order.

    Attributes:
        columns: the file's own columns; empty for lines of JSON, which are in ``line``.
        batches: columns ``file_no``, ``line_number`` and ``line``, or those of the file.
        rejected: (file_no, line) of records that are no text or too long.
    """

    source: str
    format: str
    columns: tuple[str, ...] = ()
    batches: list[pa.RecordBatch] = field(default_factory=list)
    rejected: list[tuple[int, RejectedLine]] = field(default_factory=list)
    size: int = 0
    records: int = 0

    @property
    def is_full(self) -> bool:
        return self.size >= SLICE_BYTES or self.records >= SLICE_RECORDS

    def table(self) -> pa.Table:
        return pa.Table.from_batches(self.batches)


def read_ahead(slices: Iterator[Slice]) -> Iterator[Slice]:
    """Give the slices one by one, the next being made in a thread meanwhile (zlib and Arrow free the interpreter)."""
    with ThreadPoolExecutor(1) as pool:
        future = pool.submit(next, slices, None)
        while (current := future.result()) is not None:
            future = pool.submit(next, slices, None)
            yield current


def make_slices(work: Work, tallies: list[FileTally]) -> Iterator[Slice]:
    """Read the files of ``tallies`` in order; fill their records and problems."""
    current: Slice | None = None
    for tally in tallies:
        file = tally.file
        if current is None or (current.source, current.format) != (file.source, file.format):
            if current is not None:
                yield current
            current = Slice(file.source, file.format)
        try:
            for block in read_blocks(
                work.home.root / file.path, gzip=is_gzip(file.path),
                max_line_bytes=work.settings.limits.max_line_bytes,
            ):
                tally.records += len(block.numbers) + len(block.rejected)
                current.rejected += [(tally.file_no, line) for line in block.rejected]
                if len(block.numbers):
                    current.batches.append(_batch(tally.file_no, block.numbers, block.texts))
                    current.size += block.texts.nbytes
                    current.records += len(block.numbers)
                if current.is_full:
                    yield current
                    current = Slice(file.source, file.format)
        except FileProblem as problem:
            tally.problem = problem
    if current is not None:
        yield current


def _batch(file_no: int, numbers: np.ndarray, texts: pa.Array) -> pa.RecordBatch:
    return pa.record_batch(
        {"file_no": pa.array(np.full(len(numbers), file_no, np.int32)), "line_number": pa.array(numbers), "line": texts}
    )
