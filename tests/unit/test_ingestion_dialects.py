"""Text files as different programs write them: encodings, line ends, delimiters, quotes. All give the same lines."""

import codecs
import csv
import gzip
import io
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from footfall.core.settings import EventSource, Settings, Sources
from footfall.ingestion.formats import chunks
from footfall.ingestion.formats.csv_records import read_csv
from footfall.ingestion.formats.text_records import read_blocks
from tests.support.lake import DAY, Lake, jsonl, line

THOROUGHLY = settings(
    max_examples=150, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
#: Name -> bytes of a text.
ENCODINGS = {
    "utf-8": lambda text: text.encode(),
    "utf-8 with mark": lambda text: codecs.BOM_UTF8 + text.encode(),
    "utf-16-le": lambda text: codecs.BOM_UTF16_LE + text.encode("utf-16-le"),
    "utf-16-be": lambda text: codecs.BOM_UTF16_BE + text.encode("utf-16-be"),
    "utf-32-le": lambda text: codecs.BOM_UTF32_LE + text.encode("utf-32-le"),
    "utf-32-be": lambda text: codecs.BOM_UTF32_BE + text.encode("utf-32-be"),
}
FIELD = st.text(alphabet="ab1 é🎉,;|\t", max_size=6)
#: A field whose program writes line feeds into it, between quotes.
LONG_FIELD = st.text(alphabet='ab"\n;,', max_size=6)


@THOROUGHLY
@given(
    table=st.lists(st.tuples(FIELD, FIELD, LONG_FIELD), max_size=8), delimiter=st.sampled_from(",;\t|^"),
    quoting=st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]), end=st.sampled_from(["\n", "\r\n", "\r"]),
    encoding=st.sampled_from(sorted(ENCODINGS)), is_stated=st.booleans(), is_last_ended=st.booleans(),
    is_gzip=st.booleans(), chunk=st.sampled_from([1, 3, 17, 4 << 20]),
)
def test_any_dialect_gives_the_same_fields_and_the_line_numbers_of_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, table: list[tuple[str, str, str]], delimiter: str, quoting: int,
    end: str, encoding: str, is_stated: bool, is_last_ended: bool, is_gzip: bool, chunk: int,
) -> None:
    monkeypatch.setattr(chunks, "CHUNK_BYTES", chunk)
    if end == "\r":  # an old Mac's line ends inside a field look like those of records
        table = [(one, two, three.replace("\n", "")) for one, two, three in table]
    out = io.StringIO()
    is_stated = is_stated or delimiter == "^"  # nobody would guess it
    if is_stated:
        out.write(f"sep={delimiter}{end}")
    writer = csv.writer(out, delimiter=delimiter, lineterminator=end, quoting=quoting)
    writer.writerow(["one", "two", "three"])
    starts = []
    for row in table:
        starts.append(out.getvalue().count("\r" if end == "\r" else "\n") + 1)
        writer.writerow(row)
    text = out.getvalue() if is_last_ended or not table else out.getvalue().removesuffix(end)
    data = ENCODINGS[encoding](text)
    path = tmp_path / "a.csv"
    path.write_bytes(gzip.compress(data, 1) if is_gzip else data)
    good, rejected = [], []
    for part in read_csv(path, gzip=is_gzip, max_line_bytes=10_000):
        columns = [column.to_pylist() for column in part.columns]
        good += zip(part.numbers.tolist(), [list(row) for row in zip(*columns, strict=True)], strict=True)
        rejected += part.rejected
        assert part.names in ((), ("one", "two", "three"))
    expected = [
        (start, [field or None for field in row]) for start, row in zip(starts, table, strict=True)
        if "".join(row).strip() or quoting == csv.QUOTE_ALL or delimiter.strip()
    ]
    assert rejected == []
    assert good == expected


@pytest.mark.parametrize("encoding", sorted(ENCODINGS))
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_json_lines_of_any_encoding_load_with_their_line_numbers(tmp_path: Path, encoding: str, end: str) -> None:
    lake = Lake(tmp_path)
    text = jsonl([line("m1", event="Öffnen 🎉"), "", "nonsense", line("m2")]).decode().replace("\n", end)
    lake.land("a.jsonl", ENCODINGS[encoding](text))
    lake.load()
    assert lake.reasons() == {3: "malformed_json"}
    live = {message: (row["event"], row["line_number"]) for (_, message), row in lake.live().items()}
    assert live == {"m1": ("Öffnen 🎉", 1), "m2": ("Opened", 4)}


def test_half_of_a_surrogate_pair_or_of_a_unit_rejects_its_line_alone(tmp_path: Path) -> None:
    lines = ["{}", '{"a": "\ud83c"}', '{"b": 1}']
    data = codecs.BOM_UTF16_LE + "\n".join(lines).encode("utf-16-le", "surrogatepass") + b"\n\0{"
    (tmp_path / "a.jsonl").write_bytes(data)
    blocks = list(read_blocks(tmp_path / "a.jsonl", gzip=False, max_line_bytes=1000))
    assert [number for block in blocks for number in block.numbers.tolist()] == [1, 3]
    assert [(bad.number, bad.reason) for block in blocks for bad in block.rejected] == [
        (2, "bad_encoding"), (4, "bad_encoding"),
    ]


LEGACY = Settings(sources=Sources(events=(EventSource(
    name="old", path="landing/events/{load_date}/*.csv", format="csv",
    mapping={"message_id": "seq", "workspace_id": "'expo'", "user_id": "uid", "occurred_at": "ts", "event": "what"},
),)))
GOOD = f"seq,uid,ts,what\n1,u1,{DAY}T10:00:00Z,Open\n".encode()


@pytest.mark.parametrize(("data", "detail"), [
    (GOOD.replace(b"uid", b"user"), "it has no column `uid`"),
    (GOOD.split(b"\n", 1)[1] * 2, "it has no column `seq`"),
    (GOOD.split(b"\n", 1)[1], "it has no column `seq`"),
    (GOOD.replace(b",", b"^"), "it has no column `seq`"),
    (GOOD.decode().encode("utf-16-le"), "it has no column"),
    (b"caf\xe9," + GOOD, "the header line is not readable text"),
    (b'"seq,uid\n' + GOOD, "the header line is not readable text"),
    (b"a," * 6000 + b"\n" + GOOD, "6,001 columns; at most 5,000 are read"),
    (codecs.BOM_UTF32_LE + b"\xff\xff\xff\xff" * 9, "its first bytes state UTF-32, but it is not"),
], ids=["column", "header", "line", "delimiter", "utf16", "latin1", "quote", "columns", "utf32"])
def test_a_csv_that_does_not_fit_its_mapping_is_quarantined_whole_and_the_others_load(
    tmp_path: Path, data: bytes, detail: str
) -> None:
    lake = Lake(tmp_path, LEGACY)
    lake.land("a.csv", GOOD)
    lake.land("b.csv", data)
    result = lake.load()
    assert (result.loaded, result.file_reasons) == (1, {"corrupt_file": 1})
    (rejected,) = lake.quarantine()
    assert (rejected["file"], rejected["line_number"]) == (f"landing/events/{DAY}/b.csv", None)
    assert detail in rejected["detail"]
    assert "u1" not in rejected["detail"]


def test_two_spellings_of_one_column_are_one_the_first_value_counts(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    head = "message_id,event,user_id,userId,user.ID,context_group_id,timestamp,,\u00a0,price,Price"
    rows = [f"m1,Open,u1,,,expo,{DAY}T10:00:00Z,x,y,1,2", f"m2,Open,,u2,u3,expo,{DAY}T10:00:00Z,,,,4"]
    lake.land("a.csv", "\n".join([head, *rows]).encode())
    assert lake.load().loaded == 2
    live = lake.live()
    assert [live["expo", name]["user_id"] for name in ("m1", "m2")] == ["u1", "u2"]
    assert live["expo", "m1"]["properties"] == '{"column7":"x","column8":"y","price":"1","price_1":"2"}'


def test_a_field_of_megabytes_is_read_by_the_slow_way_too(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b'a,b\n"x"y,' + b"z" * 300_000 + b"\n1,2\n")
    (part,) = read_csv(path, gzip=False, max_line_bytes=1_000_000)
    assert [len(text) for text in part.columns[1].to_pylist()] == [300_000, 1]


