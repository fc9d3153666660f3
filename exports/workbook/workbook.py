"""The workbook: XlsxWriter makes everything but the rows, the rows are streamed into its sheets.

XlsxWriter alone takes 19 s for 100,000 rows of 30 columns, this way 3 s, with the memory of one batch. The skeleton
has headers, formats, filters, widths and charts; each sheet's rows are then put in front of its ``</sheetData>``.
"""

import io
import math
import re
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from pathlib import Path

import pyarrow.compute as pc
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from exports.tables.columns import is_text, texts
from exports.tables.csv_parquet import batches
from exports.tables.table import NUMBER_FORMATS, Kind, Spooled, headers
from exports.tables.text import cut, visible
from exports.workbook.cells import rows_xml

#: Rows a worksheet holds below its header (2**20 in all).
SHEET_ROWS = 1_048_575
#: A fixed time for the properties of the file, so that the same data gives the same bytes.
CREATED = datetime(2000, 1, 1)
_ZIP_TIME = (1980, 1, 1, 0, 0, 0)
# Level 2 packs rows in a quarter of the time of level 6 and 20 % larger.
_ZIP_LEVEL = 2
_WIDEST = 60
_NO_DATA = "No data in this range."
_ROWS_END = "</sheetData>"


def write_workbook(target: Path, tables: Sequence[Spooled], *, title: str, sheet_rows: int = SHEET_ROWS) -> None:
    """Write the tables as sheets of one workbook.

    A table of more than ``sheet_rows`` rows goes on in a next sheet, named ``<title> (2)``, under the same header.

    Args:
        target: the ``.xlsx`` file to make.
        tables: the sheets in order, their rows spooled.
        title: the title in the file's properties.
        sheet_rows: rows a sheet takes below its header.
    """
    pages = [(spooled, page) for spooled in tables for page in range(_pages(spooled, sheet_rows))]
    skeleton = _skeleton(pages, title, sheet_rows)
    with zipfile.ZipFile(io.BytesIO(skeleton)) as source, zipfile.ZipFile(target, "w") as book:
        for name in source.namelist():
            info = zipfile.ZipInfo(name, _ZIP_TIME)
            info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
            number = re.fullmatch(r"xl/worksheets/sheet(\d+)\.xml", name)
            text = source.read(name)
            info._compresslevel = _ZIP_LEVEL
            with book.open(info, "w", force_zip64=number is not None) as part:
                if number is None:
                    part.write(text)
                    continue
                spooled, page = pages[int(number[1]) - 1]
                for piece in _sheet(text.decode("utf-8"), spooled, page, sheet_rows):
                    part.write(piece)


def count_workbook(path: Path, tables: Sequence[Spooled], sheet_rows: int = SHEET_ROWS) -> dict[str, int]:
    """Count the rows of each table in a workbook, headers apart, by reading the file; by table key."""
    pages = [(spooled, page) for spooled in tables for page in range(_pages(spooled, sheet_rows))]
    counts = {spooled.table.key: 0 for spooled in tables}
    with zipfile.ZipFile(path) as book:
        for number, (spooled, _) in enumerate(pages, 1):
            counts[spooled.table.key] += _count_rows(book, f"xl/worksheets/sheet{number}.xml") - 1
    return counts


def _count_rows(book: zipfile.ZipFile, name: str) -> int:
    found, rest = 0, b""
    with book.open(name) as part:
        while piece := part.read(1 << 20):
            piece = rest + piece
            found += piece.count(b"<row ")
            # Text cannot hold a bare `<`, so a `<row ` is a row; it may lie across two pieces.
            rest = piece[-4:]
    return found


def _pages(spooled: Spooled, sheet_rows: int) -> int:
    return max(1, math.ceil(spooled.rows / sheet_rows))


def _skeleton(pages: Sequence[tuple[Spooled, int]], title: str, sheet_rows: int) -> bytes:
    """The workbook without rows."""
    memory = io.BytesIO()
    book = xlsxwriter.Workbook(
        memory, {"in_memory": True, "strings_to_urls": False, "strings_to_formulas": False, "strings_to_numbers": False}
    )
    book.set_properties({"title": cut(visible(title))[:250], "created": CREATED, "author": "Footfall"})
    formats = {kind: book.add_format({"num_format": form, "valign": "top"}) for kind, form in NUMBER_FORMATS.items()}
    wrapped = book.add_format({"num_format": "@", "valign": "top", "text_wrap": True})
    header = book.add_format(
        {"bold": True, "text_wrap": True, "valign": "top", "bg_color": "#E7EDF3", "bottom": 1, "num_format": "@"}
    )
    for spooled, page in pages:
        name = spooled.table.title if page == 0 else f"{spooled.table.title} ({page + 1})"
        sheet = book.add_worksheet(name)
        rows = min(sheet_rows, spooled.rows - page * sheet_rows)
        _dress(sheet, spooled, rows, formats, wrapped, header)
        if page == 0 and spooled.table.chart and rows:
            _chart(book, sheet, spooled, rows)
    book.close()
    return memory.getvalue()


def _dress(
    sheet: Worksheet, spooled: Spooled, rows: int, formats: dict[Kind, Format], wrapped: Format, header: Format
) -> None:
    """Header, widths, formats, filter, panes and print layout of one sheet."""
    table = spooled.table
    titles = [cut(visible(title)) for title in headers(table.columns)]
    widths = _widths(spooled, titles)
    last = len(titles) - 1
    for index, (column, text) in enumerate(zip(table.columns, titles, strict=True)):
        style = wrapped if column.kind == "text" and widths[index] == _WIDEST else formats[column.kind]
        sheet.set_column(index, index, widths[index], style)
        sheet.write_string(0, index, text, header)
    if table.row_kinds:
        small = [row for batch in batches(spooled) for row in zip(*batch.to_pydict().values(), strict=True)]
        for number, (values, kind) in enumerate(zip(small, table.row_kinds, strict=True), 1):
            _write_row(sheet, number, values, formats[kind], wrapped)
    sheet.freeze_panes(1, table.frozen)
    sheet.autofilter(0, 0, max(rows, 1), last)
    sheet.ignore_errors({"number_stored_as_text": f"A1:{xl_col_to_name(last)}{rows + 1}"})
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    sheet.set_footer("&L&A&R&P / &N")
    if not spooled.rows:
        sheet.insert_textbox(2, 0, _NO_DATA, {"width": 260, "height": 40, "font": {"italic": True}})


def _write_row(sheet: Worksheet, row: int, values: Sequence[object], form: Format, wrapped: Format) -> None:
    """A row of a small table whose rows differ in kind, its numbers in the form of that row."""
    for index, value in enumerate(values):
        if isinstance(value, str):
            sheet.write_string(row, index, cut(visible(value)), wrapped)
        elif isinstance(value, date):
            sheet.write_datetime(row, index, value, form)
        elif value is not None and math.isfinite(value):
            sheet.write_number(row, index, value, form)


def _widths(spooled: Spooled, titles: Sequence[str]) -> list[int]:
    """Column widths in characters, from the header and the first rows."""
    widths = [max(9, *(len(word) for word in title.split()), math.ceil(len(title) / 2)) + 2 for title in titles]
    for batch in batches(spooled):
        for index, column in enumerate(batch.slice(0, 500).columns):
            if is_text(column.type):
                widths[index] = max(widths[index], (pc.max(pc.utf8_length(texts(column))).as_py() or 0) + 2)
            elif spooled.table.columns[index].kind == "instant":
                widths[index] = max(widths[index], 20)
        break
    return [min(width, _WIDEST) for width in widths]


def _sheet(skeleton: str, spooled: Spooled, page: int, sheet_rows: int) -> Iterator[bytes]:
    """The XML of a sheet with its rows."""
    if spooled.table.row_kinds:
        yield skeleton.encode()
        return
    before, after = skeleton.split(_ROWS_END)
    width = len(spooled.table.columns)
    first, rows = page * sheet_rows, min(sheet_rows, spooled.rows - page * sheet_rows)
    reference = f"A1:{xl_col_to_name(width - 1)}{rows + 1}"
    yield re.sub(r'<dimension ref="[^"]*"/>', f'<dimension ref="{reference}"/>', before).encode()
    styles = _styles(before, width)
    start = 0
    for batch in batches(spooled):
        low, high = max(first - start, 0), min(first + rows - start, batch.num_rows)
        if low < high:
            yield rows_xml(batch.slice(low, high - low), start + low - first + 2, styles)
        start += batch.num_rows
        if start >= first + rows:
            break
    yield (_ROWS_END + after).encode()


def _styles(skeleton: str, width: int) -> list[int]:
    """The style of each column, as XlsxWriter numbered it."""
    styles = [0] * width
    for low, high, style in re.findall(r'<col min="(\d+)" max="(\d+)"[^>]* style="(\d+)"', skeleton):
        for index in range(int(low) - 1, min(int(high), width)):
            styles[index] = int(style)
    return styles


def _chart(book: xlsxwriter.Workbook, sheet: Worksheet, spooled: Spooled, rows: int) -> None:
    """Stacked columns of the table's number columns over its first column, beside the table."""
    first, last = spooled.table.chart or (1, 1)
    name, titles = spooled.table.title, headers(spooled.table.columns)
    chart = book.add_chart({"type": "column", "subtype": "stacked"})
    for index in range(first, last + 1):
        chart.add_series({
            "name": [name, 0, index], "categories": [name, 1, 0, rows, 0], "values": [name, 1, index, rows, index],
        })
    chart.set_title({"name": name})
    chart.set_x_axis({"name": titles[0], "date_axis": True, "num_format": "yyyy-mm-dd"})
    chart.set_size({"width": 900, "height": 400})
    sheet.insert_chart(1, len(titles) + 1, chart)
