"""Insights, top users and by participant, on events written by hand, with answers worked out by hand."""

from datetime import date, datetime, timedelta

import pytest

from footfall.metrics.layer import answer
from footfall.metrics.question import Question
from tests.support.published import event, published_from

JUNE = {day: date(2026, 6, day) for day in range(1, 31)}


def rows(con, name, first=1, last=30, **question):
    return answer(con, name, Question("expo", JUNE[first], JUNE[last], **question)).to_pylist()


def visit(user, *days, at="10:00:00"):
    return [event(f"2026-06-{day:02}T{at}", "Home", user) for day in days]


@pytest.fixture(scope="module")
def few():
    """Ada twice, Bob once with a heartbeat, a guest; a test account and a heartbeat alone count for nothing."""
    return published_from(
        [
            event("2026-06-01T10:00:00", "Home", "ada"),
            event("2026-06-01T10:01:40", "Session Viewed", "ada", "s1", os="web"),
            event("2026-06-01T10:05:00", "Post Liked", "ada"),
            event("2026-06-03T09:00:00", "Home", "ada"),
            event("2026-06-03T12:00:00", "Home", "bob", os="android"),
            event("2026-06-03T12:10:00", "Heartbeat", "bob", os="android"),
            event("2026-06-03T13:00:00", "Home", device_id="kiosk", os="unknown"),
            event("2026-06-03T13:00:10", "Agenda", device_id="kiosk", os="unknown"),
            event("2026-06-03T14:00:00", "Home", "tester"),
            event("2026-06-03T15:00:00", "Heartbeat", "eve"),
        ],
        participants=[
            {"user_id": "ada", "first_name": "Ada", "last_name": "Byron", "groups": ["vip"], "email": "a@x.example"},
            {"user_id": "tester", "is_test": True},
            {"user_id": "zoe", "first_name": " ", "last_name": "Zed", "deleted_at": datetime(2026, 6, 2)},
        ],
    )


def test_insights_are_those_worked_out_by_hand(few):
    (row,) = rows(few, "insights")
    assert row == {
        "active_users": 2, "guests": 1, "visits": 4, "user_visits": 3, "guest_visits": 1, "interactions": 7,
        "visit_interactions": 5, "elapsed_seconds": 900.0, "engaged_seconds": 600.0,
        "average_elapsed_seconds": 300.0, "average_engaged_seconds": 200.0, "median_elapsed_seconds": 300.0,
        "p90_elapsed_seconds": 540.0, "single_event_visits": 1, "single_event_share": 1 / 3, "visits_per_user": 1.5,
        "interactions_per_visit": 5 / 3, "interactions_per_visit_mean_of_users": 1.5,
    }


def test_active_users_of_a_range_are_not_the_sum_of_its_days(few):
    days = [rows(few, "insights", day, day)[0]["active_users"] for day in (1, 2, 3)]
    assert days == [1, 0, 2]
    assert rows(few, "insights", 1, 3)[0]["active_users"] == 2


def test_one_users_insights_have_the_same_definitions(few):
    (row,) = rows(few, "insights", user_id="ada")
    assert (row["active_users"], row["visits"], row["interactions"], row["average_elapsed_seconds"]) == (1, 2, 4, 150)
    assert row["p90_elapsed_seconds"] == 270.0
    assert row["interactions_per_visit_mean_of_users"] == row["interactions_per_visit"] == 2.0


def test_an_empty_range_has_zeros_and_no_averages(few):
    (row,) = rows(few, "insights", 20, 25)
    assert {name: value for name, value in row.items() if value} == {}
    assert [name for name, value in row.items() if value is None] == [
        "average_elapsed_seconds", "average_engaged_seconds", "median_elapsed_seconds", "p90_elapsed_seconds",
        "single_event_share", "visits_per_user", "interactions_per_visit", "interactions_per_visit_mean_of_users",
    ]


def test_a_visit_over_midnight_is_of_its_first_day_and_its_interactions_of_their_own():
    con = published_from([
        event("2026-06-01T23:59:00", "Home", "ada"), event("2026-06-02T00:01:00", "Agenda", "ada"),
    ])
    first, second = rows(con, "insights", 1, 1)[0], rows(con, "insights", 2, 2)[0]
    assert (first["visits"], first["interactions"], first["visit_interactions"]) == (1, 1, 2)
    assert (second["visits"], second["interactions"], second["visit_interactions"]) == (0, 1, 0)
    (feature,) = rows(con, "by_functionality", 2, 2)
    assert (feature["module"], feature["users"], feature["visits"], feature["reach"]) == ("agenda", 1, 1, None)
    (participant,) = rows(con, "by_participant", 2, 2)
    assert (participant["visits"], participant["interactions"]) == (0, 1)
    assert rows(con, "top_users", 2, 2) == []


@pytest.fixture(scope="module")
def frequent():
    return published_from([
        *visit("once", 1), *visit("daily", 1, 2, 3), *visit("weekly", 1, 5), *visit("median", 1, 4, 8),
        *visit("monthly", 1, 16), *visit("once", 1, at="20:00:00"),
    ])


def frequency(con, measure, last):
    found = rows(con, "visit_frequency", 1, last)
    return {row["bucket"]: row["users"] for row in found if row["measure"] == measure}


def test_users_are_counted_by_active_days_weeks_and_months(frequent):
    assert frequency(frequent, "active_days", 30) == {"1": 1, "2": 2, "3": 2}
    assert frequency(frequent, "active_weeks", 30) == {"1": 3, "2": 2}
    assert frequency(frequent, "active_months", 30) == {"1": 5}


def test_bands_go_by_the_median_gap(frequent):
    assert frequency(frequent, "band", 16) == {"once": 1, "daily": 1, "weekly": 2, "monthly": 1}
    shares = [row["share_of_users"] for row in rows(frequent, "visit_frequency", 1, 16) if row["measure"] == "band"]
    assert shares == [0.2, 0.2, 0.4, 0.2]


@pytest.mark.parametrize(
    ("gap", "band"), [(1, "daily"), (3, "daily"), (4, "weekly"), (14, "weekly"), (15, "monthly"), (45, "monthly"),
                      (46, "rarer")],
)
def test_a_gap_on_the_edge_of_a_band_belongs_to_it(gap, band):
    first = datetime(2026, 6, 1, 10)
    con = published_from([event(day.isoformat(), "Home", "ada") for day in (first, first + timedelta(days=gap))])
    found = answer(con, "visit_frequency", Question("expo")).to_pylist()
    assert {row["bucket"] for row in found if row["measure"] == "band" and row["users"]} == {band}


@pytest.mark.parametrize(
    ("last", "bands"),
    [(1, "once"), (2, "once daily"), (4, "once daily"), (5, "once daily weekly"), (15, "once daily weekly"),
     (16, "once daily weekly monthly"), (30, "once daily weekly monthly")],
)
def test_a_band_that_the_range_is_too_short_to_contain_is_left_out(frequent, last, bands):
    assert list(frequency(frequent, "band", last)) == bands.split()


def test_a_range_of_forty_seven_days_can_hold_the_rarer_band(frequent):
    question = Question("expo", date(2026, 6, 1), date(2026, 7, 17))
    assert "rarer" in answer(frequent, "visit_frequency", question).column("bucket").to_pylist()


def test_interactions_are_by_the_hour_up_to_three_days_and_by_the_day_above(few):
    assert rows(few, "interactions_over_time", 1, 3) == [
        {"bucket": datetime(2026, 6, day, hour), "os": os, "granularity": "hour", "interactions": interactions}
        for day, hour, os, interactions in (
            (1, 10, "ios", 2), (1, 10, "web", 1), (3, 9, "ios", 1), (3, 12, "android", 1), (3, 13, "unknown", 2),
        )
    ]
    by_day = rows(few, "interactions_over_time", 1, 4)
    assert [(row["bucket"].day, row["bucket"].hour, row["os"], row["interactions"]) for row in by_day] == [
        (1, 0, "ios", 2), (1, 0, "web", 1), (3, 0, "android", 1), (3, 0, "ios", 1), (3, 0, "unknown", 2),
    ]
    assert {row["granularity"] for row in by_day} == {"day"}


def test_interactions_by_day_put_unknown_systems_under_other(few):
    first, second = rows(few, "interactions_by_day_os")
    assert first == {
        "local_date": JUNE[1], "interactions_ios": 2, "interactions_android": 0, "interactions_web": 1,
        "interactions_other": 0, "interactions": 3,
    }
    assert (second["interactions_other"], second["interactions"]) == (2, 4)


def test_hours_are_those_of_the_workspaces_clock_and_the_repeated_hour_is_one():
    con = published_from(
        [event(f"2026-10-24T{time}", "Home", "ada") for time in ("23:30:00",)]
        + [event(f"2026-10-25T{time}", "Home", "ada") for time in ("00:30:00", "01:29:59", "02:00:00")],
        workspaces=[{"name": "Expo", "timezone": "Europe/Zurich"}],
    )
    found = answer(con, "interactions_over_time", Question("expo", date(2026, 10, 25), date(2026, 10, 25))).to_pylist()
    assert [(row["bucket"].hour, row["interactions"]) for row in found] == [(1, 1), (2, 2), (3, 1)]


def test_features_add_up_and_heartbeats_alone_are_nobodys_use(few):
    found = {row["module"]: row for row in rows(few, "by_functionality")}
    assert {module: row["interactions"] for module, row in found.items()} == {"home": 4, "agenda": 2, "feed": 1}
    assert found["home"] == {
        "module": "home", "module_kind": "named", "interactions": 4, "share_of_interactions": 4 / 7, "views": 4,
        "users": 2, "visits": 4,
        "engaged_seconds": 100.0 + 300.0 + 10.0, "reach": 1.0,
    }
    assert found["agenda"]["users"] == 1  # the guest's visit counts, the guest is no user
    assert found["agenda"]["visits"] == 2
    assert found["feed"]["reach"] == 0.5


def test_a_heartbeat_gives_a_functionality_engaged_time_and_no_visit():
    con = published_from([
        event("2026-06-01T10:00:00", "Home", "ada"), event("2026-06-01T10:00:10", "Document Heartbeat", "ada", "d1"),
        event("2026-06-01T10:00:40", "Home", "ada"),
    ])
    row = rows(con, "by_functionality")[1]
    assert row == {
        "module": "documents", "module_kind": "named", "interactions": 0, "share_of_interactions": 0.0, "views": 0,
        "users": 0, "visits": 0,
        "engaged_seconds": 30.0, "reach": 0.0,
    }
    assert rows(con, "participant_functionality")[1]["visits"] == 0


def test_an_event_the_catalogue_lacks_is_an_interaction_of_the_unmapped(few):
    con = published_from([event("2026-06-01T10:00:00", "Never Heard Of It", "ada")])
    assert [(row["module"], row["interactions"]) for row in rows(con, "by_functionality")] == [("(unmapped)", 1)]


def test_equal_people_are_ranked_alike_in_top_users_and_by_participant():
    """Same interactions: more visits first, then the smaller id."""
    con = published_from([*visit("é", 1), *visit("b", 1), *visit("a", 1), *visit("Z", 1),
                          event("2026-06-02T10:00:00", "Home", "two"), event("2026-06-03T10:00:00", "Home", "two"),
                          event("2026-06-02T10:00:00", "Home", "one"), event("2026-06-02T10:01:00", "Agenda", "one")])
    expected = ["two", "one", "Z", "a", "b", "é"]
    assert [row["user_id"] for row in rows(con, "top_users")] == expected
    assert [row["user_id"] for row in rows(con, "by_participant")] == expected


def test_top_users_are_all_active_users_ranked(few):
    found = rows(few, "top_users")
    assert [(row["rank"], row["user_id"], row["name"], row["visits"], row["interactions"]) for row in found] == [
        (1, "ada", "Ada Byron", 2, 4), (2, "bob", None, 1, 1),
    ]
    assert found[1]["last_seen_at"] == datetime(2026, 6, 3, 12, 10)
    assert found[0]["groups"] == ["vip"]


def test_ties_among_top_users_go_by_visits_then_id():
    con = published_from([
        *visit("zoe", 1, 2), *visit("bob", 1), event("2026-06-01T10:00:05", "Agenda", "bob"), *visit("amy", 1, 2),
    ])
    assert [row["user_id"] for row in rows(con, "top_users")] == ["amy", "zoe", "bob"]


def test_by_participant_lists_everyone_who_counts_active_or_not(few):
    found = {row["user_id"]: row for row in rows(few, "by_participant")}
    assert list(found) == ["ada", "bob", "eve", "zoe"]
    ada, zoe = found["ada"], found["zoe"]
    assert (ada["email"], ada["active_days"]) == ("a@x.example", 2)
    assert (ada["interactions_ios"], ada["interactions_web"]) == (3, 1)
    assert (ada["engaged_seconds"], ada["engaged_minutes"], ada["engaged_hours"]) == (300.0, 5.0, 300 / 3600)
    assert (zoe["name"], zoe["is_deleted"], zoe["visits"], zoe["interactions"], zoe["last_seen_at"]) == (
        "Zed", True, 0, 0, None,
    )


def test_last_seen_is_on_the_workspaces_clock_too():
    con = published_from(visit("ada", 1), workspaces=[{"name": "Expo", "timezone": "Asia/Kathmandu"}])
    (row,) = rows(con, "by_participant")
    assert row["last_seen_local"] == datetime(2026, 6, 1, 15, 45)


def test_participants_by_functionality_add_up_to_by_participant(few):
    found = rows(few, "participant_functionality")
    assert [(row["user_id"], row["module"], row["interactions"], row["visits"]) for row in found] == [
        ("ada", "home", 2, 2), ("ada", "agenda", 1, 1), ("ada", "feed", 1, 1), ("bob", "home", 1, 1),
    ]
