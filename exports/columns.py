"""Columns of a batch as columns of text, by Arrow's own kernels: what cells and CSV fields are put together from.

Building each row in Python takes six times as long as joining whole columns here. A call costs 30 microseconds, more
than the work on a small column: all columns of one type go through together.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

TEXT = pa.large_string()
_MICROSECONDS = 1_000_000
# Clocks change at most once in a quarter of an hour.
_BLOCK = 900 * _MICROSECONDS
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def by_kind(batch: pa.RecordBatch, convert: Callable[[pa.Array, Sequence[int]], pa.Array]) -> list[pa.Array]:
    """Turn the columns of a batch into text, all columns of one type in one call.

    Args:
        batch: the values.
        convert: is given the values of some columns of one type, one column behind the other, and the indices of
            these columns; returns as many texts.

    Returns:
        One column of text for each column.
    """
    groups: dict[pa.DataType, list[int]] = {}
    values = [texts(column) if is_text(column.type) else column for column in batch.columns]
    for index, column in enumerate(values):
        groups.setdefault(column.type, []).append(index)
    done: list[pa.Array] = values
    for indices in groups.values():
        together = convert(pa.concat_arrays([values[index] for index in indices]), indices)
        for place, index in enumerate(indices):
            done[index] = together.slice(place * batch.num_rows, batch.num_rows)
    return done


def is_text(kind: pa.DataType) -> bool:
    """Whether values of this type are shown as text: strings and lists of strings."""
    return pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_list(kind)


def texts(column: pa.Array) -> pa.Array:
    """A text or list column as text; a list is joined by commas; null stays null."""
    if pa.types.is_list(column.type):
        lists = column.to_pylist()
        return pa.array([None if one is None else ", ".join(part or "" for part in one) for one in lists], TEXT)
    return column.cast(TEXT)


def mended(column: pa.Array, pattern: str, mend: Callable[[str], str], length: int | None = None) -> pa.Array:
    """Apply ``mend`` to the texts that match ``pattern`` (RE2) or have more bytes than ``length``; nearly none do."""
    hits = pc.match_substring_regex(column, pattern)
    if length is not None and column.nbytes > length:
        hits = pc.or_(hits, pc.greater(pc.binary_length(column), length))
    if not pc.any(hits).as_py():
        return column
    values = column.to_pylist()
    for index in np.flatnonzero(pc.fill_null(hits, False).to_numpy(zero_copy_only=False)):
        values[index] = mend(values[index])
    return pa.array(values, TEXT)


def numbers(column: pa.Array) -> pa.Array:
    """A number column as text with a point and no grouping; what is not finite becomes null."""
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
        zone = ZoneInfo(kind.tz)
        starts = np.array([_offset(zone, int(block) * _BLOCK) for block in blocks], dtype=np.int64)
        ends = np.array([_offset(zone, int(block + 1) * _BLOCK - 1) for block in blocks], dtype=np.int64)
        shift = starts[where] if len(blocks) else np.zeros(0, np.int64)
        for index in np.flatnonzero(starts[where] != ends[where]) if len(blocks) else ():
            shift[index] = _offset(zone, int(known[index]))
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


def joined(columns: Sequence[pa.Array], separator: str) -> pa.Array:
    """Join columns of text row by row; null counts as the empty text."""
    return pc.binary_join_element_wise(
        *columns, pa.scalar(separator, TEXT), null_handling="replace", null_replacement=""
    )


def lines(rows: pa.Array, end: str) -> bytes:
    """All texts of a column, one after another, each with ``end`` behind it, as UTF-8."""
    ended = pc.binary_join_element_wise(rows, pa.scalar(end, TEXT), pa.scalar("", TEXT))
    whole = pc.binary_join(pa.LargeListArray.from_arrays([0, len(ended)], ended), pa.scalar("", TEXT))
    return whole[0].as_buffer().to_pybytes()


@lru_cache(maxsize=65_536)
def _offset(zone: ZoneInfo, micros: int) -> int:
    moment = (_EPOCH + timedelta(microseconds=micros)).astimezone(zone)
    return int(moment.utcoffset() / timedelta(microseconds=1))
