"""The three forms of a table have the same values, also with hostile text."""

import csv
import time
import zipfile
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import openpyxl
import pandas
import pyarrow as pa
import pytest

from exports.tables.columns import clock
from exports.tables.csv_parquet import count_csv, count_parquet, store_rows, write_csv
from exports.tables.table import Column, StoredTable, Table, headers
from exports.tables.text import CELL_LIMIT, CUT_MARK, csv_original, csv_text, visible
from exports.workbook.workbook import count_workbook, write_workbook

HOSTILE = [
    "=1+1", "+49 30 1", "-5", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1+1", "'quoted", "''twice", "\uff1d1+1",
    "https://example.org/?a=1&b=2", "mailto:a@example.org", "<script>alert(1)</script>", "a & b", 'say "hi"', "a,b;c",
    "two\nlines", "three\r\nlines", "lone\rreturn", " outer space ", "00123", "1e5", "TRUE", "_x0041_", "_x005F_",
    "\u202eright to left", "שלום", "emoji 🎪", "x" * 1000,
    "null\x00character", "bell\x07", "\ufffe", "\x7f", "a\u0085b",
    "]]>", "{=1}", "#REF!", "\u2028", "é", "%s{0}", "\\", "'", '"', ",",
]


def rows(**columns: object) -> pa.Table:
    return pa.table({name: values if isinstance(values, pa.Array) else pa.array(values)
                     for name, values in columns.items()})


def table(kinds: dict[str, str], key: str = "things", title: str = "Things", **more: object) -> Table:
    return Table(key, title, [Column(name, name.title(), kind) for name, kind in kinds.items()], **more)


def write(
    stored: StoredTable, folder: Path, **more: int
) -> tuple[list[list[str]], list[list[object]], pandas.DataFrame]:
    """Write the three forms, and read each with another library than the one that wrote it."""
    write_csv(stored, folder / "things.csv")
    write_workbook(folder / "things.xlsx", [stored], title="Things", **more)
    with (folder / "things.csv").open(encoding="utf-8-sig", newline="") as file:
        fields = list(csv.reader(file))
    book = openpyxl.load_workbook(folder / "things.xlsx")
    cells = [list(row) for sheet in book.worksheets for row in sheet.iter_rows(min_row=2, values_only=True)]
    return fields, cells, pandas.read_parquet(stored.path)


def test_text_from_strangers_is_the_same_text_in_all_three_forms(tmp_path: Path) -> None:
    stored = store_rows(table({"n": "count", "name": "text"}), rows(n=list(range(len(HOSTILE))), name=HOSTILE),
                    tmp_path / "t.parquet", "UTC")
    fields, cells, frame = write(stored, tmp_path)
    assert frame["name"].tolist() == HOSTILE
    assert [csv_original(row[1]) for row in fields[1:]] == [visible(text) for text in HOSTILE]
    # openpyxl leaves Excel's escape of an escape as it stands in the file.
    shown = [str(row[1]).replace("_x005F_", "_") for row in cells]
    assert shown == [visible(text) for text in HOSTILE]


def test_no_cell_is_a_formula_or_a_link(tmp_path: Path) -> None:
    stored = store_rows(table({"name": "text"}), rows(name=HOSTILE), tmp_path / "t.parquet", "UTC")
    write(stored, tmp_path)
    sheet = openpyxl.load_workbook(tmp_path / "things.xlsx").worksheets[0]
    assert {cell.data_type for row in sheet.iter_rows(min_row=2) for cell in row} <= {"s", "inlineStr", "n"}
    assert all(isinstance(cell.value, str) for row in sheet.iter_rows(min_row=2) for cell in row)
    assert not any(cell.hyperlink for row in sheet.iter_rows() for cell in row)
    with zipfile.ZipFile(tmp_path / "things.xlsx") as book:
        text = book.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in text
    assert "hyperlink" not in text


def test_no_csv_field_starts_like_a_formula(tmp_path: Path) -> None:
    stored = store_rows(table({"name": "text"}), rows(name=HOSTILE), tmp_path / "t.parquet", "UTC")
    fields, _, _ = write(stored, tmp_path)
    assert not [row[0] for row in fields if row[0].strip()[:1] in tuple("=+-@\uff1d") or row[0][:1] in "\t\r\n"]


def test_dropping_one_apostrophe_gives_every_csv_text_back() -> None:
    for text in HOSTILE:
        plain = next(csv.reader([csv_text(text)], strict=True)) if "\n" not in text and "\r" not in text else None
        if plain is not None:
            assert csv_original(plain[0]) == visible(text)


def test_numbers_dates_and_times_are_the_same_in_all_three_forms(tmp_path: Path) -> None:
    moments = [datetime(2026, 3, 29, 0, 59, 59, 600_400), datetime(2026, 3, 29, 1, 0), None, datetime(2026, 10, 25, 1)]
    data = rows(
        n=pa.array([1, None, 2**40, -3]), seconds=pa.array([Decimal("0.001"), Decimal("12.500"), None, Decimal("-1")],
                                                        pa.decimal128(18, 3)),
        share=pa.array([0.1, 1e-9, None, float("nan")]), day=pa.array([date(2026, 11, 23), None, date(1900, 1, 1),
                                                                     date(2000, 2, 29)]),
        at=pa.array(moments, pa.timestamp("us")), flag=pa.array([True, False, None, True]),
        groups=pa.array([["a", "b"], [], None, ["c, d"]]), total=pa.array([Decimal(7), None, None, None],
                                                                        pa.decimal128(38, 0)),
    )
    kinds = {"n": "count", "seconds": "seconds", "share": "share", "day": "date", "at": "instant", "flag": "flag",
             "groups": "text", "total": "count"}
    fields, cells, frame = write(store_rows(table(kinds), data, tmp_path / "t.parquet", "Europe/Berlin"), tmp_path)
    assert fields[1:] == [
        ["1", "0.001", "0.1", "2026-11-23", "2026-03-29 01:59:59.600", "true", "a, b", "7"],
        ["", "12.500", "1e-9", "", "2026-03-29 03:00:00", "false", "", ""],
        [str(2**40), "", "", "1900-01-01", "", "", "", ""],
        ["-3", "-1.000", "", "2000-02-29", "2026-10-25 02:00:00", "true", "c, d", ""],
    ]
    assert cells == [
        [1, 0.001, 0.1, datetime(2026, 11, 23), datetime(2026, 3, 29, 1, 59, 59, 600_000), True, "a, b", 7],
        [None, 12.5, 1e-9, None, datetime(2026, 3, 29, 3), False, None, None],
        [2**40, None, None, "1900-01-01", None, None, None, None],
        [-3, -1, None, datetime(2000, 2, 29), datetime(2026, 10, 25, 2), True, "c, d", None],
    ]
    assert frame["at"].dt.tz_convert("UTC").dt.tz_localize(None).astype(object).where(frame["at"].notna(), None)[0] \
        == pandas.Timestamp(moments[0])
    assert frame["at"].dt.tz is not None
    assert frame["seconds"].tolist() == [Decimal("0.001"), Decimal("12.500"), None, Decimal("-1.000")]
    assert frame["total"].dtype.kind in "if"


def test_clock_times_follow_the_zone_to_the_minute_of_its_change() -> None:
    instants = [datetime(2026, 3, 29, 0, 59, 59, 999_999), datetime(2026, 3, 29, 1), datetime(1971, 12, 31, 23, 59),
                datetime(1972, 1, 7, 0, 44, 29), datetime(1972, 1, 7, 0, 44, 30)]
    for zone in ("Europe/Berlin", "Asia/Kathmandu", "America/St_Johns", "Africa/Monrovia", "UTC"):
        column = pa.array(instants, pa.timestamp("us")).cast(pa.timestamp("us", "UTC")).cast(pa.timestamp("us", zone))
        expected = [value.replace(tzinfo=None, microsecond=value.microsecond // 1000 * 1000)
                    for value in column.to_pylist()]
        assert clock(column).to_pylist() == expected, zone


def test_a_text_too_long_for_a_cell_is_cut_there_and_says_so(tmp_path: Path) -> None:
    long = ["x" * CELL_LIMIT, "x" * (CELL_LIMIT + 1), "🎪" * CELL_LIMIT]
    stored = store_rows(table({"name": "text"}), rows(name=long), tmp_path / "t.parquet", "UTC")
    _, cells, frame = write(stored, tmp_path)
    assert cells[0][0] == long[0]
    for (shown,), whole in zip(cells[1:], long[1:], strict=True):
        assert shown.endswith(CUT_MARK)
        assert len(shown.encode("utf-16-le")) // 2 <= CELL_LIMIT
        assert whole.startswith(shown.removesuffix(CUT_MARK))
    assert frame["name"].tolist() == long
    with (tmp_path / "things.csv").open(encoding="utf-8-sig", newline="") as file:
        csv.field_size_limit(10**6)
        assert [row[0] for row in csv.reader(file)][1:] == long


def test_csv_is_utf8_with_bom_and_crlf(tmp_path: Path) -> None:
    write(store_rows(table({"name": "text"}), rows(name=["ü"]), tmp_path / "t.parquet", "UTC"), tmp_path)
    assert (tmp_path / "things.csv").read_bytes() == b"\xef\xbb\xbfName\r\n\xc3\xbc\r\n"


@pytest.mark.parametrize(("count", "sheets"), [(0, 1), (9, 1), (10, 1), (11, 2), (20, 2), (25, 3)])
def test_a_table_too_long_for_a_sheet_goes_on_in_the_next(tmp_path: Path, count: int, sheets: int) -> None:
    numbers = rows(n=pa.array(range(count), pa.int64()))
    stored = store_rows(table({"n": "count"}), numbers, tmp_path / "t.parquet", "UTC")
    _, cells, _ = write(stored, tmp_path, sheet_rows=10)
    book = openpyxl.load_workbook(tmp_path / "things.xlsx")
    assert book.sheetnames == ["Things", "Things (2)", "Things (3)"][:sheets]
    assert [sheet["A1"].value for sheet in book.worksheets] == ["N"] * sheets
    assert [row[0] for row in cells] == list(range(count))
    assert count_workbook(tmp_path / "things.xlsx", [stored], 10) == {"things": count}
    assert count_csv(tmp_path / "things.csv") == count_parquet(stored.path) == count


def test_more_rows_than_a_batch_keep_their_order_over_sheets(tmp_path: Path) -> None:
    stored = store_rows(table({"n": "count"}), rows(n=list(range(20_000))), tmp_path / "t.parquet", "UTC")
    _, cells, _ = write(stored, tmp_path, sheet_rows=7_001)
    assert [row[0] for row in cells] == list(range(20_000))


def test_sheets_have_frozen_headers_filters_formats_and_room(tmp_path: Path) -> None:
    data = rows(name=["Ann"], seconds=pa.array([Decimal("1.500")], pa.decimal128(18, 3)), day=[date(2026, 1, 2)])
    write(store_rows(table({"name": "text", "seconds": "seconds", "day": "date"}), data, tmp_path / "t.parquet", "UTC"),
          tmp_path)
    sheet = openpyxl.load_workbook(tmp_path / "things.xlsx").worksheets[0]
    assert sheet.freeze_panes == "B2"
    assert sheet.auto_filter.ref == "A1:C2"
    assert [sheet.cell(2, column).number_format for column in (1, 2, 3)] == ["@", "#,##0.0", "yyyy-mm-dd"]
    assert sheet.cell(2, 3).is_date
    assert all(sheet.column_dimensions[letter].width > 8 for letter in "ABC")
    assert sheet.cell(1, 1).font.bold


def test_rows_with_long_text_are_as_high_as_their_lines(tmp_path: Path) -> None:
    texts = ["short", "x " * 200, "one\ntwo\nthree", "宽" * 120, None, "y" * 100_000]
    data = rows(n=list(range(len(texts))), name=texts)
    write(store_rows(table({"n": "count", "name": "text"}), data, tmp_path / "t.parquet", "UTC"), tmp_path)
    sheet = openpyxl.load_workbook(tmp_path / "things.xlsx").worksheets[0]
    heights = [sheet.row_dimensions[number].height or 15 for number in range(2, len(texts) + 2)]
    assert heights[0] == heights[4] == 15
    assert heights[1] >= 7 * 15
    assert heights[2] == 3 * 15
    assert heights[3] >= 4 * 15
    assert heights[5] == 405


def test_rows_of_one_line_have_no_height_of_their_own(tmp_path: Path) -> None:
    write(store_rows(table({"name": "text"}), rows(name=["a", "b"]), tmp_path / "t.parquet", "UTC"), tmp_path)
    with zipfile.ZipFile(tmp_path / "things.xlsx") as book:
        assert b"customHeight" not in book.read("xl/worksheets/sheet1.xml")


def test_a_wide_table_is_printed_on_several_pages_side_by_side(tmp_path: Path) -> None:
    for count, pages in ((5, 1), (60, 3)):
        kinds = {f"column{number}": "count" for number in range(count)}
        data = rows(**{name: [1] for name in kinds})
        write(store_rows(table(kinds), data, tmp_path / "t.parquet", "UTC"), tmp_path)
        sheet = openpyxl.load_workbook(tmp_path / "things.xlsx").worksheets[0]
        assert sheet.page_setup.orientation == "landscape"
        assert (sheet.page_setup.fitToWidth or 1, sheet.page_setup.fitToHeight) == (pages, 0)
        assert sheet.print_title_rows == "$1:$1"
        assert (sheet.print_title_cols == "$A:$A") == (pages > 1)


def test_an_empty_table_has_headers_and_says_no_data(tmp_path: Path) -> None:
    stored = store_rows(table({"name": "text"}), rows(name=pa.array([], pa.string())), tmp_path / "t.parquet", "UTC")
    fields, cells, frame = write(stored, tmp_path)
    assert (fields, cells, len(frame)) == ([["Name"]], [], 0)
    with zipfile.ZipFile(tmp_path / "things.xlsx") as book:
        drawing = book.read("xl/drawings/drawing1.xml").decode()
    assert "No data in this range." in drawing


def test_rows_that_differ_in_kind_have_their_own_number_format(tmp_path: Path) -> None:
    data = rows(metric=["Visits", "Reach"], value=[12.0, 0.25])
    stored = store_rows(table({"metric": "text", "value": "number"}, row_kinds=["count", "share"]), data,
                    tmp_path / "t.parquet", "UTC")
    _, cells, _ = write(stored, tmp_path)
    sheet = openpyxl.load_workbook(tmp_path / "things.xlsx").worksheets[0]
    assert cells == [["Visits", 12], ["Reach", 0.25]]
    assert [sheet.cell(row, 2).number_format for row in (2, 3)] == ["#,##0", "0.0%"]


def test_columns_of_one_title_get_numbers() -> None:
    columns = [Column("a", "Visits", "count"), Column("b", "Visits", "count"), Column("c", "Visits (2)", "count")]
    assert headers(columns) == ["Visits", "Visits (2)", "Visits (2) (2)"]


def test_the_same_rows_give_the_same_bytes_in_every_time_zone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = rows(name=HOSTILE, at=pa.array([datetime(2026, 7, 1)] * len(HOSTILE), pa.timestamp("us")))
    made = []
    for zone in ("UTC", "Pacific/Kiritimati", "America/St_Johns"):
        monkeypatch.setenv("TZ", zone)
        time.tzset()
        folder = tmp_path / zone.replace("/", "-")
        folder.mkdir()
        write(store_rows(table({"name": "text", "at": "instant"}), data, folder / "t.parquet", "Asia/Tokyo"), folder)
        made.append({path.name: path.read_bytes() for path in folder.iterdir()})
    monkeypatch.undo()
    time.tzset()
    assert made[0] == made[1] == made[2]


def test_no_file_knows_when_it_was_made(tmp_path: Path) -> None:
    write(store_rows(table({"name": "text"}), rows(name=["Ann"]), tmp_path / "t.parquet", "UTC"), tmp_path)
    with zipfile.ZipFile(tmp_path / "things.xlsx") as book:
        assert {info.date_time for info in book.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        core = book.read("docProps/core.xml").decode()
    assert core.count("2000-01-01T00:00:00Z") == 2
    today = time.strftime("%Y-%m-%d").encode()
    assert not [path for path in tmp_path.iterdir() if today in path.read_bytes()]
