"""Somebody keeps what is published every night, and subtracts any two nights from each other."""

import json
import random
from collections import defaultdict
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from typing import Any

from tests.support.marts import rows
from tests.support.nights import Nights, make_nights, visit

K = 5
STEPS = ("Home", "Agenda", "Documents", "People", "Document Opened:doc-1", "Document Opened:doc-2", "Speakers")
FACTS = """
    select actor_id, unnest(['module', 'day', 'os']) as family, unnest([module, local_date::varchar, os]) as label
    from marts.marts.fct_events where kind in ('interaction', 'view')
    union all
    select actor_id, 'item', content_type || ' ' || content_id from marts.marts.fct_content_views
    union all
    select actor_id, 'item users', content_type || ' ' || content_id from (
        select distinct actor_id, content_type, content_id from marts.marts.fct_content_views)
    union all
    select actor_id, 'visits', 'all' from marts.marts.fct_visits where is_counted
"""


def parts(nights: Nights) -> dict[tuple[str, str], dict[str, int]]:
    """By cell, how often each person is counted in it, from the whole marts."""
    found: dict[tuple[str, str], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for actor, family, label in rows(nights.home.marts_file, FACTS):
        found[family, label][actor] += 1
    return found


def published(nights: Nights) -> dict[tuple[str, str], Any]:
    """The numbers of the same cells as readers see them."""
    found = {}
    for row in nights.answer("by_functionality"):
        found["module", row["module"]] = row["interactions"]
    for row in nights.answer("interactions_by_day_os"):
        found["day", row["local_date"]] = row["interactions"]
    for row in nights.answer("interactions_by_os"):
        found["os", row["os"]] = row["interactions"]
    for row in nights.answer("content_items"):
        found["item", f"{row['content_type']} {row['content_id']}"] = row["views"]
        found["item users", f"{row['content_type']} {row['content_id']}"] = row["users"]
    found["visits", "all"] = nights.answer("insights")[0]["visits"]
    return {cell: number for cell, number in found.items() if number is not None and cell[1]}


def ten_nights(nights: Nights) -> Iterator[None]:
    """Everyone comes on the first night, many on two others, single people on the rest."""
    chance = random.Random(1)
    for night, people in enumerate((40, 1, 3, 30, 1, 2, 1, 30, 1, 3)):
        arrived = []
        for user in chance.sample(range(40), people):
            arrived += visit(user, night, *chance.sample(STEPS, chance.randint(2, 5)), os=chance.choice(("ios", "web")))
        nights.publish(arrived)
        yield


def test_no_difference_of_two_nights_is_about_few_people(tmp_path: Path) -> None:
    nights = make_nights(tmp_path / "home", k=K)
    states: list[tuple[dict, dict, dict]] = []
    seen, kept = set(), 0
    for _ in ten_nights(nights):
        shown = json.dumps(nights.answers())
        if shown in seen:
            kept += 1
        else:
            seen.add(shown)
            states.append((published(nights), parts(nights)))
    assert len(states) > 2 and kept > 2, "some nights move and some do not"
    compared = 0
    for (old, before), (new, after) in combinations(states, 2):
        for cell in old.keys() & new.keys():
            assert old[cell] == sum(before[cell].values()), "the numbers are those of the state"
            people = {actor for actor in before[cell].keys() | after[cell].keys()
                      if before[cell].get(actor, 0) != after[cell].get(actor, 0)}
            assert not 0 < len(people) < K, (cell, len(people))
            compared += bool(people)
    assert compared > 10
