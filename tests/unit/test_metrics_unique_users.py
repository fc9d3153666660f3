"""Two ways to one number: users counted by the metric layer, and as sums of the cells of ``agg_unique_users``."""

import random
from collections.abc import Iterator
from datetime import date, timedelta

import duckdb
import pytest

from footfall.core.database import connect
from footfall.metrics.layer import answer
from footfall.metrics.question import Question, limits
from tests.browser.world import World, publish

TARGETED = World(workspace_id="targeted", seed=12, settings={"target_groups": ["vip"], "timezone": "Asia/Kathmandu"})
RANGES = 40


@pytest.fixture(scope="module")
def con(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    path = publish(tmp_path_factory.mktemp("worlds") / "published.duckdb", World(visits=120), TARGETED)
    with connect(path, read_only=True) as opened:
        yield opened


def cells(con: duckdb.DuckDBPyConnection, question: Question) -> dict[tuple[str, ...], int]:
    """Users by dimension, key and its kind, as a BI tool sums them."""
    rows = con.execute(
        "select dimension, key, key_kind, sum(users)::integer from marts.agg_unique_users"
        " where workspace_id = $workspace and local_date between $start and $end"
        " and (previous_local_date is null or previous_local_date < $start) group by all",
        {"workspace": question.workspace_id, "start": question.start, "end": question.end},
    ).fetchall()
    return {tuple(key): users for *key, users in rows}


def answered(con: duckdb.DuckDBPyConnection, question: Question) -> dict[tuple[str, ...], int]:
    """The same from the answers of the metric layer; nobody in a cell is no cell."""
    (insights,) = answer(con, "insights", question).to_pylist()
    found = {("all", "all", "named"): insights["active_users"]}
    for row in answer(con, "by_functionality", question).to_pylist():
        found["module", row["module"], row["module_kind"]] = row["users"]
    for row in answer(con, "content_items", question).to_pylist():
        found["content", f"{row['content_type']}:{row['content_id']}", "named"] = row["users"]
    for row in answer(con, "searches", question).to_pylist():
        found["term", row["term"], "named"] = row["users"]
    return {key: users for key, users in found.items() if users}


def drawn(first: date, last: date) -> Iterator[tuple[date, date]]:
    draw = random.Random(3)
    days = [first + timedelta(days=day) for day in range((last - first).days + 1)]
    yield first, last
    for _ in range(RANGES):
        start, end = sorted((draw.choice(days), draw.choice(days)))
        yield start, end


@pytest.mark.parametrize("workspace_id", ["expo", "targeted"])
def test_users_of_drawn_ranges_are_the_same_in_the_answers_and_as_sums_of_cells(con, workspace_id) -> None:
    compared = 0
    for start, end in drawn(*limits(con, workspace_id)):
        question = Question(workspace_id, start, end)
        found, summed = answered(con, question), cells(con, question)
        of_answers = {key: users for key, users in summed.items() if key[0] in ("all", "module", "content", "term")}
        assert found == of_answers, question
        compared += len(found)
    assert compared > 10 * RANGES
