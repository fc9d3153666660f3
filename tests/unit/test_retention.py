"""Retention removes old files, and nothing published is lost by it."""

import json
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import pytest

from exports.folder.retention import remove_old_exports
from footfall.core.errors import FootfallError
from footfall.ingestion.ledger.ledger import read_lake, repaired_values
from footfall.ingestion.retention import empty_old_quarantine, remove_old_lake, remove_old_landing
from footfall.publishing import versions
from footfall.transform.build_sources import bind
from footfall.transform.dbt_args import PROJECT
from footfall_cli.rejected_lines import Filter
from footfall_cli.repaired_values import fetch_repaired
from orchestration.apply_retention import remove_old
from tests.support.lake import Lake, line
from tests.support.marts import make_home

OLD, NEW = "2026-11-02", "2026-11-05"
LIMIT = date(2026, 11, 4)


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    """Two load dates of events, the first with a rejected line and an entity."""
    found = Lake(tmp_path)
    found.land("a.jsonl", [line("m1"), line("m2"), '{"userId": "anna", "broken'], day=OLD)
    found.land("workspaces.jsonl", [{"workspace_id": "expo", "name": "Expo"}], day=OLD, kind="entities")
    found.land("b.jsonl", [_later("m3")], day=NEW)
    found.load()
    return found


def _later(message_id: str, **more: object) -> dict[str, object]:
    at = dict.fromkeys(("timestamp", "originalTimestamp", "sentAt", "receivedAt"), f"{NEW}T10:00:00Z")
    return line(message_id, **{**at, **more})


def _files(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def _messages(lake: Lake) -> set[str]:
    return {message for _, message in lake.live()}


def test_landing_files_that_are_loaded_and_old_go_and_nothing_else_does(lake: Lake) -> None:
    lake.land("late.jsonl", [line("m9")], day=OLD)
    lake.land("corrupt.jsonl.gz", b"x", day=OLD).write_bytes(b"no gzip")
    assert remove_old_landing(lake.home, lake.settings, LIMIT) == 2
    assert _files(lake.home.landing) == {
        f"events/{OLD}/late.jsonl", f"events/{OLD}/corrupt.jsonl.gz", f"events/{NEW}/b.jsonl",
    }
    assert lake.load().loaded == 1 and _messages(lake) == {"m1", "m2", "m3", "m9"}
    assert remove_old_landing(lake.home, lake.settings, LIMIT) == 1, "the late one is loaded now"


def test_a_backfill_of_a_date_whose_landing_files_went_loses_nothing(lake: Lake) -> None:
    lake.land("kept.txt", b"no event file: the folder stays", day=OLD)
    remove_old_landing(lake.home, lake.settings, LIMIT)
    result = lake.backfill(OLD, NEW)
    assert _messages(lake) == {"m1", "m2", "m3"}
    assert any(f"{OLD} was left as it is" in warning for warning in result.warnings)


def test_a_date_whose_landing_files_were_put_back_can_be_loaded_again(lake: Lake) -> None:
    text = (lake.root / f"landing/events/{OLD}/a.jsonl").read_bytes()
    entity = (lake.root / f"landing/entities/{OLD}/workspaces.jsonl").read_bytes()
    remove_old_landing(lake.home, lake.settings, LIMIT)
    lake.land("a.jsonl", text, day=OLD)
    lake.land("workspaces.jsonl", entity, day=OLD, kind="entities")
    assert lake.load().is_empty, "known by its content"
    assert lake.backfill(OLD).loaded == 3


def test_texts_of_old_rejected_lines_go_and_their_counts_stay(lake: Lake) -> None:
    ledger = lake.ledger()
    assert empty_old_quarantine(lake.home, LIMIT) == 1
    (row,) = lake.quarantine()
    assert (row["reason"], row["line_number"], row["raw"], row["raw_bytes"]) == ("malformed_json", 3, None, None)
    assert not any(b"anna" in path.read_bytes() for path in lake.home.quarantine.rglob("*.parquet"))
    assert lake.ledger() == ledger
    assert empty_old_quarantine(lake.home, LIMIT) == 0


def test_old_values_that_could_not_be_used_go_and_their_counts_stay(lake: Lake) -> None:
    secret = {"duration_seconds": "anna 1h"}
    lake.land("r.jsonl", [line("m8", properties=secret)], day=OLD)
    lake.land("participants.jsonl", [{"workspace_id": "expo", "user_id": "anna", "deleted_at": "anna's day"}], day=OLD,
              kind="entities")
    lake.land("s.jsonl", [_later("m9", properties=secret)], day=NEW)
    lake.load()
    counts = repaired_values(read_lake(lake.home))
    assert len(counts) == 3
    empty_old_quarantine(lake.home, LIMIT)
    shown = fetch_repaired(lake.home, Filter(), 9)
    assert [(str(row["load_date"]), row["field"], row["value"]) for row in shown] == [
        (OLD, "deleted_at", None), (OLD, "duration_seconds", None), (NEW, "duration_seconds", "anna 1h"),
    ]
    old = lake.root / "quarantine" / OLD
    assert not any(b"anna" in path.read_bytes() for path in old.rglob("*-repaired.parquet"))
    assert repaired_values(read_lake(lake.home)) == counts
    remove_old_lake(lake.home, LIMIT, read_lake(lake.home).seq)
    assert [str(row["load_date"]) for row in fetch_repaired(lake.home, Filter(), 9)] == [OLD, NEW]


def test_rows_of_the_lake_go_only_when_they_are_published(lake: Lake) -> None:
    assert remove_old_lake(lake.home, LIMIT, built_seq=0) == 0
    assert remove_old_lake(lake.home, LIMIT, built_seq=2) == 1
    assert [path.split("/")[1] for path in _files(lake.home.lake) if path.startswith("events/")] == [NEW]
    assert remove_old_lake(lake.home, LIMIT, built_seq=2) == 0


def test_copies_of_rows_that_retention_removed_are_known_and_displace_nothing(lake: Lake) -> None:
    """Received earlier than the line that is live, a copy would take its place, whose row is gone."""
    remove_old_lake(lake.home, LIMIT, built_seq=2)
    earlier = f"{OLD}T09:00:00Z"
    lake.land("c.jsonl", [line("m1"), line("m2", receivedAt=earlier, timestamp=earlier), _later("m4")], day=NEW)
    result = lake.load()
    assert (result.loaded, result.duplicates, result.quarantined, result.displaced) == (1, 2, 0, 0)
    loaded = {Path(row["file"]).name: row["loaded"] for row in read_lake(lake.home).event_files}
    assert loaded == {"a.jsonl": 2, "b.jsonl": 1, "c.jsonl": 1}
    assert lake.backfill(OLD, NEW).warnings == [f"{OLD} was left as it is: retention has removed its files."]


def test_a_build_from_scratch_that_would_lose_facts_is_refused_and_the_warehouse_stays(lake: Lake) -> None:
    bind(lake.home, PROJECT)
    lake.home.marts_file.write_bytes(b"the marts")
    remove_old_lake(lake.home, LIMIT, built_seq=2)
    before = lake.home.warehouse_file.read_bytes()
    with pytest.raises(FootfallError, match="raw data of 1 load dates") as refused:
        bind(lake.home, PROJECT, full_refresh=True)
    assert "rebuild_without_raw" in refused.value.hint
    assert (lake.home.warehouse_file.read_bytes(), lake.home.marts_file.read_bytes()) == (before, b"the marts")
    bind(lake.home, PROJECT, full_refresh=True, may_lack_rows=True)
    with duckdb.connect(str(lake.home.warehouse_file)) as con:
        assert con.execute("select message_id from lake.events_added").fetchall() == [("m3",)]


def test_a_committed_file_that_went_otherwise_is_still_an_error(lake: Lake) -> None:
    remove_old_lake(lake.home, LIMIT, built_seq=2)
    next((lake.home.lake / "events" / NEW).glob("*.parquet")).unlink()
    with pytest.raises(FootfallError, match="A committed lake file is missing"):
        bind(lake.home, PROJECT, full_refresh=True, may_lack_rows=True)


def test_versions_go_by_days_and_never_the_one_readers_see(tmp_path: Path) -> None:
    home = make_home(tmp_path)
    for number, day in ((1, 1), (2, 2), (3, 3)):
        folder = versions.versions_folder(home) / f"{number:06d}-202611{day:02d}T030000"
        folder.mkdir(parents=True)
        (folder / "current.json").write_text("{}")
        versions.swap(home, folder)
    assert versions.remove_old_versions(home, date(2026, 11, 2)) == ["000001-20261101T030000"]
    assert versions.remove_old_versions(home, date(2027, 1, 1)) == ["000002-20261102T030000"]
    assert home.current.exists()


def test_export_folders_of_no_configured_range_are_removed(tmp_path: Path) -> None:
    import os

    exports = tmp_path / "exports"
    made = ("expo/event", "expo/2026-09-01_2026-09-02", "expo/users/u1/event", "fair/last_7_days")
    old = datetime(2026, 11, 1, tzinfo=UTC).timestamp()
    for folder in made:
        (exports / folder).mkdir(parents=True)
        (exports / folder / "manifest.json").write_text(json.dumps({"version": 1, "files": "not whole"}))
        os.utime(exports / folder / "manifest.json", (old, old))
    assert remove_old_exports(exports, ("event",), date(2026, 11, 1)) == []
    removed = remove_old_exports(exports, ("event",), date(2026, 11, 2))
    assert sorted(removed) == sorted(made[1:])
    assert _files(exports) == {"expo/event/manifest.json", "index.html"}
    assert not (exports / "fair").exists() and not (exports / "expo/users").exists()


def test_nothing_is_removed_by_default(lake: Lake) -> None:
    before = _files(lake.root)
    assert not any(remove_old(lake.home, lake.settings, date(2036, 1, 1)).facts.values())
    assert _files(lake.root) == before
