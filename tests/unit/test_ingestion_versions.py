"""A landing file that changes: its new version replaces the old one, as if only the new one had ever come."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from footfall.ingestion.ledger.ledger import read_lake
from tests.support.lake import DAY, Lake, line

NEXT = "2026-11-03"
#: Versions of a file: more, fewer, other and bad lines, and one that is cut in the middle of a line.
VERSIONS: dict[str, list[Any] | bytes] = {
    "one": [line("m1")],
    "grown": [line("m1"), line("m2")],
    "other content": [line("m1", event="Closed"), line("m3"), "nonsense"],
    "cut": [line("m1"), line("m2"), '{"messageId": "m3", "use'],
    "without consent": [line("m2", context={"groupId": "expo", "consent": {"categoryPreferences": {"Analytics": 0}}})],
    "empty": [],
    "not text": b"PK\x03\x04",
}
DELIVERIES = st.lists(st.tuples(
    st.sampled_from([DAY, NEXT]), st.sampled_from(["a.jsonl", "b.jsonl"]), st.sampled_from(sorted(VERSIONS)),
    st.booleans(),
), min_size=2, max_size=7)


def outcome(lake: Lake) -> tuple[Any, ...]:
    """Everything a load leaves, apart from when it did."""
    ledger = {
        (row["load_date"], row["file"]): {name: row[name] for name in row if name not in ("loaded_at", "run_id")}
        for row in read_lake(lake.home).ledger
    }
    assert len(ledger) == len(read_lake(lake.home).ledger)
    rejected = [(row["file"], row["line_number"], row["reason"], row["raw"]) for row in lake.quarantine()]
    lake.ledger()  # asserts its laws
    return lake.live(), ledger, rejected, read_lake(lake.home).by_workspace


@settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(deliveries=DELIVERIES)
def test_the_last_versions_count_for_any_versions_loaded_before(
    tmp_path_factory: pytest.TempPathFactory, deliveries: list[tuple[str, str, str, bool]]
) -> None:
    lake, fresh = (Lake(tmp_path_factory.mktemp(name)) for name in ("lake", "fresh"))
    last: dict[tuple[str, str], str] = {}
    for number, (day, name, version, is_loaded) in enumerate(deliveries):
        # no two sound files have the same bytes: which of two equal files counts depends on the order, as ever
        own = VERSIONS[version]
        content = own if isinstance(own, bytes) else [*own, line(f"{day}-{name}")]
        lake.land(name, content, day)
        last[day, name] = version
        if is_loaded or number == len(deliveries) - 1:
            lake.load()
    for (day, name), version in sorted(last.items()):
        own = VERSIONS[version]
        fresh.land(name, own if isinstance(own, bytes) else [*own, line(f"{day}-{name}")], day)
    fresh.load()
    assert outcome(lake) == outcome(fresh)
    assert lake.load().is_empty


def test_a_new_version_of_an_entity_file_replaces_the_old_one(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    lake.land("participants.csv", b"workspace_id,user_id,company\nexpo,u1,Acm", kind="entities")
    lake.load()
    lake.land("participants.csv", b"workspace_id,user_id,company\nexpo,u1,Acme\nexpo,u2,Acme\n", kind="entities")
    lake.load()
    assert [(row["user_id"], row["company"]) for row in lake.entity("participants")] == [("u1", "Acme"), ("u2", "Acme")]


def test_a_new_version_is_added_where_files_loaded_with_the_old_one_are_archived(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    lake.land("a.jsonl", [line("m1")])
    other = lake.land("b.jsonl", [line("m2")])
    lake.load()
    content = other.read_bytes()
    other.unlink()
    lake.land("a.jsonl", [line("m1"), line("m3")])
    (warning,) = lake.load().warnings
    assert "a.jsonl is a new version" in warning and "b.jsonl, loaded with it, is gone" in warning
    assert {message for _, message in lake.live()} == {"m1", "m2", "m3"}
    lake.land("b.jsonl", content)
    lake.backfill()
    assert lake.ledger()["a.jsonl"]["loaded"] == 2
    assert lake.load().is_empty


def test_a_copy_counts_once_the_version_it_was_a_copy_of_is_replaced(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    lake.land("a.jsonl", [line("m1")])
    lake.land("copy.jsonl", [line("m1")], NEXT)
    assert lake.load().already_loaded == [f"landing/events/{NEXT}/copy.jsonl"]
    lake.land("a.jsonl", [line("m2")])
    lake.load()
    assert {message for _, message in lake.live()} == {"m1", "m2"}


def test_a_new_version_that_is_still_being_written_leaves_the_old_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from footfall.ingestion.formats import slices

    lake = Lake(tmp_path)
    lake.land("a.jsonl", [line("m1")])
    lake.load()
    path = lake.land("a.jsonl", [line("m1"), line("m2")])
    lake.land("new.jsonl", [line("m9")])
    read = slices.read_blocks

    def read_and_write(target: Path, **options: object) -> object:
        yield from read(target, **options)
        if target == path and path.stat().st_size < 2_000:
            with path.open("ab") as file:
                file.write(b'{"messageId": "m3", "use' * 10)

    monkeypatch.setattr(slices, "read_blocks", read_and_write)
    result = lake.load()
    assert f"landing/events/{DAY}/a.jsonl was being written" in result.warnings[0]
    assert {message for _, message in lake.live()} == {"m1", "m9"}
    monkeypatch.undo()
    lake.land("a.jsonl", [line("m1"), line("m2"), line("m3")])
    lake.load()
    assert {message for _, message in lake.live()} == {"m1", "m2", "m3", "m9"}
