"""Parquet landing files: record batches of types that DuckDB reads, whole or not at all."""

import json
from collections.abc import Iterator
from io import BufferedReader
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from footfall.ingestion.formats.arrow_types import readable
from footfall.ingestion.formats.names import MOST_COLUMNS, unique_names
from footfall.ingestion.landing.scan import open_file
from footfall.ingestion.problems import FileProblem, RejectedLine, machine_error

#: Rows of a batch; fewer where rows are wide.
_BATCH_ROWS, _BATCH_CELLS = 65_536, 8 << 20
#: Bytes of a piece of a batch, and of a row: a dictionary page lets a row name a long value in two bits.
PIECE_BYTES, ROW_BYTES = 16 << 20, 64 << 20
#: A file that holds more than so many bytes, and so many times its own size, is not read on. Files of events hold 2 to
#: 100 times their size.
MOST_BYTES, MOST_TIMES = 128 << 20, 2_000


def read_parquet(path: Path) -> Iterator[pa.RecordBatch]:
    """The rows of a Parquet file in batches of at most ``PIECE_BYTES``, with unique column names.

    Values stay in their dictionaries until a batch is small enough to be written out.

    Raises:
        FileProblem: the file cannot be read, is not sound Parquet, or holds far more than its size.
    """
    try:
        with open_file(path) as file, _open(file) as source:
            names = unique_names(source.schema_arrow.names)
            if len(names) > MOST_COLUMNS:
                raise FileProblem(
                    "corrupt_file", f"Parquet: {len(names):,} columns; at most {MOST_COLUMNS:,} are read"
                )
            size = max(1, min(_BATCH_ROWS, _BATCH_CELLS // max(1, len(names))))
            most = max(MOST_BYTES, MOST_TIMES * path.stat().st_size)
            held = 0
            for batch in source.iter_batches(batch_size=size):
                for piece, bytes_held in _pieces(batch):
                    held += bytes_held
                    if held > most:
                        raise FileProblem("corrupt_file", f"Parquet: it holds more than {most:,} bytes of values")
                    columns = [readable(column) for column in piece.columns]
                    yield pa.RecordBatch.from_arrays(columns, names=list(names))
    except pa.ArrowException as error:
        if machine_error(error, str(path)) is not None:
            raise
        raise FileProblem("corrupt_file", f"Parquet: {str(error).splitlines()[0]}") from error
    except OSError as error:
        if machine_error(error, str(path)) is not None:
            raise
        reason = "unreadable" if error.errno else "corrupt_file"
        raise FileProblem(reason, error.strerror or f"Parquet: {str(error).splitlines()[0]}") from error


def without_oversized(
    batch: pa.RecordBatch, numbers: np.ndarray, max_line_bytes: int
) -> tuple[np.ndarray, list[RejectedLine]]:
    """Places of the rows of at most ``max_line_bytes``, and the others as rejected lines, in JSON."""
    long = list(_long_rows(batch, max_line_bytes))
    rejected = []
    for place in long:
        (row,) = batch.slice(place, 1).to_pylist()
        detail = f"{_size(batch.slice(place, 1))} bytes; the limit is {max_line_bytes}"
        text = json.dumps(row, ensure_ascii=False, default=str)
        rejected.append(RejectedLine(int(numbers[place]), "oversized", detail, text))
    return np.setdiff1d(np.arange(len(batch)), long), rejected


def _long_rows(batch: pa.RecordBatch, limit: int, start: int = 0) -> Iterator[int]:
    """Places of the rows of more than ``limit`` bytes, found by halving."""
    if _size(batch) <= limit:
        return
    if len(batch) == 1:
        yield start
        return
    half = len(batch) // 2
    yield from _long_rows(batch.slice(0, half), limit, start)
    yield from _long_rows(batch.slice(half), limit, start + half)


def _size(batch: pa.RecordBatch) -> int:
    return sum(map(_bytes_held, batch.columns))


def _open(file: BufferedReader) -> pq.ParquetFile:
    """The file, with every text column to be read as dictionary and places in it."""
    with pq.ParquetFile(file) as source:
        leaves = [source.schema.column(place) for place in range(len(source.schema))]
        texts = [leaf.path for leaf in leaves if leaf.physical_type == "BYTE_ARRAY"]
    file.seek(0)
    return pq.ParquetFile(file, page_checksum_verification=True, read_dictionary=texts)


def _pieces(batch: pa.RecordBatch) -> Iterator[tuple[pa.RecordBatch, int]]:
    """Parts of a batch, in order, with the bytes that their values have when written out."""
    held = _size(batch)
    if held <= PIECE_BYTES or (len(batch) == 1 and held <= ROW_BYTES):
        yield batch, held
    elif len(batch) == 1:
        raise FileProblem("corrupt_file", f"Parquet: a row holds {held:,} bytes; at most {ROW_BYTES:,} are read")
    else:
        half = len(batch) // 2
        yield from _pieces(batch.slice(0, half))
        yield from _pieces(batch.slice(half))


def _bytes_held(array: pa.Array) -> int:
    kind = array.type
    if pa.types.is_dictionary(kind):
        values = array.dictionary
        if not (pa.types.is_string(values.type) or pa.types.is_binary(values.type)):
            return len(array) * 16
        return pc.sum(pc.take(pc.binary_length(values), array.indices)).as_py() or 0
    if pa.types.is_struct(kind):
        return sum(map(_bytes_held, array.flatten()))
    if pa.types.is_map(kind):
        first, last = array.offsets[0].as_py(), array.offsets[-1].as_py()
        parts = (array.keys, array.items)
        return sum(_bytes_held(part.slice(first, last - first)) for part in parts)
    if pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind):
        return _bytes_held(array.flatten())
    return array.nbytes
