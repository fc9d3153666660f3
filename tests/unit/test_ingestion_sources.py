"""Files in other shapes: mappings over CSV, JSON lines and Parquet, and the snake_case of Segment warehouses."""

import json
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from footfall.core.errors import SettingsError
from footfall.core.settings import EntitySource, EventSource, Settings, Sources
from tests.support.lake import DAY, Lake, line

LEGACY = {
    "message_id": "seq", "workspace_id": "'expo'", "user_id": "uid", "device_id": "uid",
    "occurred_at": "try_cast(ts as timestamp)", "event": "event_name", "module": "screen",
}


def settings(mapping: dict[str, str] | None, form: str = "csv", path: str = "landing/events/{load_date}/*") -> Settings:
    return Settings(sources=Sources(events=(EventSource(name="legacy", path=path, format=form, mapping=mapping),)))


def test_a_csv_loads_through_a_mapping_with_exact_lines_in_quarantine(tmp_path: Path) -> None:
    lake = Lake(tmp_path, settings(LEGACY))
    lake.land("old.csv.gz", (
        f'seq,uid,ts,event_name,screen\r\n1,u1,{DAY} 10:00:00.25,Open,"Home, sweet\r\nhome"\r\n'
        f"2,u1,never,Open,Home\r\n3,,{DAY} 10:00:00,Open,Home\r\n4,u1\r\n5,u1,,,,\r\n"
    ).encode())
    result = lake.load()
    row = lake.row()
    assert (row["message_id"], row["workspace_id"], row["user_id"], row["device_id"]) == ("1", "expo", "u1", "u1")
    assert (row["occurred_at"], row["line_number"]) == (datetime(2026, 11, 2, 10, 0, 0, 250_000), 2)
    assert row["module"] == "Home, sweet\r\nhome"
    rejected = [(one["line_number"], one["reason"], one["raw"]) for one in lake.quarantine()]
    assert rejected == [
        (4, "bad_timestamp", "2,u1,never,Open,Home"), (5, "missing_actor", f"3,,{DAY} 10:00:00,Open,Home"),
        (6, "bad_timestamp", "4,u1"), (7, "malformed_json", "5,u1,,,,"),
    ]
    assert (result.lines_in, result.loaded, lake.ledger()["old.csv.gz"]["source"]) == (5, 1, "legacy")


def test_json_lines_load_through_a_mapping_of_their_members_as_texts(tmp_path: Path) -> None:
    lake = Lake(tmp_path, settings({
        "message_id": "id", "workspace_id": "site", "user_id": "who ->> '$.id'", "event": "upper(what)",
        "occurred_at": "make_timestamp(cast(moment as bigint))", "results": "len(from_json(hits, '[\"json\"]'))",
        "properties": "{'raw': hits}", "duration_seconds": "try_cast(seconds as double) * 2", "consent": "agreed",
    }, "jsonl"))
    good = {"id": 7, "site": "expo", "who": {"id": "u1"}, "what": "open", "moment": 1793613600000000, "hits": "[1,2]",
            "seconds": 1.25, "agreed": True}
    lake.land("a.jsonl", [good, {**good, "id": 8, "moment": "never"}, "nonsense", "[]", {**good, "agreed": False}])
    lake.load()
    row = lake.row()
    assert (row["message_id"], row["user_id"], row["event"], row["results"]) == ("7", "u1", "OPEN", 2)
    assert (row["duration_seconds"], row["occurred_at"]) == (Decimal("2.500"), datetime(2026, 11, 2, 10))
    assert json.loads(row["properties"]) == {"raw": "[1,2]"}
    assert lake.reasons() == {2: "bad_timestamp", 3: "malformed_json", 4: "not_an_object"}
    assert lake.ledger()["a.jsonl"]["no_consent"] == 1


def test_parquet_loads_through_a_mapping_of_its_typed_columns(tmp_path: Path) -> None:
    lake = Lake(tmp_path, settings({
        "message_id": "n", "workspace_id": "site", "user_id": "person.id", "occurred_at": "moment", "event": "what",
    }, "parquet"))
    table = pa.table({
        "n": [1, 2], "site": ["expo", None], "person": [{"id": "u1"}, {"id": "u2"}], "what": ["Open", "Open"],
        "moment": pa.array([datetime(2026, 11, 2, 10), datetime(2026, 11, 2, 11)], pa.timestamp("us", "Europe/Berlin")),
    })
    pq.write_table(table, lake.land("a.parquet", b""))
    lake.load()
    assert (lake.row()["user_id"], lake.row()["occurred_at"]) == ("u1", datetime(2026, 11, 2, 10))
    (rejected,) = lake.quarantine()
    assert (rejected["line_number"], rejected["reason"]) == (2, "missing_workspace_id")
    assert json.loads(rejected["raw"])["person"] == {"id": "u2"}


def test_without_a_message_id_a_line_has_one_of_its_own(tmp_path: Path) -> None:
    mapping = {name: value for name, value in LEGACY.items() if name != "message_id"}
    row = f"1,u1,{DAY} 10:00:00,Open,Home\n"
    lake = Lake(tmp_path, settings(mapping))
    lake.land("a.csv", ("seq,uid,ts,event_name,screen\n" + row + row).encode())
    assert lake.load().loaded == 2
    again = Lake(tmp_path / "again", settings(mapping))
    again.land("a.csv", ("seq,uid,ts,event_name,screen\n" + row + row).encode())
    again.load()
    assert again.live().keys() == lake.live().keys()


@pytest.mark.parametrize(("column", "expression", "problem"), [
    ("event", "event_name) from (select 1", "syntax"),
    ("event", "(select max(content) from read_text('/etc/hostname'))", "a subquery is not allowed"),
    ("event", "event_name; drop table files", "Only SELECT"),
    ("event", "event_name as other", "more than one expression"),
    ("event", "event_name, uid", "more than one expression"),
    ("event", "row_number() over ()", "a window is not allowed"),
    ("event", "random()::varchar", "volatile"),
    ("event", "max(event_name)", "aggregate"),
    ("event", "no_such_function(uid)", "no_such_function"),
    ("event", "", "selection list"),
    ("evnt", "event_name", "no column of the contract"),
])
def test_a_mapping_that_cannot_be_used_is_reported_with_source_column_and_expression(
    tmp_path: Path, column: str, expression: str, problem: str
) -> None:
    lake = Lake(tmp_path, settings({**LEGACY, column: expression}))
    lake.land("a.csv", b"seq,uid,ts,event_name,screen\n1,u1,2026-11-02,Open,Home\n")
    with pytest.raises(SettingsError) as caught:
        lake.load()
    error = caught.value
    assert problem.lower() in error.message.lower()
    assert "legacy" in error.message
    assert column in error.message
    assert expression in (error.where or "") or column == "evnt"
    assert lake.live() == {}


@pytest.mark.parametrize("path", ["/data/{load_date}/*.csv", "landing/../../{load_date}/*.csv", "landing/events/*.csv"])
def test_a_source_path_that_is_not_a_dated_glob_below_the_home_is_a_settings_error(tmp_path: Path, path: str) -> None:
    with pytest.raises(SettingsError):
        Lake(tmp_path, settings(LEGACY, path=path)).load()


def test_a_path_anywhere_below_the_home_is_read_by_its_date(tmp_path: Path) -> None:
    lake = Lake(tmp_path, settings(LEGACY, path="drop/{load_date}/**/part-*-{load_date}.log"))
    lake.land("left.jsonl", [line()])
    for name in (f"part-1-{DAY}.log", "part-1-2026-11-03.log", f"other-{DAY}.log"):
        path = tmp_path / "drop" / DAY / "deep" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"seq,uid,ts,event_name,screen\n{name},u1,{DAY} 10:00:00,Open,Home\n")
    result = lake.load()
    assert [message for _, message in lake.live()] == [f"part-1-{DAY}.log"]
    assert result.warnings == [
        f"landing/events/{DAY}/left.jsonl is not read: no source of footfall.yml has a path that matches it."
    ]


SNAKE = {
    "message_id": "m1", "type": "track", "event": "opened", "event_text": "Opened", "user_id": "u1",
    "anonymous_id": "a1", "timestamp": f"{DAY}T10:00:00Z", "original_timestamp": f"{DAY}T10:00:00Z",
    "received_at": f"{DAY}T10:00:02Z", "sent_at": f"{DAY}T10:00:01Z", "context_group_id": "expo",
    "context_device_id": "d1", "context_os_name": "iOS", "context_os_version": "17.1", "context_ip": "10.0.0.1",
    "content_type": "document", "content_id": "doc-1", "position": "3",
}


def test_flat_snake_case_lines_load_like_camel_case_lines(tmp_path: Path) -> None:
    camel = line(properties={"content_type": "document", "content_id": "doc-1", "position": "3"})
    rows = []
    for name, one in (("camel", camel), ("snake", SNAKE)):
        lake = Lake(tmp_path / name)
        lake.land("a.jsonl", [one])
        lake.load()
        rows.append({column: value for column, value in lake.row().items() if column != "file_id"})
    assert rows[0] == rows[1]


def test_snake_case_lines_among_others_are_validated_like_them(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    nested = {"message_id": "m3", "user_id": "u1", "received_at": f"{DAY}T10:00:00Z",
              "context": {"groupId": "expo"}, "properties": {"workspace_id": "expo", "query": "x"}}
    lake.land("a.jsonl", [line("m2"), SNAKE, nested, {**SNAKE, "user_id": ["u"]}, {**SNAKE, "message_id": None}])
    lake.load()
    assert {message for _, message in lake.live()} == {"m1", "m2", "m3"}
    assert lake.live()["expo", "m3"]["query"] == "x"
    assert lake.live()["expo", "m3"]["properties"] is None
    assert lake.reasons() == {4: "bad_type", 5: "missing_message_id"}


def test_csv_and_parquet_of_a_segment_warehouse_need_no_mapping(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    header, values = ",".join(SNAKE), ",".join(SNAKE.values())
    lake.land("a.csv", f"{header}\n{values}\n".encode())
    pq.write_table(pa.Table.from_pylist([{**SNAKE, "message_id": "m2"}]), lake.land("b.parquet", b""))
    dotted = "messageId,userId,context.groupId,context.os.name,receivedAt,properties"
    lake.land("c.csv", f'{dotted}\nm3,u1,expo,Android,{DAY}T10:00:00Z,"{{""query"":""x"",""n"":1}}"\n'.encode())
    assert lake.load().loaded == 3
    live = lake.live()
    ignored = ("file_id", "message_id", "content_hash", "line_number")
    first, second = (
        {column: value for column, value in live["expo", message].items() if column not in ignored}
        for message in ("m1", "m2")
    )
    assert first == second
    assert (first["event"], first["properties"]) == ("Opened", '{"position":"3"}')
    assert (live["expo", "m3"]["os"], live["expo", "m3"]["query"]) == ("android", "x")
    assert live["expo", "m3"]["properties"] == '{"n":1}'


def test_files_of_one_source_with_different_columns_each_load_by_their_own(tmp_path: Path) -> None:
    lake = Lake(tmp_path, settings({**LEGACY, "module": "'app'"}))
    lake.land("a.csv", f"seq,uid,ts,event_name\n1,u1,{DAY},Open\n".encode())
    lake.land("b.csv", f"event_name;ts;uid;seq;more\nOpen;{DAY};u2;2;x\n".encode())
    assert lake.load().loaded == 2
    assert {row["user_id"] for row in lake.live().values()} == {"u1", "u2"}


def test_entities_come_through_a_mapping_too(tmp_path: Path) -> None:
    source = EntitySource(
        name="participants", path="crm/{load_date}.csv", format="csv",
        mapping={"workspace_id": "'expo'", "user_id": "id", "groups": "string_split(tags, '|')", "is_test": "id = 'x'"},
    )
    lake = Lake(tmp_path, Settings(sources=Sources(entities=(source,))))
    path = tmp_path / "crm" / f"{DAY}.csv"
    path.parent.mkdir()
    path.write_text("id,tags\nu1,vip|press\nx,\n")
    lake.land("participants.jsonl", [{"workspace_id": "expo", "user_id": "not read"}], kind="entities")
    lake.load()
    rows = [(row["user_id"], row["groups"], row["is_test"]) for row in lake.entity("participants")]
    assert rows == [("u1", ["vip", "press"], False), ("x", None, True)]
