"""Rows of a worksheet as XML, a batch at a time. Text is an inline string: it cannot be a formula, link or number."""

from collections.abc import Sequence
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from xlsxwriter.utility import xl_col_to_name

from exports.columns import TEXT, by_kind, clock, clock_texts, is_text, joined, lines, mended, numbers
from exports.text import CELL_LIMIT, NOT_PLAIN_XML, xml_text

#: Days from the workbook's day 0 to 1970-01-01.
_DAYS_TO_EPOCH = 25_569
#: From this day on the workbook's calendar is right; it takes 1900 for a leap year.
_FIRST_DAY = (date(1900, 3, 1) - date(1970, 1, 1)).days
_DAY_MILLISECONDS = 86_400_000


def rows_xml(batch: pa.RecordBatch, first_row: int, styles: Sequence[int]) -> bytes:
    """The ``<row>`` elements of a batch, as UTF-8.

    Args:
        batch: the values.
        first_row: 1-based number of the first row.
        styles: index of the cell style of each column.
    """
    rows = pc.cast(pa.array(np.arange(first_row, first_row + batch.num_rows)), TEXT)

    def cells(values: pa.Array, columns: Sequence[int]) -> pa.Array:
        """The cells of some columns of one type, one column behind the other; null where a value is."""
        start = _each([f'<c r="{xl_col_to_name(column)}' for column in columns], len(rows))
        number = pa.concat_arrays([rows] * len(columns))
        style = [f'" s="{styles[column]}"' for column in columns]
        return _cells(values, start, number, style)

    parts = by_kind(batch, cells)
    return lines(joined([_join('<row r="', rows, '">'), *parts], ""), "</row>")


def _cells(values: pa.Array, start: pa.Array, number: pa.Array, style: Sequence[str]) -> pa.Array:
    kind, rows = values.type, len(values) // len(style)
    if is_text(kind):
        shown = mended(values, NOT_PLAIN_XML, xml_text, CELL_LIMIT)
        # An empty text has no cell.
        shown = pc.if_else(pc.equal(shown, ""), pa.scalar(None, TEXT), shown)
        return _inline(shown, start, number, style)
    if pa.types.is_boolean(kind):
        shown = pc.cast(pc.cast(values, pa.int8()), TEXT)
        return _join(start, number, _each([f'{one} t="b"><v>' for one in style], rows), shown, "</v></c>")
    opening = _each([f"{one}><v>" for one in style], rows)
    if not pa.types.is_temporal(kind):
        return _join(start, number, opening, numbers(values), "</v></c>")
    days = _day_numbers(values)
    shown = _join(start, number, opening, numbers(days), "</v></c>")
    early = pc.less(days, _FIRST_DAY + _DAYS_TO_EPOCH)
    if pc.any(early).as_py():
        # What lies before the workbook's calendar is shown as text.
        shown = pc.if_else(early, _inline(clock_texts(values), start, number, style), shown)
    return shown


def _inline(shown: pa.Array, start: pa.Array, number: pa.Array, style: Sequence[str]) -> pa.Array:
    # Outer white space is lost unless it is asked for; nearly never needed, so it is not said in every cell.
    spaced = pc.any(pc.match_substring_regex(shown, r"^\s|\s$")).as_py()
    space = ' xml:space="preserve"' if spaced else ""
    opening = _each([f'{one} t="inlineStr"><is><t{space}>' for one in style], len(shown) // len(style))
    return _join(start, number, opening, shown, "</t></is></c>")


def _day_numbers(column: pa.Array) -> pa.Array:
    """Days since the workbook's day 0, with the time of day as fraction."""
    if pa.types.is_timestamp(column.type):
        millis = clock(column).cast(pa.int64())
        return pc.add(pc.divide(millis.cast(pa.float64()), float(_DAY_MILLISECONDS)), float(_DAYS_TO_EPOCH))
    return pc.add(column.cast(pa.date32()).cast(pa.int32()), _DAYS_TO_EPOCH)


def _each(values: Sequence[str], rows: int) -> pa.Array:
    """Each value as often as there are rows, one value behind the other."""
    return pa.array(values, TEXT).take(pa.array(np.repeat(np.arange(len(values)), rows)))


def _join(*parts: str | pa.Array) -> pa.Array:
    """Put texts together row by row; null where any part is null."""
    pieces = [pa.scalar(part, TEXT) if isinstance(part, str) else part for part in parts]
    return pc.binary_join_element_wise(*pieces, pa.scalar("", TEXT))
