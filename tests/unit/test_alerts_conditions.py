"""Every condition: it holds when it should, ends when its remedy is followed, and names nobody."""

import json
import os
import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from footfall.alerts.alert import KINDS, Alert
from footfall.core import lock
from footfall.core.home import Home
from footfall.core.settings import Settings, load_settings
from footfall.core.state_files import write_json
from footfall.ingestion.lake.commit_log import Commit, write_commit
from footfall.ingestion.load import load
from footfall.observability.attempts import note_end
from footfall.publishing.history import RunRecord, record_run
from orchestration.alerting import look
from tests.conftest import Answer
from tests.support.lake import DAY, Lake, line

NOW = datetime(2026, 11, 20, 6, 30, tzinfo=UTC)
Command = Callable[..., Answer]


def _open(lake: Lake, now: datetime = NOW) -> dict[str, Alert]:
    return {kind: alert for kind, alert in look(lake.home, lake.settings, now=now).items() if alert is not None}


def _with(lake: Lake, **sections: dict) -> Lake:
    lake.settings = Settings.model_validate(sections)
    return lake


def _day(number: int) -> str:
    return (date.fromisoformat(DAY) + timedelta(days=number)).isoformat()


def _load(lake: Lake) -> None:
    """Load as a run of its own."""
    load(lake.home, lake.settings, run_id=str(uuid.uuid4()))


def _commit(home: Home, seq: int, day: str, lines: int) -> None:
    """A commit of one landing file, as a night writes it."""
    row = {
        "file": f"landing/events/{day}/{seq}.jsonl", "file_id": f"f{seq}", "sha256": f"{seq:064d}", "bytes": 1,
        "load_date": day, "kind": "events", "source": "segment", "state": "loaded", "reason": None, "lines_in": lines,
        "loaded": lines, "duplicates": 0, "quarantined": 0, "no_consent": 0, "erased": 0, "repaired": 0,
        "loaded_at": f"{day}T23:00:00", "run_id": f"r{seq}",
    }
    write_commit(home, Commit(seq, "load", f"r{seq}", day, f"{day}T23:00:00", files=[row]))


def _listed(footfall: Command, lake: Lake) -> dict[str, dict]:
    return {one["kind"]: one for one in footfall("alerts", "list", "--home", lake.root, "--json").document["open"]}


def test_a_new_home_needs_nobody(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    found = look(lake.home, lake.settings, now=NOW)
    assert set(found) == set(KINDS) and _open(lake) == {}


@pytest.mark.parametrize(("lines", "now", "holds"), [
    (1, NOW, True), (9, NOW, False), (60, NOW, True), (60, datetime(2026, 11, 10, 3, tzinfo=UTC), True),
    (1, datetime(2026, 11, 10, 3, tzinfo=UTC), False),
], ids=["few", "usual", "many", "many today", "few so far today"])
def test_a_load_far_from_the_7_before_is_an_alert(tmp_path: Path, lines: int, now: datetime, holds: bool) -> None:
    lake = Lake(tmp_path)
    for day in range(8):
        _commit(lake.home, day + 1, _day(day), 10)
    _commit(lake.home, 9, _day(8), lines)
    found = _open(lake, now)
    assert ("unusual_volume" in found) is holds
    if holds:
        alert = found["unusual_volume"]
        assert f"{_day(8)} has {'one line' if lines == 1 else f'{lines} lines'}, " in alert.summary
        assert alert.since.day == 10
    _commit(lake.home, 10, _day(9), 10)
    assert "unusual_volume" not in _open(lake, now + timedelta(days=2))


def test_many_rejected_lines_are_an_alert_until_the_file_is_repaired(tmp_path: Path, footfall: Command) -> None:
    lake = Lake(tmp_path)
    lake.land("a.jsonl", [*(line(f"m{number}") for number in range(8)), "{", "{"])
    _load(lake)
    assert "2 of 10 (20%) lines of events" in _listed(footfall, lake)["rejected_lines"]["summary"]
    rows = footfall("quarantine", "list", "--home", tmp_path, "--json").document["rows"]
    assert [row["lines"] for row in rows] == [2]
    lake.land("a.jsonl", [line(f"m{number}") for number in range(10)])
    lake.backfill()
    assert "rejected_lines" not in _open(lake)
    assert "rejected_lines" not in _listed(footfall, lake)


def test_few_rejected_lines_and_those_of_earlier_loads_are_no_alert(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    lake.land("a.jsonl", [*(line(f"m{number}") for number in range(19)), "{"])
    lake.land("participants.jsonl", ["{", "{"], kind="entities")
    _load(lake)
    assert "2 of 2 (100%) lines of participants" in _open(lake)["rejected_lines"].summary
    lake.land("b.jsonl", [line("n1")], day=_day(1))
    _load(lake)
    assert "rejected_lines" not in _open(lake)


def test_many_values_that_cannot_be_used_are_an_alert_and_listed_by_field(tmp_path: Path, footfall: Command) -> None:
    lake = Lake(tmp_path)
    bad = [line(f"b{number}", properties={"duration_seconds": "long"}) for number in range(3)]
    lake.land("a.jsonl", [*(line(f"m{number}") for number in range(7)), *bad])
    _load(lake)
    found = _listed(footfall, lake)
    assert "3 of 10 (30%) lines of events" in found["repaired_values"]["summary"]
    assert "`footfall quarantine list --repaired`" in found["repaired_values"]["to_do"]
    rows = footfall("quarantine", "list", "--home", tmp_path, "--repaired", "--json").document["rows"]
    assert [(row["field"], row["lines"]) for row in rows] == [("duration_seconds", 3)]


def test_a_file_that_cannot_be_read_is_an_alert_that_does_not_name_it(tmp_path: Path, footfall: Command) -> None:
    lake = Lake(tmp_path)
    lake.land("a.jsonl", [line("m1")])
    lake.land("Anna Maria Müller.parquet", b"PAR1 cut")
    _load(lake)
    alert = _listed(footfall, lake)["quarantined_files"]
    assert alert["summary"] == f"One landing file of {DAY} could not be used and is quarantined whole."
    assert "Müller" not in json.dumps(alert, ensure_ascii=False)
    listed = footfall("quarantine", "list", "--home", tmp_path, "--json").document["rows"]
    assert any("Müller" in row["file"] for row in listed)
    (tmp_path / "landing" / "events" / DAY / "Anna Maria Müller.parquet").unlink()
    lake.land("b.jsonl", [line("m2")], day=_day(8))
    _load(lake)
    assert "quarantined_files" not in _open(lake)


def test_a_file_that_changed_after_loading_is_an_alert_until_it_is_loaded(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    lake.land("a.jsonl", [line("m1")])
    lake.land("b.jsonl", [line("m2")])
    _load(lake)
    assert "changed_files" not in _open(lake)
    lake.land("a.jsonl", [line("m1"), line("m3")])
    assert _open(lake)["changed_files"].summary == "One loaded file has changed in landing since."
    _load(lake)
    assert "changed_files" not in _open(lake)


def test_a_changed_file_that_cannot_replace_its_old_version_is_counted(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    lake.land("a.jsonl", [line("m1")])
    lake.land("b.jsonl", [line("m2")])
    _load(lake)
    (tmp_path / "landing" / "events" / DAY / "b.jsonl").unlink()
    lake.land("a.jsonl", [line("m1"), line("m3")])
    assert "1 of them cannot take the place" in _open(lake)["changed_files"].summary


@pytest.mark.parametrize(("zone", "by", "of", "holds"), [
    ("UTC", "06:00", "today", True), ("UTC", "07:00", "today", False), ("UTC", "06:00", "yesterday", False),
    ("Europe/Vienna", "07:00", "today", True), ("Europe/Vienna", "08:00", "today", False),
    ("Pacific/Auckland", "19:00", "today", True), ("America/Los_Angeles", "22:00", "today", True),
    ("America/Los_Angeles", "23:00", "today", False), ("No/Zone", "01:00", "today", False),
])
def test_nothing_arrived_by_an_hour_of_the_schedules_zone_is_an_alert(
    tmp_path: Path, zone: str, by: str, of: str, holds: bool
) -> None:
    """It is 06:30 UTC, 07:30 in Vienna, 19:30 in Auckland and 22:30 of the day before in Los Angeles."""
    lake = _with(Lake(tmp_path), freshness={"arrival_by": by, "arrival_of": of}, schedule={"timezone": zone})
    lake.land("a.jsonl", [line("m1")], day="2026-11-19")
    lake.land("workspaces.jsonl", [{"workspace_id": "expo"}], day="2026-11-20", kind="entities")
    found = _open(lake)
    assert ("nothing_arrived" in found) is holds
    if holds:
        assert "The newest is of 2026-11-19." in found["nothing_arrived"].summary
        lake.land("b.jsonl", [line("m2")], day="2026-11-20")
        assert "nothing_arrived" not in _open(lake)


def test_published_data_that_is_old_is_an_alert_and_status_shows_what_waits(tmp_path: Path, footfall: Command) -> None:
    lake = _with(Lake(tmp_path), freshness={"max_data_hours": 30})
    current = {"load_date": "2026-11-18", "run_id": "r", "published_at": "x", "lake_seq": 0, "tables": {}}
    write_json(lake.home.current, current)
    assert "load date 2026-11-18" in _open(lake)["old_data"].summary
    assert "old_data" not in _open(lake, NOW - timedelta(minutes=31))
    lake.land("a.jsonl", [line("m1")])
    status = footfall("status", "--home", tmp_path, "--json").document
    assert status["waiting"]["files"] == 1 and status["published"]["days_old"] > 1


def test_no_run_for_too_long_is_an_alert(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    with lock.hold(lake.home, "footfall run"):
        pass
    moment = (NOW - timedelta(hours=36, minutes=1)).timestamp()
    os.utime(lake.home.lock_file, (moment, moment))
    assert "since 2026-11-18 18:29 UTC" in _open(lake)["no_run"].summary
    assert "no_run" not in _open(lake, NOW - timedelta(minutes=2))
    with lock.hold(lake.home, "footfall run"):
        pass
    assert "no_run" not in _open(lake, datetime.now(UTC))


def test_while_a_run_works_only_what_does_not_depend_on_it_is_looked_at(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    with lock.hold(lake.home, "footfall run"):
        moment = (NOW - timedelta(hours=40)).timestamp()
        os.utime(lake.home.lock_file, (moment, moment))
        found = look(lake.home, lake.settings, now=NOW)
    assert set(found) == {"no_run", "disk", "nothing_arrived", "old_data"}
    hung = found["no_run"]
    assert hung is not None and hung.summary.endswith("has not ended.") and "`footfall status`" in hung.to_do


def test_a_killed_run_is_an_alert_until_the_next_one(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    home = lake.home
    dead = {"pid": 2**22 + 1, "since": "2026-11-20T02:15:00+00:00", "command": "footfall run"}
    home.lock_file.write_text(json.dumps(dead), encoding="utf-8")
    killed = _open(lake)["last_run"]
    assert killed.summary.startswith("The last run was killed.") and killed.since.hour == 2
    with lock.hold(home, "footfall run"):
        pass
    assert "last_run" not in _open(lake)


@pytest.mark.parametrize(("status", "part"), [
    ("failed", "The last run failed."), ("stopped", "stopped by a signal"),
    ("checks_failed", "A data check refused the last load (quarantined_share)"),
])
def test_a_run_that_did_not_reach_its_end_is_an_alert_until_one_does(tmp_path: Path, status: str, part: str) -> None:
    lake = Lake(tmp_path)
    started = datetime(2026, 11, 20, 2, 15, tzinfo=UTC)
    record_run(lake.home, RunRecord("r1", "run", started, finished_at=started, status=status))
    path = next((lake.home.lake / "history" / "runs").glob("*.json"))
    run = json.loads(path.read_text())
    run["checks"] = [{"name": "quarantined_share", "status": "failed", "is_blocking": True},
                     {"name": "os_accepted", "status": "failed", "is_blocking": False}]
    write_json(path, run)
    found = _open(lake)["last_run"]
    assert part in found.summary and found.since == started
    later = RunRecord("r2", "run", started, finished_at=started + timedelta(hours=1), status="published")
    record_run(lake.home, later)
    assert "last_run" not in _open(lake)


def test_a_run_that_could_not_start_is_an_alert_until_a_run_ends_well(tmp_path: Path, footfall: Command) -> None:
    lake = Lake(tmp_path)
    settings = lake.home.settings_file
    settings.write_text("limits: {max_late_days: many}\n", encoding="utf-8")
    assert footfall("run", "--home", tmp_path).code == 2
    doctor = footfall("doctor", "--home", tmp_path, "--json").document
    assert any("limits.max_late_days" in one["found"] for one in doctor["findings"] if not one["is_ok"])
    settings.write_text("", encoding="utf-8")
    alert = _listed(footfall, lake)["last_run"]
    assert "settings cannot be used" in alert["summary"] and "`footfall doctor`" in alert["to_do"]
    assert footfall("run", "--home", tmp_path).code == 0
    assert "last_run" not in _listed(footfall, lake)


def test_a_lock_that_another_process_holds_is_an_alert_and_status_names_the_process(
    tmp_path: Path, footfall: Command
) -> None:
    lake = Lake(tmp_path)
    note_end(lake.home, "HomeLocked")
    alert = _open(lake)["last_run"]
    assert "another process worked on the home" in alert.summary and "`footfall status`" in alert.to_do
    with lock.hold(lake.home, "footfall backfill"):
        status = footfall("status", "--home", tmp_path, "--json").document
    assert status["lock"]["pid"] == os.getpid() and status["lock"]["command"] == "footfall backfill"
    note_end(lake.home)
    assert "last_run" not in _open(lake)


def test_a_cut_attempt_and_cut_runs_are_no_traceback(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    attempts, history = lake.home.metrics / "attempts.json", lake.home.lake / "history"
    for path, text in (
        (attempts, '{"last": {"at": "20'), (history / "alerts.json", "[1"), (history / "runs" / "r.json", "{"),
    ):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert "last_run" not in _open(lake)
    for text in ('{"last": {"at": 5}}', '{"last": 5, "days": [1]}', '{"days": {"2026-11-01": 7}}'):
        attempts.write_text(text, encoding="utf-8")
        assert "last_run" not in _open(lake)


def test_lake_files_that_cannot_be_made_again_are_an_alert_and_doctor_names_the_backup(
    tmp_path: Path, footfall: Command
) -> None:
    lake = Lake(tmp_path)
    landed = lake.land("a.jsonl", [line("m1")])
    _load(lake)
    kept = landed.read_bytes()
    (damaged,) = (lake.home.lake / "events").rglob("*.parquet")
    whole = damaged.read_bytes()
    damaged.write_bytes(b"no")
    assert "damage" not in _open(lake), "the next run makes it again"
    landed.unlink()
    assert _open(lake)["damage"].to_do.startswith("`footfall doctor`")
    doctor = footfall("doctor", "--home", tmp_path, "--json").document
    assert any("backup of the home" in one["hint"] for one in doctor["findings"] if not one["is_ok"])
    damaged.write_bytes(whole)
    assert "damage" not in _open(lake)
    damaged.write_bytes(b"no")
    landed.write_bytes(kept)
    assert "damage" not in _open(lake)


def test_a_damaged_commit_log_hides_what_it_says_and_nothing_else(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    lake.land("a.jsonl", [line("m1"), "{"])
    _load(lake)
    next(lake.home.commits.glob("*.json")).write_text("{", encoding="utf-8")
    found = look(lake.home, lake.settings, now=NOW)
    assert "rejected_lines" not in found and {"last_run", "disk", "damage"} <= set(found)


@pytest.mark.parametrize(("name", "to_do"), [
    ("pending.json", "`footfall run` finishes"), ("000001.open.json", "`footfall erase --resume`"),
])
def test_an_open_erasure_is_an_alert_that_names_nobody(tmp_path: Path, name: str, to_do: str) -> None:
    lake = Lake(tmp_path)
    write_json(lake.home.lake / "erasures" / name, {"people": [["expo", "anna.mueller"]]})
    alert = _open(lake)["open_erasure"]
    assert to_do in alert.to_do and "anna" not in str(alert)


def test_workspaces_are_named_only_if_an_extract_does(tmp_path: Path) -> None:
    from footfall.core.database import connect

    lake = Lake(tmp_path)
    write_json(lake.home.current, {"held_back": [
        {"workspace_id": name, "load_date": DAY, "source": "events"} for name in ("expo\n<!here>", "max@example.com")
    ]})
    assert _open(lake)["held_back"].workspaces == ()
    with connect(lake.home.published_file) as con:
        con.execute("create schema marts")
        con.execute("create table marts.dim_workspaces (workspace_id varchar, is_inferred boolean)")
        rows = [("expo\n<!here>", False), ("max@example.com", True)]
        con.executemany("insert into marts.dim_workspaces values (?, ?)", rows)
    alert = _open(lake)["held_back"]
    assert alert.summary.startswith("2 workspaces are held back") and alert.workspaces == ("expo�<!here>",)


def test_exports_that_failed_are_an_alert(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    write_json(lake.home.warehouse / "finished.json", {"failed_exports": ["expo/event/graphs/a.png", "expo/event/b"]})
    assert _open(lake)["failed_exports"].summary.startswith("One workspace is without some exports")
    write_json(lake.home.warehouse / "finished.json", {"failed_exports": []})
    assert "failed_exports" not in _open(lake)


def _runs_with_free_space(home: Home, free: list[float], free_now: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """One run a night with so many GB free at its end, the last one in the night of ``NOW``."""
    for place, gigabytes in enumerate(free):
        ended = NOW - timedelta(days=len(free) - 1 - place, hours=4)
        details = {"disk_free_bytes": int(gigabytes * 1e9)}
        record_run(home, RunRecord(f"r{place}", "run", ended, ended, "published", details=details))
    usage = type("Usage", (), {"free": int(free_now * 1e9)})
    monkeypatch.setattr("footfall.alerts.facts.shutil.disk_usage", lambda path: usage)


@pytest.mark.parametrize(("free", "now", "part"), [
    ([100, 100, 100], 1.9, "has 1.9 GB free"),
    ([100, 90, 80, 70, 60], 50, "full in about 5 days"),
    ([100, 90, 80, 70, 60], 100, None),
    ([100, 90, 5, 70, 60, 50], 40, "full in about 4 days"),
    ([10, 10.5, 9.8, 10.1], 10, None),
    ([50, 60, 70], 80, None),
    ([100, 50], 20, None),
    ([30, 20, 10], 5, "full in less than a day"),
], ids=["full", "filling", "large", "one odd night", "steady", "emptying", "too few runs", "today"])
def test_the_days_that_are_left_follow_from_free_space_after_the_last_runs(
    tmp_path: Path, free: list[float], now: float, part: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    lake = Lake(tmp_path)
    _runs_with_free_space(lake.home, free, now, monkeypatch)
    found = _open(lake).get("disk")
    assert (found is None) if part is None else (found is not None and part in found.summary)


def test_settings_are_those_of_the_home(tmp_path: Path) -> None:
    (tmp_path / "footfall.yml").write_text("freshness: {max_run_hours: null}\n", encoding="utf-8")
    lake = Lake(tmp_path, load_settings(Home(tmp_path)))
    with lock.hold(lake.home, "footfall run"):
        pass
    os.utime(lake.home.lock_file, (0, 0))
    assert "no_run" not in _open(lake)
