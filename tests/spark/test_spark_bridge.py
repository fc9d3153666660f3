"""The marts file that is made from tables of Iceberg: the types and rows of the tables, whatever changed since."""

import json
import pickle
import shutil
from datetime import date, datetime, timedelta
from decimal import Decimal

import duckdb
import pytest

from footfall.core.errors import FootfallError
from footfall.core.settings import Settings
from footfall.spark import branches
from footfall.spark.tables import Tables, changed_files

NIGHT = "tblproperties ('write.wap.enabled' = 'true')"
COLUMNS = (
    "workspace_id string not null, actor_id string, occurred_at timestamp not null, local_date date not null, "
    "seconds decimal(18,3), is_guest boolean, events bigint not null, sort_order int, groups array<string>"
)
IN_DUCKDB = (
    "(workspace_id VARCHAR NOT NULL, actor_id VARCHAR, occurred_at TIMESTAMP NOT NULL, local_date DATE NOT NULL, "
    "\"seconds\" DECIMAL(18,3), is_guest BOOLEAN, events BIGINT NOT NULL, sort_order INTEGER, \"groups\" VARCHAR[])"
)
TABLES = {
    "marts.fct_events": "partitioned by (bucket(8, workspace_id), days(occurred_at))",
    "marts.agg_daily": "partitioned by (bucket(8, workspace_id), days(local_date))",
    "marts.dim_people": "",
}
WORKSPACES, DAYS = ("expo", "Größe", "o'neill", "a,b"), 5


def _rows() -> list[tuple]:
    start = datetime(2026, 3, 28, 23, 59, 59, 999_999)
    return [
        (
            workspace, None if n == 1 else f"person {n}", start + timedelta(days=day, seconds=n),
            (start + timedelta(days=day)).date(), Decimal("86399.999") if n else None, [None, True, False][n],
            2**40 + n, n - 1, [None, [], ["Ärzte", "a\"b"]][n],
        )
        for workspace in WORKSPACES for day in range(DAYS) for n in range(3)
    ]


def _add(spark, name: str, rows: list[tuple]) -> None:
    kind = COLUMNS.replace(" not null", "")
    spark.createDataFrame(rows, kind.replace("timestamp", "timestamp_ntz")).createOrReplaceTempView("added")
    spark.sql(f"insert into {name} by name select * from added")


@pytest.fixture
def first_build(spark) -> dict[str, int]:
    branches.begin(spark, 1, None)
    for name, parts in TABLES.items():
        spark.sql(f"create table {name} ({COLUMNS}) using iceberg {parts} {NIGHT}")
        _add(spark, name, _rows())
    return branches.complete(spark, 1)


def _second_build(spark) -> dict[str, int]:
    """Replaces what one workspace has on one day, in the way of `scoped`."""
    branches.begin(spark, 2, 1)
    for name in TABLES:
        spark.sql(f"delete from {name} where workspace_id = 'expo' and local_date = date '2026-03-30'")
        _add(spark, name, [("expo", "new", datetime(2026, 3, 30, 12), date(2026, 3, 30), None, None, 7, None, ["x"])])
    return branches.complete(spark, 2)


def _expected(is_second: bool = False) -> list[tuple]:
    rows = _rows()
    if is_second:
        rows = [row for row in rows if not (row[0] == "expo" and row[3] == date(2026, 3, 30))]
        rows.append(("expo", "new", datetime(2026, 3, 30, 12), date(2026, 3, 30), None, None, 7, None, ["x"]))
    return sorted(rows, key=str)


def _read(home, name: str) -> list[tuple]:
    with duckdb.connect(str(home.marts_file), read_only=True) as con:
        return sorted(con.execute(f"from marts.{name}").fetchall(), key=str)


def test_the_marts_file_has_types_not_null_and_rows_of_the_tables(spark_home, spark_settings, first_build):
    from footfall.spark.bridge import bring_marts

    done = bring_marts(spark_home, spark_settings, first_build)
    assert done == dict.fromkeys(sorted(TABLES), "all")
    for name in TABLES:
        assert _read(spark_home, name) == _expected()
    with duckdb.connect(str(spark_home.marts_file), read_only=True) as con:
        made = {sql for (sql,) in con.execute("select sql from duckdb_tables()").fetchall()}
    assert made == {f"CREATE TABLE {name}{IN_DUCKDB};" for name in TABLES}
    assert spark_home.marts_file.read_bytes()[12:20] == (64).to_bytes(8, "little")  # storage version v1.0.0


def test_a_marts_file_that_lacks_a_table_of_its_record_is_made_again(spark_home, spark_settings, first_build):
    from footfall.spark.bridge import bring_marts

    bring_marts(spark_home, spark_settings, first_build)
    with duckdb.connect(str(spark_home.marts_file)) as con:
        con.execute("drop table marts.marts.fct_events")
    assert bring_marts(spark_home, spark_settings, first_build) == dict.fromkeys(sorted(TABLES), "all")
    assert _read(spark_home, "marts.fct_events") == _expected()


def test_a_night_touches_files_of_its_day_only_and_only_these_parts_are_read_again(
    spark, spark_home, spark_settings, first_build
):
    from footfall.spark.bridge import bring_marts, record_file

    bring_marts(spark_home, spark_settings, first_build)
    second = _second_build(spark)
    tables = Tables.of(spark_home, spark_settings)
    for name in ("marts.fct_events", "marts.agg_daily"):
        files = changed_files(tables.open(name), first_build[name], second[name])
        touched = {(bucket, day) for bucket, day in (file.partition for file in files)}
        expected = {(date(2026, 3, 30) - date(1970, 1, 1)).days}
        if name == "marts.fct_events":  # this day's last rows are after midnight UTC
            expected.add((date(2026, 3, 31) - date(1970, 1, 1)).days)
        assert {day for _, day in touched} == expected and len({bucket for bucket, _ in touched}) == 1
    done = bring_marts(spark_home, spark_settings, second)
    assert done == {"marts.fct_events": "parts", "marts.agg_daily": "parts", "marts.dim_people": "all"}
    for name in TABLES:
        assert _read(spark_home, name) == _expected(is_second=True)
    assert set(bring_marts(spark_home, spark_settings, second).values()) == {"nothing"}
    # a build from scratch takes all, whatever the file had before
    assert set(bring_marts(spark_home, spark_settings, second, is_full=True).values()) == {"all"}
    assert _read(spark_home, "marts.fct_events") == _expected(is_second=True)
    # back to the build before, which nights that were taken back would need
    bring_marts(spark_home, spark_settings, first_build)
    assert _read(spark_home, "marts.fct_events") == _expected()
    # a copy that was killed is made again as a whole
    record_file(spark_home).unlink()
    assert set(bring_marts(spark_home, spark_settings, second).values()) == {"all"}
    assert _read(spark_home, "marts.fct_events") == _expected(is_second=True)


def test_a_snapshot_that_is_gone_is_an_error_and_an_expired_one_before_is_a_full_copy(
    spark, spark_home, spark_settings, first_build
):
    from footfall.spark.bridge import bring_marts
    from footfall.spark.maintenance import expire

    bring_marts(spark_home, spark_settings, first_build)
    second = _second_build(spark)
    branches.tag_run(spark, second, "r2")
    branches.reconcile(spark, second)
    for name in TABLES:
        spark.sql(f"alter table {name} drop branch `build-1`")
    expire(spark, TABLES, {"run-r2"})
    assert bring_marts(spark_home, spark_settings, second)["marts.agg_daily"] in ("all", "parts")
    assert _read(spark_home, "marts.agg_daily") == _expected(is_second=True)
    with pytest.raises(FootfallError, match=r"marts\.\w+ of Iceberg lacks snapshot 77"):
        bring_marts(spark_home, spark_settings, dict.fromkeys(TABLES, 77))


@pytest.fixture
def published(spark_home, spark_settings, first_build):
    """A published file, with the tables of the build; two workspaces are anonymised there: they have no events."""
    from footfall.spark.bridge import bring_marts
    from footfall.spark.catalogs import catalog_name

    bring_marts(spark_home, spark_settings, first_build)
    folder = spark_home.published / "versions" / "000001-20260401T000000"
    folder.mkdir(parents=True)
    shutil.copy(spark_home.marts_file, folder / "footfall.duckdb")
    with duckdb.connect(str(folder / "footfall.duckdb")) as con:
        con.execute("create table marts.dim_workspaces (workspace_id varchar, anonymization varchar)")
        for workspace, protection in zip(WORKSPACES, ("none", None, "domains", "full"), strict=True):
            con.execute("insert into marts.dim_workspaces values (?, ?)", [workspace, protection])
        con.execute("delete from marts.fct_events where workspace_id in ('o''neill', 'a,b')")
    current = {"catalog": catalog_name(spark_home, spark_settings), "tag": "run-1", "snapshots": first_build}
    (folder / "current.json").write_text(json.dumps(current), encoding="utf-8")
    return folder / "footfall.duckdb"


def _seen(con, name: str) -> list[tuple]:
    return sorted(con.execute(f"from marts.{name}").fetchall(), key=str)


def test_a_workspace_is_read_from_its_own_files_as_of_what_is_published(
    spark, spark_home, spark_settings, published
):
    from footfall.core.database import connect
    from footfall.metrics.source import workspace_tables
    from footfall.spark.workspace_rows import rows_of_workspace

    _second_build(spark)  # not published
    tables = pickle.loads(pickle.dumps(workspace_tables(spark_home, spark_settings, published)))
    by_workspace = {}
    with connect(published, read_only=True) as con:
        whole = _seen(con, "fct_events")
        for workspace in WORKSPACES:
            own = [row for row in _expected() if row[0] == workspace]
            with rows_of_workspace(con, tables, workspace) as read:
                assert _seen(con, "fct_events") == _seen(con, "agg_daily") == own
                assert _seen(con, "dim_people") == _expected()
                by_workspace[workspace] = read["marts.fct_events"]
            assert _seen(con, "fct_events") == whole
    everything = tables.tables.open("marts.fct_events").scan(snapshot_id=tables.snapshots["marts.fct_events"])
    sizes = [task.file.file_size_in_bytes for task in everything.plan_files()]
    for read in by_workspace.values():
        assert read.rows == 3 * DAYS and read.bytes < sum(sizes) / 2 and read.files < len(sizes) / 2
    assert sum(read.files for read in by_workspace.values()) >= len(sizes)


def test_an_anonymised_workspace_is_read_from_the_published_file_only(spark_home, spark_settings, published):
    from footfall.core.database import connect
    from footfall.metrics.source import with_rows_of, workspace_tables

    tables = workspace_tables(spark_home, spark_settings, published)
    with connect(published, read_only=True) as con:
        for workspace, rows in zip(WORKSPACES, (3 * DAYS, 3 * DAYS, 0, 0), strict=True):
            with with_rows_of(con, tables, workspace):
                counted = con.execute("select count(*) from marts.fct_events where workspace_id = ?", [workspace])
                assert counted.fetchall() == [(rows,)]


def test_a_published_version_of_another_catalog_is_read_from_its_file(spark_home, spark_settings, published):
    from footfall.metrics.source import workspace_tables

    current = published.with_name("current.json")
    current.write_text(json.dumps(json.loads(current.read_text()) | {"catalog": "footfall_00000000"}))
    assert workspace_tables(spark_home, spark_settings, published) is None
    assert workspace_tables(spark_home, Settings(), published) is None


def test_a_published_snapshot_that_is_gone_ends_in_a_clear_error(spark_home, spark_settings, published):
    from footfall.metrics.source import workspace_tables

    current = published.with_name("current.json")
    facts = json.loads(current.read_text())
    facts["snapshots"]["marts.fct_events"] = 1
    current.write_text(json.dumps(facts))
    with pytest.raises(FootfallError, match="lacks the snapshot"):
        workspace_tables(spark_home, spark_settings, published)
