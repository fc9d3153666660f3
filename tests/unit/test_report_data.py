"""The data inside a report: sums as wide as what comes in, local times by the data's own time zone database."""

from datetime import date, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from exports.report.build import render_report
from exports.report.extract import create_relations, drop_relations, extract
from exports.report.meta import facts, offsets, path_labels
from footfall.core.database import connect
from footfall.metrics.layer import answer
from footfall.metrics.question import Question
from tests.browser.world import World, publish

START = date(2026, 3, 27)


@pytest.fixture
def con(tmp_path: Path):
    publish(tmp_path / "footfall.duckdb", World(users=6, visits=30, days=4, items=2, start=START))
    with connect(tmp_path / "footfall.duckdb") as opened:
        yield opened


def test_the_longest_durations_that_come_in_add_up_exactly(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("update marts.fct_content_views set seconds_viewed = 86400.000")
    create_relations(con, "expo", START, START + timedelta(days=4))
    found = extract(con).tables
    views = answer(con, "content_items", Question("expo", START, START + timedelta(days=4))).to_pylist()
    assert found["item_days"]["ms"].sum() == 86_400_000 * sum(row["views"] for row in views)
    drop_relations(con)


@pytest.mark.parametrize("seconds", ["1788940860000.000", "999999999999999.999"])
def test_a_number_beyond_every_bound_names_its_column(con: duckdb.DuckDBPyConnection, seconds: str) -> None:
    con.execute(f"update marts.fct_content_views set seconds_viewed = {seconds} where content_type = 'document'"
                " and viewed_at = (select min(viewed_at) from marts.fct_content_views where content_type = 'document'"
                " and actor_id not in ('u3', 'device:d3-0', 'device:d3-1'))")
    with pytest.raises(OverflowError, match=r"item_days\.ms"):
        render_report(con, "expo", None, None)


@pytest.mark.parametrize("zone", [
    "Europe/Zurich", "UTC", "America/St_Johns", "Asia/Kathmandu", "Australia/Lord_Howe", "Africa/Casablanca",
    "America/Sao_Paulo", "Pacific/Apia", "Africa/Monrovia", "Pacific/Kiritimati",
])
@pytest.mark.parametrize("start", [date(2026, 3, 20), date(2026, 10, 20), date(2018, 10, 30), date(2011, 12, 20),
                                   date(1972, 1, 1)])
def test_offsets_give_the_local_minute_that_the_data_have(
    con: duckdb.DuckDBPyConnection, zone: str, start: date,
) -> None:
    con.execute("update marts.dim_workspaces set timezone = ?", [zone])
    create_relations(con, "expo", start, start + timedelta(days=16))
    changes = offsets(con)
    drop_relations(con)
    assert changes[0][0] == 0
    origin = datetime.combine(start, datetime.min.time()) - timedelta(days=2)
    local = con.execute(
        "select minute, timezone(?, timezone('UTC', ?::timestamp + to_minutes(minute)))"
        " from unnest(range(0, 19 * 1440, 7)) as m (minute)", [zone, origin],
    ).fetchall()
    for minute, wanted in local:
        seconds = [offset for first, offset in changes if first <= minute][-1]
        assert origin + timedelta(minutes=minute, seconds=seconds) == wanted


def test_a_screen_called_like_a_marker_is_an_item_with_a_label_of_its_own(con: duckdb.DuckDBPyConnection) -> None:
    for column in ("item", "next_item"):
        con.execute(f"update marts.fct_path_steps set {column} = '(exit)' where {column} = 'home'")
    create_relations(con, "expo", START, START + timedelta(days=4))
    found, labels = extract(con).tables["own_paths_module"], path_labels(con)["module"]
    drop_relations(con)
    assert labels.count("\u201c(exit)\u201d") == 1
    assert (found["item"] == labels.index("\u201c(exit)\u201d")).any()


def test_facts_name_other_dates_the_cookie_banner_and_people_who_were_never_tracked() -> None:
    answered = {
        "range_start": START, "range_end": START, "first_date": START, "last_date": START, "target_groups": None,
        "late_share": 0.0004, "no_consent_lines": 0, "present_untracked": 0, "present_people": 7,
    }
    assert facts(answered, False) == ["less than 0.1 % of the events arrived an hour or more late"]
    more = answered | {"last_date": START + timedelta(days=3), "late_share": None, "no_consent_lines": 1_200,
                       "present_untracked": 2, "target_groups": "vip"}
    found = " · ".join(facts(more, True))
    for words in ("there are data from 27 Mar 2026 to 30 Mar 2026", "only participants in these groups: vip",
                  "1,200 events were not stored", "2 of 7 people known to have been at the event", "cookie banner",
                  "ad blocker stops tracking"):
        assert words in found
