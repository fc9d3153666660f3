"""Somebody who reads the published folder, exports and `ops` and knows everything but one person's data.

Worlds that differ in one person only are published night after night and compared. A long run: FOOTFALL_WORLDS=40.
"""

import os
import random
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from footfall.core.database import connect
from footfall.core.secret import pseudonym, secret_key
from footfall.metrics.answers import ANSWERS
from footfall.metrics.layer import answer
from footfall.metrics.question import Question
from footfall.metrics.source import open_published
from footfall.publishing.shown_states import read_states
from footfall.publishing.versions import current_version
from tests.support.disclosure import Facts, cells, isolated, wrong_values
from tests.support.equation_attack import attack
from tests.support.nights import Nights, make_nights, visit
from tests.support.reader import differing, everything, export, exported
from tests.support.unpacked import found_in

WORLDS = int(os.environ.get("FOOTFALL_WORLDS", "1"))
NIGHTS = 10 if WORLDS > 1 else 4
K, PEOPLE, PERSON = 5, 40, 9
HABIT = ("Home", "Documents", "Document Opened:doc-1", "Agenda")
WAYS = (HABIT, ("Home", "Agenda", "Speakers"), ("Agenda", "Document Opened:doc-2"), ("People", "Home", "Documents"))
#: What only this person does: an item, a screen, a search that occur nowhere else.
OWN = ("Agenda", "Document Opened:secretitem", "Secret Screen", "Speakers", "Document Opened:doc-2")
TABLES = ("dim_workspaces", "dim_participants", "fct_events", "fct_visits", "fct_content_views", "fct_searches",
          "fct_path_steps")
#: Where totals of a group stand, which anybody may subtract who knows all others (docs/privacy.md): the answers, dates
#: and counts of a load by enough people, what is made of these, and whether the state moved at all.
TOTALS = {"marts.anonymized_answers", "ops.load_ledger", "ops.load_by_workspace", "ops.runs", "ops.late_events",
          "ops.restatements", "current.json", "state.json"}
#: Of these, counts of a load by enough people, shown also where they do not make a new state.
LOADS = {"ops.load_ledger", "ops.late_events"}


def test_exports_of_a_night_that_is_held_back_are_the_same_bytes(tmp_path: Path) -> None:
    nights = make_nights(tmp_path / "home", k=K)
    nights.publish([one for user in range(PEOPLE) for one in visit(user, 0, *HABIT)])
    export(nights)
    before = exported(nights)
    assert len(before) > 20 and any(name.endswith("report.html") for name in before)
    nights.publish([*visit(1, 1, *HABIT), *visit(PERSON, 1, *OWN, os="web")])
    export(nights)
    assert exported(nights) == before
    shutil.rmtree(nights.home.exports)
    export(nights)
    again = exported(nights)
    assert {name.rpartition("/")[2] for name in differing(again, before)} <= {"manifest.json"}, "it names the run"


def test_who_knows_all_but_one_persons_data_learns_nothing_from_a_night_of_few(tmp_path: Path) -> None:
    """With and without what one person did, or with something else in its place, everything is the same."""
    seen = []
    for number, last in enumerate(((), HABIT, OWN)):
        nights = make_world(tmp_path / str(number))
        nights.publish([one for user in range(PEOPLE) for one in visit(user, 0, *HABIT)])
        for night in (1, 2):
            others = [one for user in range(3) for one in visit(user, night, *HABIT)]
            nights.publish([*others, *visit(PERSON, night, *last, os="web")])
        export(nights)
        seen.append(everything(nights))
    assert len(seen[0]["ops.load_ledger"]) == 3 and len(seen[0]["marts.anonymized_answers"]) > 20
    assert sum(name.startswith("exports/") for name in seen[0]) > 20
    for other in seen[1:]:
        assert differing(seen[0], other) == set()


def make_world(root: Path) -> Nights:
    nights = make_nights(root, k=K, people=PEOPLE)
    nights.home.key_file.write_text("k" * 64)
    return nights


def acts(chance: random.Random) -> Iterator[list[dict]]:
    """What all others do, night after night: everyone on the first, then some few, now and then many."""
    for night in range(NIGHTS):
        others = [user for user in range(PEOPLE) if user != PERSON]
        # Not nobody: that a file arrived is in `ops`. The second night is one of few, which is held back.
        sizes = (1, 2, 3) if night == 1 else (1, 2, 3, 3, 12, 25)
        users = others if night == 0 else sorted(chance.sample(others, chance.choice(sizes)))
        yield [one for user in users for one in visit(
            user, night, *chance.choice(WAYS), os=chance.choice(("ios", "web")), hour=chance.randint(8, 18))]


@pytest.mark.parametrize("seed", range(WORLDS))
def test_two_worlds_that_differ_in_one_person_differ_in_totals_of_groups_only(seed: int, tmp_path: Path) -> None:
    chance = random.Random(seed)
    pair = [make_world(tmp_path / name) for name in ("without", "with")]
    is_same, compared, loads = True, 0, set[str]()
    for night, others in enumerate(acts(chance)):
        own = visit(PERSON, night, *(HABIT if night == 0 else OWN), os="web", device_id="secretdevice")
        if night:
            own[0] |= {"event": "Search Performed", "query": "secretterm", "results": 1}
        before = [nights.answers() for nights in pair] if night else [[], []]
        for nights, arrived in zip(pair, (others + (own if night == 0 else []), others + own), strict=True):
            nights.publish(arrived)
            export(nights)
        moved = [nights.answers() != shown for nights, shown in zip(pair, before, strict=True)]
        is_same = is_same and not (night and any(moved))
        left = differing(*map(everything, pair))
        compared += is_same
        if night and len({one["user_id"] for one in others}) >= K - 1:
            loads = LOADS
        if is_same:
            assert left <= loads, night
        assert {name for name in left if not name.startswith("exports/")} <= TOTALS, night
        for nights, is_new in zip(pair, moved, strict=True):
            if is_new:
                check_state(nights)
    assert compared > 1, "some nights are held back"
    for folder in (pair[1].home.published, pair[1].home.exports):
        assert found_in(folder, ["secretitem", "Secret Screen", "secretterm", "secretdevice"]) == []


def check_state(nights: Nights) -> None:
    """Nothing about 1 to k - 1 people is in the state that is shown, nor follows from it."""
    with connect(nights.home.marts_file, read_only=True) as con:
        tables = {name: con.sql(f"from marts.marts.{name}").to_arrow_table().to_pylist() for name in TABLES}
    with open_published(nights.home) as con:
        answers = {name: answer(con, name, Question("expo")).to_pylist() for name in ANSWERS}
    (about,) = answers["data_facts"]
    start, end = about["range_start"], about["range_end"]
    facts = Facts(tables, "expo", start, end, {row["actor_id"] for row in tables["fct_events"]}, K)
    state = read_states(nights.home, current_version(nights.home).name)["expo"].state
    key = secret_key(nights.home, nights.settings)
    users = {pseudonym(key, "expo", f"{start}_{end}", state, user): user for user in facts.users}
    shown = cells(facts, answers, users.get)
    assert wrong_values(shown) == [] and isolated(facts, shown, K) == []
    assert attack(facts, answers, users.get, K).found == []
