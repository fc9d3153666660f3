"""An attack with linear algebra on everything published of small anonymised workspaces."""

import random
from collections.abc import Iterator

import duckdb
import pytest

from footfall.core.secret import pseudonym
from footfall.metrics.answers import ANSWERS
from footfall.metrics.layer import answer
from footfall.metrics.question import Question
from tests.support.disclosure import Facts, cells, wrong_values
from tests.support.equation_attack import Outcome, attack
from tests.support.published import disclose, event, published_from

EXPO = Question("expo")
VIEWS = ("Session Viewed", "Document Opened", "Speaker Viewed", "Form Opened", "Page Viewed", "Sponsor Viewed")
SCREENS = ("Home", "Agenda", "Map", "Feed", "Settings")


def acts(seed: int) -> Iterator[dict]:
    """Some people and a guest or two, most of whom do the same few things, on three days."""
    chance = random.Random(seed)
    people = [f"u{n:02}" for n in range(chance.randint(12, 22))]
    for day in range(2, 5):
        for user in [*people, None]:
            if chance.random() < 0.7:
                for step in range(min(1 + int(chance.expovariate(0.4)), 8)):
                    at = f"2026-06-0{day}T1{chance.randint(0, 1)}:{step:02}:{chance.randint(0, 59):02}"
                    one = {"user_id": user, "device_id": user or f"kiosk{day}", "os": chance.choice(["ios", "web"])}
                    draw = min(int(chance.expovariate(0.7)), 4)
                    if chance.random() < 0.1:
                        yield event(at, "Search Performed", query=chance.choice("ab"), results=1, **one)
                    elif chance.random() < 0.5:
                        yield event(at, SCREENS[draw], **one)
                    else:
                        yield event(at, VIEWS[draw], item=f"{VIEWS[draw][0]}{chance.randint(0, 1)}", **one)


def workspace(seed: int, k: int) -> duckdb.DuckDBPyConnection:
    return published_from(
        acts(seed), participants=[{"user_id": f"u{n:02}"} for n in range(25)],
        workspaces=[{"name": "Expo", "timezone": "UTC", "anonymization": "full", "min_group_size": k}],
    )


def outcome(con: duckdb.DuckDBPyConnection, k: int, shown_for: int) -> Outcome:
    """What an attack finds about fewer than ``k`` people in answers that are published for ``shown_for``."""
    names = ("dim_workspaces", "dim_participants", "fct_events", "fct_visits", "fct_content_views", "fct_searches",
             "fct_path_steps")
    tables = {name: con.sql(f"from marts.{name}").to_arrow_table().to_pylist() for name in names}
    con.execute("update marts.dim_workspaces set min_group_size = ?", [shown_for])
    disclose(con)
    answers = {name: answer(con, name, EXPO).to_pylist() for name in ANSWERS}
    (about,) = answers["data_facts"]
    start, end = about["range_start"], about["range_end"]
    hidden = {row["actor_id"] for row in tables["fct_events"]}
    facts = Facts(tables, "expo", start, end, hidden, shown_for)
    users = {pseudonym(b"k" * 32, "expo", f"{start}_{end}", "", user): user for user in facts.users}
    assert wrong_values(cells(facts, answers, users.get)) == []
    return attack(facts, answers, users.get, k)


@pytest.mark.parametrize(("seed", "k"), [(0, 2), (1, 3), (2, 2), (3, 4)])
def test_nothing_about_few_people_follows_from_all_that_is_published(seed: int, k: int) -> None:
    with workspace(seed, k) as con:
        found = outcome(con, k, k)
    assert found.sums > 15 and found.few > 30, "there is something to find"
    assert found.found == []


def test_the_attack_finds_people_where_nothing_is_suppressed() -> None:
    with workspace(0, 1) as con:
        found = outcome(con, 3, 1)
    kinds = {one.split(":")[0] for one in found.found}
    assert kinds == {"interactions", "visits", "people"}
    assert any("by bounds" in one for one in found.found)
