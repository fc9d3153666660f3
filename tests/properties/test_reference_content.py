"""The reference itself, held to answers worked out by hand from the definitions: content, paths, entities."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from tests.support.reference.content import normalise_term
from tests.support.rows import LOAD_DATE, NOON, column, event_row, reference_tables

# Content

def look(message_id: str, at: float, content_id: str = "p", **columns: object) -> dict:
    return event_row(message_id, at, event="look", module=None, content_id=content_id, **columns)


def seen(built: dict[str, list[dict]]) -> list[tuple]:
    rows = sorted(built["fct_content_views"], key=lambda row: (row["viewed_at"], row["content_id"]))
    return [(row["content_id"], row["seconds_viewed"], row["seconds_source"]) for row in rows]


def test_openings_within_two_seconds_are_one_view_as_long_as_the_chain_holds() -> None:
    built = reference_tables(look("a", 0), look("b", 2), look("c", 4), look("d", 6.000001))
    opened = column(built["fct_content_views"], "viewed_at", "viewed_at")
    assert opened == [NOON, NOON + timedelta(seconds=6, microseconds=1)]


def test_another_item_or_person_in_between_does_not_break_the_chain() -> None:
    between = [look("b", 1, "q"), look("c", 1, user_id="bob", device_id="desk")]
    built = reference_tables(look("a", 0), *between, look("d", 2))
    assert len(built["fct_content_views"]) == 3


def test_the_clients_own_duration_comes_first_and_is_the_longest_of_the_merged() -> None:
    known = [look("a", 0, duration_seconds=Decimal("3.5")), look("b", 1, duration_seconds=Decimal(7))]
    assert seen(reference_tables(*known, event_row("c", 60))) == [("p", 7, "client")]


def test_heartbeats_on_the_item_come_next_and_end_at_its_next_opening() -> None:
    def beat(message_id: str, at: float, content_id: str | None) -> dict:
        return event_row(message_id, at, event="beat", content_type="page", content_id=content_id)

    rows = [look("a", 0), beat("b", 30, "p"), beat("c", 50, "q"), look("d", 60), beat("e", 100, "p")]
    assert seen(reference_tables(*rows, event_row("f", 101))) == [("p", 30, "heartbeats"), ("p", 40, "heartbeats")]


def test_else_the_next_event_outside_the_merged_openings_says_it_capped() -> None:
    rows = [look("a", 0), look("b", 1), event_row("c", 20), look("d", 30, "q"), event_row("e", 900)]
    assert seen(reference_tables(*rows)) == [("p", 20, "next_event"), ("q", 300, "next_event")]


def test_the_last_view_of_a_visit_has_unknown_seconds() -> None:
    assert seen(reference_tables(look("a", 0), look("b", 1.5))) == [("p", None, None)]


def test_ones_own_profile_is_no_view() -> None:
    rows = [look("a", 0, "ada", content_type="user"), look("b", 5, "bob", content_type="user")]
    assert seen(reference_tables(*rows)) == [("bob", None, None)]


def test_search_terms_are_composed_trimmed_lowered_and_spaced_once() -> None:
    assert normalise_term("  Cafe\u0301\t\u00a0 AU\u3000lait ") == "caf\u00e9 au lait"
    rows = [event_row("a", 0, query=" A  b"), event_row("b", 1, query="  "), event_row("c", 2, query="x", event="ad")]
    assert column(reference_tables(*rows)["fct_searches"], "term", "searched_at") == ["a b"]


# Paths

def test_equal_neighbours_collapse_before_steps_are_numbered() -> None:
    modules = ["home", "home", "agenda", "home"]
    built = reference_tables(*(event_row(str(n), n * 10, module=module) for n, module in enumerate(modules)))
    steps = [row for row in built["fct_path_steps"] if row["level"] == "module"]
    shown = ("item", "next_item", "next_kind", "interactions", "seconds_on_item")
    assert [tuple(row[name] for name in shown) for row in steps] == [
        ("home", "agenda", "item", 2, 20), ("agenda", "home", "item", 1, 10), ("home", None, "exit", 1, 0),
    ]


@pytest.mark.parametrize(("items", "last"), [(10, "exit"), (11, "continues")])
def test_what_follows_the_tenth_step_is_an_exit_or_goes_on(items: int, last: str) -> None:
    built = reference_tables(*(event_row(f"{n:02}", n, module=f"m{n}") for n in range(items)))
    steps = [row for row in built["fct_path_steps"] if row["level"] == "module"]
    assert len(steps) == 10
    assert (steps[-1]["next_item"], steps[-1]["next_kind"], steps[-1]["seconds_on_item"]) == (None, last, items - 10)


def test_heartbeats_lengthen_a_step_but_are_none() -> None:
    beats = [event_row("a", 0, event="beat"), event_row("c", 200, event="beat")]
    taps = [event_row("b", 10), event_row("d", 450, module="x")]
    steps = [row for row in reference_tables(*beats, *taps)["fct_path_steps"] if row["level"] == "module"]
    assert [(row["item"], row["seconds_on_item"]) for row in steps] == [("home", 440), ("x", 0)]


def test_links_count_visits_and_people_apart() -> None:
    rows = [
        event_row(f"{visit}{n}", visit * 7200 + n, module=module, user_id=user, device_id=user or "guest")
        for visit, user in enumerate(["ada", "ada", None]) for n, module in enumerate(["home", "agenda"])
    ]
    links = [row for row in reference_tables(*rows)["agg_path_links"] if row["level"] == "module" and row["step"] == 1]
    shown = ("visits", "users", "interactions", "seconds_on_source")
    assert [tuple(row[name] for name in shown) for row in links] == [(3, 1, 3, 3)]


# Kinds and entities

def test_an_unknown_event_is_an_unmapped_interaction_and_an_unknown_screen_a_view() -> None:
    rows = [event_row("a", 0, event="new", module=None), event_row("b", 1, event="New", module=None, type="screen")]
    kinds = [(row["kind"], row["module"]) for row in reference_tables(*rows)["fct_events"]]
    assert kinds == [("interaction", "(unmapped)"), ("view", "(unmapped)")]


def test_a_reschedule_is_told_from_a_change_of_status_and_a_repeated_extract_from_both() -> None:
    nine, ten = datetime(2026, 6, 9, 9), datetime(2026, 6, 9, 10)
    half = timedelta(minutes=30)

    def version(day: int, status: str, start: datetime) -> dict:
        return {
            "load_date": date(2026, 6, day), "workspace_id": "w", "meeting_id": "m", "status": status,
            "scheduled_start": start, "scheduled_end": start + half, "updated_at": datetime(2026, 6, day),
        }

    versions = [
        version(1, "requested", nine), version(2, "accepted", nine),
        version(3, "accepted", ten), version(4, "accepted", ten),
    ]
    people = [
        {"load_date": LOAD_DATE, "workspace_id": "w", "meeting_id": "m", "user_id": user, "response": "accepted",
         "attended": came, "joined_at": ten + timedelta(minutes=late), "left_at": ten + half}
        for user, came, late in [("ada", True, 0), ("bob", False, 4), ("test", True, 1), ("unknown", True, 2)]
    ]
    known = [
        {"load_date": LOAD_DATE, "workspace_id": "w", "user_id": user, "is_test": user == "test"}
        for user in ("ada", "bob", "test")
    ]
    built = reference_tables(meetings=versions, meeting_participants=people, participants=known)
    assert [row["change"] for row in built["fct_meeting_history"]] == ["created", "status", "rescheduled"]
    (meeting,) = built["fct_meetings"]
    assert (meeting["is_held"], meeting["attended"], meeting["accepted"], meeting["reschedules"]) == (True, 1, 2, 1)
    assert (meeting["duration_minutes"], meeting["actual_minutes"]) == (30, 26)


def test_without_evidence_attendance_is_absent() -> None:
    meeting = {"load_date": LOAD_DATE, "workspace_id": "w", "meeting_id": "m", "status": "accepted"}
    (row,) = reference_tables(meetings=[meeting])["fct_meetings"]
    assert (row["attended"], row["is_held"], row["actual_minutes"]) == (None, False, None)
