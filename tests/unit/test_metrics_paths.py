"""Paths of the first ten steps, complete and with the top items only, on events written by hand."""

from datetime import date

import pytest

from footfall.metrics.layer import answer
from footfall.metrics.question import Question
from tests.support.published import event, published_from

SCREENS = (
    "Home", "Agenda", "Speakers", "Sponsors", "Documents", "Forms", "Pages", "Participants", "Feed", "Map", "Search",
)


def links(con, name="path_links", level="module", **question):
    found = answer(con, name, Question("expo", date(2026, 6, 1), date(2026, 6, 30), **question)).to_pylist()
    return {
        (row["step"], end(row, "source"), end(row, "target")): row for row in found if row["level"] == level
    }


def end(row, name):
    """An item, or the kind of an end that is not one, in brackets."""
    assert (row[name] is None) == (row[f"{name}_kind"] != "item")
    return row[name] or f"({row[f'{name}_kind']})"


def path(user, day, *screens, minute=0):
    return [
        event(f"2026-06-{day:02}T10:{minute:02}:{second:02}", screen, user) for second, screen in enumerate(screens)
    ]


@pytest.fixture(scope="module")
def three_visits():
    return published_from([
        event("2026-06-01T10:00:00", "Home", "ada"),
        event("2026-06-01T10:00:30", "Home", "ada"),
        event("2026-06-01T10:01:00", "Session Viewed", "ada", "s1"),
        event("2026-06-01T10:02:00", "Session Viewed", "ada", "s2"),
        event("2026-06-01T10:02:20", "Heartbeat", "ada"),
        *path("ada", 2, "Home", "Agenda"),
        *path(None, 3, "Home"),
    ])


def test_consecutive_interactions_with_one_item_are_one_step(three_visits):
    found = links(three_visits)
    assert {key: (row["visits"], row["users"], row["interactions"]) for key, row in found.items()} == {
        (1, "home", "agenda"): (2, 1, 3),
        (1, "home", "(exit)"): (1, 0, 1),
        (2, "agenda", "(exit)"): (2, 1, 3),
    }


def test_time_on_an_item_runs_to_the_next_step_and_heartbeats_belong_to_it(three_visits):
    found = links(three_visits)
    assert found[1, "home", "agenda"]["seconds_on_source"] == 61.0
    assert found[1, "home", "agenda"]["average_seconds_on_source"] == 30.5
    assert found[2, "agenda", "(exit)"]["seconds_on_source"] == 80.0


def test_at_level_content_each_item_is_a_step(three_visits):
    found = links(three_visits, level="content")
    assert set(found) == {
        (1, "home", "agenda_session:s1"), (2, "agenda_session:s1", "agenda_session:s2"),
        (3, "agenda_session:s2", "(exit)"), (1, "home", "agenda"), (2, "agenda", "(exit)"), (1, "home", "(exit)"),
    }


def test_shares_are_of_all_counted_visits(three_visits):
    found = links(three_visits)
    assert found[1, "home", "agenda"]["share_of_visits"] == 2 / 3
    assert links(three_visits, user_id="ada")[1, "home", "agenda"]["share_of_visits"] == 1.0


def test_items_of_a_step_count_users_once_over_their_targets(three_visits):
    question = Question("expo", date(2026, 6, 1), date(2026, 6, 30))
    found = {
        (row["step"], row["item"]): row for row in answer(three_visits, "path_items", question).to_pylist()
        if row["level"] == "module"
    }
    assert (found[1, "home"]["visits"], found[1, "home"]["users"], found[1, "home"]["seconds_on_item"]) == (3, 1, 61.0)


def test_after_step_ten_a_path_continues():
    con = published_from(path("ada", 1, *SCREENS) + path("bob", 1, *SCREENS[:10]))
    found = links(con)
    assert found[10, "map", "(continues)"]["visits"] == 1
    assert found[10, "map", "(exit)"]["visits"] == 1
    assert max(step for step, _, _ in found) == 10


def test_a_screen_may_have_the_name_of_a_marker():
    names = ("(exit)", "(continues)", "(other)")
    con = published_from([
        event(f"2026-06-01T10:00:0{second}", "Home", "ada", module=name) for second, name in enumerate(names)
    ])
    found = answer(con, "path_links", Question("expo")).to_pylist()
    assert [(row["source"], row["target"], row["target_kind"]) for row in found if row["level"] == "module"] == [
        ("(exit)", "(continues)", "item"), ("(continues)", "(other)", "item"), ("(other)", None, "exit"),
    ]


@pytest.fixture(scope="module")
def wide():
    """At step 1 home three times, then agenda, speakers and map once each, the last two by the same user."""
    return published_from([
        *path("ada", 1, "Home", "Agenda"), *path("ada", 2, "Home", "Speakers"), *path("bob", 1, "Home"),
        *path("ada", 3, "Speakers", "Home"), *path("ada", 4, "Map", "Home"), *path("bob", 5, "Agenda", "Home"),
    ])


def test_the_top_item_of_each_step_keeps_its_name_and_the_rest_is_other(wide):
    found = links(wide, "path_links_top", top=1)
    assert {key: (row["visits"], row["users"]) for key, row in found.items()} == {
        (1, "home", "(other)"): (2, 1),
        (1, "home", "(exit)"): (1, 1),
        (1, "(other)", "home"): (3, 2),
        (2, "home", "(exit)"): (3, 2),
        (2, "(other)", "(exit)"): (2, 1),
    }


def test_users_of_the_rest_are_counted_and_not_added_up(wide):
    apart, combined = links(wide), links(wide, "path_links_top", top=1)
    into_home = [row for (step, source, target), row in apart.items() if step == 1 and target == "home"]
    assert sum(row["users"] for row in into_home) == 3
    assert combined[1, "(other)", "home"]["users"] == 2


def test_with_room_for_all_items_nothing_is_combined(wide):
    assert links(wide, "path_links_top", top=20) == links(wide)


def test_items_with_as_many_visits_go_by_name(wide):
    named = {source for step, source, _ in links(wide, "path_links_top", top=2) if step == 1}
    assert named == {"home", "agenda", "(other)"}
