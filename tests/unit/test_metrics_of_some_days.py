"""A slice of some days: the same answers as from all days, and rows of these days only are read."""

import random
from datetime import date, datetime, timedelta

import pytest

from footfall.core.database import connect
from footfall.metrics.layer import ANSWERS, answer
from footfall.metrics.question import Question, limits
from footfall.metrics.source import slice_workspace
from tests.browser.world import World, publish
from tests.support.published import event, published_from

TARGETED = World(workspace_id="targeted", seed=11, settings={"target_groups": ["vip"], "timezone": "Asia/Kathmandu"})


@pytest.fixture(scope="module")
def connections(tmp_path_factory):
    """Two connections to the same world: for slices of some days, and of all."""
    path = publish(tmp_path_factory.mktemp("worlds") / "published.duckdb", World(visits=60), TARGETED)
    with connect(path, read_only=True) as some, connect(path, read_only=True) as every:
        yield some, every


@pytest.mark.parametrize("workspace_id", ["expo", "targeted"])
def test_every_answer_is_the_same_from_a_slice_of_some_days(connections, workspace_id):
    some, every = connections
    slice_workspace(every, workspace_id)
    first, last = limits(every, workspace_id)
    days = [first + timedelta(days=day) for day in range(-1, (last - first).days + 2)]
    draw = random.Random(5)
    user = answer(every, "by_participant", Question(workspace_id))["user_id"][0].as_py()
    for who in (None, user, None):
        start, end = sorted((draw.choice(days), draw.choice(days)))
        slice_workspace(some, workspace_id, start, end)
        assert limits(some, workspace_id) == (first, last)
        for name in ANSWERS:
            question = Question(workspace_id, start, end, who)
            assert answer(some, name, question).equals(answer(every, name, question)), (name, question)


def test_a_question_about_other_days_than_those_of_the_slice_has_its_exact_answer(connections):
    some, every = connections
    slice_workspace(every, "expo")
    first, last = limits(every, "expo")
    slice_workspace(some, "expo", first, first)
    for question in (Question("expo"), Question("expo", last, last), Question("expo", first, last)):
        assert answer(some, "insights", question).equals(answer(every, "insights", question)), question


def test_a_slice_of_some_days_holds_no_row_of_others():
    con = published_from([event(f"2026-06-{day:02}T10:00:00", "Session Viewed", "u1") for day in range(1, 29)])
    slice_workspace(con, "expo", date(2026, 6, 20), date(2026, 6, 21))
    for relation in ("scope_visits", "scope_usage", "scope_steps"):
        found = con.execute(f"select min(local_date), max(local_date) from {relation}").fetchone()
        assert found == (date(2026, 6, 18), date(2026, 6, 21)), relation


def test_the_last_day_with_data_may_have_heartbeats_only():
    rows = [event("2026-06-01T10:00:00", "Session Viewed", "u1"), event("2026-06-03T23:55:00", "Session Viewed", "u1"),
            event("2026-06-04T00:05:00", "Heartbeat", "u1")]
    con = published_from(rows)
    slice_workspace(con, "expo", date(2026, 6, 1), date(2026, 6, 1))
    found = limits(con, "expo")
    slice_workspace(con, "expo")
    assert found == limits(con, "expo") == (date(2026, 6, 1), date(2026, 6, 4))


def test_a_person_seen_at_the_event_who_was_tracked_on_another_day_is_not_called_untracked():
    con = published_from(
        [event(f"2026-06-{day}T10:00:00", "Session Viewed", who) for day, who in (("01", "u1"), ("20", "u3"))],
        participants=[{"user_id": who} for who in ("u1", "u2", "u3")],
        meetings=[{"meeting_id": "m1", "status": "accepted", "scheduled_start": datetime(2026, 6, 20, 9),
                   "scheduled_end": datetime(2026, 6, 20, 10)}],
        meeting_participants=[{"meeting_id": "m1", "user_id": who, "attended": True} for who in ("u1", "u2", "u3")],
    )
    question = Question("expo", date(2026, 6, 20), date(2026, 6, 20))
    found = []
    for days in ((question.start, question.end), (None, None)):
        slice_workspace(con, "expo", *days)
        (facts,) = answer(con, "data_facts", question).to_pylist()
        found.append((facts["present_people"], facts["present_untracked"]))
    assert found == [(3, 1)] * 2
