"""The reference itself, held to answers worked out by hand from the definitions: sessions, visits, who counts."""

from datetime import date, datetime
from decimal import Decimal

import pytest

from tests.support.rows import LOAD_DATE, column, event_row, reference_tables

MINUTES = 60


def workspace(**settings: object) -> list[dict]:
    return [{"load_date": LOAD_DATE, "workspace_id": "w", **settings}]


# Sessions

@pytest.mark.parametrize(("gap", "sessions"), [(29 * MINUTES + 59.999999, 1), (30 * MINUTES, 2)])
def test_a_gap_of_exactly_the_timeout_starts_a_new_session(gap: float, sessions: int) -> None:
    built = reference_tables(event_row("a", 0), event_row("b", gap))
    assert len(built["fct_sessions"]) == len(built["fct_visits"]) == sessions


def test_the_timeout_is_the_workspaces_own_newest_setting() -> None:
    settings = [
        *workspace(visit_timeout_minutes=5, updated_at=datetime(2026, 6, 2)),
        *workspace(visit_timeout_minutes=90, updated_at=datetime(2026, 6, 1)),
    ]
    built = reference_tables(event_row("a", 0), event_row("b", 5 * MINUTES), workspaces=settings)
    assert len(built["fct_sessions"]) == 2


def test_impressions_and_system_events_keep_nothing_alive() -> None:
    built = reference_tables(event_row("a", 0), event_row("b", 20 * MINUTES, event="ad"), event_row("c", 40 * MINUTES))
    assert column(built["fct_sessions"], "events") == [1, 1]
    assert [row["visit_id"] for row in built["fct_events"]] == ["a", None, "c"]


def test_a_session_is_cut_where_another_user_signs_in_and_only_there() -> None:
    users = ["ada", None, "ada", None, "bob", None, "ada"]
    built = reference_tables(*(event_row(str(n), n, user_id=user) for n, user in enumerate(users)))
    assert column(built["fct_sessions"], "user_id") == ["ada", "bob", "ada"]
    assert column(built["fct_sessions"], "events") == [4, 2, 1]
    assert column(built["fct_visits"], "sessions") == [2, 1]


def test_signed_out_events_belong_to_the_user_who_signs_in_within_the_session() -> None:
    users = [(0, None), (9, "ada"), (31 * MINUTES, None)]
    built = reference_tables(*(event_row(f"{at:04}", at, user_id=user) for at, user in users))
    assert [row["user_id"] for row in built["fct_events"]] == ["ada", "ada", None]
    assert [row["actor_id"] for row in built["fct_events"]] == ["ada", "ada", "device:phone"]
    assert column(built["fct_visits"], "is_guest") == [False, True]


def test_a_run_is_cut_every_24_hours_from_its_first_event_whoever_signs_in() -> None:
    step = 25 * MINUTES
    users = ["ada"] * 40 + ["bob"] * 40
    rows = [event_row(f"{n:03}", n * step, user_id=user) for n, user in enumerate(users)]
    sessions = reference_tables(*rows)["fct_sessions"]
    # 24 h are 57.6 steps: event 58 is the first of the second day; bob's session before it began at event 40.
    assert column(sessions, "session_id") == ["000", "040", "058"]
    assert column(sessions, "events") == [40, 18, 22]


def test_a_user_signed_in_before_the_24_hour_cut_is_remembered_after_it() -> None:
    step = 25 * MINUTES
    users = ["ada"] * 58 + [None, "bob"]
    built = reference_tables(*(event_row(f"{n:03}", n * step, user_id=user) for n, user in enumerate(users)))
    assert column(built["fct_sessions"], "actor_id") == ["ada", "device:phone", "bob"]


def test_equal_times_are_ordered_by_message_id() -> None:
    built = reference_tables(event_row("b", 0, os="web"), event_row("a", 0, os="ios"), event_row("B", 0, os="android"))
    assert column(built["fct_sessions"], "session_id") == ["B"]
    assert column(built["fct_sessions"], "os") == ["android"]


# Visits

def test_sessions_on_two_devices_join_and_their_time_is_counted_once() -> None:
    rows = [event_row(name, at, device_id=device) for name, at, device in [
        ("a", 0, "phone"), ("b", 100, "desk"), ("c", 200, "phone"), ("d", 300, "desk"),
    ]]
    built = reference_tables(*rows)
    (visit,) = built["fct_visits"]
    assert (visit["sessions"], visit["elapsed_seconds"], visit["engaged_seconds"]) == (2, 300, 300)
    assert column(built["fct_sessions"], "elapsed_seconds") == [200, 200]
    assert column(built["fct_sessions"], "engaged_seconds") == [200, 200]


def test_a_visit_joins_a_session_that_starts_before_the_latest_end_so_far_plus_the_timeout() -> None:
    long = [event_row(f"a{n}", n * 20 * MINUTES) for n in range(4)]  # one session, to minute 60
    short = event_row("b", 10 * MINUTES, device_id="desk")  # ends at minute 10, inside
    inside = event_row("c", 89 * MINUTES, device_id="tab")
    after = event_row("d", 119 * MINUTES, device_id="desk")
    assert column(reference_tables(*long, short, inside, after)["fct_visits"], "visit_id") == ["a0", "d"]


def test_a_chain_of_sessions_is_cut_every_24_hours_from_its_first_start() -> None:
    rows = [event_row(f"{n:03}", n * 29 * MINUTES, device_id=f"d{n}") for n in range(60)]
    visits = reference_tables(*rows)["fct_visits"]
    assert column(visits, "visit_id") == ["000", "050"]  # 24 h are 49.7 steps
    assert column(visits, "sessions") == [50, 10]


def test_a_visit_over_midnight_stays_whole_and_belongs_to_the_day_it_began() -> None:
    rows = [event_row("a", datetime(2026, 6, 10, 18, 14)), event_row("b", datetime(2026, 6, 10, 18, 16))]
    built = reference_tables(*rows, workspaces=workspace(timezone="Asia/Kathmandu"))  # UTC+05:45: midnight is 18:15 UTC
    assert column(built["fct_visits"], "local_date") == [date(2026, 6, 10)]
    days = column(built["fct_user_daily"], "local_date", "local_date")
    assert days == [date(2026, 6, 10), date(2026, 6, 11)]
    assert column(built["fct_user_daily"], "visits", "local_date") == [1, 0]
    assert column(built["fct_user_daily"], "interactions", "local_date") == [1, 1]
    assert column(built["fct_user_daily"], "visit_interactions", "local_date") == [2, 0]


def test_local_time_follows_the_clock_change_of_the_zone() -> None:
    # St John's fell back from -02:30 to -03:30 on 2026-11-01 at 02:00 local, 04:30 UTC.
    rows = [event_row("a", datetime(2026, 11, 1, 4, 15)), event_row("b", datetime(2026, 11, 1, 5, 15))]
    built = reference_tables(*rows, workspaces=workspace(timezone="America/St_Johns"))
    assert [row["local_hour"] for row in built["fct_events"]] == [1, 1]
    assert column(built["fct_visits"], "elapsed_seconds") == [Decimal(0), Decimal(0)]


def test_engaged_time_caps_each_gap_and_the_last_event_adds_nothing() -> None:
    built = reference_tables(event_row("a", 0), event_row("b", 299.9999), event_row("c", 299.9999 + 301))
    assert [row["engaged_seconds"] for row in built["fct_events"]] == [Decimal("299.999"), 300, 0]
    assert [row["seconds_to_next"] for row in built["fct_events"]] == [Decimal("299.999"), 301, None]
    assert built["fct_visits"][0]["elapsed_seconds"] == Decimal("600.999")


def test_heartbeats_alone_are_a_visit_that_no_metric_counts() -> None:
    built = reference_tables(event_row("a", 0, event="beat"), event_row("b", 60, event="beat"))
    (visit,) = built["fct_visits"]
    assert (visit["is_counted"], visit["entry_module"], visit["engaged_seconds"]) == (False, None, 60)
    assert built["fct_user_daily"] == built["fct_path_steps"] == built["agg_workspace_daily"] == []


# Who counts

def person(user_id: str, **columns: object) -> dict:
    return {"load_date": LOAD_DATE, "workspace_id": "w", "user_id": user_id, **columns}


def test_test_participants_never_count_and_stay_in_the_facts() -> None:
    rows = [event_row("a", 0), event_row("b", 0, user_id="bob", device_id="desk")]
    built = reference_tables(*rows, participants=[person("bob", is_test=True)])
    assert len(built["fct_visits"]) == 2
    (day,) = built["agg_workspace_daily"]
    assert (day["active_users"], day["visits"], day["interactions"]) == (1, 1, 1)


def test_with_target_groups_only_their_members_count_and_no_guest_does() -> None:
    rows = [event_row(str(n), 0, user_id=user, device_id=f"d{n}") for n, user in enumerate(["ada", "bob", "eve", None])]
    built = reference_tables(
        *rows, workspaces=workspace(target_groups=["vip"]),
        participants=[person("ada", groups=["press", "vip"]), person("bob", groups=["press"])],
    )
    (day,) = built["agg_workspace_daily"]
    assert (day["active_users"], day["guests"], day["visits"]) == (1, 0, 1)
    targeted = {row["user_id"]: row["is_targeted"] for row in built["dim_participants"]}
    assert targeted == {"ada": True, "bob": False, "eve": False}


def test_guests_are_counted_apart_from_users() -> None:
    guest = [event_row(name, at, user_id=None, device_id="desk") for name, at in [("b", 0), ("c", 60)]]
    (day,) = reference_tables(event_row("a", 0), *guest)["agg_workspace_daily"]
    assert (day["active_users"], day["guests"], day["visits"], day["user_visits"]) == (1, 1, 2, 1)
    assert (day["interactions"], day["visit_interactions"], day["elapsed_seconds"]) == (3, 1, 0)
