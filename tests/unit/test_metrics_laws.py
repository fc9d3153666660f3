"""The laws of the definitions, and a recount in plain Python, on drawn worlds over many ranges and users."""

import random
from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from statistics import mean

import pytest

from footfall.core.database import connect
from footfall.metrics.layer import ANSWERS, answer
from footfall.metrics.question import Question, limits
from footfall.metrics.source import slice_workspace
from tests.browser.world import World, publish

TARGETED = World(workspace_id="targeted", seed=11, settings={"target_groups": ["vip"], "timezone": "Asia/Kathmandu"})


@pytest.fixture(scope="module")
def con(tmp_path_factory):
    path = publish(tmp_path_factory.mktemp("worlds") / "published.duckdb", World(visits=120), TARGETED)
    with connect(path) as opened:
        opened.execute(
            "insert into ops.load_ledger "
            "(source, lines_in, loaded, duplicates, quarantined, no_consent, erased, state) "
            "select 'segment', n + 3, n, 1, 0, 2, 0, 'loaded' from (select (select count(*) from marts.fct_events) "
            "+ (select sum(events_left_out) from marts.dim_workspaces) as n)"
        )
    with connect(path, read_only=True) as opened:
        yield opened


def questions(con, workspace_id, number):
    """Drawn questions: ranges of all lengths, of everyone and of single users."""
    draw = random.Random(number)
    first, last = limits(con, workspace_id)
    days = [first + timedelta(days=day) for day in range(-1, (last - first).days + 2)]
    users = [None, *answer(con, "by_participant", Question(workspace_id)).column("user_id").to_pylist()[:6]]
    yield Question(workspace_id)
    for _ in range(number):
        start, end = sorted((draw.choice(days), draw.choice(days)))
        yield Question(workspace_id, start, end, user_id=draw.choice(users))


@pytest.mark.parametrize("workspace_id", ["expo", "targeted"])
def test_the_laws_hold_on_every_range_and_for_every_user(con, workspace_id):
    for question in questions(con, workspace_id, 6):
        answers = {name: answer(con, name, question).to_pylist() for name in (
            "insights", "interactions_over_time", "interactions_by_day_os", "by_functionality", "by_participant",
            "participant_functionality", "top_users", "path_links", "path_links_top", "path_items",
        )}
        (insights,) = answers["insights"]
        interactions, visits = insights["interactions"], insights["visits"]
        for name in ("interactions_over_time", "interactions_by_day_os", "by_functionality"):
            assert sum(row["interactions"] for row in answers[name]) == interactions, (question, name)
        assert sum(row["visits"] for row in answers["by_participant"]) == insights["user_visits"], question
        assert sum(row["visits"] for row in answers["top_users"]) == insights["user_visits"], question
        assert len(answers["top_users"]) == insights["active_users"], question
        by_person = sum(row["interactions"] for row in answers["by_participant"])
        assert sum(row["interactions"] for row in answers["participant_functionality"]) == by_person, question
        for name in ("path_links", "path_links_top"):
            for level in ("module", "content"):
                _check_flows([row for row in answers[name] if row["level"] == level], visits)


def _check_flows(links, visits):
    into, out = defaultdict(int), defaultdict(int)
    for link in links:
        out[link["step"], link["source"], link["source_kind"]] += link["visits"]
        if link["target_kind"] not in ("exit", "continues"):
            into[link["step"] + 1, link["target"], link["target_kind"]] += link["visits"]
    assert sum(count for (step, *_), count in out.items() if step == 1) == visits
    assert {key: count for key, count in out.items() if key[0] > 1} == dict(into)
    assert sum(link["visits"] for link in links if link["target_kind"] in ("exit", "continues")) == visits


@pytest.mark.parametrize("workspace_id", ["expo", "targeted"])
def test_all_claims_of_reconciliation_hold(con, workspace_id):
    for question in questions(con, workspace_id, 3):
        assert [row for row in answer(con, "reconciliation", question).to_pylist() if not row["is_ok"]] == []


def test_a_recount_in_plain_python_gives_the_same_insights_and_users(con):
    for workspace_id in ("expo", "targeted"):
        visits, events = _counted(con, workspace_id)
        for question in questions(con, workspace_id, 6):
            start, end = question.start or date.min, question.end or date.max
            ours = [v for v in visits if start <= v["local_date"] <= end and question.user_id in (None, v["user_id"])]
            taps = [e for e in events if start <= e["local_date"] <= end and question.user_id in (None, e["user_id"])]
            (answers,) = answer(con, "insights", question).to_pylist()
            counted = _insights(ours, taps)
            assert {name: answers[name] for name in counted} == pytest.approx(counted)
            top = answer(con, "path_links_top", Question(workspace_id, start, end, question.user_id, top=3))
            assert _users_of_links(top) == _folded(con, {v["visit_id"] for v in ours}, 3), question


def _counted(con, workspace_id):
    """Counted visits and interactions of those who count."""
    known = con.execute(
        "select user_id from marts.dim_participants where workspace_id = ? and is_targeted", [workspace_id]
    ).fetchall()
    users = {user for (user,) in known} | ({None} if workspace_id == "expo" else set())

    def rows(sql):
        found = con.sql(sql, params=[workspace_id]).to_arrow_table().to_pylist()
        return [row for row in found if row["user_id"] in users]

    return (
        rows("select * from marts.fct_visits where workspace_id = ? and is_counted"),
        rows("select * from marts.fct_events where workspace_id = ? and kind in ('interaction', 'view')"),
    )


def _insights(visits, taps):
    of_users = [visit for visit in visits if visit["user_id"]]
    counted = {
        "active_users": len({visit["user_id"] for visit in of_users}), "visits": len(visits),
        "guests": len({visit["actor_id"] for visit in visits if not visit["user_id"]}), "interactions": len(taps),
    }
    if not of_users:
        return counted
    durations = sorted(visit["elapsed_seconds"] for visit in of_users)
    place = Decimal("0.9") * (len(durations) - 1)
    below = durations[int(place)]
    above = durations[min(int(place) + 1, len(durations) - 1)]
    by_user = defaultdict(list)
    for visit in of_users:
        by_user[visit["user_id"]].append(visit["interactions"])
    return counted | {
        "average_elapsed_seconds": float(sum(durations) / len(durations)),
        "median_elapsed_seconds": float(durations[len(durations) // 2] + durations[(len(durations) - 1) // 2]) / 2,
        "p90_elapsed_seconds": float(below + (above - below) * (place % 1)),
        "single_event_share": mean(visit["events"] == 1 for visit in of_users),
        "visits_per_user": len(of_users) / len(by_user),
        "interactions_per_visit": mean(visit["interactions"] for visit in of_users),
        "interactions_per_visit_mean_of_users": mean(mean(own) for own in by_user.values()),
    }


def _users_of_links(table):
    return {
        (row["level"], row["step"], row["source"] or "(other)", row["target"] or f"({row['target_kind']})"):
            (row["visits"], row["users"])
        for row in table.to_pylist()
    }


def _folded(con, visit_ids, top):
    """Links with the first `top` items of each step by visits, counted from the steps of the visits."""
    steps = [
        step for step in con.sql("select * from marts.fct_path_steps").to_arrow_table().to_pylist()
        if step["visit_id"] in visit_ids
    ]
    visits = defaultdict(int)
    for step in steps:
        visits[step["level"], step["step"], step["item"]] += 1
    named = set()
    for level, number in {key[:2] for key in visits}:
        items = sorted((-count, key[2]) for key, count in visits.items() if key[:2] == (level, number))
        named |= {(level, number, item) for _, item in items[:top]}
    found = defaultdict(list)
    for step in steps:
        here, there = (step["level"], step["step"], step["item"]), (step["level"], step["step"] + 1, step["next_item"])
        ends = step["next_kind"] != "item"
        source = step["item"] if here in named else "(other)"
        target = f"({step['next_kind']})" if ends else step["next_item"] if there in named else "(other)"
        found[step["level"], step["step"], source, target].append(step["user_id"])
    return {key: (len(users), len(set(users) - {None})) for key, users in found.items()}


def test_the_same_question_has_the_same_answer_in_the_same_order(con):
    with connect(con.execute("select path from duckdb_databases() where not internal").fetchall()[0][0],
                 read_only=True) as other:
        other.execute("set threads = 1")
        slice_workspace(other, "expo")
        for name in ANSWERS:
            assert answer(other, name, Question("expo")).equals(answer(con, name, Question("expo"))), name
