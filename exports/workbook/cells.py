"""Rows of a worksheet as XML, a batch at a time. Text is an inline string: it cannot be a formula, link or number."""

from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from xlsxwriter.utility import xl_col_to_name

from exports.tables.columns import TEXT, by_kind, changed_where, clock, clock_texts, is_text, joined, numbers
from exports.tables.text import CELL_LIMIT, NOT_PLAIN_XML, xml_text
from exports.workbook.row_height import row_attributes

#: Days from the workbook's day 0 to 1970-01-01.
_DAYS_TO_EPOCH = 25_569
#: From this day on the workbook's calendar is right; it takes 1900 for a leap year.
_FIRST_DAY = (date(1900, 3, 1) - date(1970, 1, 1)).days
_DAY_MILLISECONDS = 86_400_000
_END = "</v></c>"


def with_words(batch: pa.RecordBatch, labels: Mapping[int, Mapping[str, str]]) -> pa.RecordBatch:
    """The batch with words in place of codes, by index of the column."""
    columns = list(batch.columns)
    for index, words in labels.items():
        places = pc.index_in(columns[index], pa.array(words, TEXT))
        columns[index] = pc.coalesce(pa.array(words.values(), TEXT).take(places), columns[index])
    return pa.record_batch(columns, names=batch.schema.names) if labels else batch


def rows_xml(
    batch: pa.RecordBatch, first_row: int, styles: Sequence[int], wrapped: Mapping[int, int] | None = None
) -> bytes:
    """The ``<row>`` elements of a batch, as UTF-8.

    Args:
        batch: the values.
        first_row: 1-based number of the first row.
        styles: index of the cell style of each column.
        wrapped: widths by index of the columns whose text is wrapped.
    """
    rows = pc.cast(pa.array(np.arange(first_row, first_row + batch.num_rows)), TEXT)
    cells: dict[int, list[str | pa.Array]] = {}
    for indices, values in by_kind(batch):
        before, shown, after = _shown(values)
        for place, index in enumerate(indices):
            one = shown.slice(place * len(rows), len(rows))
            cell = [f'<c r="{xl_col_to_name(index)}', rows, f'" s="{styles[index]}"{before}', one, after]
            # Where nothing is shown there is no cell.
            cells[index] = [_join(*cell)] if one.null_count else cell
    heights = row_attributes(batch, wrapped or {})
    opening = ['<row r="', rows, '">'] if heights is None else ['<row r="', rows, '"', heights, ">"]
    return joined([*opening, *(piece for index in sorted(cells) for piece in cells[index]), "</row>"])


def _shown(values: pa.Array) -> tuple[str, pa.Array, str]:
    """What stands in cells of one type, null where there is no cell; before it what follows the style, and the end."""
    kind = values.type
    if is_text(kind):
        shown = changed_where(values, NOT_PLAIN_XML, xml_text, CELL_LIMIT)
        return _inline(pc.if_else(pc.equal(shown, ""), pa.scalar(None, TEXT), shown))
    if pa.types.is_boolean(kind):
        return ' t="b"><v>', pc.cast(pc.cast(values, pa.int8()), TEXT), _END
    if not pa.types.is_temporal(kind):
        return "><v>", numbers(values), _END
    days = _day_numbers(values)
    early = pc.less(days, _FIRST_DAY + _DAYS_TO_EPOCH)
    if not pc.any(early).as_py():
        return "><v>", numbers(days), _END
    # Dates before the workbook's calendar are shown as text.
    return "", pc.if_else(early, _join(*_inline(clock_texts(values))), _join("><v>", numbers(days), _END)), ""


def _inline(shown: pa.Array) -> tuple[str, pa.Array, str]:
    # Outer white space is lost without this attribute; nearly no cell needs it.
    spaced = pc.any(pc.match_substring_regex(shown, r"^\s|\s$")).as_py()
    space = ' xml:space="preserve"' if spaced else ""
    return f' t="inlineStr"><is><t{space}>', shown, "</t></is></c>"


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
