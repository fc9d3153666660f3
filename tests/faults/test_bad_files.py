"""Files that cannot be trusted are quarantined whole; the others load, and a corrected version loads once."""

import gzip
import json
import random
import re
import resource
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from footfall.core.settings import EventSource, Settings, Sources
from tests.support.lake import DAY, Lake, jsonl, line

LINES = jsonl(line(f"m{n}") for n in range(3000))
PACKED = gzip.compress(LINES, 1)
TABLE = pa.table({"message_id": [f"p{n}" for n in range(5000)], "user_id": ["u1"] * 5000})


def parquet(path: Path) -> bytes:
    pq.write_table(TABLE, path, row_group_size=1000)
    data = path.read_bytes()
    path.unlink()
    return data


def bad_files(tmp_path: Path) -> dict[str, tuple[bytes, str]]:
    sound = parquet(tmp_path / "sound.parquet")
    broken = bytearray(sound)
    broken[40:200] = b"\xa5" * 160
    return {
        "cut.jsonl.gz": (PACKED[: len(PACKED) // 2], "corrupt_file"),
        "cut_by_a_byte.jsonl.gz": (PACKED[:-1], "corrupt_file"),
        "bad_crc.jsonl.gz": (PACKED[:-8] + b"\0\0\0\0" + PACKED[-4:], "corrupt_file"),
        "flipped.jsonl.gz": (PACKED[:3000] + b"\xff\xff\xff" + PACKED[3003:], "corrupt_file"),
        "plain.jsonl.gz": (LINES, "corrupt_file"),
        "empty.jsonl.gz": (b"", "empty_archive"),
        "packed.jsonl": (PACKED, "corrupt_file"),
        "parquet.jsonl": (sound, "corrupt_file"),
        "zip.csv": (b"PK\x03\x04 and so on", "corrupt_file"),
        "packed.csv": (PACKED, "corrupt_file"),
        "cut.csv.gz": (gzip.compress(b"message_id,user_id\n" + b"m,u\n" * 9999)[:-20], "corrupt_file"),
        "cut.parquet": (sound[: len(sound) // 2], "corrupt_file"),
        "broken_inside.parquet": (bytes(broken), "corrupt_file"),
        "lines.parquet": (LINES, "corrupt_file"),
        "empty.parquet": (b"", "corrupt_file"),
    }


def test_each_bad_file_is_quarantined_whole_and_the_others_load(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    bad = bad_files(tmp_path)
    for name, (data, _) in bad.items():
        lake.land(name.removesuffix(".gz"), data).rename(tmp_path / "landing" / "events" / DAY / name)
    dangling = tmp_path / "landing" / "events" / DAY / "dangling.jsonl"
    dangling.symlink_to(tmp_path / "nowhere")
    lake.land("good.jsonl", [line("good")])
    result = lake.load()

    ledger = lake.ledger()
    expected = {**{name: reason for name, (_, reason) in bad.items()}, "dangling.jsonl": "unreadable"}
    assert {name: row["reason"] for name, row in ledger.items() if row["state"] == "quarantined"} == expected
    assert all(ledger[name]["lines_in"] == 0 for name in expected)
    assert result.files == {"loaded": 1, "quarantined": len(expected)}
    assert {message for _, message in lake.live()} == {"good"}
    rejected = {Path(row["file"]).name: (row["reason"], row["line_number"], row["raw"]) for row in lake.quarantine()}
    assert rejected == {name: (reason, None, None) for name, reason in expected.items()}
    assert all(row["detail"] for row in lake.quarantine())
    assert lake.load().is_empty


def test_the_corrected_version_of_a_bad_file_loads_once(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    path = lake.land("a.jsonl", PACKED[:-9]).rename(tmp_path / "landing" / "events" / DAY / "a.jsonl.gz")
    lake.load()
    path.write_bytes(PACKED)
    assert lake.load().loaded == 3000
    assert lake.load().is_empty
    assert len(lake.live()) == 3000


def test_a_file_only_misnamed_loads_under_its_right_name(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    path = lake.land("a.jsonl", LINES)
    path = path.rename(path.with_name("a.jsonl.gz"))
    lake.land("copy.jsonl", LINES).rename(path.with_name("copy.jsonl.gz"))
    assert lake.load().file_reasons == {"corrupt_file": 1}
    path.rename(path.with_name("a.jsonl"))
    assert lake.load().loaded == 3000
    assert lake.load().is_empty


def test_a_file_that_turns_out_bad_at_its_end_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("footfall.ingestion.formats.slices.SLICE_RECORDS", 100)
    monkeypatch.setattr("footfall.ingestion.formats.chunks.CHUNK_BYTES", 10_000)
    lake = Lake(tmp_path)
    bad = gzip.compress(jsonl([*(line(f"m{n}") for n in range(900)), "nonsense", b"\xff"]), 1)
    lake.land("a.jsonl", [line("first")])
    lake.land("b.jsonl", bad[:-8] + b"\0" * 8).rename(tmp_path / "landing" / "events" / DAY / "b.jsonl.gz")
    lake.land("c.jsonl", [line("m1"), line("last")])
    lake.load()
    assert {message for _, message in lake.live()} == {"first", "m1", "last"}
    assert [row["reason"] for row in lake.quarantine()] == ["corrupt_file"]
    assert lake.ledger()["c.jsonl"]["duplicates"] == 0


def test_a_file_that_becomes_readable_loads(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    path = lake.land("a.jsonl", [line("other")]).with_name("b.jsonl")
    later = tmp_path / "landing" / ".uploads" / "b.jsonl"
    later.parent.mkdir()
    path.symlink_to(later)
    lake.load()
    assert lake.load().is_empty
    later.write_bytes(jsonl([line("m1")]))
    lake.load()
    assert {message for _, message in lake.live()} == {"other", "m1"}
    assert lake.quarantine() == []


@pytest.mark.parametrize(("name", "data"), [
    ("empty.jsonl", b""), ("blank.jsonl", b"\n \n\r\n\t\n"), ("mark.jsonl", b"\xef\xbb\xbf"), ("nothing.jsonl.gz", b""),
    ("empty.csv", b""), ("header.csv", b"message_id,user_id\n"), ("header_only.csv.gz", b"message_id,user_id"),
])
def test_a_sound_file_without_lines_loads_with_none(tmp_path: Path, name: str, data: bytes) -> None:
    lake = Lake(tmp_path)
    lake.land(name, data)
    result = lake.load()
    assert result.files == {"loaded": 1, "quarantined": 0}
    assert (lake.ledger()[name]["lines_in"], lake.live()) == (0, {})
    assert lake.load().is_empty


def test_a_parquet_file_without_rows_loads_with_none(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    pq.write_table(TABLE.slice(0, 0), lake.land("none.parquet", b""))
    assert lake.load().files == {"loaded": 1, "quarantined": 0}


def test_an_empty_file_loads_with_any_mapping(tmp_path: Path) -> None:
    source = EventSource(name="old", path="landing/events/{load_date}/*", format="csv", mapping={"event": "what"})
    lake = Lake(tmp_path, Settings(sources=Sources(events=(source,))))
    lake.land("empty.csv", b"")
    assert lake.load().files == {"loaded": 1, "quarantined": 0}


def test_a_file_written_while_it_is_read_waits_for_the_next_load(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from footfall.ingestion.formats import slices

    lake = Lake(tmp_path)
    path = lake.land("a.jsonl", [line("m1")])
    lake.land("b.jsonl", [line("m2")])
    read = slices.read_blocks

    def read_and_write(target: Path, **options: object) -> object:
        yield from read(target, **options)
        if target == path and len(target.read_bytes()) < 500:
            with path.open("ab") as file:
                file.write(jsonl([line("m3")]))

    monkeypatch.setattr(slices, "read_blocks", read_and_write)
    result = lake.load()
    assert result.warnings == [
        f"landing/events/{DAY}/a.jsonl was being written while it was read; the next load reads it again."
    ]
    assert {message for _, message in lake.live()} == {"m2"}
    assert lake.load().loaded == 2


def noise(seed: int, lines: int) -> list[bytes]:
    """Good lines with bytes lost, changed, doubled and swapped, and members replaced by anything JSON can say."""
    draw = random.Random(seed)
    values = [
        None, True, 0, -1, 1.5, 1e308, 12345678901234567890123, "", " ", "\0", "\U0001f600", "x" * 300, "[", "{",
        "null", [], {}, [[]], {"a": {"b": [None]}}, "2026-11-02", "infinity", "-infinity", "9999999-01-01",
        "2026-11-02T10:00:00+99:99",
    ]
    found = []
    for number in range(lines):
        one = line(f"n{number}", context={"groupId": "expo", "device": {"id": "d"}, "os": {"name": "iOS"}})
        for _ in range(draw.randrange(3)):
            place = draw.choice([one, one["context"], one["properties"]])
            if isinstance(place, dict):
                member = draw.choice([*one, "module", "results", "duration_seconds", "groupId", "os", "consent"])
                place[member] = draw.choice(values)
            if not isinstance(one.get("context"), dict) or not isinstance(one.get("properties"), dict):
                break
        data = bytearray(json.dumps(one, ensure_ascii=draw.random() < 0.5).encode())
        for _ in range(draw.randrange(4) if draw.random() < 0.5 else 0):
            start = draw.randrange(len(data))
            data[start : start + draw.randrange(4)] = draw.choice([
                b"", b'"', b"\\", b"}", b"{", b",", b"\0", b"\xff", b"1e999", b"NaN", b"\\ud800", b"\\u0000", b"\r",
            ])
        found.append(bytes(data).replace(b"\n", b" "))
    return found


def test_no_noise_stops_a_load_and_every_line_ends_in_one_place(tmp_path: Path) -> None:
    lines = noise(1, 20_000)
    lake = Lake(tmp_path)
    lake.land("noise.jsonl.gz", b"\n".join(lines))
    result = lake.load()
    assert result.lines_in == sum(bool(one.strip()) for one in lines)
    assert result.lines_in == result.loaded + result.duplicates + result.quarantined + result.no_consent
    assert {"malformed_json", "bad_encoding", "bad_type", "bad_timestamp"} <= set(result.reasons)
    rejected = lake.quarantine()
    assert len(rejected) == result.quarantined
    for row in rejected:
        exact = row["raw_bytes"] if row["raw_bytes"] is not None else row["raw"] and row["raw"].encode()
        here = lines[row["line_number"] - 1].removesuffix(b"\r")
        assert exact == here or (exact is None and b"consent" in here), "not kept where consent may be refused"
    for row in lake.live().values():
        sent = json.loads(lines[row["line_number"] - 1])
        message_id = str(sent["messageId"]).encode("utf-8", "surrogatepass").decode("utf-8", "replace")
        around = "".join(map(chr, (*range(33), 127)))
        assert re.sub("\ufffd+", "\ufffd", message_id).strip(around) == row["message_id"]
        assert isinstance(sent.get("properties") or {}, dict) or row["properties"] is None


def packed_bomb(path: Path, piece: bytes, megabytes: int, start: bytes = b"") -> None:
    with gzip.open(path, "wb", compresslevel=1) as file:
        file.write(start)
        for _ in range(megabytes):
            file.write(piece * (1_000_000 // len(piece)))


@pytest.mark.parametrize(("piece", "name", "start", "reason"), [
    (b"\n", "bomb.jsonl.gz", b"", None), (b"\r\n", "bomb.jsonl.gz", b"", None), (b" \t\n", "bomb.csv.gz", b"", None),
    (b"{}\n", "bomb.jsonl.gz", b"", "corrupt_file"), (b"\xff\n", "bomb.jsonl.gz", b"", "corrupt_file"),
    (b",,\n", "bomb.csv.gz", b"message_id,event,user_id\n", "corrupt_file"),
], ids=["blank", "returns", "spaces", "objects", "bytes", "commas"])
def test_a_bomb_of_tiny_lines_ends_soon_in_little_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, piece: bytes, name: str, start: bytes, reason: str | None
) -> None:
    """40 MB of them take 30 s at most (300 s before), and as much memory as a slice does."""
    monkeypatch.setattr("footfall.ingestion.validation.validate_files.MOST_REJECTED", 100_000)
    monkeypatch.setattr("footfall.ingestion.formats.slices.SLICE_RECORDS", 60_000)
    lake = Lake(tmp_path)
    lake.land("good.jsonl", [line("good")])
    packed_bomb(tmp_path / "landing" / "events" / DAY / name, piece, 40, start)
    before = resource.getrusage(resource.RUSAGE_SELF)
    result = lake.load()
    after = resource.getrusage(resource.RUSAGE_SELF)
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 30
    assert after.ru_maxrss - before.ru_maxrss < 1 << 20, "kilobytes"
    row = lake.ledger()[name]
    assert (row["lines_in"], row["reason"]) == (0, reason)
    assert result.loaded == 1
    assert len(lake.quarantine()) == (reason is not None)


def test_a_file_of_rejected_lines_that_also_holds_good_ones_is_accounted_for_line_by_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("footfall.ingestion.validation.validate_files.MOST_REJECTED", 1_000)
    monkeypatch.setattr("footfall.ingestion.formats.slices.SLICE_RECORDS", 100)
    monkeypatch.setattr("footfall.ingestion.formats.chunks.CHUNK_BYTES", 10_000)
    lake = Lake(tmp_path)
    lake.land("a.jsonl", [*["{}"] * 900, line("m1"), *["{}"] * 5_000])
    result = lake.load()
    assert (result.loaded, result.reasons) == (1, {"missing_message_id": 5_900})


def test_one_file_that_breaks_the_validation_of_a_slice_is_found_and_the_others_load(tmp_path: Path) -> None:
    """The validation itself is made to fail, on a record that no test of types has thought of."""
    lake = Lake(tmp_path)
    for name, message in (("a", "m1"), ("b", "breaks"), ("c", "m3")):
        lake.land(f"{name}.jsonl", [line(message), line(f"{message}-2")])
    for breaks, words in (("error('u1 breaks')", "InvalidInput"), ("DEAD", "internal error")):
        result = with_failure(lake, breaks)
        assert (result.loaded, result.file_reasons) == (4, {"corrupt_file": 1})
        (rejected,) = [row for row in lake.quarantine() if row["line_number"] is None]
        assert rejected["file"].endswith("b.jsonl")
        assert words in rejected["detail"] and "u1" not in rejected["detail"]


def with_failure(lake: Lake, how: str):
    from footfall.ingestion import load_events
    from footfall.ingestion.database import value

    validate = load_events.validate_events

    def breaking(work, piece) -> None:
        validate(work, piece)
        if value(work.con, "select count(*) from validated where message_id = 'breaks'"):
            if how == "DEAD":
                # out of range for to_json, which ends DuckDB 2.0.1
                work.con.register("far", pa.table({"moment": pa.array([2**62], pa.timestamp("s"))}))
                work.con.execute("select to_json(struct_pack(x := moment))::varchar from far").fetchall()
            work.con.execute(f"select {how}").fetchall()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(load_events, "validate_events", breaking)
        return lake.backfill()
