"""The largest values that load, through every answer: nothing overflows, and sums are exact."""

import pytest

from footfall.metrics.answers import ANSWERS
from footfall.metrics.layer import answer, keep
from footfall.metrics.question import Question
from footfall.metrics.scope import forget
from tests.support.published import disclose, event, published_from

#: Seconds: the longest duration that loads, and the longest a visit, step or view can be.
DAY = 86_400
#: More interactions than a visit can have, and the largest number of results of a search.
MANY, RESULTS = 10**12, 2**63 - 1
USERS = 12


@pytest.fixture(scope="module")
def con():
    views = [("Document Opened", "d1"), ("Live Stream Started", "l1"), ("Session Viewed", "s1"),
             ("Sponsor Viewed", "p1")]
    rows = [
        event(f"2026-06-01T1{hour}:0{user % 10}:{user:02}", name, f"u{user:02}", item, duration_seconds=DAY)
        for user in range(USERS) for hour, (name, item) in enumerate(views)
    ]
    rows += [event(f"2026-06-01T15:00:{user:02}", "Search", f"u{user:02}", query="x", results=RESULTS)
             for user in range(USERS)]
    con = published_from(
        rows,
        content=[{"content_type": "sponsor", "content_id": "p1", "title": "Acme"}, {
                  "content_type": "live_stream", "content_id": "l1", "title": "Keynote",
                  "starts_at": rows[1]["occurred_at"], "ends_at": rows[1]["occurred_at"].replace(hour=23)}],
        meetings=[{"meeting_id": "m1", "kind": "group", "status": "accepted", "scheduled_start": rows[0]["occurred_at"],
                   "scheduled_end": rows[0]["occurred_at"].replace(year=2099)}],
        meeting_participants=[
            {"meeting_id": "m1", "user_id": f"u{user:02}", "attended": True} for user in range(USERS)
        ],
    )
    con.execute(f"""
        update marts.fct_visits set interactions = {MANY}, elapsed_seconds = {DAY}, engaged_seconds = {DAY};
        update marts.fct_events set engaged_seconds = {DAY}, seconds_to_next = {DAY};
        update marts.fct_path_steps set interactions = {MANY}, seconds_on_item = {DAY};
        update marts.fct_user_daily set interactions = {MANY}, visits = {MANY}, engaged_seconds = {DAY};
        update marts.fct_feature_usage set interactions = {MANY}, engaged_seconds = {DAY};
        update marts.agg_interactions_by_os set interactions = {MANY};
        update ops.load_ledger set lines_in = {MANY * 1000}, loaded = {MANY * 1000};
        update ops.load_by_workspace set loaded = {MANY * 1000};
    """)
    forget(con)
    return con


@pytest.mark.parametrize("name", ANSWERS)
def test_every_answer_holds_the_largest_values_that_load(con, name):
    rows = answer(con, name, Question("expo")).to_pylist()
    assert rows
    keep(con, name, Question("expo"), "kept", [column.name for column in ANSWERS[name].columns])
    assert con.execute("select count(*) from kept").fetchone() == (len(rows),)


def test_sums_of_the_largest_values_are_exact(con):
    (insights,) = answer(con, "insights", Question("expo")).to_pylist()
    visits = insights["user_visits"]
    assert insights["elapsed_seconds"] == insights["engaged_seconds"] == visits * DAY
    assert insights["visit_interactions"] == visits * MANY
    assert insights["interactions_per_visit"] == insights["interactions_per_visit_mean_of_users"] == MANY
    (stream,) = answer(con, "live_streams", Question("expo")).to_pylist()
    phases = ("waiting_seconds", "live_seconds", "on_demand_seconds")
    assert stream["seconds_viewed"] == stream["seconds_without_repeats"] == USERS * DAY
    assert sum(stream[name] for name in phases) == USERS * DAY
    (document,) = answer(con, "content_items", Question("expo", content_type="document")).to_pylist()
    assert document["seconds_viewed"] == USERS * DAY
    (search,) = answer(con, "searches", Question("expo")).to_pylist()
    assert (search["searches"], search["without_results"]) == (USERS, 0)


def test_answers_of_a_protected_workspace_hold_them_too(con):
    con.execute("update marts.dim_workspaces set anonymization = 'full'")
    forget(con)
    disclose(con)
    (insights,) = answer(con, "insights", Question("expo")).to_pylist()
    assert insights["visit_interactions"] == insights["user_visits"] * MANY
    people = answer(con, "by_participant", Question("expo")).to_pylist()
    assert sum(row["elapsed_seconds"] for row in people) == insights["elapsed_seconds"]
    con.execute("update marts.dim_workspaces set anonymization = 'none'")
    forget(con)
