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


def everything(nights: Nights) -> dict[str, Any]:
    """All that a reader of the published folder sees: rows of each table, names of files, documents."""
    file, found = nights.home.published_file, {}
    for schema, table in rows(file, "select schema_name, table_name from duckdb_tables() where not internal"):
        found[f"{schema}.{table}"] = sorted(map(repr, rows(file, f'from "{schema}"."{table}"')))
    folder = (nights.home.published / "current").resolve()
    for name in ("current.json", "state.json"):
        found[name] = (folder / name).read_text(encoding="utf-8")
    found["files"] = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))
    return found


def test_who_knows_all_but_one_persons_data_learns_nothing_from_a_night_of_few(tmp_path: Path) -> None:
    """With and without what one person did, or with something else in its place, everything is the same."""
    habit = ("Home", "Documents", "Document Opened:doc-1", "Agenda")
    seen = []
    for number, last in enumerate(((), habit, ("Agenda", "Document Opened:secret", "Speakers"))):
        nights = make_nights(tmp_path / str(number), k=K)
        nights.home.key_file.write_text("k" * 64)
        nights.publish([one for user in range(40) for one in visit(user, 0, *habit)])
        for night in (1, 2):
            others = [one for user in range(3) for one in visit(user, night, *habit)]
            nights.publish([*others, *visit(9, night, *last, os="web")])
        seen.append(everything(nights))
    assert len(seen[0]["ops.load_ledger"]) == 3 and len(seen[0]["marts.anonymized_answers"]) > 20
    for other in seen[1:]:
        assert {name for name in seen[0] if seen[0][name] != other[name]} == set()
