"""The search that ends an erasure: every format that exports write, every way to write a text, no false alarm."""

import gzip
import json
import os
import sqlite3
import zlib
from pathlib import Path

import duckdb
import pytest
import vl_convert
import xlsxwriter

from exports.build_all import FORMATS
from exports.report.encode import packed
from footfall.core.home import Home
from footfall.erasure import search
from footfall.erasure.common_words import own_files
from footfall.erasure.pdf_text import NoText, runs
from footfall.erasure.search import PICTURES, PLAIN, READERS, own_words, scan

NAME = "Niamh Müller"
SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="300" height="90" font-family="Liberation Sans">'
    '<text x="10" y="20">{}</text><text x="10" y="60">Agenda (12)</text></svg>'
)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


def test_every_format_of_exports_is_searched_or_counted_as_a_picture():
    suffixes = {f".{name}" for name in FORMATS}
    assert suffixes == suffixes & (set(READERS) | PLAIN | PICTURES)
    assert not PICTURES & (set(READERS) | PLAIN)


def test_a_name_in_a_pdf_is_found_as_the_eye_reads_it(home: Home):
    (home.root / "shown.pdf").write_bytes(vl_convert.svg_to_pdf(SVG.format(NAME)))
    (home.root / "other.pdf").write_bytes(vl_convert.svg_to_pdf(SVG.format("Niamh Mülleros")))
    assert NAME not in (home.root / "shown.pdf").read_bytes().decode("latin-1")
    assert list(filter(None, runs(home.root / "shown.pdf"))) == [NAME, "Agenda (12)"]
    result = scan(home, [NAME])
    assert result.found == {"shown.pdf": 1}
    assert result.damaged == 0


def test_a_pdf_that_cannot_be_read_is_counted(home: Home):
    (home.root / "odd.pdf").write_bytes(b"%PDF-1.7\n%%EOF")
    with pytest.raises(NoText):
        list(runs(home.root / "odd.pdf"))
    assert scan(home, [NAME]).damaged == 1


def test_a_picture_is_counted_and_what_is_packed_is_unpacked(home: Home):
    (home.root / "graph.png").write_bytes(vl_convert.svg_to_png(SVG.format(NAME)))
    with gzip.open(home.root / "events.jsonl.gz", "wt") as file:
        file.write(json.dumps({"name": NAME}))
    with xlsxwriter.Workbook(home.root / "book.xlsx") as book:
        book.add_worksheet().write("A1", NAME)
    duckdb.sql("select 1 as id, {'name': $name} as value", params={"name": NAME}).write_parquet(
        str(home.root / "rows.parquet")
    )
    result = scan(home, [NAME])
    assert result.pictures == 1
    assert set(result.found) == {"events.jsonl.gz", "book.xlsx", "rows.parquet"}


@pytest.mark.parametrize("text", [NAME, "Zoë Åström-Østergård", "Анна Петрова-Ильин"])
@pytest.mark.parametrize("is_deflated", [True, False])
def test_manifests_of_iceberg_are_unpacked(home: Home, text: str, is_deflated: bool):
    """Avro: the second text has 25 bytes and the third 34, so that their length is the byte of `2` and of `D`."""
    value = text.encode()
    block = b"\x02\x04" + bytes([2 * len(value)]) + value + b"\x06\x01"
    if is_deflated:
        packer = zlib.compressobj(wbits=-15)
        block = packer.compress(block) + packer.flush()
    codec = b"deflate" if is_deflated else b"null"
    header = b"\x02" + bytes([20]) + b"avro.codec" + bytes([2 * len(codec)]) + codec + b"\x00"
    data = b"Obj\x01" + header + bytes(range(16)) + b"\x02" + bytes([2 * len(block)]) + block + bytes(range(16))
    (home.root / "manifest.avro").write_bytes(data)
    assert scan(home, [text]).found["manifest.avro"]
    (home.root / "manifest.avro").write_bytes(data[:-1])
    result = scan(home, ["somebody-else"])
    assert result.damaged == 1 and not result.found


@pytest.mark.parametrize("text", [
    NAME, json.dumps(NAME), json.dumps(NAME).replace("u00fc", "u00FC"), "?q=Niamh%20M%C3%BCller",
    "?q=Niamh%20M%c3%bcller",
    "Niamh Mu\u0308ller", "<td>Niamh Müller</td>", "?q=Niamh%2520M%25C3%25BCller", "?q=Niamh%20M%FCller",
    "niamh+muller", "NIAMH MUELLER", "Müller, Niamh", "Niamh M&uuml;ller", "Niamh M&#xFC;ller", "niamh_müller",
    "Niamh\u00a0Müller", "N\u00adiamh Müller",
])
def test_a_name_is_found_however_it_is_written(home: Home, text: str):
    (home.root / "page.txt").write_text(text, encoding="utf-8")
    assert scan(home, [NAME]).found == {"page.txt": 1}


def test_an_id_of_somebody_else_that_has_the_text_in_it_is_no_find(home: Home):
    (home.root / "page.txt").write_text("wei.li@corp.example, zoe-1000-b, xzoe-1000, zoe-10001")
    assert scan(home, ["li@corp.example", "zoe-1000"], others=["wei.li@corp.example", "zoe-1000-b"]).found == {}
    (home.root / "page.txt").write_text("wei.li@corp.example li@corp.example")
    assert scan(home, ["li@corp.example"], others=["wei.li@corp.example"]).found == {"page.txt": 1}
    (home.root / "page.txt").write_text("li.u00010@corp.example")
    assert scan(home, ["li.u00010@corp.example"], others=["u00010"]).found == {"page.txt": 1}, "a part of the text"


@pytest.mark.parametrize(("name", "text", "times"), [
    ("terms.json", '["Niamh Adebayo","M\u00fcller Niamh","Ito"]', 1),
    ("terms.json", '{"a":"Anna M\u00fcller","Niamh":1}', 0),
    ("terms.json", '["Anna M\u00fcller","Niamh Ito"]', 0), ("terms.json", '{"to":["m\u00fcller,niamh","x"]}', 1),
    ("paths.csv", "Anna M\u00fcller,Niamh Ito,3\n", 0), ("paths.csv", '"M\u00fcller,Niamh",3\n', 1),
    ("paths.csv", "Niamh M\u00fcller,Niamh Ito,3\n", 1), ("notes.txt", "M\u00fcller,Niamh", 1),
])
def test_the_end_of_one_value_and_the_beginning_of_the_next_are_no_name(home: Home, name: str, text: str, times: int):
    (home.root / name).write_text(text, encoding="utf-8")
    with gzip.open(home.root / f"{name}.gz", "wt", encoding="utf-8") as file:
        file.write(text)
    assert scan(home, [NAME]).found == ({name: times, f"{name}.gz": times} if times else {})


def test_the_names_in_a_report_are_searched_one_by_one(home: Home):
    header = {"names": ["Anna M\u00fcller", "Niamh Ito"], "columns": [{"type": "int", "rows": 500}]}
    for name, texts in (("other", header), ("same", {**header, "more": [NAME]})):
        document = json.dumps(texts, ensure_ascii=False).encode()
        blob = packed(len(document).to_bytes(4, "little") + document + bytes(range(256)) * 2)
        (home.root / f"{name}.html").write_text(f"<script>{blob}</script>")
    assert scan(home, [NAME]).found == {"same.html": 1}


def test_names_that_follow_each_other_in_a_table_are_no_name(home: Home):
    """Texts of Parquet follow each other in the file with their lengths between."""
    rows = "select unnest(['Anna M\u00fcller', 'Niamh Ito']) as name"
    duckdb.sql(f"copy ({rows}) to '{home.root}/rows.parquet' (format parquet, compression uncompressed)")
    assert "M\u00fcller".encode() in (home.root / "rows.parquet").read_bytes()
    assert scan(home, [NAME]).found == {}


@pytest.mark.parametrize("before", ["x", "x\n"])
def test_a_name_is_found_once_wherever_a_large_file_is_cut(home: Home, before: str):
    size = search._CHUNK // len(before)
    for shift in (0, 3, 12):
        (home.root / "large.txt").write_text(before * size + "x" * shift + f" {NAME} " + before * 100, encoding="utf-8")
        cut = (before * (size - 3) + f" {NAME} " + before * size + "x" * shift)
        (home.root / "cut.txt").write_text(cut, encoding="utf-8")
        assert scan(home, [NAME]).found == {"large.txt": 1, "cut.txt": 1}


def test_a_place_whose_name_is_found_is_reported_without_it(home: Home):
    (home.root / "notes-zoe-1000").mkdir()
    (home.root / "notes-zoe-1000" / "of zoe-1000.txt").write_text("zoe-1000")
    result = scan(home, ["zoe-1000"])
    assert len(result.found) == 3 and "zoe" not in str(result.found)


def test_the_first_eight_bytes_of_another_id_in_a_databases_statistics_are_no_find(home: Home):
    """Published files hold the smallest and largest text of a column cut to 8 bytes."""
    for name, ids in (("other", ("zoe-10001", "zoe-10002")), ("same", ("zoe-1000", "zoe-10001"))):
        with duckdb.connect() as con:
            con.execute(f"attach '{home.root / name}.duckdb' as published (storage_version 'v1.0.0')")
            query = "create table published.people as select unnest($ids) as id from range(2000)"
            con.execute(query, {"ids": list(ids)})
    assert b"\x00\x08zoe-1000" in (home.root / "other.duckdb").read_bytes()
    assert set(scan(home, ["zoe-1000"]).found) == {"same.duckdb"}


def test_words_of_footfall_are_known_from_itsown_files():
    files = own_files(are_examples=False)
    assert own_words(["visits", "zoe-1000"], files) == {"visits"}
    assert {"definitions.py", "metric_definitions.csv"} <= {path.name for path in files}


def test_words_of_dbts_own_files_are_searched_everywhere_else(home: Home):
    for name in ("warehouse/dbt/manifest.json", "landing/people.csv"):
        (home.root / name).parent.mkdir(parents=True)
        (home.root / name).write_text("anna")
    assert scan(home, ["anna"], model_words=["anna"]).found == {"landing/people.csv": 1}


def test_a_search_does_not_take_away_the_locks_of_an_open_sqlite_file(tmp_path: Path) -> None:
    """SQLite's locks are those of the process: without them another program writes its log back into the file."""
    home = Home(tmp_path).ensure()
    path = home.dagster / "index.db"
    con = sqlite3.connect(path)
    con.execute("pragma journal_mode = wal")
    con.execute("""create table t as select '{"mail": "person@example.org"}' as event""")
    con.commit()
    con.execute("select count(*) from t").fetchall()
    names = [path, path.with_name("index.db-wal"), path.with_name("index.db-shm")]
    held = _locks_of_this_process(names)
    assert len(held) == 2, "SQLite locks the file and its shared memory"
    scanned = scan(home, ["person@example.org"])
    assert sum(scanned.found.values()) >= 1 and scanned.files >= 3
    assert _locks_of_this_process(names) == held
    con.close()


def _locks_of_this_process(paths: list[Path]) -> list[str]:
    nodes = {str(path.stat().st_ino) for path in paths}
    rows = [row.split() for row in Path("/proc/locks").read_text().splitlines()]
    return sorted(
        " ".join(row[1:]) for row in rows if row[4] == str(os.getpid()) and row[5].rsplit(":", 1)[1] in nodes
    )
