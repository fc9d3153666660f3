"""Builds on branches: what readers of `main` and of a tag see, whatever was killed and whoever else writes."""

import pytest

from footfall.core.errors import FootfallError
from footfall.spark import branches
from footfall.spark.refs import catalog, read_refs

TABLES = ("intermediate.int_events", "marts.fct_events", "marts.fct_visits")
NIGHT = "tblproperties ('write.wap.enabled' = 'true', 'footfall.layout' = 'x')"


def _build(spark, number: int, since: int | None = None, tables=TABLES) -> None:
    """A build that adds the row ``number`` to each table, by deleting and inserting as `scoped` does."""
    branches.begin(spark, number, since)
    for name in tables:
        spark.sql(f"create table if not exists {name} (n int not null) using iceberg {NIGHT}")
        spark.sql(f"delete from {name} where n = {number}")
        spark.sql(f"insert into {name} by name select {number} as n")


def _publish(spark, number: int) -> dict[str, int]:
    snapshots = branches.complete(spark, number)
    branches.tag_run(spark, snapshots, f"r{number}")
    branches.reconcile(spark, snapshots)
    return snapshots


def _rows(spark, name: str, version: str = "") -> list[int]:
    at = f" version as of '{version}'" if version else ""
    return [row[0] for row in spark.sql(f"select n from {name}{at} order by n").collect()]


def test_a_build_sees_its_own_rows_and_readers_see_them_once_it_is_published(spark):
    _build(spark, 1)
    assert [_rows(spark, name) for name in TABLES] == [[1]] * 3
    branches.leave(spark)
    assert [_rows(spark, name) for name in TABLES] == [[]] * 3
    _publish(spark, 1)
    _build(spark, 2, since=1)
    assert [_rows(spark, name) for name in TABLES] == [[1, 2]] * 3
    branches.leave(spark)
    assert [_rows(spark, name) for name in TABLES] == [[1]] * 3
    _publish(spark, 2)
    assert [_rows(spark, name) for name in TABLES] == [[1, 2]] * 3
    assert [_rows(spark, name, "run-r1") for name in TABLES] == [[1]] * 3
    assert [_rows(spark, name, "run-r2") for name in TABLES] == [[1, 2]] * 3


def test_a_killed_build_is_begun_again_from_the_last_complete_one(spark):
    _build(spark, 1)
    published = _publish(spark, 1)
    _build(spark, 2, since=1, tables=TABLES[:2])  # killed before the third table
    spark.sql(f"delete from {TABLES[0]}")  # and between the two statements of another
    assert branches.reconcile(spark, published) == []
    assert [_rows(spark, name) for name in TABLES] == [[1]] * 3
    _build(spark, 3, since=1)
    assert [_rows(spark, name) for name in TABLES] == [[1, 3]] * 3
    refs = read_refs(spark, TABLES)
    assert {name for own in refs.values() for name in own.branches} == {"main", "build-1", "build-3"}


def test_a_build_that_was_refused_is_the_start_of_the_next_one_and_main_stays(spark):
    _build(spark, 1)
    published = _publish(spark, 1)
    _build(spark, 2, since=1)
    branches.complete(spark, 2)  # its marts were refused
    branches.reconcile(spark, published)
    assert [_rows(spark, name) for name in TABLES] == [[1]] * 3
    _build(spark, 3, since=2)
    _publish(spark, 3)
    assert [_rows(spark, name) for name in TABLES] == [[1, 2, 3]] * 3


def test_a_kill_while_tables_are_tagged_leaves_what_was_published(spark):
    _build(spark, 1)
    published = _publish(spark, 1)
    _build(spark, 2, since=1)
    snapshots = branches.complete(spark, 2)
    for tagged in range(4):
        branches.tag_run(spark, dict(list(snapshots.items())[:tagged]), "r2")
        assert branches.reconcile(spark, published) == []
        assert [_rows(spark, name) for name in TABLES] == [[1]] * 3


@pytest.mark.parametrize("moved", [0, 2])
def test_a_kill_while_main_is_moved_ends_with_all_tables_of_the_published_run(spark, moved):
    _build(spark, 1)
    _publish(spark, 1)
    _build(spark, 2, since=1)
    snapshots = branches.complete(spark, 2)
    branches.tag_run(spark, snapshots, "r2")
    branches.reconcile(spark, dict(list(snapshots.items())[:moved]))
    assert sorted(branches.reconcile(spark, snapshots)) == sorted(list(snapshots)[moved:])
    assert [_rows(spark, name) for name in TABLES] == [[1, 2]] * 3


def test_what_another_program_wrote_to_main_is_kept_and_reported(spark):
    _build(spark, 1)
    published = _publish(spark, 1)
    spark.sql("insert into marts.fct_visits values (99)")
    _build(spark, 2, since=1)
    snapshots = branches.complete(spark, 2)
    branches.tag_run(spark, snapshots, "r2")
    for state in (published, snapshots):
        with pytest.raises(FootfallError, match=r"Another program has changed marts\.fct_visits") as found:
            branches.reconcile(spark, state)
        assert f"snapshot_id => {state['marts.fct_visits']}" in found.value.hint
    assert [_rows(spark, name) for name in TABLES] == [[1], [1], [1, 99]]
    spark.sql(
        f"call {catalog(spark)}.system.set_current_snapshot"
        f"(table => 'marts.fct_visits', snapshot_id => {published['marts.fct_visits']})"
    )
    branches.reconcile(spark, snapshots)
    assert [_rows(spark, name) for name in TABLES] == [[1, 2]] * 3


def test_a_table_or_branch_that_another_program_removed_or_changed_is_reported(spark):
    _build(spark, 1)
    published = _publish(spark, 1)
    branches.require_unchanged(spark, 1, published)
    spark.conf.set("spark.wap.branch", "build-1")
    spark.sql("insert into marts.fct_visits values (99)")
    branches.leave(spark)
    with pytest.raises(FootfallError, match=r"changed the branch 'build-1' of the table marts\.fct_visits"):
        branches.require_unchanged(spark, 1, published)
    spark.sql("alter table marts.fct_events drop branch `build-1`")
    with pytest.raises(FootfallError, match="lacks the branch 'build-1' of the last build"):
        branches.require_unchanged(spark, 1, published)
    spark.sql("drop table marts.fct_visits")
    with pytest.raises(FootfallError, match=r"marts\.fct_visits of Iceberg lacks snapshot"):
        branches.reconcile(spark, published)


def test_a_build_from_scratch_leaves_out_models_that_are_no_more(spark):
    _build(spark, 1)
    _publish(spark, 1)
    _build(spark, 2, tables=TABLES[1:])
    assert sorted(branches.complete(spark, 2, is_full=True)) == sorted(TABLES[1:])
