"""Distinct users of any range are sums of cells of ``agg_unique_users``: every range of a sample, and late nights."""

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import pytest

from footfall.sample.generate import generate
from footfall.transform.duckdb_engine import DuckDBEngine
from tests.support.lake import line
from tests.support.warehouse import Warehouse

DAYS = 8

#: Who was there on which date, as the definitions have it, from the facts: one row a user, key and date.
FROM_FACTS = """
    select workspace_id, dimension, key, user_id, local_date from (
        select workspace_id, user_id, local_date, 'all' as dimension, 'all' as key
        from built.marts.fct_visits where is_counted
        union all
        select workspace_id, user_id, local_date, unnest(['module', 'os']), unnest([module, os])
        from built.marts.fct_events where is_interaction
        union all
        select workspace_id, user_id, local_date, unnest(['content_type', 'content']),
            unnest([content_type, content_type || ':' || content_id])
        from built.marts.fct_content_views
        union all
        select workspace_id, user_id, local_date, 'term', term from built.marts.fct_searches
    )
    semi join (from built.marts.dim_participants where is_targeted) as p using (workspace_id, user_id)
"""
RANGES = """
    select a.day::date as first, b.day::date as last
    from range($start::timestamp, $end::timestamp, interval 1 day) as a(day),
        range($start::timestamp, $end::timestamp, interval 1 day) as b(day)
    where a.day <= b.day
"""
WRONG = f"""
    with ranges as ({RANGES}),
    counted as (
        select first, last, workspace_id, dimension, key, count(distinct user_id) as users
        from ({FROM_FACTS}) join ranges on local_date between first and last group by all
    ),
    summed as (
        select first, last, workspace_id, dimension, key, sum(users) as users
        from built.marts.agg_unique_users join ranges on local_date between first and last
        where previous_local_date is null or previous_local_date < first group by all
    )
    select *, counted.users is not distinct from summed.users as is_right
    from counted full join summed using (first, last, workspace_id, dimension, key)
"""


@pytest.fixture(scope="module")
def sampled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    warehouse = Warehouse.at(tmp_path_factory.mktemp("sampled"))
    generate(warehouse.home, workspaces=2, participants=60, days=DAYS, start=date(2026, 9, 1))
    warehouse.load("everything")
    warehouse.build()
    yield warehouse


def test_every_range_of_the_sample_has_as_many_users_as_its_cells_say(sampled: Warehouse) -> None:
    with sampled.marts() as con:
        start, end = con.execute(
            "select min(local_date), max(local_date) + interval 1 day from built.marts.agg_unique_users"
        ).fetchall()[0]
        query = f"select count(*), count(*) filter (where not is_right), count(distinct dimension) from ({WRONG})"
        checked, wrong, dimensions = con.execute(query, {"start": start, "end": end}).fetchall()[0]
    assert (wrong, dimensions) == (0, 6)
    assert checked > 1_000


def test_there_are_fewer_cells_than_rows_of_persons(sampled: Warehouse) -> None:
    with sampled.marts() as con:
        persons = con.execute(f"select count(*) from (select distinct * from ({FROM_FACTS}))").fetchall()[0][0]
        cells = con.execute("select count(*) from built.marts.agg_unique_users").fetchall()[0][0]
    assert cells < persons


def _screen(day: date, user: str = "ada", name: str = "Home") -> dict:
    at = datetime.combine(day, datetime.min.time()).isoformat() + "Z"
    return line(
        f"{user} {at} {name}", userId=user, anonymousId=f"phone of {user}", timestamp=at, originalTimestamp=None,
        sentAt=None, receivedAt=None, event=None, type="screen", name=name, context={"groupId": "expo"},
    )


def _cells(warehouse: Warehouse, dimension: str = "all") -> set[tuple]:
    rows = warehouse.tables(["agg_unique_users"])["agg_unique_users"]
    return {
        (row["local_date"].day, row["previous_local_date"] and row["previous_local_date"].day, row["users"])
        for row in rows if row["dimension"] == dimension
    }


def _night(warehouse: Warehouse, number: int, *lines: dict) -> None:
    warehouse.land_events(date(2026, 11, number), "a.jsonl", lines)
    warehouse.load(f"night {number}")
    warehouse.build()


def test_a_late_date_changes_what_the_next_date_of_the_same_person_follows(tmp_path: Path) -> None:
    warehouse = Warehouse.at(tmp_path / "home")
    day = [date(2026, 11, number) for number in range(1, 10)]
    _night(warehouse, 5, _screen(day[0]), _screen(day[3]), _screen(day[0], "bob"), _screen(day[4], "bob"))
    assert _cells(warehouse) == {(1, None, 2), (4, 1, 1), (5, 1, 1)}
    _night(warehouse, 6, _screen(day[1]))
    assert _cells(warehouse) == {(1, None, 2), (2, 1, 1), (4, 2, 1), (5, 1, 1)}
    # publishing looks at these dates only
    assert DuckDBEngine(warehouse.home).changed_dates() == [day[1], day[3]]
    # that night's file is replaced by one without the late line
    warehouse.land_events(date(2026, 11, 6), "a.jsonl", [_screen(day[4], "bob", "Agenda")])
    warehouse.backfill("again", date(2026, 11, 6), date(2026, 11, 6))
    warehouse.build()
    assert _cells(warehouse) == {(1, None, 2), (4, 1, 1), (5, 1, 1)}


def test_a_build_that_died_before_the_cells_leaves_none_of_them_old(tmp_path: Path) -> None:
    warehouse = Warehouse.at(tmp_path / "home")
    day = [date(2026, 11, number) for number in range(1, 10)]
    _night(warehouse, 5, _screen(day[0]), _screen(day[1], name="Agenda"))
    _night(warehouse, 6, _screen(day[3]))
    warehouse.land_events(date(2026, 11, 5), "a.jsonl", [_screen(day[0], name="Agenda")])
    warehouse.backfill("again", date(2026, 11, 5), date(2026, 11, 5))
    warehouse.build_up_to("int_user_days")
    warehouse.build()
    assert _cells(warehouse) == {(1, None, 1), (4, 1, 1)}
    scratch = warehouse.from_scratch(tmp_path / "scratch")
    for dimension in ("all", "module", "os"):
        assert _cells(warehouse, dimension) == _cells(scratch, dimension)
