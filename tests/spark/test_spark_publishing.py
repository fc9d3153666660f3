"""Publishing from tables of Iceberg: the published file, its tag and `main` are of one run, whatever ends half-way."""

import json
import re
from datetime import UTC, date, datetime

import duckdb
import pytest

from footfall.core.errors import FootfallError
from footfall.publishing.history import RunRecord
from footfall.publishing.publish import publish
from footfall.spark import branches
from footfall.spark.bridge import bring_marts
from footfall.spark.catalogs import catalog_name
from footfall.spark.refs import read_refs
from footfall.spark.state import SparkState, write_state
from footfall.transform.engine import engine_of
from orchestration.damage import find_damage, heal
from tests.support.marts import change, commit, daily, event, ledger_row, make_home

NIGHT = "tblproperties ('write.wap.enabled' = 'true', 'footfall.layout' = 'x')"


@pytest.fixture
def nights(spark, spark_home, spark_settings, tmp_path):
    """Builds and publishes night after night; the tables are those that a build on DuckDB has at ``model``."""
    return Nights(spark, spark_home, spark_settings, make_home(tmp_path / "model"))


class Nights:
    def __init__(self, spark, home, settings, model) -> None:
        self.spark, self.home, self.settings, self.model, self.number = spark, home, settings, model, 0

    def build(self) -> None:
        """One more event than the night before."""
        self.number += 1
        day = f"2026-11-0{self.number}"
        change(self.model, event(f"m{self.number}", f"{day} 10:00:00"), *daily(day, 1))
        commit(self.home, self.number, day, events=[("w1", f"{day} 10:00:00")], files=[ledger_row(day, 1)])
        self.write(self.number, self.number - 1 or None)

    def write(self, number: int, since: int | None) -> None:
        """Build what the model has; ``since``: the build before, None: from scratch."""
        branches.begin(self.spark, number, since)
        with duckdb.connect(str(self.model.marts_file), read_only=True) as con:
            for (name,) in con.execute("select table_name from duckdb_tables()").fetchall():
                rows = con.execute(f"from marts.marts.{name}").to_arrow_table()
                self.spark.createDataFrame(rows).createOrReplaceTempView("rows")
                columns = ", ".join(f"{column} {kind}" for column, kind in self.spark.table("rows").dtypes)
                self.spark.sql(f"create table if not exists marts.{name} ({columns}) using iceberg {NIGHT}")
                self.spark.sql(f"insert overwrite table marts.{name} by name select * from rows")
        snapshots = branches.complete(self.spark, number)
        bring_marts(self.home, self.settings, snapshots)
        write_state(self.home, SparkState(
            catalog_name(self.home, self.settings), number, number, self.number, snapshots=snapshots,
        ))

    def publish(self, run_id: str = "") -> None:
        now = datetime(2026, 11, self.number, 23, tzinfo=UTC)
        run = RunRecord(run_id or f"r{self.number}", "run", now)
        publish(self.home, self.settings, run=run, published_at=now, fingerprint="f")

    @property
    def current(self) -> dict:
        return json.loads(self.home.current.read_text())

    def published(self) -> list[str]:
        with duckdb.connect(str(self.home.published_file), read_only=True) as con:
            return [row[0] for row in con.execute("select message_id from marts.fct_events order by 1").fetchall()]

    def in_iceberg(self, version: str = "main") -> list[str]:
        rows = self.spark.sql(f"select message_id from marts.fct_events version as of '{version}' order by 1").collect()
        return [row[0] for row in rows]


def test_a_publication_names_tag_and_snapshots_and_main_of_every_table_follows(nights):
    for number in (1, 2, 3):
        nights.build()
        nights.publish()
        expected = [f"m{one}" for one in range(1, number + 1)]
        assert nights.published() == nights.in_iceberg() == nights.in_iceberg(f"run-r{number}") == expected
        assert nights.current["tag"] == f"run-r{number}"
        refs = read_refs(nights.spark, nights.current["snapshots"])
        assert {name: own.main for name, own in refs.items()} == nights.current["snapshots"]
        assert {name: own.tags[f"run-r{number}"] for name, own in refs.items()} == nights.current["snapshots"]
    assert nights.in_iceberg("run-r1") == ["m1"]
    nights.settings = nights.settings.model_copy(update={
        "publishing": nights.settings.publishing.model_copy(update={"keep_versions": 1})
    })
    nights.build()
    nights.publish()
    refs = read_refs(nights.spark, ["marts.fct_events"])["marts.fct_events"]
    assert set(refs.tags) == {"run-r4"}


def test_a_publication_that_cannot_swap_leaves_main_and_one_that_died_after_it_is_followed(nights):
    nights.build()
    nights.publish()
    first = nights.current
    nights.build()
    link = nights.home.published / "footfall.duckdb"
    target = link.readlink()
    link.unlink()
    link.write_bytes(b"of somebody else")
    with pytest.raises(FootfallError, match="published name is taken"):
        nights.publish()
    assert nights.in_iceberg() == ["m1"]
    link.unlink()
    link.symlink_to(target)
    assert nights.current == first and nights.published() == nights.in_iceberg() == ["m1"]
    nights.publish()
    assert nights.published() == nights.in_iceberg() == ["m1", "m2"]
    # as a kill between the swap and the last table leaves it
    branches.reconcile(nights.spark, {"marts.fct_events": first["snapshots"]["marts.fct_events"]})
    assert nights.in_iceberg() == ["m1"]
    assert branches.reconcile(nights.spark, nights.current["snapshots"]) == ["marts.fct_events"]
    assert nights.in_iceberg() == ["m1", "m2"]


def test_the_same_rows_in_tables_that_were_made_again_are_published_and_main_shows_them(nights):
    """As after `warehouse/` was deleted, and after a migration there and back without a new event."""
    nights.build()
    nights.publish()
    nights.publish("unchanged")
    assert nights.current["tag"] == "run-r1"
    assert find_damage_of_tables(nights.home) == []
    data = next((nights.home.iceberg / "marts/fct_events/data").rglob("*.parquet"))
    data.write_bytes(data.read_bytes()[:-1])
    found = find_damage_of_tables(nights.home)
    assert [one.path for one in found] == [data]
    heal(nights.home, nights.settings, found)
    assert engine_of(nights.home, nights.settings).last_build().built_no == 0
    nights.write(1, None)
    assert nights.in_iceberg("build-1") == ["m1"]
    nights.publish("again")
    assert nights.current["tag"] == "run-again" and nights.published() == nights.in_iceberg() == ["m1"]
    assert find_damage_of_tables(nights.home) == []


def find_damage_of_tables(home):
    return [one for one in find_damage(home) if home.iceberg in one.path.parents]


def test_nothing_is_published_where_another_program_has_changed_a_table(nights):
    nights.build()
    nights.publish()
    nights.build()
    nights.spark.sql("delete from marts.fct_events")
    with pytest.raises(FootfallError, match=r"Another program has changed marts\.fct_events") as raised:
        nights.publish()
    assert nights.published() == ["m1"] and nights.in_iceberg() == [] and nights.current["tag"] == "run-r1"
    remedy = re.search(r"call system\..*\)", raised.value.hint)[0]
    nights.spark.sql(remedy)
    nights.publish()
    assert nights.published() == nights.in_iceberg() == ["m1", "m2"]


def test_readers_of_main_and_of_tags_see_no_row_of_an_anonymised_workspace(spark, spark_home, spark_settings):
    """Builds go on from all rows; the other workspaces' rows stay where exports read them."""
    name, between, words = "marts.fct_events", "intermediate.int_events", "marts.metric_definitions"
    odd = "o'hara\\x"
    columns = {
        name: "workspace_id string, day date", between: "workspace_id string, day date", words: "name string, day date",
    }
    parts = {name: "partitioned by (bucket(8, workspace_id), days(day))"}

    def build(number: int, since: int | None) -> dict[str, int]:
        branches.begin(spark, number, since)
        for table, kinds in columns.items():
            spark.sql(f"create table if not exists {table} ({kinds}) using iceberg {parts.get(table, '')} {NIGHT}")
            rows = spark.createDataFrame([(one, date(2026, 11, number)) for one in ("open", odd, "full")], kinds)
            rows.writeTo(table).append()
        return branches.complete(spark, number)

    def seen(table: str, version: str) -> list[str]:
        rows = spark.sql(f"select * from {table} version as of '{version}'").collect()
        return sorted(row[0] for row in rows)

    snapshots = build(1, None)
    write_state(spark_home, SparkState(catalog_name(spark_home, spark_settings), 1, 1, 1, snapshots=snapshots))
    engine = engine_of(spark_home, spark_settings)
    current = engine.name_version("r1", ["full", odd])
    branches.reconcile(spark, current["snapshots"])
    for version in ("main", "run-r1"):
        assert seen(name, version) == ["open"] and seen(between, version) == []
        assert seen(words, version) == sorted(["open", odd, "full"])
    assert engine.has_version(current | {"is_projected": True}) and current["left_out"] == ["full", odd]
    del current["left_out"]
    assert not engine.has_version(current | {"is_projected": True}), "published before they were left out"
    snapshots = build(2, 1)
    assert seen(name, "build-2") == sorted(["open", odd, "full"] * 2) and seen(name, "main") == ["open"]
    write_state(spark_home, SparkState(catalog_name(spark_home, spark_settings), 2, 2, 2, snapshots=snapshots))
    current = engine.name_version("r2", ["full"])
    branches.reconcile(spark, current["snapshots"])
    assert seen(name, "main") == sorted(["open", odd] * 2) and seen(name, "run-r1") == ["open"]
    assert current["snapshots"].keys() == snapshots.keys()
    assert engine.name_version("r3")["snapshots"] == snapshots
