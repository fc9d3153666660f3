"""The restatement ledger and the late-data report: every published number that changed, and why."""

from datetime import date, datetime
from pathlib import Path

import duckdb
import pytest

from footfall.core.home import Home
from footfall.core.settings import Settings
from footfall.erasure.intent import Intent, Plan
from footfall.erasure.restated import count_restatements
from footfall.publishing.history import RunRecord
from footfall.publishing.publish import Published, publish
from tests.support.marts import change, commit, daily, make_home, rows

RESTATED = "select workspace_id, local_date, metric, old_value, new_value, reason from ops.restatements order by all"
COUNTED = (
    "select workspace_id, local_date, metric, old_value, new_value, numbers, reason from ops.restatements order by all"
)
FIRST = date(2026, 11, 1)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """1 and 2 November are published; the load date of the version is 2 November."""
    home = make_home(tmp_path / "home")
    change(home, *daily("2026-11-01", 10), *daily("2026-11-02", 20))
    commit(home, 1, "2026-11-02", events=[("w1", "2026-11-02 10:00:00")])
    publish_at(home, 2)
    return home


def publish_at(home: Home, day: int, fingerprint: str = "f1") -> Published:
    run = RunRecord(f"run-{day}", "load", datetime(2026, 11, day, 23))
    moment = datetime(2026, 11, day, 23, 30)
    return publish(home, Settings(), run=run, published_at=moment, fingerprint=fingerprint)


def interactions(home: Home) -> list[tuple]:
    return [row for row in rows(home.published_file, RESTATED) if row[2] == "interactions"]


def test_the_first_publication_restates_nothing(home: Home) -> None:
    assert rows(home.published_file, RESTATED) == []


def test_a_late_event_is_told_with_old_and_new_value_of_every_number_it_changes(home: Home) -> None:
    change(home, *daily("2026-11-01", 11))
    commit(home, 2, "2026-11-03", events=[("w1", "2026-11-01 22:00:00")])
    published = publish_at(home, 3)
    assert rows(home.published_file, RESTATED) == [
        ("w1", FIRST, "interactions", 10.0, 11.0, "late_events"),
        ("w1", FIRST, "interactions.ios", 10.0, 11.0, "late_events"),
    ]
    assert published.restated == 2
    assert rows(home.published_file, "select distinct run_id, restated_at from ops.restatements") == [
        ("run-3", datetime(2026, 11, 3, 23, 30))
    ]


def test_the_sum_of_restatements_is_the_difference_between_the_versions(home: Home) -> None:
    before = dict(rows(home.published_file, "select local_date, interactions from marts.agg_workspace_daily"))
    change(
        home, *daily("2026-11-01", 4), "delete from agg_workspace_daily where local_date = '2026-11-02'",
        *daily("2026-10-30", 6),
    )
    commit(home, 2, "2026-11-03", events=[("w1", "2026-11-01 22:00:00"), ("w1", "2026-10-30 22:00:00")])
    publish_at(home, 3)
    after = dict(rows(home.published_file, "select local_date, interactions from marts.agg_workspace_daily"))
    restated = {row[1]: row[4] - (row[3] or 0) for row in interactions(home)}
    for day in {*before, *after}:
        assert after.get(day, 0) - before.get(day, 0) == restated.get(day, 0), day


def test_a_number_that_appears_on_a_published_day_was_nothing_before(home: Home) -> None:
    change(home, *daily("2026-10-30", 6))
    commit(home, 2, "2026-11-03", events=[("w1", "2026-10-30 22:00:00")])
    publish_at(home, 3)
    assert interactions(home) == [("w1", date(2026, 10, 30), "interactions", None, 6.0, "late_events")]


def test_a_new_day_and_a_new_workspace_are_no_restatements(home: Home) -> None:
    change(
        home, *daily("2026-11-03", 30), *daily("2026-11-01", 7, workspace="w2"),
        "insert into dim_workspaces values ('w2', 'Two', 'UTC', null, 1800, true, 'none', 0, false)",
    )
    commit(home, 2, "2026-11-03", events=[("w1", "2026-11-03 10:00:00"), ("w2", "2026-11-01 10:00:00")])
    published = publish_at(home, 3)
    assert (published.is_new, published.restated) == (True, 0)
    assert rows(home.published_file, RESTATED) == []


def test_a_day_that_had_not_ended_in_its_zone_was_open(tmp_path: Path) -> None:
    home = make_home(tmp_path / "home")
    change(home, "update dim_workspaces set timezone = 'America/New_York'", *daily("2026-11-02", 20))
    commit(home, 1, "2026-11-02", events=[("w1", "2026-11-02 10:00:00")])
    publish_at(home, 2)
    change(home, *daily("2026-11-02", 25))
    commit(home, 2, "2026-11-03", events=[("w1", "2026-11-03 02:00:00")])
    published = publish_at(home, 3)
    assert interactions(home) == [("w1", date(2026, 11, 2), "interactions", 20.0, 25.0, "open_day")]
    assert published.restated == 0


def test_a_day_that_had_ended_in_an_eastern_zone_is_restated(tmp_path: Path) -> None:
    home = make_home(tmp_path / "home")
    change(home, "update dim_workspaces set timezone = 'Asia/Kathmandu'", *daily("2026-11-02", 20))
    commit(home, 1, "2026-11-02", events=[("w1", "2026-11-02 10:00:00")])
    publish_at(home, 2)
    change(home, *daily("2026-11-02", 25))
    commit(home, 2, "2026-11-03", events=[("w1", "2026-11-02 17:00:00")])
    publish_at(home, 3)
    assert interactions(home) == [("w1", date(2026, 11, 2), "interactions", 20.0, 25.0, "late_events")]


def test_a_backfill_is_named_as_the_reason_where_it_brought_events(home: Home) -> None:
    change(home, *daily("2026-11-01", 3))
    commit(home, 2, "2026-11-01", kind="backfill", events=[("w1", "2026-11-01 09:00:00")])
    publish_at(home, 3)
    assert [row[5] for row in interactions(home)] == ["backfill"]


def test_an_erasure_leaves_the_date_and_how_many_numbers_changed(home: Home) -> None:
    """Their names and values would be the erased person's visit, step by step."""
    change(home, *daily("2026-11-01", 3))
    commit(home, 2, "2026-11-03", kind="erasure", events=[("w1", "2026-11-01 09:00:00")])
    assert publish_at(home, 3).restated == 2
    assert rows(home.published_file, COUNTED) == [("w1", FIRST, None, None, None, 2, "erasure")]


def test_an_erasure_hides_what_it_changed_on_open_days_and_with_changed_definitions_too(tmp_path: Path) -> None:
    home = make_home(tmp_path / "home")
    change(home, "update dim_workspaces set timezone = 'America/New_York'", *daily("2026-11-02", 20))
    commit(home, 1, "2026-11-02", events=[("w1", "2026-11-02 10:00:00")])
    publish_at(home, 2)
    change(home, *daily("2026-11-02", 5))
    commit(home, 2, "2026-11-03", kind="erasure", events=[("w1", "2026-11-02 09:00:00")])
    publish_at(home, 3, fingerprint="f2")
    assert rows(home.published_file, COUNTED) == [("w1", date(2026, 11, 2), None, None, None, 2, "erasure")]


def test_earlier_restatements_of_an_erased_persons_days_become_counts(home: Home) -> None:
    """The visit may have arrived late: then the history has it as `late_events`."""
    late = [("w1", "2026-11-01 22:00:00"), ("w1", "2026-10-20 22:00:00")]
    change(home, *daily("2026-11-01", 11), *daily("2026-10-20", 6))
    commit(home, 2, "2026-11-03", events=late)
    publish_at(home, 3)
    plan = Plan(days=[("w1", "2026-11-02")])
    intent = Intent(1, "2026-11-04T00:00:00", [("w1", "u1")])
    assert count_restatements(home, intent, plan) == 1
    assert count_restatements(home, intent, plan) == 0, "doing it again changes nothing"
    change(home, *daily("2026-11-01", 10))
    commit(home, 3, "2026-11-04", kind="erasure", events=[("w1", "2026-11-01 09:00:00")])
    publish_at(home, 4)
    restated = rows(home.published_file, COUNTED)
    assert [row for row in restated if row[2] is None or row[2].startswith("interactions")] == [
        ("w1", date(2026, 10, 20), "interactions", None, 6.0, 1, "late_events"),
        ("w1", date(2026, 10, 20), "interactions.ios", None, 6.0, 1, "late_events"),
        ("w1", FIRST, None, None, None, 2, "erasure"),
        ("w1", FIRST, None, None, None, 2, "late_events"),
    ]


def test_a_history_that_names_numbers_of_an_erasure_is_written_again_and_older_versions_go(home: Home) -> None:
    """As a version of Footfall before this one wrote it: with names and values, without `numbers`."""
    (file,) = [home.lake / "history" / "restatements" / f"{name}.parquet" for name in ("000000-20261031T000000",)]
    file.parent.mkdir(parents=True, exist_ok=True)
    duckdb.sql("""
        select 'erasure-1' as run_id, timestamp '2026-10-31' as restated_at, 'w1' as workspace_id,
            date '2026-10-30' as local_date,
            'path.module.1.home > documents.' || unnest(['visits', 'seconds']) as metric,
            1.0 as old_value, 0.0 as new_value, 'erasure' as reason
    """).write_parquet(str(file))
    old = home.published_file.resolve()
    with duckdb.connect(str(old)) as con:
        con.execute("insert into ops.restatements by name from read_parquet($file)", {"file": str(file)})
    change(home, *daily("2026-11-03", 3))
    commit(home, 2, "2026-11-03", events=[("w1", "2026-11-03 09:00:00")])
    publish_at(home, 3)
    assert rows(home.published_file, COUNTED) == [("w1", date(2026, 10, 30), None, None, None, 2, "erasure")]
    assert b"documents" not in file.read_bytes()
    assert not old.exists() and home.published_file.exists()


def test_changed_definitions_are_named_as_the_reason(home: Home) -> None:
    change(home, *daily("2026-11-01", 3))
    publish_at(home, 3, fingerprint="f2")
    assert [row[5] for row in interactions(home)] == ["definition_change"]


def test_numbers_that_change_without_events_come_from_entities(home: Home) -> None:
    change(home, *daily("2026-11-01", 3))
    commit(home, 2, "2026-11-03", entities={"participants": ["lake/entities/participants/2026-11-03/2.parquet"]})
    publish_at(home, 3)
    assert [row[5] for row in interactions(home)] == ["entity_change"]


def test_a_new_kind_of_number_restates_nothing(home: Home) -> None:
    change(home, "alter table agg_workspace_daily add column guests bigint default 5")
    publish_at(home, 3, fingerprint="f2")
    assert rows(home.published_file, RESTATED) == []


def test_paths_between_people_are_told_per_step_only(home: Home) -> None:
    link = "insert into agg_path_links values ('w1', '2026-11-01', '{}', 1, '{}', null, 'exit', {}, 1, 1, 2.5)"
    change(home, link.format("module", "agenda", 3), link.format("content", "user:u77", 3))
    publish_at(home, 3, fingerprint="f2")
    change(home, "update agg_path_links set visits = 4")
    commit(home, 2, "2026-11-04", events=[("w1", "2026-11-01 22:00:00")])
    publish_at(home, 4, fingerprint="f2")
    late = [row[2:5] for row in rows(home.published_file, RESTATED) if row[5] == "late_events"]
    assert late == [("path.content.1.visits", 3.0, 4.0), ("path.module.1.agenda.exit.visits", 3.0, 4.0)]
    assert "u77" not in str(rows(home.published_file, "from ops.restatements"))


def test_a_version_that_marked_the_end_of_a_path_in_its_target_is_compared(home: Home) -> None:
    link = "insert into agg_path_links values ('w1', '2026-11-01', 'module', 1, 'agenda', {}, 3, 1, 1, 2.5)"
    change(
        home, "alter table agg_path_links drop column target_kind",
        "alter table agg_path_links rename column interactions to views", link.format("'(exit)'"),
    )
    publish_at(home, 3, fingerprint="f2")
    change(
        home, "alter table agg_path_links rename column views to interactions",
        "create or replace table agg_path_links as select * exclude (target, visits), null::varchar as target, "
        "'exit' as target_kind, 4 as visits from agg_path_links",
    )
    commit(home, 2, "2026-11-04", events=[("w1", "2026-11-01 22:00:00")])
    publish_at(home, 4, fingerprint="f2")
    paths = [row[2:5] for row in rows(home.published_file, RESTATED) if row[5] == "late_events"]
    assert paths == [("path.module.1.agenda.exit.visits", 3.0, 4.0)]


def test_earlier_restatements_stay_in_the_ledger(home: Home) -> None:
    for day, number in ((3, 11), (4, 12)):
        change(home, *daily("2026-11-01", number))
        commit(home, day - 1, f"2026-11-0{day}", events=[("w1", "2026-11-01 22:00:00")])
        publish_at(home, day)
    assert [(row[3], row[4]) for row in interactions(home)] == [(10.0, 11.0), (11.0, 12.0)]


def visit(visit_id: str, start: str, end: str, events: int, actor: str = "u1") -> str:
    return (
        f"insert into fct_visits values ('{visit_id}', 'w1', '{actor}', '{actor}', false, true, "
        f"'2026-11-01 {start}', '2026-11-01 {end}', '2026-11-01', 1, {events}, {events}, 0, 0)"
    )


def test_visits_that_late_events_extend_merge_or_split_are_counted_per_load(home: Home) -> None:
    change(
        home,
        visit("a", "09:00", "09:10", 2), visit("b", "09:45", "09:50", 2),   # merge
        visit("c", "12:00", "13:00", 4),                                    # split
        visit("d", "15:00", "15:10", 2),                                    # extended
        visit("e", "17:00", "17:10", 2), visit("e2", "17:00", "17:10", 2, actor="u2"),  # stay
    )
    commit(home, 2, "2026-11-03")
    publish_at(home, 3)
    change(
        home, "delete from fct_visits where visit_id in ('a', 'b', 'c', 'd')",
        visit("a", "09:00", "09:50", 5), visit("c", "12:00", "12:20", 2), visit("f", "12:55", "13:00", 2),
        visit("d", "15:00", "15:20", 3),
    )
    commit(home, 3, "2026-11-04", events=[("w1", "2026-11-01 09:20:00")])
    publish_at(home, 4)
    query = "select seq, visits_recut, visits_merged, visits_split from ops.late_events order by seq"
    assert rows(home.published_file, query) == [(1, None, None, None), (2, 0, 0, 0), (3, 4, 1, 1)]


def test_a_visit_still_going_on_when_its_load_ended_is_not_recut(home: Home) -> None:
    late_evening = visit("a", "23:50", "23:55", 2).replace("2026-11-01", "2026-11-02")
    change(home, late_evening)
    publish_at(home, 3, fingerprint="f2")
    change(home, "update fct_visits set ended_at = '2026-11-03 00:05:00', events = 4")
    commit(home, 2, "2026-11-03", events=[("w1", "2026-11-03 00:05:00")])
    publish_at(home, 4, fingerprint="f2")
    assert rows(home.published_file, "select visits_recut from ops.late_events where seq = 2") == [(0,)]
