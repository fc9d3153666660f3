"""Optional values that cannot be used: null in the lake, counted where their line is live, kept aside in private."""

import json
from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from footfall.ingestion.lake.commit_log import live_commits, read_commits
from tests.support.lake import DAY, Lake, line
from tests.unit.test_ingestion_validation import context

#: A line, what of it is repaired, and columns of the lake's row.
REPAIRED: dict[str, tuple[Any, dict[str, str], dict[str, Any]]] = {
    "properties is a text": (line(properties="none"), {"properties": "bad_type"}, {"properties": None}),
    "unknown type": (line(type="delete"), {"type": "unknown_value"}, {"type": "track"}),
    "duration is a word": (
        line(properties={"duration_seconds": "long"}), {"duration_seconds": "not_a_number"}, {"duration_seconds": None}
    ),
    "duration is negative": (line(properties={"duration_seconds": -1}), {"duration_seconds": "out_of_range"}, {}),
    "duration is huge": (line(properties={"duration_seconds": 1e300}), {"duration_seconds": "out_of_range"}, {}),
    "duration is a clock": (
        line(properties={"duration_seconds": 1788940860000}), {"duration_seconds": "out_of_range"},
        {"duration_seconds": None},
    ),
    "just over a day": (
        line(properties={"duration_seconds": 86400.001}), {"duration_seconds": "out_of_range"}, {}
    ),
    "results is a fraction": (line(properties={"results": 1.5}), {"results": "out_of_range"}, {"results": None}),
    "results is negative": (line(properties={"results": -1}), {"results": "out_of_range"}, {"results": None}),
    "sentAt is a word": (line(sentAt="soon"), {"sent_at": "bad_timestamp"}, {"sent_at": None}),
    "receivedAt is an object": (line(receivedAt={"s": 1}), {"received_at": "bad_timestamp"}, {"received_at": None}),
    "event is a list": (line(event=["Opened"]), {"event": "bad_type"}, {"event": None}),
    "title is an object": (
        line(properties={"content_title": {"en": "Hall"}, "module": ["m"]}),
        {"content_title": "bad_type", "module": "bad_type"}, {"content_title": None, "module": None},
    ),
    "os is a text": (line(context=context(os="iOS")), {"os": "bad_type"}, {"os": "unknown", "os_version": None}),
    "half an emoji in a member of a wrong type": (
        json.dumps(line("list", properties={"content_title": ["X"]})).replace("X", "\\ud83c"),
        {"content_title": "bad_type"}, {"content_title": None},
    ),
    "half an emoji": (
        json.dumps(line("half", properties={"content_title": "Party X"})).replace("X", "\\ud83c"),
        {"content_title": "broken_character"}, {"content_title": "Party \ufffd"},
    ),
}
NOT_REPAIRED: dict[str, tuple[Any, dict[str, Any]]] = {
    "a whole day": (line(properties={"duration_seconds": 86400}), {"duration_seconds": Decimal("86400.000")}),
    "an alias call": (line(type="alias"), {"type": "identify"}),
    "a type in capitals": (line(type=" Screen "), {"type": "screen"}),
    "a whole emoji beside an escaped backslash": (
        json.dumps(line("whole", properties={"content_title": "\\ud83c \N{PARTY POPPER}"})),
        {"content_title": "\\ud83c \N{PARTY POPPER}"},
    ),
    "properties as JSON text": (
        line(properties=json.dumps({"query": "Milk", "x": 1})), {"query": "milk", "properties": '{"x":1}'}
    ),
    "context as JSON text": (line(context=json.dumps(context())), {"workspace_id": "expo", "device_id": "d1"}),
    "a content type in other letters": (
        line(properties={"content_type": "Agenda Session", "content_id": " 7.0 "}),
        {"content_type": "agenda_session", "content_id": "7"},
    ),
}


def repaired(lake: Lake) -> list[tuple[str, int, str, str, str]]:
    """File, line, field, problem and value of what was kept aside, of commits in force."""
    paths = [path for commit in live_commits(read_commits(lake.home)) for path in commit.repaired]
    columns = ("file", "line_number", "field", "problem", "value")
    return sorted(tuple(row[name] for name in columns) for path in paths for row in pq.read_table(
        lake.root / path, partitioning=None).to_pylist())


def named(lines: Mapping[str, tuple[Any, ...]]) -> list[Any]:
    return [
        one[0] if isinstance(one[0], str) else {**one[0], "messageId": f"m{number}"}
        for number, one in enumerate(lines.values())
    ]


def test_an_optional_value_that_cannot_be_used_is_null_and_its_line_loads(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    lake.land("a.jsonl", named(REPAIRED))
    assert lake.load().loaded == len(REPAIRED)
    rows = {row["line_number"]: row for row in lake.live().values()}
    found: dict[int, dict[str, str]] = {}
    for _, number, field, problem, _ in repaired(lake):
        found.setdefault(number, {})[field] = problem
    for number, (name, (_, problems, columns)) in enumerate(REPAIRED.items(), start=1):
        assert found[number] == problems, name
        assert {column: rows[number][column] for column in columns} == columns, name
    (row,) = lake.ledger().values()
    counts = Counter(f"{field}: {problem}" for _, all_, _ in REPAIRED.values() for field, problem in all_.items())
    assert (row["repaired"], row["repaired_values"]) == (len(REPAIRED), dict(counts))


def test_the_values_themselves_are_kept_and_nobody_else_reads_them(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    lake.land("a.jsonl", [line(properties={"duration_seconds": "long", "content_title": {"en": "Hall"}})])
    lake.load()
    assert [(field, value) for _, _, field, _, value in repaired(lake)] == [
        ("content_title", '{"en": "Hall"}'), ("duration_seconds", "long")
    ]


def test_what_can_be_understood_is_not_repaired(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    lake.land("a.jsonl", named(NOT_REPAIRED))
    assert lake.load().loaded == len(NOT_REPAIRED)
    rows = {row["line_number"]: row for row in lake.live().values()}
    for number, (name, (_, columns)) in enumerate(NOT_REPAIRED.items(), start=1):
        assert {column: rows[number][column] for column in columns} == columns, name
    assert repaired(lake) == []
    assert lake.ledger()["a.jsonl"]["repaired"] == 0


def test_repaired_lines_are_counted_where_they_are_live_in_any_order_of_arrival(tmp_path: Path) -> None:
    """The copy that was received first wins, whichever file is loaded first; only its repairs count."""
    early = line("m1", receivedAt=f"{DAY}T10:00:01Z", properties={"duration_seconds": -5})
    late = line("m1", receivedAt=f"{DAY}T10:00:09Z", properties={"duration_seconds": "x", "results": "y"})
    totals = []
    for order in (("a", "b"), ("b", "a")):
        lake = Lake(tmp_path / "".join(order))
        for day, name in zip(("2026-11-02", "2026-11-03"), order, strict=True):
            lake.land(f"{name}.jsonl", [early if name == "a" else late], day=day)
            lake.load()
        ledger = lake.ledger()
        totals.append({name: (row["repaired"], row["repaired_values"]) for name, row in ledger.items()})
    assert [total["a.jsonl"] for total in totals] == [(1, {"duration_seconds: out_of_range": 1})] * 2
    assert all(total["b.jsonl"][0] == 0 and not any(total["b.jsonl"][1].values()) for total in totals)


def test_a_backfill_counts_repaired_values_once(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    lake.land("a.jsonl", named(REPAIRED))
    lake.load()
    before, kept = lake.ledger(), repaired(lake)
    lake.backfill()
    after = lake.ledger()
    assert {name: (row["repaired"], row["repaired_values"]) for name, row in after.items()} == {
        name: (row["repaired"], row["repaired_values"]) for name, row in before.items()
    }
    assert repaired(lake) == kept


ROWS = [
    ("workspaces", {"timezone": "Mars/Olympus"}, {"timezone": None}, "timezone: unknown_time_zone"),
    ("workspaces", {"timezone": "europe/berlin"}, {"timezone": "Europe/Berlin"}, None),
    ("workspaces", {"starts_on": "01.11.2026", "anonymization": "Full"}, {"anonymization": "full"},
     "starts_on: bad_timestamp"),
    ("workspaces", {"visit_timeout_minutes": 0}, {"visit_timeout_minutes": None},
     "visit_timeout_minutes: out_of_range"),
    ("workspaces", {"visit_timeout_minutes": "half"}, {"visit_timeout_minutes": None},
     "visit_timeout_minutes: not_a_number"),
    ("workspaces", {"cookie_banner": "perhaps"}, {"cookie_banner": True}, "cookie_banner: unknown_value"),
    ("workspaces", {"target_groups": {"a": 1}}, {"target_groups": [""]}, "target_groups: bad_type"),
    ("workspaces", {"anonymization": "some"}, {"anonymization": "full"}, "anonymization: unknown_value"),
    ("workspaces", {"anonymization": "domains", "anonymized_domains": {"a": 1}}, {"anonymization": "full"},
     "anonymized_domains: bad_type"),
    ("workspaces", {"min_group_size": "few"}, {"min_group_size": 10_000_000}, "min_group_size: not_a_number"),
    ("workspaces", {"settings": "none of these"}, {
        "anonymization": "full", "cookie_banner": True, "target_groups": [""], "min_group_size": 10_000_000,
    }, "settings: bad_type"),
    ("workspaces", {"settings": json.dumps({"cookie_banner": True})}, {"cookie_banner": True}, None),
    ("workspaces", {"name": {"en": "Expo"}}, {"name": None}, "name: bad_type"),
    ("participants", {"deleted_at": "0000-00-00 00:00:00", "is_test": True}, {"deleted_at": None, "is_test": True},
     "deleted_at: bad_timestamp"),
    ("participants", {"role": "Speaker"}, {"role": "speaker"}, None),
    ("participants", {"role": "king", "is_test": "yes"}, {"role": None, "is_test": True}, "role: unknown_value"),
    ("content", {"sponsor_id": "42.0", "starts_at": "20260901T100000Z"},
     {"sponsor_id": "42", "starts_at": datetime(2026, 9, 1, 10)}, None),
    ("meetings", {"status": "canceled"}, {"status": "cancelled"}, None),
    ("meetings", {"status": " Cancelled", "kind": "Group"}, {"status": "cancelled", "kind": "group"}, None),
    ("meetings", {"kind": "1:1"}, {"kind": "one_to_one"}, None),
    ("meetings", {"status": "maybe"}, {"status": None}, "status: unknown_value"),
    ("meetings", {"scheduled_start": "0001-01-01"}, {"scheduled_start": None}, "scheduled_start: bad_timestamp"),
    ("meeting_participants", {"attended": "2"}, {"attended": None}, "attended: unknown_value"),
]


@pytest.mark.parametrize(("entity", "change", "columns", "problem"), ROWS, ids=lambda value: str(value)[:40])
def test_a_row_of_an_entity_loads_without_the_value_that_cannot_be_used(
    tmp_path: Path, entity: str, change: dict[str, Any], columns: dict[str, Any], problem: str | None
) -> None:
    from tests.unit.test_ingestion_entities import KEYS

    lake = Lake(tmp_path)
    lake.land(f"{entity}.jsonl", [{**KEYS[entity], **change}], kind="entities")
    assert lake.load().quarantined == 0
    (row,) = lake.entity(entity)
    assert ({name: row[name] for name in columns}, row["repaired"]) == (columns, problem)
    (entry,) = lake.ledger().values()
    assert entry["repaired_values"] == ({problem: 1} if problem else {})


def test_copies_of_an_event_in_three_formats_are_duplicates(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    flat = {
        "message_id": "m1", "type": "track", "event": "Open\u00e9d", "user_id": "42", "anonymous_id": "a1",
        "context_group_id": "expo", "context_device_id": "d1", "timestamp": f"{DAY}T10:00:00Z",
        "received_at": f"{DAY}T10:00:02Z",
    }
    camel = {
        "messageId": "m1", "type": "track", "event": "Open\u00e9d", "userId": 42, "anonymousId": "a1",
        "context": {"groupId": "expo", "device": {"id": "d1"}}, "timestamp": f"{DAY}T10:00:00Z",
        "receivedAt": f"{DAY}T10:00:01Z",
    }
    one, other = '{"b": 1.0, "a": "\\u00e9", "n": null}', '{"a":"\u00e9","b":1}'
    lake.land("a.jsonl", [json.dumps(camel)[:-1] + f', "properties": {one}}}'])
    lake.land("b.jsonl", [json.dumps(camel)[:-1] + f', "properties": {other}}}'])
    quoted = other.replace('"', '""')
    rows = [[*flat, "properties"], [*flat.values(), f'"{quoted}"']]
    lake.land("c.csv", "".join(",".join(row) + "\n" for row in rows).encode())
    table = pa.table({**{name: [value] for name, value in flat.items()}, "user_id": [42.0], "properties": [other]})
    pq.write_table(table, lake.land("d.parquet", b""))
    result = lake.load()
    assert (result.loaded, result.duplicates, result.quarantined) == (1, 3, 0)


@pytest.mark.parametrize(("one", "other"), [
    ('{"a":1}', '{"a":2}'), ('{"a":"x","b":"y"}', '{"a":"y","b":"x"}'), ('{"a":{"b":1}}', '{"a":{"b":2}}'),
    ('{"a":[1,2]}', '{"a":[2,1]}'), ('{"a":"1.01"}', '{"a":"1.1"}'),
])
def test_another_content_is_a_conflict(tmp_path: Path, one: str, other: str) -> None:
    lake = Lake(tmp_path)
    lake.land("a.jsonl", [line(properties=json.loads(text)) for text in (one, other)])
    result = lake.load()
    assert (result.loaded, result.reasons) == (1, {"conflicting_duplicate": 1})
