"""What a reader learns with linear algebra: every published number as an equation, by docs/definitions.md.

Written apart from `footfall/metrics/disclosure`; it shares the sets of rows of `disclosure.Facts` only. Unknowns are
the numbers that a reader would like to know: interactions by functionality, item and search term together, by day, by
system, by group of activity; visits from item to item of each step, by length of their paths; people by frequency. The
attack succeeds where an equation that follows is about 1 to k - 1 protected people, with any factors, and where the
least and the greatest number that the equations allow for a few people are the same whole number.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import islice, product
from math import ceil, floor
from typing import Any

import numpy as np
from scipy.optimize import linprog

from tests.support.disclosure import OTHER, Facts, Row, _band, facts_item, next_of

#: Elimination is done with remainders of division by this prime.
PRIME = 2**31 - 1
#: What follows the last step of a path, as `next_of` writes it. No item of the samples has such a name, but one may be
#: called `(unmapped)`.
_ENDINGS = frozenset({"(exit)", "(continues)"})
#: How often people come back, those who came on two days or more.
BANDS = ("daily", "weekly", "monthly", "rarer")
#: Unions of people that are tried in one block, and linear programs in one workspace.
_MOST_UNIONS, _MOST_PROGRAMS = 2000, 4


@dataclass
class Unknowns:
    """Equations of one kind of rows: named unknowns, who is behind each, its true number, and sums that are known."""

    #: Nobody is behind an unknown that only might be more than 0, for all that a reader knows.
    people: dict[Hashable, set[str]] = field(default_factory=lambda: defaultdict(set))
    true: dict[Hashable, int] = field(default_factory=lambda: defaultdict(int))
    #: Published sums: a name, the unknowns, and the number without the rows of people who are named anyway.
    sums: list[tuple[str, set[Hashable], int]] = field(default_factory=list)
    #: How often an unknown counts in a sum; once where it is not named.
    times: dict[tuple[str, Hashable], int] = field(default_factory=dict)
    #: Pairs of sums that are equal for any data.
    equal: list[tuple[set[Hashable], set[Hashable]]] = field(default_factory=list)

    def add(self, name: Hashable, person: str) -> None:
        self.people[name].add(person)
        self.true[name] += 1

    def where(self, test: Callable[[Any], bool]) -> set[Hashable]:
        return {name for name in self.people if test(name)}

    def known(self, what: str, number: float | None, names: set[Hashable]) -> None:
        """A published number is an equation; one that is null is not."""
        if number is not None and names:
            self.sums.append((what, names, sum(self.true[name] for name in names)))

    def table(self, what: str, shown: Iterable[tuple[Any, float]], label: Callable[[Any], Any], among: set) -> None:
        """Rows of a table, of which one may be about all labels that are not named."""
        rows = list(shown)
        named = {key for key, _ in rows} - {OTHER, None}
        for key, number in rows:
            is_rest = key in (OTHER, None)
            self.known(f"{what} {key}", number, {
                name for name in among if (label(name) not in named if is_rest else label(name) == key)
            })


def systems(
    facts: Facts, answers: Mapping[str, Sequence[Row]], user_of: Callable[[str], str | None]
) -> dict[str, Unknowns]:
    """The equations of each kind of rows."""
    groups: dict[Any, set[str]] = defaultdict(set)
    for row in answers["by_participant"]:
        user = user_of(row["user_id"])
        if user is not None:
            groups[row["engaged_seconds"], row["elapsed_seconds"]].add(user)
    group_of = {user: key for key, users in groups.items() for user in users}
    return {
        "interactions": _interactions(facts, answers, group_of), "visits": _visits(facts, answers, group_of),
        "people": _people(facts, answers, user_of),
    }


def _interactions(facts: Facts, answers: Mapping[str, Sequence[Row]], group_of: Mapping[str, Any]) -> Unknowns:
    made, (insight,), (about,) = Unknowns(), answers["insights"], answers["data_facts"]
    for key in facts.in_range | facts.of_visits:
        row, person = facts.events[key], facts.person("interactions", key)
        if person is None:
            continue
        who = "guest" if row["user_id"] is None else "user"
        if key in facts.in_range:
            opened = facts.openings.get(key, (None, None))
            made.add(("what", row["module"], *opened, facts.terms.get(key)), person)
            made.add(("day", row["local_date"]), person)
            made.add(("os", row["os"]), person)
            made.add(("group", who, group_of.get(row["actor_id"])), person)
        made.add(("edge", who, key in facts.in_range, key in facts.of_visits), person)
    what, days, systems_, by_group = (
        made.where(lambda name, kind=kind: name[0] == kind) for kind in ("what", "day", "os", "group"))
    edge_in = made.where(lambda name: name[0] == "edge" and name[2])
    for part in (what, days, systems_, by_group, edge_in):
        made.known("interactions", insight["interactions"], part)
        made.equal.append((what, part))
    made.known("interactions of visits", insight["visit_interactions"], made.where(
        lambda name: name[0] == "edge" and name[1] == "user" and name[3]))
    users = made.where(lambda name: name[0] == "group" and name[1] == "user")
    made.equal.append((users, made.where(lambda name: name[0] == "edge" and name[1] == "user" and name[2])))
    made.table("functionality", ((row["module"], row["interactions"]) for row in answers["by_functionality"]),
               lambda name: name[1], what)
    made.table("day", ((row["local_date"], row["interactions"]) for row in answers["interactions_by_day_os"]),
               lambda name: name[1], days)
    made.table("system", ((row["os"], row["interactions"]) for row in answers["interactions_by_os"]),
               lambda name: name[1], systems_)
    made.table("term", ((row["term"], row["searches"]) for row in answers["searches"]), lambda name: name[4],
               {name for name in what if name[4] is not None})
    made.known("openings", about["content_views"], {name for name in what if name[2] is not None})
    for kind in {row["content_type"] for row in answers["content_items"]}:
        shown = [row for row in answers["content_items"] if row["content_type"] == kind]
        made.table(f"items of {kind}", ((row["content_id"], row["views"]) for row in shown), lambda name: name[3],
                   {name for name in what if name[2] == kind})
    for key in set(group_of.values()):
        made.known(f"group {key}", 1, {name for name in by_group if name[2] == key})
    return made


def _visits(facts: Facts, answers: Mapping[str, Sequence[Row]], group_of: Mapping[str, Any]) -> Unknowns:
    made, (insight,) = Unknowns(), answers["insights"]
    steps: dict[tuple[str, str], dict[int, Row]] = defaultdict(dict)
    for (level, step, visit), row in facts.steps.items():
        steps[level, visit][step] = row
    for visit, row in facts.visits.items():
        person = facts.person("visits", visit)
        if person is None:
            continue
        who = "guest" if row["user_id"] is None else "user"
        made.add(("who", who, group_of.get(row["actor_id"])), person)
        lengths = tuple(max(steps[level, visit], default=0) for level in ("module", "content"))
        made.add(("length", *lengths, row["is_single_event"] and who == "user"), person)
        for level in ("module", "content"):
            for step, found in steps[level, visit].items():
                made.add(("link", level, step, facts_item(facts, found["item"]), next_of(facts, found)), person)
        firsts = tuple(facts_item(facts, steps[level, visit][1]["item"]) if 1 in steps[level, visit] else None
                       for level in ("module", "content"))
        made.add(("first", *firsts), person)
    who, lengths, first = (made.where(lambda name, kind=kind: name[0] == kind) for kind in ("who", "length", "first"))
    for part in (who, lengths, first):
        made.known("visits", insight["visits"], part)
        made.equal.append((who, part))
    made.known("visits of users", insight["user_visits"], {name for name in who if name[1] == "user"})
    made.known("visits of guests", insight["guest_visits"], {name for name in who if name[1] == "guest"})
    made.known("single", insight["single_event_visits"], {name for name in lengths if name[3]})
    for key in set(group_of.values()):
        made.known(f"group {key}", 1, {name for name in who if name[2] == key})
    for number, level in enumerate(("module", "content"), 1):
        for step in range(1, 11):
            _step(made, answers, level, step)
            here = made.where(lambda name, level=level, step=step: name[:3] == ("link", level, step))
            made.equal.append((here, {name for name in lengths if name[number] >= step}))
        at_start = made.where(lambda name, level=level: name[:3] == ("link", level, 1))
        # A reader does not know what became of the items that are not named.
        named = {row["item"] for row in answers["path_items"] if (row["level"], row["step"]) == (level, 1)} - {None}
        for item in named:
            made.equal.append(({name for name in at_start if name[3] == item},
                               {name for name in first if name[number] == item}))
        made.equal.append(({name for name in at_start if name[3] not in named},
                           {name for name in first if name[number] not in named}))
    return made


def _step(made: Unknowns, answers: Mapping[str, Sequence[Row]], level: str, step: int) -> None:
    here = made.where(lambda name: name[:3] == ("link", level, step))
    before = made.where(lambda name: name[:3] == ("link", level, step - 1) and name[4] not in _ENDINGS)
    items = [row for row in answers["path_items"] if (row["level"], row["step"]) == (level, step)]
    shown = [(row["item"] if row["item_kind"] == "item" else OTHER, row["visits"]) for row in items]
    made.table(f"{level} {step}", shown, lambda name: name[3], here)
    if step > 1:
        made.table(f"into {level} {step}", shown, lambda name: name[4], before)
        named = {item for item, _ in shown} - {OTHER}
        for item in named:
            made.equal.append(({name for name in here if name[3] == item},
                               {name for name in before if name[4] == item}))
        made.equal.append(({name for name in here if name[3] not in named},
                           {name for name in before if name[4] not in named}))
    links = [row for row in answers["path_links"] if (row["level"], row["step"]) == (level, step)]
    made.table(f"links of {level} {step}", (
        (OTHER if "other" in (row["source_kind"], row["target_kind"]) else
         (row["source"], row["target"] if row["target_kind"] == "item" else f"({row['target_kind']})"), row["visits"])
        for row in links), lambda name: (name[3], name[4]), here)


def _people(
    facts: Facts, answers: Mapping[str, Sequence[Row]], user_of: Callable[[str], str | None]
) -> Unknowns:
    made, (insight,), (about,) = Unknowns(), answers["insights"], answers["data_facts"]
    days: dict[str, set] = defaultdict(set)
    for visit, row in facts.visits.items():
        if row["user_id"] is not None and facts.person("visits", visit) is not None:
            days[row["actor_id"]].add(row["local_date"])
    for user in facts.users:
        if facts.person("people", user) is not None:
            dates = days.get(user, set())
            made.add(("frequency", str(len(dates)), str(len({day.isocalendar()[:2] for day in dates})),
                      str(len({(day.year, day.month) for day in dates})), _band(sorted(dates)))
                     if dates else ("inactive",), user)
    for name in _frequencies(facts.start, facts.end):
        made.people[name] |= set()
    active = made.where(lambda name: name[0] == "frequency")
    if any(user_of(row["user_id"]) for row in answers["by_participant"]):
        # Their rows add up to all active days.
        made.times = {("active days", name): int(name[1]) for name in active}
        made.sums.append(("active days", active, sum(int(name[1]) * made.true[name] for name in active)))
    made.known("active users", insight["active_users"], active)
    made.known("participants", about["participants"], set(made.people))
    for place, measure in enumerate(("active_days", "active_weeks", "active_months", "band"), 1):
        shown = ((row["bucket"], row["users"]) for row in answers["visit_frequency"] if row["measure"] == measure)
        made.table(measure, shown, lambda name, place=place: name[place], active)
    return made


def _frequencies(start: date, end: date) -> Iterator[tuple[str, ...]]:
    """All that a person's active days may be, for a reader who does not know which of these somebody has."""
    range_ = [start + timedelta(day) for day in range((end - start).days + 1)]
    weeks, months = ({day.isocalendar()[:2] for day in range_}, {(day.year, day.month) for day in range_})
    for days in range(1, len(range_) + 1):
        for week, month in product(range(1, min(days, len(weeks)) + 1), range(1, min(days, len(months)) + 1)):
            for band in BANDS if days > 1 else ("once",):
                yield ("frequency", str(days), str(week), str(month), band)


@dataclass(frozen=True)
class Outcome:
    """What an attack on one workspace tried and found, in words."""

    sums: int
    unknowns: int
    few: int
    programs: int
    found: list[str]


def attack(
    facts: Facts, answers: Mapping[str, Sequence[Row]], user_of: Callable[[str], str | None], k: int
) -> Outcome:
    """Solve the equations of everything published about a workspace."""
    found, counts = [], [0, 0, 0, 0]
    for kind, made in systems(facts, answers, user_of).items():
        names = sorted(made.people, key=repr)
        few = [name for name in names if 0 < len(made.people[name]) < k]
        solved, programs = _solve(kind, made, names, k)
        found += solved
        counts = [a + b for a, b in zip(counts, (len(made.sums), len(names), len(few), programs), strict=True)]
    return Outcome(*counts, found)


def _solve(kind: str, made: Unknowns, names: Sequence[Hashable], k: int) -> tuple[list[str], int]:
    place = {name: number for number, name in enumerate(names)}
    given = np.zeros((len(made.sums), len(names)), dtype=np.int64)
    for row, (what, members, _) in enumerate(made.sums):
        for name in members:
            given[row, place[name]] = made.times.get((what, name), 1)
    always = np.zeros((len(made.equal), len(names)), dtype=np.int64)
    for row, (left, right) in enumerate(made.equal):
        always[row, [place[name] for name in left]] += 1
        always[row, [place[name] for name in right]] -= 1
    # Unknowns that are in the same equations always have the same weight: they are one.
    whole, same = np.unique(np.concatenate([given, always]), axis=1, return_inverse=True)
    people = [frozenset() for _ in range(whole.shape[1])]
    for name, number in zip(names, same.ravel(), strict=True):
        people[number] |= made.people[name]
    given, always = whole[: len(given)], whole[len(given) :]
    # Who eliminates is taken to know which unknowns are 0; bounds are about all that may be.
    some = [number for number, who in enumerate(people) if who]
    found = [f"{kind}: {sorted(few)} by elimination"
             for few in _eliminated(given[:, some], always[:, some], [people[number] for number in some], k)]
    bounded, programs = _bounded(made, given, always, people, k)
    return found + [f"{kind}: {what} by bounds" for what in bounded], programs


def _eliminated(given: np.ndarray, always: np.ndarray, people: Sequence[frozenset], k: int) -> Iterator[frozenset]:
    """Sets of fewer than k people that more follows about from the published numbers than holds anyway."""
    few = [number for number, some in enumerate(people) if len(some) < k]
    many = [number for number in range(len(people)) if number not in set(few)]
    if not few:
        return
    spaces = [_left_over(matrix, many)[:, few] for matrix in (np.concatenate([given, always]), always)]
    if len(spaces[0]) == len(spaces[1]):
        return
    of_few = [people[number] for number in few]
    for block in _connected(spaces[0]):
        own = spaces[0][(spaces[0][:, block] != 0).any(axis=1)][:, block]
        for some in _unions({of_few[column] for column in block}, k):
            outside = [place for place, column in enumerate(block) if not of_few[column] <= some]
            inside = {column for column in block if of_few[column] <= some}
            beyond = [column for column in range(len(few)) if column not in inside]
            about = len(own) - len(_left_over(own[:, outside], []))
            if about and about > len(spaces[1]) - len(_left_over(spaces[1][:, beyond], [])):
                yield some


def _connected(space: np.ndarray) -> Iterator[list[int]]:
    """Columns that equations connect."""
    left = [set(np.flatnonzero(row).tolist()) for row in space]
    while left:
        block, grown = left.pop(), True
        while grown:
            near = [row for row in left if row & block]
            left = [row for row in left if not row & block]
            block, grown = block.union(*near), bool(near)
        yield sorted(block)


def _unions(sets: set[frozenset], k: int) -> set[frozenset]:
    """All unions of fewer than k people, up to a number of them."""
    found, growing = set(sets), list(sets)
    while growing and len(found) < _MOST_UNIONS:
        some = growing.pop()
        for other in sets:
            both = some | other
            if len(both) < k and both not in found:
                found.add(both)
                growing.append(both)
    return found


def _left_over(matrix: np.ndarray, columns: Sequence[int]) -> np.ndarray:
    """A basis of the equations that follow and have none of the columns, modulo the prime."""
    rows, done = matrix % PRIME, 0
    order = [*columns, *(column for column in range(matrix.shape[1]) if column not in set(columns))]
    first = 0
    for at, column in enumerate(order):
        if at == len(columns):
            first = done
        candidates = np.flatnonzero(rows[done:, column])
        if not len(candidates):
            continue
        pivot = done + candidates[0]
        rows[[done, pivot]] = rows[[pivot, done]]
        rows[done] = rows[done] * pow(int(rows[done, column]), -1, PRIME) % PRIME
        below = done + 1 + np.flatnonzero(rows[done + 1 :, column])
        rows[below] = (rows[below] - rows[below, column][:, None] * rows[done] % PRIME) % PRIME
        done += 1
        if done == len(rows):
            break
    else:
        at = len(order)
    return rows[first if at >= len(columns) else done : done]


def _bounded(
    made: Unknowns, given: np.ndarray, always: np.ndarray, people: Sequence[frozenset], k: int
) -> tuple[list[str], int]:
    """Numbers of few people that the equations leave one whole number for; and how many were tried."""
    matrix = np.concatenate([given, always])
    right = np.array([number for _, _, number in made.sums] + [0] * len(always))
    found, tried = [], 0
    sets = sorted({some for some in people if 0 < len(some) < k}, key=sorted)
    for some in islice(sets, 0, None, max(1, len(sets) // _MOST_PROGRAMS)):
        goal = np.array([float(bool(one) and one <= some) for one in people])
        bounds = [linprog(sign * goal, A_eq=matrix, b_eq=right, bounds=(0, None), method="highs") for sign in (1, -1)]
        assert all(result.status == 0 for result in bounds), "what is published can be true"
        least, most = ceil(bounds[0].fun - 1e-6), floor(-bounds[1].fun + 1e-6)
        tried += 1
        if least >= most:
            found.append(f"{sorted(some)}: {least}")
    return found, tried
