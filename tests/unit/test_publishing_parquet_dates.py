"""Parquet files by date: many dates are written by few statements, and only what the build changed is read."""

from pathlib import Path

import duckdb
import pytest

from footfall.publishing import parquet
from footfall.publishing.content import read_content

DAYS = 70


@pytest.fixture
def con() -> duckdb.DuckDBPyConnection:
    con = duckdb.connect()
    con.execute("create schema marts")
    con.execute(
        "create table marts.fct_events as select i,"
        " case when i % 101 > 0 then date '2026-01-01' + (i % 70)::integer end as local_date, 'a' || i as word"
        " from range(20000) as t(i)"
    )
    return con


def same_rows(con: duckdb.DuckDBPyConnection, folder: Path) -> bool:
    files = f"read_parquet('{folder}/*.parquet', hive_partitioning = false)"
    total = "select count(*), sum(hash(t)) from {} as t"
    one, other = (con.execute(total.format(rows)).fetchall() for rows in (files, "marts.fct_events"))
    return one == other


@pytest.mark.parametrize("together", [6_000_000, 3_000, 30])
def test_every_date_has_one_file_with_its_rows(
    con: duckdb.DuckDBPyConnection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, together: int
):
    monkeypatch.setattr(parquet, "_VALUES_TOGETHER", together)
    content = read_content(con, "marts")
    assert parquet.write_parquet(con, "marts", tmp_path, content, None, None) == (DAYS + 1, 0)
    folder = tmp_path / "fct_events"
    assert sorted(path.stem or "undated" for path in folder.iterdir()) == sorted(
        day or "undated" for day in content.tables["fct_events"].parts
    )
    assert same_rows(con, folder)
    (dates,) = con.execute(f"select list(distinct local_date) from '{folder}/2026-01-05.parquet'").fetchall()[0]
    assert [day.isoformat() for day in dates] == ["2026-01-05"]
    described = con.execute(f"describe from '{folder}/2026-01-05.parquet'").fetchall()
    assert [row[:2] for row in described] == [("i", "BIGINT"), ("local_date", "DATE"), ("word", "VARCHAR")]


def test_a_date_in_several_parts_becomes_one_file(con: duckdb.DuckDBPyConnection, tmp_path: Path):
    folder = tmp_path / "fct_events" / "2026-01-01.dates"
    for day in ("2026-01-01", "2026-01-02"):
        (folder / f"footfall_day={day}").mkdir(parents=True)
        for part in range(2 if day == "2026-01-01" else 1):
            rows = f"from marts.fct_events where local_date = '{day}' and (i % 2 = {part} or '{day}' = '2026-01-02')"
            con.execute(f"copy ({rows}) to '{folder}/footfall_day={day}/data_{part}.parquet'")
    assert parquet._take_apart(con, folder) == 2
    con.execute("delete from marts.fct_events where local_date is null or local_date > '2026-01-02'")
    assert sorted(path.name for path in folder.parent.iterdir()) == ["2026-01-01.parquet", "2026-01-02.parquet"]
    assert same_rows(con, folder.parent)


def test_only_what_changed_is_read_unless_the_number_of_rows_shows_more(con: duckdb.DuckDBPyConnection):
    before = read_content(con, "marts")
    con.execute("insert into marts.fct_events values (-1, '2026-01-03', 'b'), (-2, null, 'c'), (-3, '2027-01-01', 'd')")
    con.execute("delete from marts.fct_events where local_date = '2026-01-07'")
    named = con.execute("select [date '2026-01-03', date '2026-01-07', date '2027-01-01']").fetchall()[0][0]
    whole = read_content(con, "marts")
    assert read_content(con, "marts", before, named) == whole
    assert read_content(con, "marts", before, named[:1]) == whole  # two dates that the build did not name
    assert read_content(con, "marts", before, []) == whole
