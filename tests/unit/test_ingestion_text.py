"""Bytes to records with their line numbers: for all line ends, bytes and places where chunks end."""

import csv
import gzip
import io
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from footfall.ingestion.formats import chunks, text_records
from footfall.ingestion.formats.csv_records import read_csv
from footfall.ingestion.formats.text_records import read_blocks
from footfall.ingestion.problems import FileProblem

LIMIT = 40
THOROUGHLY = settings(
    max_examples=150, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def records(path: Path, *, quoted: bool = False, limit: int = LIMIT) -> list[tuple[int, str, bytes]]:
    """(number, reason or '', exact bytes) of every record of a file, in order."""
    found = []
    for block in read_blocks(path, gzip=path.suffix == ".gz", max_line_bytes=limit, quoted=quoted):
        for number, record in zip(block.numbers.tolist(), block.texts.to_pylist(), strict=True):
            found.append((number, "", record.encode().removesuffix(b"\n").removesuffix(b"\r")))
        for line in block.rejected:
            found.append((line.number, line.reason, line.text.encode() if line.exact is None else line.exact))
    return sorted(found)


def expected(data: bytes, limit: int = LIMIT) -> list[tuple[int, str, bytes]]:
    found = []
    data = data.removeprefix(b"\xef\xbb\xbf")
    end = b"\n" if b"\n" in data else b"\r"
    for number, one in enumerate(data.split(end), start=1):
        line = one.removesuffix(b"\r")
        if not line.strip():
            continue
        try:
            line.decode()
            reason = "oversized" if len(line) > limit else ""
        except UnicodeDecodeError:
            reason = "bad_encoding"
        found.append((number, reason, line))
    return found


def write(path: Path, data: bytes) -> Path:
    path.write_bytes(gzip.compress(data, 1) if path.suffix == ".gz" else data)
    return path


PIECES = st.lists(st.sampled_from([
    b"a", b"\n", b"\r\n", b"\r", b"\0", b" ", b"\xef\xbb\xbf", b"\xe9", "ü🎉".encode(), b"x" * 39, b"x" * 41, b'"',
]), max_size=40).map(b"".join)


@THOROUGHLY
@given(data=PIECES, chunk=st.integers(1, 60), name=st.sampled_from(["a.jsonl", "a.jsonl.gz"]))
def test_lines_are_what_splitting_the_whole_file_gives(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, data: bytes, chunk: int, name: str
) -> None:
    monkeypatch.setattr(chunks, "CHUNK_BYTES", chunk)
    assert records(write(tmp_path / name, data)) == expected(data)


@settings(THOROUGHLY, max_examples=40)
@given(
    total=st.integers(1, 400),
    bad=st.sets(st.integers(0, 399), max_size=12),
    bytes_=st.sampled_from([b"\xff", b"\xc3", b"\xed\xa0\xbd", b"\xc0\xaf", b"a\xf8b"]),
)
def test_every_line_that_is_not_text_is_found_among_many_that_are(
    tmp_path: Path, total: int, bad: set[int], bytes_: bytes
) -> None:
    path = tmp_path / "some.jsonl"
    lines = [bytes_ if i in bad else f"\u00e9{i}".encode() for i in range(total)]
    path.write_bytes(b"\n".join(lines) + b"\n")
    found = records(path)
    assert found == [
        (i + 1, "bad_encoding" if line == bytes_ else "", line) for i, line in enumerate(lines)
    ]


def test_a_file_without_any_text_ends_early_and_one_with_a_line_of_text_does_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(text_records, "MOST_UNREADABLE", 50)
    path = tmp_path / "some.jsonl"
    path.write_bytes(b"\xff\n" * 200)
    with pytest.raises(FileProblem, match="none of its first 50 lines is text"):
        records(path)
    path.write_bytes(b"text\n" + b"\xff\n" * 200)
    assert [reason for _, reason, _ in records(path)] == ["", *["bad_encoding"] * 200]


def test_of_a_line_beyond_memory_only_the_beginning_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chunks, "CHUNK_BYTES", 100)
    monkeypatch.setattr(text_records, "KEPT_LINE_BYTES", 500)
    path = write(tmp_path / "a.jsonl.gz", b"first\n" + b"y" * 5000 + b"\nlast\n" + b"z" * 900)
    blocks = list(read_blocks(path, gzip=True, max_line_bytes=LIMIT))
    (huge, end) = [line for block in blocks for line in block.rejected]
    assert (huge.number, huge.reason, huge.text) == (2, "oversized", "y" * 500)
    assert huge.detail == "5000 bytes; the first 500 are kept"
    assert (end.number, end.reason, len(end.text)) == (4, "oversized", 500)
    assert [number for block in blocks for number in block.numbers] == [1, 3]


@pytest.mark.parametrize("name", ["whole", "members", "padded"])
def test_every_shape_of_sound_gzip_is_read(tmp_path: Path, name: str) -> None:
    data = {
        "whole": gzip.compress(b"a\nb\n"),
        "members": gzip.compress(b"a\n") + gzip.compress(b"") + gzip.compress(b"b\n"),
        "padded": gzip.compress(b"a\nb\n") + b"\0" * 600,
    }[name]
    (tmp_path / "a.gz").write_bytes(data)
    assert [record for _, _, record in records(tmp_path / "a.gz")] == [b"a", b"b"]


GOOD = gzip.compress(b"some line\n" * 1000, mtime=0)


@pytest.mark.parametrize(("data", "reason", "detail"), [
    (GOOD[:-9], "corrupt_file", "the gzip data ends too early"),
    (GOOD[: len(GOOD) // 2], "corrupt_file", "the gzip data ends too early"),
    (GOOD[:-8] + b"\0\0\0\0" + GOOD[-4:], "corrupt_file", "gzip: incorrect data check"),
    (GOOD[:-4] + b"\1\2\3\4", "corrupt_file", "gzip: incorrect length check"),
    (GOOD + b"and more", "corrupt_file", "gzip: incorrect header check"),
    (b"some line\n", "corrupt_file", "named .gz, but it is not gzip"),
    (b"PAR1", "corrupt_file", "named .gz, but it is Parquet"),
    (b"", "empty_archive", "the file has 0 bytes"),
], ids=["cut", "half", "check", "length", "more", "text", "parquet", "empty"])
def test_gzip_that_cannot_be_trusted_says_why(tmp_path: Path, data: bytes, reason: str, detail: str) -> None:
    (tmp_path / "a.gz").write_bytes(data)
    with pytest.raises(FileProblem) as caught:
        records(tmp_path / "a.gz")
    assert (caught.value.reason, caught.value.detail) == (reason, detail)


def rows(path: Path) -> tuple[list[tuple[int, list[str | None]]], list[tuple[int, str, str]]]:
    good, bad = [], []
    for part in read_csv(path, gzip=False, max_line_bytes=10_000):
        columns = [column.to_pylist() for column in part.columns]
        good += list(zip(part.numbers.tolist(), [list(row) for row in zip(*columns, strict=True)], strict=True))
        bad += [(line.number, line.reason, line.text) for line in part.rejected]
    return good, bad


FIELD = st.text(alphabet='ab,"\n\r é;', max_size=6)


@THOROUGHLY
@given(
    table=st.lists(st.tuples(FIELD, FIELD, FIELD), max_size=12), chunk=st.integers(1, 80),
    end=st.sampled_from(["\n", "\r\n"]),
)
def test_csv_as_others_write_it_comes_back_field_by_field(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, table: list[tuple[str, ...]], chunk: int, end: str
) -> None:
    monkeypatch.setattr(chunks, "CHUNK_BYTES", chunk)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator=end, quoting=csv.QUOTE_ALL)
    writer.writerow(["one", "two", "three"])
    starts = []
    for row in table:
        starts.append(out.getvalue().count("\n") + 1)
        writer.writerow(row)
    good, bad = rows(write(tmp_path / "a.csv", out.getvalue().encode()))
    assert bad == []
    assert good == [(start, [field or None for field in row]) for start, row in zip(starts, table, strict=True)]


@pytest.mark.parametrize("chunk", [7, 4 << 20])
def test_a_quote_inside_a_field_is_a_character_like_any_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, chunk: int
) -> None:
    monkeypatch.setattr(chunks, "CHUNK_BYTES", chunk)
    path = write(tmp_path / "a.csv", b'size,name\n5" pipe,a\n7,"say ""hi""\nthere"\n9" pipe,b')
    assert rows(path) == ([(2, ['5" pipe', "a"]), (3, ["7", 'say "hi"\nthere']), (5, ['9" pipe', "b"])], [])


def test_records_that_cannot_be_cut_are_rejected_with_their_text_and_the_others_load(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", b'a;b\n1;2\n1\n1;2;3\n\n"x\ny";5\n6;"never closed\n')
    assert rows(path) == (
        [(2, ["1", "2"]), (3, ["1", None]), (6, ["x\ny", "5"])],
        [(4, "malformed_json", "1;2;3"), (8, "malformed_json", '6;"never closed')],
    )


def test_fields_missing_at_the_end_of_a_record_are_null_in_every_block(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chunks, "CHUNK_BYTES", 50)
    lines = [["1", "2", "3"][: 1 + n % 3] for n in range(100)]
    path = write(tmp_path / "a.csv", b"a,b,c\r\n" + b"".join(",".join(row).encode() + b"\r\n" for row in lines))
    good, bad = rows(path)
    assert bad == []
    assert good == [(n + 2, row + [None] * (3 - len(row))) for n, row in enumerate(lines)]


def test_header_names_are_made_unique(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", b"\xef\xbb\xbfid,, ID ,id\n1,2,3,4\n")
    (part,) = read_csv(path, gzip=False, max_line_bytes=100)
    assert part.names == ("id", "column1", "ID_1", "id_2")
