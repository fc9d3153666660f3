"""What can be learnt about few people from published answers: cells as plain Python sets, and what subtracting gives.

Written apart from `metrics/disclosure`, from the tables before anything is left out of them. A cell is a set of rows
(interactions, visits or people), of which those of protected people matter: no cell, no cell minus another inside it,
no cell minus the sum of a family's cells inside it, and no sum of a family's cells minus a cell that it covers may be
about 1 to k - 1 of them.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from statistics import median
from typing import Any

Row = Mapping[str, Any]
OTHER = "(other)"


@dataclass(frozen=True)
class Cell:
    """Rows behind a published number; the cells of one family share none. `kind`: what the rows are."""

    kind: str
    family: str
    label: str
    rows: frozenset
    value: float | None = None

    def __str__(self) -> str:
        return f"{self.kind} {self.family} {self.label}"


class Facts:
    """The rows of one workspace and range behind its answers, and whose they are."""

    def __init__(
        self, tables: Mapping[str, Sequence[Row]], workspace: str, start: date, end: date, hidden: set[str], k: int
    ):
        """`hidden`: actor ids of the protected people; 1 to `k` - 1 guests among them are in no number."""
        of = {name: [row for row in rows if row.get("workspace_id") == workspace] for name, rows in tables.items()}
        (settings,) = of["dim_workspaces"]
        self.users = {row["user_id"] for row in of["dim_participants"] if row["is_targeted"]}
        self.hidden, self.start, self.end = hidden, start, end
        self.is_full = settings["anonymization"] == "full"
        everyone = {
            row["visit_id"]: row for row in of["fct_visits"] if row["is_counted"]
            and (row["user_id"] in self.users or (row["user_id"] is None and settings["counts_guests"]))
        }
        few = self._few_guests(everyone, of["fct_events"], k)
        self.lacks_guests = bool(few)
        everyone = {key: row for key, row in everyone.items() if row["actor_id"] not in few}
        self.visits = {key: row for key, row in everyone.items() if start <= row["local_date"] <= end}
        self.events = {row["message_id"]: row for row in of["fct_events"]
                       if row["visit_id"] in everyone and row["kind"] in ("interaction", "view")}
        self.in_range = {key for key, row in self.events.items() if start <= row["local_date"] <= end}
        self.of_visits = {key for key, row in self.events.items()
                          if row["visit_id"] in self.visits and row["user_id"] is not None}
        self.steps = {(row["level"], row["step"], row["visit_id"]): row for row in of["fct_path_steps"]
                      if row["visit_id"] in self.visits}
        searches = (row for row in of["fct_searches"] if row["message_id"] in self.in_range)
        self.terms = {row["message_id"]: row["term"] for row in searches}
        self.openings = dict(self._openings(of["fct_content_views"]))

    def _few_guests(self, visits: Mapping[str, Row], events: Iterable[Row], k: int) -> set[str]:
        """All protected guests, where 1 to `k` - 1 of them have a visit or an interaction in the range."""
        guests = {key: row["actor_id"] for key, row in visits.items()
                  if row["user_id"] is None and (self.is_full or row["actor_id"] in self.hidden)}
        of_visits = {actor for key, actor in guests.items() if self.start <= visits[key]["local_date"] <= self.end}
        of_events = {guests[row["visit_id"]] for row in events
                     if row["visit_id"] in guests and self.start <= row["local_date"] <= self.end}
        return set(guests.values()) if 0 < len(of_visits) < k or 0 < len(of_events) < k else set()

    def _openings(self, views: Iterable[Row]) -> Iterator[tuple[str, tuple[str, str]]]:
        """Message id of each opening of an item, and the item."""
        by_place = defaultdict(list)
        for key in self.in_range:
            row = self.events[key]
            if row["kind"] == "view":
                place = (row["visit_id"], row["content_type"], row["content_id"], row["occurred_at"])
                by_place[place].append(key)
        for view in views:
            found = by_place.get((view["visit_id"], view["content_type"], view["content_id"], view["viewed_at"]))
            if found and not (view["content_type"] == "user" and (self.is_full or view["content_id"] in self.hidden)):
                yield min(found), (view["content_type"], view["content_id"])

    def person(self, kind: str, row: Any) -> str | None:
        """The protected person behind a row, if it is one's."""
        actor = row if kind == "people" else (self.events if kind == "interactions" else self.visits)[row]["actor_id"]
        return actor if self.is_full or actor in self.hidden else None

    def actors(self, kind: str, rows: Iterable) -> frozenset:
        return frozenset((self.events if kind == "interactions" else self.visits)[row]["actor_id"] for row in rows)


def cells(facts: Facts, answers: Mapping[str, Sequence[Row]], user_of: Callable[[str], str | None]) -> list[Cell]:
    """Every published cell of the answers (name: rows); `user_of` gives the user behind a pseudonym."""
    return [cell for cell in _cells(facts, answers, user_of) if cell.value is not None]


def _cells(facts: Facts, answers: Mapping[str, Sequence[Row]], user_of: Callable[[str], str | None]) -> Iterator[Cell]:
    events, visits = frozenset(facts.in_range), frozenset(facts.visits)
    of_users = frozenset(key for key in visits if facts.visits[key]["user_id"] is not None)
    users = facts.actors("visits", of_users)
    (insight,), (about,) = answers["insights"], answers["data_facts"]
    single = frozenset(key for key in of_users if facts.visits[key]["is_single_event"])
    yield Cell("interactions", "total", "", events, insight["interactions"])
    yield Cell("interactions", "of visits", "", frozenset(facts.of_visits), insight["visit_interactions"])
    yield Cell("visits", "total", "", visits, insight["visits"])
    yield Cell("visits", "who", "users", of_users, insight["user_visits"])
    yield Cell("visits", "who", "guests", visits - of_users, insight["guest_visits"])
    yield Cell("visits", "single", "", single, insight["single_event_visits"])
    for share, name in ((0.5, "median_elapsed_seconds"), (0.9, "p90_elapsed_seconds")):
        if insight[name] is not None:
            low = frozenset(k for k in of_users if float(facts.visits[k]["elapsed_seconds"]) <= insight[name])
            yield Cell("visits", f"quantile {share}", "low", low, len(low))
    yield Cell("people", "users", "", users, insight["active_users"])
    yield Cell("people", "guests", "", facts.actors("visits", visits - of_users), insight["guests"])
    yield Cell("people", "participants", "", frozenset(facts.users), about["participants"])
    yield Cell("interactions", "openings", "", frozenset(facts.openings), about["content_views"])
    yield from _activity_groups(facts, answers["by_participant"], user_of)
    yield from _frequency(facts, answers["visit_frequency"], of_users)
    for name, key, label in (("by_functionality", "module", "module"), ("interactions_by_os", "os", "os")):
        yield from _family(facts, key, answers[name], label, lambda row, key=key: row[key], events)
    days = answers["interactions_by_day_os"]
    yield from _family(facts, "day", days, "local_date", lambda row: row["local_date"], events)
    terms = frozenset(facts.terms)
    yield from _family(facts, "term", answers["searches"], "term", None, terms, facts.terms, "searches")
    for kind in sorted({row["content_type"] for row in answers["content_items"]}):
        items = {key: item for key, (of, item) in facts.openings.items() if of == kind}
        rows = [row for row in answers["content_items"] if row["content_type"] == kind]
        yield from _family(facts, f"items of {kind}", rows, "content_id", None, frozenset(items), items, "views")
    yield from _paths(facts, answers)


def _family(
    facts: Facts, family: str, published: Sequence[Row], column: str, of: Callable[[Row], Any] | None, rows: frozenset,
    labels: Mapping[str, Any] | None = None, value: str = "interactions",
) -> Iterator[Cell]:
    """A cell for each published row and one for the others together; beside each the people, where they are counted."""
    label_of = labels or {key: of(facts.events[key]) for key in rows}
    by_label = defaultdict(set)
    for key in rows:
        by_label[label_of[key]].add(key)
    named = {row[column] for row in published} - {None, OTHER}
    by_label[OTHER] = set().union(*(by_label[label] for label in by_label if label not in named), set())
    for row in published:
        label = row[column] or OTHER
        found = frozenset(by_label[label])
        yield Cell("interactions", family, str(label), found, row[value])
        people = frozenset(a for a in facts.actors("interactions", found) if a in facts.users)
        yield Cell("people", f"{family} {label}", "", people, row.get("users"))


def _paths(facts: Facts, answers: Mapping[str, Sequence[Row]]) -> Iterator[Cell]:
    for name in ("path_items", "path_links", "path_links_top"):
        for level, step in sorted({(row["level"], row["step"]) for row in answers[name]}):
            here = [row for row in answers[name] if (row["level"], row["step"]) == (level, step)]
            found = defaultdict(set)
            for (of, at, visit), row in facts.steps.items():
                if (of, at) == (level, step):
                    item, target = facts_item(facts, row["item"]), next_of(facts, row)
                    found[item if name == "path_items" else (item, target)].add(visit)
            keys = {_place(name, row) for row in here}
            if name == "path_links_top":
                yield from _top(name, level, step, here, found)
                continue
            rest = OTHER if name == "path_items" else (OTHER, OTHER)
            found[rest] = set().union(*(rows for key, rows in found.items() if key not in keys or key == rest), set())
            for row in here:
                key = _place(name, row)
                yield Cell("visits", f"{name} {level} {step}", str(key), frozenset(found[key]), row["visits"])


def _top(name: str, level: str, step: int, published: Sequence[Row], found: Mapping[Any, set]) -> Iterator[Cell]:
    """Links between named items; those with (other) are sums of links and are compared with totals only."""
    for row in published:
        key = _place(name, row)
        if OTHER not in key:
            yield Cell("visits", f"{name} {level} {step}", str(key), frozenset(found[key]), row["visits"])


def _place(name: str, row: Row) -> Any:
    """An item, or source and target of a link; kinds other than items in brackets."""
    ends = tuple(
        row[end] if row[f"{end}_kind"] == "item" else f"({row[f'{end}_kind']})"
        for end in (("item",) if name == "path_items" else ("source", "target"))
    )
    return ends if len(ends) > 1 else ends[0]


def next_of(facts: Facts, step: Row) -> str:
    """What follows a step, as answers write it."""
    return facts_item(facts, step["next_item"]) if step["next_kind"] == "item" else f"({step['next_kind']})"


def facts_item(facts: Facts, item: str) -> str:
    """A path item as it may be published: the profile of a protected person is any such profile."""
    is_hidden = item.startswith("user:") and (facts.is_full or item.removeprefix("user:") in facts.hidden)
    return "user:(anonymized)" if is_hidden else item


def _frequency(facts: Facts, published: Sequence[Row], of_users: frozenset) -> Iterator[Cell]:
    days = defaultdict(set)
    for key in of_users:
        days[facts.visits[key]["actor_id"]].add(facts.visits[key]["local_date"])
    found = defaultdict(set)
    for user, dates in days.items():
        found["active_days", str(len(dates))].add(user)
        found["active_weeks", str(len({day - timedelta(day.weekday()) for day in dates}))].add(user)
        found["active_months", str(len({(day.year, day.month) for day in dates}))].add(user)
        found["band", _band(sorted(dates))].add(user)
    for measure in {row["measure"] for row in published}:
        here = [row for row in published if row["measure"] == measure]
        named = {row["bucket"] for row in here}
        others = (users for (of, label), users in found.items() if of == measure and label not in named)
        rest = set().union(*others, set())
        for row in here:
            users = rest if row["bucket"] == OTHER else found[measure, row["bucket"]]
            yield Cell("people", f"frequency {measure}", row["bucket"], frozenset(users), row["users"])


def _band(dates: list[date]) -> str:
    gaps = [(later - earlier).days for earlier, later in pairwise(dates)]
    if not gaps:
        return "once"
    limits = ((3, "daily"), (14, "weekly"), (45, "monthly"))
    return next((name for limit, name in limits if median(gaps) <= limit), "rarer")


def _activity_groups(facts: Facts, published: Sequence[Row], user_of: Callable[[str], str | None]) -> Iterator[Cell]:
    """People whose rows show the same mean time, which is that of their group; rows of named people are their own."""
    activity_groups = defaultdict(set)
    for row in published:
        if user_of(row["user_id"]) is not None:
            activity_groups[row["engaged_seconds"], row["elapsed_seconds"]].add(user_of(row["user_id"]))
    for label, users in sorted(activity_groups.items()):
        visits = frozenset(key for key, row in facts.visits.items() if row["actor_id"] in users)
        events = frozenset(key for key in facts.in_range if facts.events[key]["actor_id"] in users)
        shown = [row for row in published if user_of(row["user_id"]) in users]
        yield Cell("visits", "activity_groups", str(label), visits, sum(row["visits"] for row in shown))
        yield Cell("interactions", "activity_groups", str(label), events, sum(row["interactions"] for row in shown))


def wrong_values(published: Iterable[Cell]) -> list[str]:
    """Cells whose published number is not that of their rows."""
    return [f"{cell}: {cell.value}, not {len(cell.rows)}" for cell in published if cell.value != len(cell.rows)]


def isolated(facts: Facts, published: Iterable[Cell], k: int) -> list[str]:
    """Every cell and difference of cells about 1 to k - 1 protected people, in words."""
    found: list[str] = []
    by_kind: dict[str, list[tuple[Cell, frozenset]]] = defaultdict(list)
    whose: dict[tuple[str, Any], str | None] = {}
    for cell in published:
        for row in cell.rows:
            whose.setdefault((cell.kind, row), facts.person(cell.kind, row))
        rows = frozenset(row for row in cell.rows if whose[cell.kind, row] is not None)
        by_kind[cell.kind].append((cell, rows))

    def check(kind: str, rows: frozenset, what: str) -> None:
        people = {whose[kind, row] for row in rows}
        if 0 < len(people) < k:
            found.append(f"{what}: {len(people)} people")

    for kind, listed in by_kind.items():
        for cell, rows in listed:
            check(kind, rows, str(cell))
            inside, over = defaultdict(set), defaultdict(set)
            for other, others in listed:
                if other.family == cell.family:
                    continue
                if others < rows:
                    check(kind, rows - others, f"{cell} minus {other}")
                if others <= rows:
                    inside[other.family] |= others
                if others & rows:
                    over[other.family] |= others
            for family, sum_ in inside.items():
                check(kind, rows - sum_, f"{cell} minus all of {family} inside it")
            for family, sum_ in over.items():
                if rows <= sum_:
                    check(kind, frozenset(sum_ - rows), f"the {family} that cover {cell}, minus it")
    return found
