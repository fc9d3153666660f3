"""What a reader of published numbers knows: each of them as an equation, by docs/definitions.md.

Written apart from `footfall/metrics/disclosure`; it shares the sets of rows of `disclosure.Facts` only. Unknowns are
the numbers that a reader would like to know: interactions by functionality, item and search term together, by day, by
system, by group of activity; visits from item to item of each step, by length of their paths; people by frequency.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import product
from typing import Any

from tests.support.disclosure import OTHER, Facts, Row, _band, facts_item, next_of

#: What follows the last step of a path, as `next_of` writes it. No item of the samples has such a name, but one may be
#: called `(unmapped)`.
_ENDINGS = frozenset({"(exit)", "(continues)"})
#: How often people come back, those who came on two days or more.
BANDS = ("daily", "weekly", "monthly", "rarer")


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
