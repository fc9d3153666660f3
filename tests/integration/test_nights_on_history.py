"""A night's statements read the night and not the history: rows that DuckDB scans, beside tables made long by hand."""

import contextlib
import json
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from footfall.core.database import connect, quote_literal
from footfall.transform import build_sources, dbt_args, dbt_runner
from tests.support.lake import line
from tests.support.warehouse import Warehouse

#: Rows of earlier days that are added to a table: more than two of the parts (122,880 rows) that DuckDB skips.
HISTORY = 300_000
EARLIER = f"""
    insert into warehouse.intermediate.{{table}} by name
    select one.* replace (one.from_at - to_hours(n + 100) as from_at, one.to_at - to_hours(n + 100) as to_at)
    from (from warehouse.intermediate.{{table}} where build_no = 1 limit 1) as one, range({HISTORY}) as r(n)
    order by n desc
"""
VISITS = f"""
    insert into marts_db.marts.fct_visits by name
    select one.* replace (
        one.started_at - to_hours(n + 100) as started_at, one.ended_at - to_hours(n + 100) as ended_at
    )
    from (from marts_db.marts.fct_visits limit 1) as one, range({HISTORY}) as r(n)
    order by n desc
"""
PEOPLE = f"""
    insert into marts_db.marts.fct_user_daily by name
    select one.* from (from marts_db.marts.fct_user_daily limit 1) as one, range({HISTORY})
"""
DAYS_OF_A_PERSON = """
    insert into warehouse.intermediate.int_user_days by name
    select one.* replace (one.local_date - n::integer as local_date)
    from (from warehouse.intermediate.int_user_days where dimension = 'module' order by local_date limit 1) as one,
        range(1, 3000) as r(n)
"""


@pytest.fixture(scope="module")
def two_nights(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """A home that was built, and built again with the events of the next day."""
    warehouse = Warehouse.at(tmp_path_factory.mktemp("two-nights"))
    for day in (2, 3):
        at = f"2026-11-0{day}T10:00:00.000Z"
        warehouse.land_events(date(2026, 11, day), "a.jsonl", [
            line(f"m{day}", timestamp=at, originalTimestamp=at, sentAt=at, receivedAt=at)
        ])
        warehouse.load(f"run-{day}")
        bound = build_sources.bind(warehouse.home, dbt_args.PROJECT, warehouse.settings)
        nodes = dbt_runner.build(warehouse.home, warehouse.settings, is_full_refresh=bound.is_full)
        assert [node.message for node in nodes if node.status in ("error", "fail")] == []
        build_sources.finish(warehouse.home, bound, warehouse.settings)
        build_sources.mark_built(warehouse.home, bound, warehouse.settings)
    return warehouse


@pytest.fixture
def opened(two_nights: Warehouse, tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Copies of both files of the home, under the names that dbt has for them."""
    with contextlib.closing(connect()) as connection:
        for name, path in (("warehouse", two_nights.home.warehouse_file), ("marts_db", two_nights.home.marts_file)):
            copy = shutil.copy(path, tmp_path)
            connection.execute(f"attach {quote_literal(str(copy))} as {name}")
        yield connection


def compiled(warehouse: Warehouse, path: str) -> str:
    """A statement of the second night, as dbt wrote it for the engine."""
    folder = warehouse.home.warehouse / "dbt" / "compiled" / "footfall"
    return (folder / path).read_text(encoding="utf-8")


def operators(con: duckdb.DuckDBPyConnection, query: str) -> list[dict[str, Any]]:
    """The operators of a query's plan as they were executed."""
    con.execute("pragma enable_profiling = 'no_output'")
    con.execute(query).fetchall()
    profile = json.loads(con.get_profiling_information("json"))
    con.execute("pragma disable_profiling")
    found, waiting = [], [*profile["operator"]]
    while waiting:
        found.append(waiting.pop())
        waiting += found[-1].get("children", [])
    return found


def rows_read(con: duckdb.DuckDBPyConnection, query: str, table: str) -> int:
    """Rows that the scans of one table read, all together."""
    scans = [one for one in operators(con, query) if one.get("extra_info", {}).get("Table", "").endswith(f".{table}")]
    return sum(one["rows_scanned"] for one in scans)


@pytest.mark.parametrize(("statement", "database", "table", "history"), [
    ("models/intermediate/int_device_spans.sql", "warehouse", "int_device_spans", EARLIER),
    ("models/intermediate/int_actor_spans.sql", "warehouse", "int_actor_spans", EARLIER),
    ("tests/assert_every_visit_id_of_a_fact_exists.sql", "marts_db", "fct_visits", VISITS),
    ("tests/assert_facts_contain_only_targeted_people.sql", "marts_db", "fct_user_daily", PEOPLE),
])
def test_a_night_skips_the_rows_of_earlier_days(
    two_nights: Warehouse, opened: duckdb.DuckDBPyConnection, statement: str, database: str, table: str, history: str
) -> None:
    query = compiled(two_nights, statement)
    before = opened.execute(query).fetchall()
    opened.execute(history.format(table=table))
    opened.execute(f"checkpoint {database}")
    assert rows_read(opened, query, table) < HISTORY / 2
    assert sorted(opened.execute(query).fetchall()) == sorted(before)


def test_a_night_does_not_sort_the_earlier_dates_of_its_people(
    two_nights: Warehouse, opened: duckdb.DuckDBPyConnection
) -> None:
    query = compiled(two_nights, "models/intermediate/int_user_days.sql")
    before = opened.execute(query).fetchall()
    opened.execute(DAYS_OF_A_PERSON)
    sorted_rows = [one["intermediate_rows"] for one in operators(opened, query) if "WINDOW" in one["type"]]
    assert sorted_rows and sum(sorted_rows) < 100
    assert sorted(map(str, opened.execute(query).fetchall())) == sorted(map(str, before))


def test_a_build_of_many_days_leaves_rows_in_order_of_dates(tmp_path: Path) -> None:
    warehouse = Warehouse.at(tmp_path)
    for first in (1, 11):
        for day in range(first, first + 9):
            at = f"2026-11-{day:02d}T10:00:00.000Z"
            warehouse.land_events(date(2026, 11, day), "a.jsonl", [
                line(f"{user} {day}", userId=user, anonymousId=user, timestamp=at, originalTimestamp=at, sentAt=at,
                     receivedAt=at, context={"groupId": "expo"})
                for user in "abcde"
            ])
        warehouse.load(f"from {first}")
        warehouse.build()
    with warehouse.marts() as con:
        for table in ("fct_visits", "fct_sessions", "fct_user_daily", "fct_feature_usage", "fct_path_steps"):
            dates = con.execute(f"select local_date from built.marts.{table} order by rowid").fetchall()
            assert len(dates) >= 90 and dates == sorted(dates), table
