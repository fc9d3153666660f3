"""A session on real Spark: the sources are those of DuckDB, faults have clear answers, and a lost Spark comes back."""

import os
import shutil
import signal
import socket
from contextlib import closing
from datetime import date, timedelta

import pytest

from footfall.core.database import connect
from footfall.core.errors import FootfallError
from footfall.core.settings import Settings
from footfall.ingestion.lake.commit_log import read_commits
from footfall.ingestion.lake.contents import ENTITIES
from footfall.ingestion.retention_record import read_retention_record
from footfall.spark import branches, catalogs, session
from footfall.spark.faults import is_lost
from footfall.spark.figures import figures
from footfall.spark.refs import tables
from footfall.spark.sources import bind_views
from footfall.spark.state import SparkState, write_state
from footfall.spark.tables import Tables
from footfall.transform import build_sources, dbt_args
from footfall.transform.engine import engine_of
from footfall.transform.lake_views import bind_views as bind_in_duckdb
from footfall.transform.spark_engine import STATE
from tests.support.marts import commit
from tests.support.warehouse import Warehouse

DAY = date(2026, 9, 1)


def _loaded(home) -> Warehouse:
    """Ten commits of a day each, one of which is replaced: some events are removed or changed, entities come twice."""
    warehouse = Warehouse.at(home.root)
    for number in range(9):
        day = DAY + timedelta(days=number)
        warehouse.land_events(day, "app.jsonl", [{
            "messageId": f"m{number}-{line}", "type": "screen", "name": "Agenda", "userId": f"u{line}",
            "context": {"groupId": "expo", "device": {"id": "d"}}, "timestamp": f"{day}T10:00:0{line}.25Z",
            "properties": {"query": "Bücher \\ 'x'", "results": line, "duration_seconds": 1.5},
        } for line in range(3)])
        if number in (0, 4):
            warehouse.land_entity(day, "workspaces", [{
                "workspace_id": "expo", "name": f"Expo {number}", "timezone": "Europe/Berlin", "modules": ["agenda"],
            }])
        warehouse.load(f"night {number}")
    warehouse.empty_night(DAY)
    warehouse.land_events(DAY, "better.jsonl", [{
        "messageId": "m0-1", "type": "screen", "name": "Map", "userId": "u1",
        "context": {"groupId": "expo", "device": {"id": "d"}}, "timestamp": f"{DAY}T11:00:00Z",
    }])
    warehouse.backfill("again", DAY, DAY)
    return warehouse


def test_sources_on_spark_have_the_rows_of_those_on_duckdb_for_few_commits_and_for_many(spark, spark_home):
    warehouse = _loaded(spark_home)
    commits = read_commits(spark_home)
    assert len(commits) == 10 and commits[-1].events["removed"]
    retention = read_retention_record(spark_home)
    for since in (0, 7):
        build_sources.bind(spark_home, dbt_args.PROJECT, full_refresh=True)
        with closing(connect(warehouse.home.warehouse_file)) as con:
            bind_in_duckdb(con, spark_home, commits, commits[since:], retention)
            bind_views(spark, spark_home, commits, commits[since:], retention, (1, 0, since, 10, None), STATE, None)
            for name in ("events_added", "events_removed", *ENTITIES):
                expected = con.execute(f"select * from lake.{name}").to_arrow_table()
                found = spark.table(f"lake__{name}").toArrow()
                assert found.column_names == expected.column_names, name
                rows = [sorted(map(repr, table.to_pylist())) for table in (expected, found)]
                assert rows[0] == rows[1], (name, since)
        assert spark.table("lake__events_added").count() == (25 if since == 0 else 7)


def test_signed_out_events_are_found_by_the_sessions_of_the_last_complete_build(spark, spark_home, spark_settings):
    branches.begin(spark, 1, None)
    wap = "using iceberg tblproperties ('write.wap.enabled' = 'true')"
    spark.sql(f"create table intermediate.int_sessions (session_id string, workspace_id string, user_id string) {wap}")
    spark.sql(f"create table intermediate.int_events (workspace_id string, message_id string, session_id string) {wap}")
    spark.sql("insert into intermediate.int_sessions values ('s1', 'expo', 'u1'), ('s2', 'expo', 'u2')")
    events = "('expo', 'a', 's1'), ('expo', 'b', 's2'), ('expo', 'c', null)"
    spark.sql(f"insert into intermediate.int_events values {events}")
    snapshots = branches.complete(spark, 1, is_full=True)
    name = catalogs.catalog_name(spark_home, spark_settings)
    with closing(connect()) as con:
        con.execute("create temp table requested as select 'expo' as workspace_id, 'u1' as id")
        engine = engine_of(spark_home, spark_settings)
        assert not engine.attach_sessions(con), "there is no complete build"
        write_state(spark_home, SparkState(name, 1, 1, 1, "prints", snapshots=snapshots))
        assert engine.attach_sessions(con)
        assert con.execute("select message_id from built.intermediate.int_events").fetchall() == [("a",)]
        con.execute("detach built")
        # an erasure builds what is loaded since then for its question alone, and completes nothing
        for number in (1, 2):
            commit(spark_home, number, f"2026-11-0{number}")
        write_state(spark_home, SparkState(name, 2, 1, 1, "prints", snapshots=snapshots))
        branches.begin(spark, 2, 1)
        spark.sql("insert into intermediate.int_events values ('expo', 'd', 's1')")
        assert engine.attach_sessions(con)
        events = con.execute("select message_id from built.intermediate.int_events order by 1").fetchall()
        assert events == [("a",), ("d",)]
    branches.leave(spark)


def test_a_catalog_that_does_not_answer_is_named_and_its_password_is_not(spark_home, running_spark):
    catalog = {"type": "rest", "options": {"uri": "http://me:abc@127.0.0.1:1", "credential": "a:secret"}}
    settings = Settings(
        warehouse={"engine": "spark"}, spark={"master": "local[2]", "conf": {"spark.driver.memory": "1g"}},
        iceberg={"catalog": catalog, "warehouse": "somewhere"},
    )
    with pytest.raises(FootfallError) as raised:
        session.open_session(spark_home, settings)
    text = f"{raised.value.message} {raised.value.where} {raised.value.hint}"
    assert "catalog" in text and "type rest" in text
    assert "abc" not in text and "secret" not in text.replace("secrets", "")


def test_a_catalog_whose_folder_was_removed_meanwhile_is_made_again(spark, spark_home, spark_settings):
    """As in a process in which a home goes to DuckDB and back."""
    shutil.rmtree(spark_home.iceberg)
    assert tables(session.open_session(spark_home, spark_settings)) == []
    assert sorted(path.name for path in spark_home.iceberg.iterdir()) == sorted(session.NAMESPACES)


def test_a_catalog_that_is_silent_does_not_keep_another_one_from_answering(monkeypatch):
    pytest.importorskip("pyiceberg", reason="pyiceberg is in .venv-spark only")
    monkeypatch.setattr("footfall.spark.tables.ANSWER_SECONDS", 1)
    with socket.create_server(("127.0.0.1", 0)) as server:
        silent = Tables("a", {"type": "rest", "uri": f"http://127.0.0.1:{server.getsockname()[1]}", "warehouse": "w"})
        with pytest.raises(FootfallError, match="has not answered within 1 seconds"):
            silent.open("marts.fct_visits")
        other = Tables("b", {"type": "jdbc", "uri": "jdbc:sqlite:/nowhere/catalog.db", "warehouse": "w"})
        with pytest.raises(FootfallError, match="unable to open database file"):
            other.open("marts.fct_visits")


def test_a_spark_that_was_killed_is_noticed_and_started_again(spark, spark_home, spark_settings, capsys):
    from pyspark import SparkContext

    facts = figures(spark)
    assert str(facts["Spark application"]).startswith("local-") and facts["failed tasks"] == 0
    counted = spark.sparkContext.accumulator(0)
    spark.sparkContext.parallelize([1], 1).foreach(counted.add)  # opens a connection that ends with Java
    assert counted.value == 1
    java = SparkContext._gateway.proc
    os.kill(java.pid, signal.SIGKILL)
    java.wait()
    with pytest.raises(Exception) as raised:
        spark.sql("select 1").collect()
    assert is_lost(raised.value) and not session.is_open()
    again = session.open_session(spark_home, spark_settings)
    assert again.range(10).count() == 10
    assert "Traceback" not in capsys.readouterr().err
