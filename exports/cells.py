"""Rows of a worksheet as XML, a batch at a time. Text is an inline string: it cannot be a formula, link or number."""

from collections.abc import Sequence
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc
from xlsxwriter.utility import xl_col_to_name

from exports.columns import TEXT, clock, clock_texts, is_text, joined, lines, mended, numbers, texts
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
    rows = pc.cast(pa.array(range(first_row, first_row + batch.num_rows), pa.int64()), TEXT)
    parts = [_join('<row r="', rows, '">')]
    for index, (column, style) in enumerate(zip(batch.columns, styles, strict=True)):
        parts.append(_cells(column, f'<c r="{xl_col_to_name(index)}', rows, style))
    return lines(joined(parts, ""), "</row>")


def _cells(column: pa.Array, start: str, rows: pa.Array, style: int) -> pa.Array:
    """The cells of a column, null where a value is; an empty text has no cell either."""
    kind = column.type
    if is_text(kind):
        values = mended(texts(column), NOT_PLAIN_XML, xml_text, CELL_LIMIT)
        values = pc.if_else(pc.equal(values, ""), pa.scalar(None, TEXT), values)
        return _inline(start, rows, style, values)
    if pa.types.is_boolean(kind):
        return _join(start, rows, f'" s="{style}" t="b"><v>', pc.cast(pc.cast(column, pa.int8()), TEXT), "</v></c>")
    if pa.types.is_temporal(kind):
        days = _day_numbers(column)
        cells = _join(start, rows, f'" s="{style}"><v>', numbers(days), "</v></c>")
        # What lies before the workbook's calendar is shown as text.
        early = pc.less(days, _FIRST_DAY + _DAYS_TO_EPOCH)
        return pc.if_else(early, _inline(start, rows, style, clock_texts(column)), cells)
    return _join(start, rows, f'" s="{style}"><v>', numbers(column), "</v></c>")


def _inline(start: str, rows: pa.Array, style: int, values: pa.Array) -> pa.Array:
    # Outer white space is lost unless it is asked for; nearly never needed, so it is not said in every cell.
    spaced = pc.any(pc.match_substring_regex(values, r"^\s|\s$"), min_count=0).as_py()
    space = ' xml:space="preserve"' if spaced else ""
    return _join(start, rows, f'" s="{style}" t="inlineStr"><is><t{space}>', values, "</t></is></c>")


def _day_numbers(column: pa.Array) -> pa.Array:
    """Days since the workbook's day 0, with the time of day as fraction."""
    if pa.types.is_timestamp(column.type):
        millis = clock(column).cast(pa.int64())
        return pc.add(pc.divide(millis.cast(pa.float64()), float(_DAY_MILLISECONDS)), float(_DAYS_TO_EPOCH))
    return pc.add(column.cast(pa.date32()).cast(pa.int32()), _DAYS_TO_EPOCH)


def _join(*parts: str | pa.Array) -> pa.Array:
    """Put texts together row by row; null where any part is null."""
    pieces = [pa.scalar(part, TEXT) if isinstance(part, str) else part for part in parts]
    return pc.binary_join_element_wise(*pieces, pa.scalar("", TEXT))
