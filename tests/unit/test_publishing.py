"""Publishing: a version is complete or absent, costs what changed, and lists what it restates."""



import json
import shutil
from datetime import date, datetime
from pathlib import Path

import duckdb
import pytest

from footfall.core.durable import sync
from footfall.core.errors import FootfallError
from footfall.core.home import Home
from footfall.core.settings import Settings
from footfall.publishing import versions
from footfall.publishing.history import RunRecord, record_run
from footfall.publishing.publish import Published, publish
from footfall.publishing.versions import current_version
from tests.support.marts import change, commit, daily, event, ledger_row, make_home, rows

SETTINGS = Settings()


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """One loaded day, 1 November, not published yet."""
    home = make_home(tmp_path / "home")
    change(home, event("m1", "2026-11-01 10:00:00"), event("m2", "2026-11-01 10:01:00"), *daily("2026-11-01", 2))
    commit(home, 1, "2026-11-01", events=[("w1", "2026-11-01 10:00:00")], files=[ledger_row("aa", 2)])
    return home


def publish_at(home: Home, day: int, run_id: str = "", **more) -> Published:
    moment = datetime(2026, 11, day, 23, 30)
    run = RunRecord(run_id or f"run-{day}", "load", datetime(2026, 11, day, 23, 0), lines_in=2, loaded=2)
    return publish(home, SETTINGS, run=run, published_at=moment, **{"fingerprint": "f1", **more})


def bytes_below(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def parquet(home: Home, table: str) -> list[str]:
    return sorted(path.name for path in (home.published / "marts" / table).glob("*.parquet"))


def test_what_is_published_is_what_the_contract_names(home: Home) -> None:
    published = publish_at(home, 1)
    assert rows(home.published_file, "select message_id from marts.fct_events order by 1") == [("m1",), ("m2",)]
    current = json.loads(home.current.read_text())
    assert current["run_id"] == "run-1"
    assert current["published_at"] == "2026-11-01T23:30:00Z"
    assert current["load_date"] == "2026-11-01"
    assert current["storage_version"] == "v1.0.0"
    assert current["tables"] == published.tables
    assert current["tables"]["fct_events"] == 2
    assert (home.published / current["file"]).samefile(home.published_file)
    assert sorted(path.name for path in (home.published / "marts").iterdir()) == sorted(current["tables"])
    assert not Path(home.published / "footfall.duckdb").readlink().is_absolute()


def test_parquet_files_hold_the_rows_of_the_tables(home: Home) -> None:
    change(home, event("m3", "2026-11-02 09:00:00"), "insert into fct_meetings values ('w1', 'x', null, 30)")
    publish_at(home, 1)
    assert parquet(home, "fct_events") == ["2026-11-01.parquet", "2026-11-02.parquet"]
    assert parquet(home, "dim_workspaces") == ["dim_workspaces.parquet"]
    for table in json.loads(home.current.read_text())["tables"]:
        glob = home.published / "marts" / table / "*.parquet"
        difference = (
            f"(from marts.{table} except all from read_parquet('{glob}')) union all "
            f"(from read_parquet('{glob}') except all from marts.{table})"
        )
        assert rows(home.published_file, difference) == [], table


def test_an_empty_fact_has_a_parquet_file_with_its_columns(home: Home) -> None:
    publish_at(home, 1)
    assert parquet(home, "fct_visits") == ["empty.parquet"]
    glob = home.published / "marts" / "fct_visits" / "*.parquet"
    described = rows(
        home.published_file, f"select column_name, column_type from (describe from read_parquet('{glob}'))"
    )
    assert described == rows(
        home.published_file, "select column_name, column_type from (describe from marts.fct_visits)"
    )


def test_publishing_again_with_nothing_changed_changes_nothing(home: Home) -> None:
    first = publish_at(home, 1)
    before = bytes_below(home.published)
    again = publish_at(home, 2)
    assert (again.is_new, again.version, again.tables) == (False, first.version, first.tables)
    assert bytes_below(home.published) == before


def test_a_night_writes_only_the_parquet_files_of_the_dates_it_changed(home: Home) -> None:
    change(home, event("m3", "2026-11-02 09:00:00"))
    publish_at(home, 2)
    before = {path.name: path.stat().st_ino for path in (home.published / "marts/fct_events").iterdir()}
    change(home, event("m4", "2026-11-02 09:01:00"), event("m5", "2026-11-03 09:00:00"))
    commit(home, 2, "2026-11-03")
    published = publish_at(home, 3)
    after = {path.name: path.stat().st_ino for path in (home.published / "marts/fct_events").iterdir()}
    assert after["2026-11-01.parquet"] == before["2026-11-01.parquet"]
    assert after["2026-11-02.parquet"] != before["2026-11-02.parquet"]
    assert published.files_written == 2


def test_a_parquet_file_vanishes_when_its_date_vanishes(home: Home) -> None:
    change(home, event("m3", "2026-11-02 09:00:00"))
    publish_at(home, 1)
    change(home, "delete from fct_events where local_date = '2026-11-01'")
    publish_at(home, 2)
    assert parquet(home, "fct_events") == ["2026-11-02.parquet"]


def test_a_small_table_is_written_again_when_one_of_its_dates_vanishes(home: Home) -> None:
    change(home, *daily("2026-11-02", 5))
    publish_at(home, 1)
    change(home, "delete from agg_workspace_daily where local_date = '2026-11-01'")
    publish_at(home, 2)
    glob = home.published / "marts/agg_workspace_daily/*.parquet"
    assert rows(home.published_file, f"select local_date from read_parquet('{glob}')") == [(date(2026, 11, 2),)]


def test_a_new_column_writes_every_file_of_the_table_again(home: Home) -> None:
    publish_at(home, 1)
    change(home, "alter table fct_events add column extra varchar", "alter table fct_visits add column extra varchar")
    publish_at(home, 2)
    for table in ("fct_events", "fct_visits"):
        glob = home.published / "marts" / table / "*.parquet"
        names = rows(home.published_file, f"select column_name from (describe from read_parquet('{glob}'))")
        assert ("extra",) in names


def test_dates_the_build_names_are_enough_to_see_what_changed(home: Home) -> None:
    change(home, event("m3", "2026-11-02 09:00:00"), event("m4", "2026-11-03 09:00:00"))
    publish_at(home, 3)
    change(
        home,
        "update fct_events set engaged_seconds = 9 where message_id = 'm3'",
        event("m5", "2026-11-04 09:00:00"),
        "delete from fct_events where local_date = '2026-11-01'",
    )
    hinted = publish_at(home, 4, changed_dates=[date(2026, 11, 2)], built_since=1)
    assert hinted.is_new
    state = json.loads((current_version(home) / "state.json").read_text())
    change(home, "insert into dim_participants values ('w1', 'u1', 'A', true)")
    publish_at(home, 5)
    read_whole = json.loads((current_version(home) / "state.json").read_text())
    assert read_whole["tables"]["fct_events"] == state["tables"]["fct_events"]
    assert parquet(home, "fct_events") == ["2026-11-02.parquet", "2026-11-03.parquet", "2026-11-04.parquet"]
    glob = home.published / "marts/fct_events/2026-11-02.parquet"
    assert rows(home.published_file, f"select cast(engaged_seconds as integer) from read_parquet('{glob}')") == [(9,)]


def test_a_night_writes_the_unique_users_of_its_own_dates(home: Home) -> None:
    change(
        home, "create table agg_unique_users (workspace_id varchar, local_date date, users bigint)",
        "insert into agg_unique_users values ('w1', '2026-11-01', 1), ('w1', '2026-11-02', 2)",
    )
    publish_at(home, 2)
    before = (home.published / "marts/agg_unique_users/2026-11-01.parquet").stat().st_ino
    change(home, "update agg_unique_users set users = 3 where local_date = '2026-11-02'")
    publish_at(home, 3, changed_dates=[date(2026, 11, 2)], built_since=1)
    assert parquet(home, "agg_unique_users") == ["2026-11-01.parquet", "2026-11-02.parquet"]
    assert (home.published / "marts/agg_unique_users/2026-11-01.parquet").stat().st_ino == before
    files = home.published / "marts/agg_unique_users/*.parquet"
    assert rows(home.published_file, f"select sum(users)::integer from read_parquet('{files}')") == [(4,)]


def test_files_of_an_older_version_are_not_forced_to_disk_again(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    publish_at(home, 1)
    forced: list[Path] = []

    def noting(path: Path) -> None:
        forced.append(path)
        sync(path)

    monkeypatch.setattr(versions, "sync", noting)
    change(home, event("m3", "2026-11-02 09:00:00"))
    publish_at(home, 2)
    assert [path.name for path in forced if path.parent.name == "fct_events"] == ["2026-11-02.parquet"]


def test_dates_named_by_a_build_on_top_of_one_never_published_are_not_trusted(home: Home) -> None:
    publish_at(home, 1)
    commit(home, 2, "2026-11-02")
    change(home, "update fct_events set engaged_seconds = 9")
    publish_at(home, 2, changed_dates=[], built_since=2)
    glob = home.published / "marts/fct_events/2026-11-01.parquet"
    query = f"select distinct cast(engaged_seconds as integer) from read_parquet('{glob}')"
    assert rows(home.published_file, query) == [(9,)]


def test_the_last_three_versions_are_kept_and_still_open(home: Home) -> None:
    seen = []
    for day in range(1, 6):
        change(home, event(f"n{day}", f"2026-11-0{day} 12:00:00"))
        seen.append(publish_at(home, day).version)
    kept = sorted(path.name for path in (home.published / "versions").iterdir())
    assert kept == seen[-3:]
    counts = [rows(home.published / "versions" / name / "footfall.duckdb", "select count(*) from marts.fct_events")
              for name in kept]
    assert counts == [[(5,)], [(6,)], [(7,)]]


def test_a_version_name_is_never_used_twice(home: Home) -> None:
    names = set()
    for number in range(3):
        change(home, event(f"n{number}", "2026-11-01 12:00:00"))
        names.add(publish_at(home, 1).version)
    assert len(names) == 3


def test_marts_that_are_still_being_written_are_not_published(home: Home) -> None:
    publish_at(home, 1)
    before = bytes_below(home.published)
    (home.marts_file.parent / "marts.duckdb.wal").write_bytes(b"x")
    with pytest.raises(FootfallError, match="still being written"):
        publish_at(home, 2)
    assert bytes_below(home.published) == before


def test_marts_in_a_storage_version_that_older_clients_cannot_open_are_not_published(home: Home) -> None:
    home.marts_file.unlink()
    with duckdb.connect(str(home.marts_file)) as con:
        con.execute("create table main.t as select 1 as a")
    with pytest.raises(FootfallError, match="storage version"):
        publish_at(home, 1)
    assert not home.published_file.exists()


def test_publishing_before_any_build_says_so(tmp_path: Path) -> None:
    with pytest.raises(FootfallError, match="no finished marts"):
        publish_at(Home(tmp_path).ensure(), 1)


def test_the_ledger_of_the_commit_log_is_published(home: Home) -> None:
    commit(
        home, 2, "2026-11-02",
        files=[ledger_row("bb", 5, loaded=3, duplicates=1, no_consent=1)],
        adjustments=[{"file_id": "aa", "loaded": -1, "duplicates": 1}],
        by_workspace=[{"workspace_id": "w1", "loaded": 3, "no_consent": 1, "late_1h": 1, "late_24h": 0,
                       "late_7d": 2}],
    )
    publish_at(home, 2)
    ledger = rows(
        home.published_file,
        "select file, lines_in, loaded, duplicates, no_consent, loaded_at, run_id from ops.load_ledger order by file",
    )
    assert ledger == [
        ("landing/events/aa.jsonl", 2, 1, 1, 0, datetime(2026, 11, 1, 23), "run-1"),
        ("landing/events/bb.jsonl", 5, 3, 1, 1, datetime(2026, 11, 2, 23), "run-2"),
    ]
    late = rows(home.published_file, "select seq, loaded, late_1h, late_24h, late_7d from ops.late_events order by seq")
    assert late == [(1, 0, 0, 0, 0), (2, 3, 1, 0, 2)]
    assert rows(home.published_file, "from ops.load_by_workspace") == [(date(2026, 11, 2), "w1", 3, 1, 1, 0, 2)]


def test_a_backfilled_load_replaces_its_files_in_the_ledger(home: Home) -> None:
    commit(home, 2, "2026-11-02", files=[ledger_row("bb", 5)])
    commit(home, 3, "2026-11-02", kind="backfill", files=[ledger_row("cc", 6)], replaces=[2])
    publish_at(home, 2)
    assert rows(home.published_file, "select sum(lines_in) from ops.load_ledger") == [(8,)]


def test_rejected_lines_are_counted_by_reason_without_their_text(home: Home) -> None:
    commit(home, 2, "2026-11-02", files=[
        ledger_row("bb", 7, loaded=4, quarantined=3, reasons={"bad_type": 2, "conflicting_duplicate": 1}),
        ledger_row("cc", 0, state="quarantined", reason="corrupt_file"),
    ])
    commit(home, 3, "2026-11-03", adjustments=[
        {"file_id": "bb", "loaded": 1, "quarantined": -1, "reasons": {"conflicting_duplicate": -1}},
    ])
    publish_at(home, 3)
    counted = rows(home.published_file, "select file, reason, lines from ops.quarantine order by 1")
    assert counted == [
        ("landing/events/bb.jsonl", "bad_type", 2), ("landing/events/cc.jsonl", "corrupt_file", 0)
    ]
    assert rows(home.published_file, "select sum(quarantined), sum(lines_in - loaded) from ops.load_ledger") == [(2, 2)]


def test_a_backfill_adjusts_what_the_replaced_load_had_made_of_other_files(home: Home) -> None:
    commit(home, 2, "2026-11-02", files=[ledger_row("bb", 1)],
           adjustments=[{"file_id": "aa", "loaded": -1, "duplicates": 1}])
    commit(home, 3, "2026-11-02", kind="backfill", replaces=[2],
           adjustments=[{"file_id": "aa", "loaded": 1, "duplicates": -1}])
    publish_at(home, 3)
    assert rows(home.published_file, "select file, loaded, duplicates from ops.load_ledger") == [
        ("landing/events/aa.jsonl", 2, 0)
    ]


def test_a_file_that_stays_unreadable_has_one_row(home: Home) -> None:
    for seq in (2, 3):
        commit(home, seq, "2026-11-02", files=[ledger_row("", 0, state="quarantined", reason="unreadable")])
    publish_at(home, 3)
    assert rows(home.published_file, "select run_id from ops.load_ledger where state = 'quarantined'") == [("run-3",)]


def test_the_history_of_runs_survives_the_loss_of_warehouse_and_published_files(home: Home) -> None:
    record_run(home, RunRecord("run/0", "load", datetime(2026, 10, 31, 23), datetime(2026, 10, 31, 23, 1), "failed"))
    publish_at(home, 1)
    shutil.rmtree(home.published)
    publish_at(home.ensure(), 2)
    runs = rows(home.published_file, "select run_id, status, seconds from ops.runs order by started_at")
    assert runs == [("run/0", "failed", 60.0), ("run-1", "published", 1800.0), ("run-2", "published", 1800.0)]


def test_a_workspace_that_is_held_back_is_published_so_until_its_file_or_the_bound_changes(home: Home) -> None:
    rejected = {"source": "events", "workspace_id": "w1", "lines": 10, "rejected": 6}
    commit(home, 2, "2026-11-02", files=[ledger_row("bb", 10, loaded=4, quarantined=6)], by_source=[rejected])
    publish_at(home, 2)
    held = "select workspace_id, load_date::varchar, source, lines, rejected from ops.held_back"
    assert rows(home.published_file, held) == [("w1", "2026-11-02", "events", 10, 6)]
    assert json.loads(home.current.read_text())["held_back"] == [
        {"workspace_id": "w1", "load_date": "2026-11-02", "source": "events"}
    ]
    assert not publish_at(home, 3).is_new
    raised = Settings(checks={"max_quarantined_share": 0.6})
    moment = datetime(2026, 11, 3, 23)
    again = publish(home, raised, run=RunRecord("run-4", "load", moment), published_at=moment, fingerprint="f1")
    assert again.is_new
    assert rows(home.published_file, held) == []
