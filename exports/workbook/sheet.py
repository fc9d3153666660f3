"""One sheet without its rows: header, formats, widths, filter, chart, print layout; and small tables whole."""

import math
from collections.abc import Sequence
from datetime import date
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from exports.tables.columns import is_text, texts
from exports.tables.csv_parquet import batches
from exports.tables.table import NUMBER_FORMATS, Kind, StoredTable, headers
from exports.tables.text import cut, visible
from exports.workbook.cells import with_words
from exports.workbook.row_height import text_height

#: The widest column, in characters; longer text is wrapped.
WIDEST = 60
#: Characters side by side on a printed page that can still be read.
_PAGE_WIDTH = 260
_A4 = 9
_NO_DATA = "No data in this range."


class Styles:
    """The cell formats of a workbook: by kind, for wrapped text, for links and for headers."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self.kinds: dict[Kind, Format] = {
            kind: book.add_format({"num_format": form, "valign": "top"}) for kind, form in NUMBER_FORMATS.items()
        }
        #: Numbers that stand in a column of texts.
        self.left: dict[Kind, Format] = {
            kind: book.add_format({"num_format": form, "valign": "top", "align": "left"})
            for kind, form in NUMBER_FORMATS.items()
        }
        self.wrapped = book.add_format({"num_format": "@", "valign": "top", "text_wrap": True})
        self.link = book.add_format({"valign": "top", "font_color": "#0B5CAD", "underline": 1})
        self.header = book.add_format(
            {"bold": True, "text_wrap": True, "valign": "top", "bg_color": "#E7EDF3", "bottom": 1, "num_format": "@"}
        )


def add_sheet(
    book: xlsxwriter.Workbook, name: str, stored: StoredTable, rows: int, sizes: Sequence[int], styles: Styles
) -> Worksheet:
    """Add the sheet of ``rows`` rows of a table; a table with ``row_kinds`` is written whole.

    Args:
        sizes: the width of each column, in characters.
    """
    sheet = book.add_worksheet(name)
    table = stored.table
    titles = [cut(visible(title)) for title in headers(table.columns)]
    last = len(titles) - 1
    for index, (column, text) in enumerate(zip(table.columns, titles, strict=True)):
        is_wrapped = column.kind == "text" and sizes[index] == WIDEST
        sheet.set_column(index, index, sizes[index], styles.wrapped if is_wrapped else styles.kinds[column.kind])
        sheet.write_string(0, index, text, styles.header)
    sheet.set_row(0, text_height(titles, [size * 0.9 for size in sizes]))
    if table.row_kinds:
        _write_rows(sheet, stored, sizes, styles)
    sheet.freeze_panes(1, table.frozen)
    sheet.autofilter(0, 0, max(rows, 1), last)
    sheet.ignore_errors({"number_stored_as_text": f"A1:{xl_col_to_name(last)}{rows + 1}"})
    sheet.set_landscape()
    sheet.set_paper(_A4)
    sheet.fit_to_pages(math.ceil(sum(sizes) / _PAGE_WIDTH), 0)
    sheet.repeat_rows(0)
    if table.frozen and sum(sizes) > _PAGE_WIDTH:
        sheet.repeat_columns(0, table.frozen - 1)
    sheet.set_footer("&L&A&R&P / &N")
    if not stored.rows:
        sheet.insert_textbox(2, 0, _NO_DATA, {"width": 260, "height": 40, "font": {"italic": True}})
    return sheet


def add_chart(book: xlsxwriter.Workbook, sheet: Worksheet, stored: StoredTable, rows: int) -> None:
    """Stacked columns of the table's number columns over its first column, beside the table."""
    first, last = stored.table.chart or (1, 1)
    name, titles = stored.table.title, headers(stored.table.columns)
    is_by_hour = stored.table.columns[0].kind == "instant"
    chart = book.add_chart({"type": "column", "subtype": "stacked"})
    for index in range(first, last + 1):
        chart.add_series({
            "name": [name, 0, index], "categories": [name, 1, 0, rows, 0], "values": [name, 1, index, rows, index],
        })
    chart.set_title({"name": name})
    axis: dict[str, Any] = {"text_axis": True, "num_format": "yyyy-mm-dd hh:mm"} if is_by_hour else {
        "date_axis": True, "num_format": "yyyy-mm-dd"}
    chart.set_x_axis({"name": titles[0], **axis})
    chart.set_size({"width": 900, "height": 400})
    sheet.insert_chart(1, len(titles) + 1, chart)


def widths(stored: StoredTable) -> list[int]:
    """Column widths in characters, from the header and the first rows."""
    titles = [cut(visible(title)) for title in headers(stored.table.columns)]
    found = [max(9, *(len(word) for word in title.split()), math.ceil(len(title) / 2)) + 2 for title in titles]
    for batch in batches(stored):
        for index, column in enumerate(with_words(batch.slice(0, 500), stored.labels).columns):
            if is_text(column.type):
                found[index] = max(found[index], (pc.max(pc.utf8_length(texts(column))).as_py() or 0) + 2)
            elif stored.table.columns[index].kind == "instant":
                found[index] = max(found[index], 20)
        break
    return [min(width, WIDEST) for width in found]


def wrapped_columns(stored: StoredTable, sizes: Sequence[int]) -> dict[int, int]:
    """Widths by index of the columns whose text is wrapped."""
    return {
        index: sizes[index] for index, column in enumerate(stored.table.columns)
        if column.kind == "text" and sizes[index] == WIDEST
    }


def _write_rows(sheet: Worksheet, stored: StoredTable, sizes: Sequence[int], styles: Styles) -> None:
    """The rows of a small table whose rows differ in kind: ``value`` in the form of its row."""
    keys = [column.key for column in stored.table.columns]
    rows = pa.Table.from_batches(list(batches(stored))).to_pylist() if stored.rows else []
    for number, (row, kind) in enumerate(zip(rows, stored.table.row_kinds or (), strict=True), 1):
        shown = [row[key] for key in keys]
        words = [(value, sizes[index]) for index, value in enumerate(shown) if isinstance(value, str)]
        sheet.set_row(number, text_height([text for text, _ in words], [size for _, size in words]))
        for index, value in enumerate(shown):
            if keys[index] == "value" and isinstance(value, str) and kind != "text":
                sheet.write_number(number, index, float(value), styles.left[kind])
            elif isinstance(value, str) and index == 1 and number - 1 in stored.table.links:
                place = f"internal:'{stored.table.links[number - 1]}'!A1"
                sheet.write_url(number, index, place, styles.link, cut(visible(value)))
            else:
                _write_cell(sheet, number, index, value, styles.kinds[kind], styles.wrapped)


def _write_cell(sheet: Worksheet, row: int, index: int, value: object, form: Format, wrapped: Format) -> None:
    if isinstance(value, str):
        sheet.write_string(row, index, cut(visible(value)), wrapped)
    elif isinstance(value, date):
        sheet.write_datetime(row, index, value, form)
    elif isinstance(value, int | float) and math.isfinite(value):
        sheet.write_number(row, index, value, form)
