"""Tombstones at the loader: what of erased people's lines is counted, and that nothing of them is kept."""

import csv
import io
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from footfall.core.errors import SettingsError
from footfall.core.home import Home
from footfall.core.settings import EventSource, Settings, Sources
from footfall.ingestion.database import value
from footfall.ingestion.exclusion.redact import Redaction
from footfall.ingestion.exclusion.tombstones import Erased, Name, home_key, read_tombstones, write_tombstones
from footfall.ingestion.lake.commit_log import read_commits
from footfall.ingestion.landing.pending import pending
from footfall.ingestion.landing_erasure import erase_landing, find_lines
from tests.support.lake import DAY, Lake, line

NEXT = "2026-11-03"
ANNA: tuple[Name, ...] = (
    ("user", "expo", "anna-01"), ("device", "expo", "annas phone"), ("message", "expo", "shared-7"),
    ("word", "expo", "anna-01"), ("word", "expo", "annas phone"), ("word", "expo", "anna bauer"),
    ("word", "expo", "anna@example.org"),
)
TRACES = ("anna-01", "annas phone", "Anna Bauer", "anna@example.org")


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    """A home in which Anna was erased before anything of hers arrived."""
    lake = Lake(tmp_path)
    write_tombstones(lake.home, home_key(lake.home, lake.settings), 1, ANNA)
    return lake


def _of_anna(message_id: str, **more) -> dict:
    return line(message_id, **{"userId": "anna-01", **more})


def _no_trace(home: Home) -> None:
    for path in home.root.rglob("*"):
        data = path.read_bytes() if path.is_file() else b""
        if path.suffix == ".parquet":
            data += str(pq.read_table(path).to_pylist()).encode()
        assert not [text for text in TRACES if text.encode() in data], path


def _phone() -> dict:
    return {"groupId": "expo", "device": {"id": "annas phone"}}


def test_lines_of_erased_people_are_counted_and_kept_nowhere(lake: Lake) -> None:
    lake.land("a.jsonl", [
        line("m1"),
        _of_anna("m2"),
        line("m3", userId=None, context=_phone()),
        line("shared-7", userId=None),
        _of_anna("m5", timestamp="yesterday"),
        _of_anna("m6", context={"groupId": "expo", "consent": {"categoryPreferences": {"Analytics": False}}}),
        _of_anna("m7", receivedAt=f"{NEXT}T00:00:00Z", timestamp="2026-09-01T00:00:00Z"),
        line("m8", userId=["anna-01"]),
        '{"userId":"anna-01","cut short',
        "{'userId':'anna-01'}",
        '{"broken": 1',
        r'{"note": "\u0041nna Bauer cut off", "x":',
    ])
    result = lake.load()
    assert (result.lines_in, result.loaded, result.erased, result.quarantined) == (12, 1, 10, 1)
    assert lake.ledger()["a.jsonl"]["erased"] == 10
    assert [row["raw"] for row in lake.quarantine()] == ['{"broken": 1']
    _no_trace(lake.home)


def test_somebody_else_on_their_device_or_with_their_id_elsewhere_is_not_them(lake: Lake) -> None:
    lake.land("a.jsonl", [
        line("m1", userId="ben", context={**_phone(), "device": {"id": "another"}}),
        _of_anna("m2", context={"groupId": "fair", "device": {"id": "d9"}}),
        line("shared-7", userId="ben"),
    ])
    assert lake.load().loaded == 3


def test_their_profile_their_meetings_and_titles_with_their_name_go(lake: Lake) -> None:
    lake.land("participants.jsonl", [
        {"workspace_id": "expo", "user_id": "anna-01", "first_name": "Anna", "last_name": "Bauer",
         "email": "anna@example.org"},
        {"workspace_id": "expo", "user_id": "ben"},
    ], kind="entities")
    lake.land("meeting_participants.jsonl", [
        {"workspace_id": "expo", "meeting_id": "t1", "user_id": user} for user in ("anna-01", "ben")
    ], kind="entities")
    lake.land("content.jsonl", [
        {"workspace_id": "expo", "content_type": "user", "content_id": "anna-01", "title": "Anna B."},
        {"workspace_id": "expo", "content_type": "speaker", "content_id": "s1", "title": "Anna Bauer"},
    ], kind="entities")
    lake.load()
    assert [row["user_id"] for row in lake.entity("participants")] == ["ben"]
    assert [row["user_id"] for row in lake.entity("meeting_participants")] == ["ben"]
    assert [(row["content_id"], row["title"]) for row in lake.entity("content")] == [("s1", "(erased)")]
    assert {name: row["erased"] for name, row in lake.ledger().items()} == {
        "participants.jsonl": 1, "meeting_participants.jsonl": 1, "content.jsonl": 1,
    }
    _no_trace(lake.home)


def test_other_peoples_events_keep_everything_but_the_name(lake: Lake) -> None:
    properties = {
        "content_type": "user", "content_id": "anna-01", "content_title": "Anna B.", "place": "list",
        "with": ["anna-01", "ben"], "mail": "anna@example.org", "rating": 5,
    }
    lake.land("a.jsonl", [line("m1", properties=properties), line("m2", properties={"query": "anna bauer"})])
    lake.load()
    one, two = (lake.live()["expo", name] for name in ("m1", "m2"))
    assert (one["content_id"], one["content_title"]) == ("(erased)", "(erased)")
    assert json.loads(one["properties"]) == {
        "place": "list", "with": ["(erased)", "ben"], "mail": "(erased)", "rating": 5,
    }
    assert two["query"] == "(erased)"
    _no_trace(lake.home)
    # the landing line has the same content now, so a backfill gives the same row
    lake.backfill()
    again = lake.live()["expo", "m1"]
    assert {**again, "file_id": None} == {**one, "file_id": None}


def test_a_copy_from_before_the_redaction_is_a_duplicate_of_what_is_loaded(lake: Lake) -> None:
    pointing = line("m1", properties={"content_type": "user", "content_id": "anna-01"})
    lake.land("a.jsonl", [pointing])
    lake.load()
    lake.land("b.jsonl", [pointing, line("m2")], day=NEXT)
    result = lake.load()
    assert (result.duplicates, result.loaded, result.quarantined) == (1, 1, 0)


def test_a_file_delivered_again_is_rewritten_and_not_loaded_again(lake: Lake) -> None:
    lines = [line("m1"), _of_anna("m2"), line("m3")]
    path = lake.land("a.jsonl.gz", lines)
    original = path.read_bytes()
    lake.load()
    rewritten = path.read_bytes()
    assert rewritten != original
    assert pending(lake.home, lake.settings).is_empty
    path.write_bytes(original)
    lake.land("other.jsonl.gz", lines, day=NEXT)
    assert pending(lake.home, lake.settings).is_empty
    result = lake.load()
    assert (result.lines_in, result.landing_files_rewritten) == (0, 2)
    assert path.read_bytes() == rewritten
    assert lake.ledger()["a.jsonl.gz"]["lines_in"] == 3
    assert len(read_commits(lake.home)) == 1
    _no_trace(lake.home)


def test_every_other_line_keeps_its_number_in_csv_and_its_bytes(lake: Lake) -> None:
    rows = [
        ("message_id", "user_id", "workspace_id", "timestamp", "note"),
        ("m1", "ben", "expo", f"{DAY}T10:00:00Z", "a; b"),
        ("m2", "anna-01", "expo", f"{DAY}T10:00:00Z", "two\nlines"),
        ("m3", "ben", "expo", f"{DAY}T10:00:00Z", "three\nlong\nlines"),
        ("m4", "ben", "expo", f"{DAY}T10:00:00Z", "anna@example.org"),
    ]
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    path = lake.land("a.csv", text.getvalue().encode())
    lake.load()
    before, after = text.getvalue().split("\n"), path.read_text().split("\n")
    assert len(before) == len(after)
    assert after[2:4] == ["", ""]
    assert [one for place, one in enumerate(after) if place not in (2, 3, 7)] == [
        one for place, one in enumerate(before) if place not in (2, 3, 7)
    ]
    assert after[7].endswith(",(erased)")
    assert {row["message_id"]: row["line_number"] for row in lake.live().values()} == {"m1": 2, "m3": 5, "m4": 8}
    _no_trace(lake.home)


@pytest.mark.parametrize(("encoding", "end", "start"), [
    ("utf-16", "\r\n", ""), ("utf-8-sig", "\r", ""), ("utf-8", "\n", "sep=;\n"), ("utf-16", "\r", "sep=;\r"),
])
def test_they_go_from_csv_files_of_any_dialect(lake: Lake, encoding: str, end: str, start: str) -> None:
    rows = [
        "message_id;event;user_id;context_group_id;timestamp;note",
        f"m1;Opened;u1;expo;{DAY}T10:00:00Z;Ben", f"m2;Opened;anna-01;expo;{DAY}T10:00:00Z;Anna Bauer",
        f"m3;Opened;u3;expo;{DAY}T10:00:00Z;anna@example.org", f"m4;Opened;u4;expo;{DAY}T10:00:00Z;Dora",
    ]
    path = lake.land("a.csv", (start + end.join([*rows, ""])).encode(encoding))
    assert (lake.load().erased, lake.live().keys()) == (1, {("expo", name) for name in ("m1", "m3", "m4")})
    _no_trace(lake.home)
    head, first, gone, named, last = path.read_text("utf-8").removeprefix("sep=;\n").split("\n")[:5]
    assert (head, first, gone, last) == (rows[0], rows[1], "", rows[4])
    assert named == rows[3].replace("anna@example.org", "(erased)")
    assert lake.load().is_empty
    assert lake.backfill().lines_in == 3


def test_rows_of_parquet_and_of_mapped_sources_go_as_well(tmp_path: Path) -> None:
    source = EventSource(
        name="legacy", path="landing/events/{load_date}/*.parquet", format="parquet",
        mapping={"message_id": "seq", "workspace_id": "'expo'", "user_id": "who", "occurred_at": "moment",
                 "content_type": "'user'", "content_id": "about"},
    )
    lake = Lake(tmp_path, Settings(sources=Sources(events=(source,))))
    write_tombstones(lake.home, home_key(lake.home, lake.settings), 1, ANNA)
    table = pa.table({
        "seq": ["m1", "m2", "m3"], "who": ["ben", "anna-01", "ben"], "moment": [f"{DAY}T10:00:00Z"] * 3,
        "about": ["carl", "carl", "anna-01"],
    })
    out = io.BytesIO()
    pq.write_table(table, out, compression="zstd")
    path = lake.land("a.parquet", out.getvalue())
    result = lake.load()
    assert (result.loaded, result.erased) == (2, 1)
    assert pq.read_table(path).to_pydict() == {
        "seq": ["m1", "m3"], "who": ["ben", "ben"], "moment": [f"{DAY}T10:00:00Z"] * 2, "about": ["carl", "(erased)"],
    }
    assert pq.ParquetFile(path).metadata.row_group(0).column(0).compression == "ZSTD"
    _no_trace(lake.home)


def test_a_damaged_file_that_holds_them_is_removed(lake: Lake) -> None:
    path = lake.land("a.jsonl.gz", [_of_anna("m1"), *(line(f"x{n}") for n in range(40_000))])
    path.write_bytes(path.read_bytes()[:-20])
    lake.load()
    assert not path.exists()
    assert lake.ledger()["a.jsonl.gz"]["reason"] == "corrupt_file"


def test_a_file_that_does_not_fit_its_mapping_is_removed_where_it_names_them(tmp_path: Path) -> None:
    source = EventSource(
        name="old", path="landing/events/{load_date}/*.csv", format="csv",
        mapping={"message_id": "seq", "workspace_id": "'expo'", "user_id": "who", "occurred_at": "moment"},
    )
    lake = Lake(tmp_path, Settings(sources=Sources(events=(source,))))
    write_tombstones(lake.home, home_key(lake.home, lake.settings), 1, ANNA)
    lake.land("good.csv", f"seq,who,moment\nm1,ben,{DAY}T10:00:00Z\n".encode())
    theirs = lake.land("theirs.csv", f"seq,person,moment\nm2,anna@example.org,{DAY}T10:00:00Z\n".encode())
    others = lake.land("others.csv", f"seq,person,moment\nm3,carl,{DAY}T10:00:00Z\n".encode())
    assert lake.load().file_reasons == {"corrupt_file": 2}
    assert (theirs.exists(), others.exists()) == (False, True)
    _no_trace(lake.home)


def test_a_file_that_ends_the_database_does_not_end_the_search_of_the_others(
    lake: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The validation of one file is made to end DuckDB: out of range for to_json, an internal error of 2.0.1."""
    validate = find_lines.validate_events

    def breaking(work, piece) -> None:
        validate(work, piece)
        if value(work.con, "select count(*) from validated where message_id = 'breaks'"):
            work.con.register("far", pa.table({"moment": pa.array([2**62], pa.timestamp("s"))}))
            work.con.execute("select to_json(struct_pack(x := moment))::varchar from far").fetchall()

    lake.land("workspaces.jsonl", [{"workspace_id": "expo"}], kind="entities")
    lake.load()
    broken = lake.land("a.jsonl", [line("breaks"), _of_anna("m1")])
    good = lake.land("b.jsonl", [line("m2"), _of_anna("m3")])
    monkeypatch.setattr(find_lines, "validate_events", breaking)
    erased = read_tombstones(lake.home, lake.settings)
    assert erased is not None
    done = erase_landing.erase_from_all_files(lake.home, lake.settings, erased)
    assert (done.files, done.removed_files, done.lines) == (1, 1, 1)
    assert not broken.exists()
    assert good.read_bytes().endswith(b"\n\n")


@pytest.mark.parametrize("key", [None, "another key, long enough to be one"])
def test_without_the_right_key_nothing_is_loaded(lake: Lake, key: str | None) -> None:
    lake.land("a.jsonl", [_of_anna("m1")])
    if key is None:
        lake.home.key_file.unlink()
    else:
        lake.home.key_file.write_text(key)
    with pytest.raises(SettingsError) as raised:
        lake.load()
    assert raised.value.hint
    assert read_commits(lake.home) == []
    if key is None:
        assert not lake.home.key_file.exists()


def test_tombstones_tell_nobody_anything_and_the_same_ids_give_the_same_file(lake: Lake) -> None:
    (path,) = (lake.home.lake / "tombstones").glob("*.parquet")
    first = path.read_bytes()
    assert {len(text) for text in pq.read_table(path)["digest"].to_pylist()} == {64}
    write_tombstones(lake.home, home_key(lake.home, lake.settings), 1, ANNA[::-1])
    assert path.read_bytes() == first
    assert read_tombstones(lake.home, lake.settings).includes("word", "expo", "  ANNA Bauer ")


def test_redaction_changes_nothing_else() -> None:
    text = '{"a" : "x", "content_id":"x","n":1.50,"k":[ "x" ,"xx"], "x":{"b":"\\u0078"}}'
    nobody = Erased.of(())
    by_member = Redaction(frozenset({("content_id", "x")})).of_json(text, nobody)
    assert by_member == text.replace('"content_id":"x"', '"content_id":"(erased)"')
    assert Redaction(frozenset({(None, "x")})).of_json(text, nobody) == (
        '{"a" : "(erased)", "content_id":"(erased)","n":1.50,"k":[ "(erased)" ,"xx"], "(erased)":{"b":"(erased)"}}'
    )


@pytest.mark.parametrize("value", [
    "https://app.example/people/anna-01", "/search?who=anna%2D01&x=1", "mailto:anna%40example.org", "Bauer, Anna",
    "Where is Anna Bauer?", "upload-anna-01-final", "ANNA@EXAMPLE.ORG is away", "profile_anna-01",
])
def test_a_value_with_an_erased_person_in_it_is_replaced_as_a_whole(lake: Lake, value: str) -> None:
    """The address of a page names whose it is; the rest of the row and of the line stays."""
    kept = {"url": "https://app.example/persons/anna-012", "title": "Bauer"}
    lake.land("a.jsonl", [line("m1", properties={"note": value, **kept}), line("m2", properties={"query": value})])
    lake.load()
    assert json.loads(lake.live()["expo", "m1"]["properties"]) == {"note": "(erased)", **kept}
    assert lake.live()["expo", "m2"]["query"] == "(erased)"
    assert value not in (lake.home.landing / "events" / DAY / "a.jsonl").read_text()


def test_a_user_id_that_is_a_word_takes_no_other_text_with_it(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    write_tombstones(lake.home, home_key(lake.home, lake.settings), 1, [("word", "expo", "lunch")])
    queries = {"m1": "where is lunch", "m2": "lunch"}
    lake.land("a.jsonl", [line(name, properties={"query": query}) for name, query in queries.items()])
    lake.load()
    assert [lake.live()["expo", name]["query"] for name in queries] == ["where is lunch", "(erased)"]


def test_a_profile_is_one_by_the_event_catalogue_too(lake: Lake) -> None:
    """The models take the content type of `Profile Viewed` from the catalogue where the client sends none."""
    opened = {"content_id": "anna-01", "content_title": "Anna B."}
    lake.land("a.jsonl", [
        line("m1", event="Profile Viewed", properties=opened),
        line("m2", event="Document Opened", properties={"content_id": "anna-1"}),
    ])
    lake.load()
    one = lake.live()["expo", "m1"]
    assert (one["content_id"], one["content_title"]) == ("(erased)", "(erased)")
    assert lake.live()["expo", "m2"]["content_id"] == "anna-1"
    _no_trace(lake.home)
