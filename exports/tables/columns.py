"""Columns of a batch as columns of text, by Arrow's own kernels: the parts of cells and of CSV fields.

Building each row in Python takes six times as long as joining whole columns here. A call costs 30 microseconds, more
than the work on a small column: all columns of one type go through together.
"""

from collections.abc import Callable, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from footfall.core.zones import offsets

TEXT = pa.large_string()
_MICROSECONDS = 1_000_000
# Clocks change at most once in a quarter of an hour.
_BLOCK = 900 * _MICROSECONDS


def by_kind(batch: pa.RecordBatch) -> list[tuple[list[int], pa.Array]]:
    """The columns of a batch by type: their indices, and their values, one column behind the other; lists are text."""
    groups: dict[pa.DataType, list[int]] = {}
    values = [texts(column) if is_text(column.type) else column for column in batch.columns]
    for index, column in enumerate(values):
        groups.setdefault(column.type, []).append(index)
    return [(indices, pa.concat_arrays([values[index] for index in indices])) for indices in groups.values()]


def is_text(kind: pa.DataType) -> bool:
    """Whether values of this type are shown as text: strings and lists of strings."""
    return pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_list(kind)


def texts(column: pa.Array) -> pa.Array:
    """A text or list column as text; a list is joined by commas; null stays null."""
    if column.type == TEXT:
        return column
    if pa.types.is_list(column.type):
        lists = column.to_pylist()
        return pa.array([None if one is None else ", ".join(part or "" for part in one) for one in lists], TEXT)
    return column.cast(TEXT)


def readable(batch: pa.RecordBatch) -> pa.RecordBatch:
    """The batch with its text and list columns as ``texts`` makes them."""
    columns = [texts(column) if is_text(column.type) else column for column in batch.columns]
    return pa.record_batch(columns, names=batch.schema.names)


def changed_where(column: pa.Array, pattern: str, change: Callable[[str], str], length: int | None = None) -> pa.Array:
    """Apply ``change`` to the texts that match ``pattern`` (RE2) or have more bytes than ``length``; nearly none do."""
    hits = pc.match_substring_regex(column, pattern)
    if length is not None and column.nbytes > length:
        hits = pc.or_(hits, pc.greater(pc.binary_length(column), length))
    if not pc.any(hits).as_py():
        return column
    values = column.to_pylist()
    for index in np.flatnonzero(pc.fill_null(hits, False).to_numpy(zero_copy_only=False)):
        values[index] = change(values[index])
    return pa.array(values, TEXT)


def numbers(column: pa.Array) -> pa.Array:
    """A number column as text with a point and no grouping; values that are not finite become null."""
    if pa.types.is_floating(column.type):
        # Arrow writes the shortest text that reads back as the same number.
        column = pc.if_else(pc.is_finite(column), column, None)
    return pc.cast(column, TEXT)


def clock(column: pa.Array) -> pa.Array:
    """Instants as the clock times of the zone that the column names, to the millisecond; a column without zone as is.

    Milliseconds are what a workbook can hold, so that CSV and workbook have the same values.
    """
    kind = column.type
    if kind.tz is not None:
        micros = column.cast(pa.timestamp("us", kind.tz)).cast(pa.int64())
        known = micros.drop_null().to_numpy()
        blocks, where = np.unique(known // _BLOCK, return_inverse=True)
        limits = np.concatenate([blocks * _BLOCK, (blocks + 1) * _BLOCK - 1])
        starts, ends = np.split(_offsets(kind.tz, limits), 2)
        shift = starts[where]
        odd = np.flatnonzero(starts[where] != ends[where])
        shift[odd] = _offsets(kind.tz, known[odd])
        local = np.zeros(len(micros), np.int64)
        local[pc.is_valid(micros).to_numpy(zero_copy_only=False)] = known + shift
        column = pa.array(local, mask=pc.is_null(micros).to_numpy(zero_copy_only=False))
    millis = pc.floor(pc.divide(column.cast(pa.int64()).cast(pa.float64()), 1000.0)).cast(pa.int64())
    return millis.cast(pa.timestamp("ms"))


def clock_texts(column: pa.Array) -> pa.Array:
    """Instants or dates as ``YYYY-MM-DD[ HH:MM:SS[.mmm]]``."""
    if not pa.types.is_timestamp(column.type):
        return pc.cast(column, TEXT)
    return pc.replace_substring_regex(pc.cast(clock(column), TEXT), r"\.000$", "")


def joined(pieces: Sequence[str | pa.Array]) -> bytes:
    """Pieces put together row by row, one row after another, as UTF-8; null counts as the empty text.

    Args:
        pieces: columns of text, and texts that are the same in every row. One call puts everything together: a call a
            column takes three times as long.
    """
    merged: list[str | pa.Array] = []
    for piece in pieces:
        if isinstance(piece, str) and merged and isinstance(merged[-1], str):
            merged[-1] += piece
        else:
            merged.append(piece)
    parts = [pa.scalar(piece, TEXT) if isinstance(piece, str) else piece for piece in merged]
    rows = pc.binary_join_element_wise(
        *parts, pa.scalar("", TEXT), null_handling="replace", null_replacement=""
    )
    # Arrow keeps the texts of a column end to end.
    _, ends, text = rows.buffers()
    return b"" if text is None else text.slice(0, np.frombuffer(ends, np.int64)[len(rows)]).to_pybytes()


def _offsets(zone: str, moments: np.ndarray) -> np.ndarray:
    return np.array(offsets(zone, moments.tolist()) if len(moments) else [], dtype=np.int64)
