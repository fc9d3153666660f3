"""Delivery plans: how the lines of many histories, a workspace each, reach one home night by night."""

import random
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from hypothesis import strategies as st

from tests.support.clocks import NIGHTS, NUMBERS
from tests.support.histories import History, Line
from tests.support.reference import compute, read_catalogue
from tests.support.reference.acceptance import accept, entity_row
from tests.support.warehouse import Tables, Warehouse

ENTITIES = ("workspaces", "participants", "content", "meetings", "meeting_participants")
#: Models after which a build dies: they keep history, so that the next build meets what the dead one left.
TEARS = ("int_device_spans", "int_events", "int_actor_spans", "int_sessions", "fct_visits", "fct_user_daily")
FILES = ("a.jsonl", "b.jsonl.gz", "c.jsonl")


@dataclass(frozen=True)
class Step:
    """``run``: the nights up to ``last`` that have not come yet arrive and are loaded; ``backfill``: nights are
    rewritten in landing and loaded again."""

    kind: Literal["run", "backfill"]
    first: int
    last: int


@dataclass(frozen=True)
class Plan:
    """Steps in order.

    Attributes:
        late: (night, file) that reach landing only at the last step, in their old folder.
        is_ahead: everything is in landing from the start, and ``run --through`` loads it night by night.
        torn: a step (its place) and a model after which a first build of that step dies.
    """

    steps: tuple[Step, ...]
    late: frozenset[tuple[int, int]] = frozenset()
    is_ahead: bool = False
    torn: tuple[int, str] | None = None

    def to_json(self) -> dict:
        steps = [[step.kind, step.first, step.last] for step in self.steps]
        return {"steps": steps, "late": sorted(map(list, self.late)), "is_ahead": self.is_ahead, "torn": self.torn}

    @classmethod
    def from_json(cls, value: dict) -> "Plan":
        steps = tuple(Step(*step) for step in value["steps"])
        torn = value.get("torn")
        return cls(steps, frozenset(map(tuple, value["late"])), value["is_ahead"], tuple(torn) if torn else None)


@st.composite
def plans(draw: st.DrawFn, runs: int = 4) -> Plan:
    """Draw a plan: ``runs`` runs over all nights, some missed and caught up, with one or two backfills between."""
    ends = sorted(draw(st.sets(st.sampled_from(NUMBERS[:-1]), min_size=runs - 1, max_size=runs - 1)))
    starts = [0, *(end + 1 for end in ends)]
    steps = [Step("run", first, last) for first, last in zip(starts, [*ends, NUMBERS[-1]], strict=True)]
    late = draw(st.sets(st.tuples(st.sampled_from(NUMBERS[:-1]), st.integers(0, 2)), max_size=5))
    for _ in range(draw(st.integers(1, 2))):
        place = draw(st.integers(1, len(steps)))
        known = max(step.last for step in steps[:place])
        last = draw(st.integers(0, known))
        steps.insert(place, Step("backfill", draw(st.integers(max(0, last - 2), last)), last))
    torn = draw(st.integers(1, len(steps) - 1)), draw(st.sampled_from(TEARS))
    return Plan(tuple(steps), frozenset(late), draw(st.booleans()), torn)


@dataclass
class Landing:
    """The content of landing by (night, file), kept beside the real files for the reference."""

    warehouse: Warehouse
    histories: Mapping[str, History]
    plan: Plan
    events: dict[tuple[int, int], list[dict]] = field(default_factory=dict)
    rewritten: set[int] = field(default_factory=set)

    def arrive(self, nights: Iterable[int]) -> None:
        """Extracts and event files of these nights arrive, but for the late files."""
        for night in nights:
            self._put_extracts(night)
            for number in range(len(FILES)):
                if (night, number) not in self.plan.late:
                    self._put_events(night, number)

    def rewrite(self, nights: Iterable[int]) -> None:
        """All files of these nights are replaced by better ones."""
        for night in nights:
            self.warehouse.empty_night(NIGHTS[night])
            self.rewritten.add(night)
            self._put_extracts(night)
            for number in range(len(FILES)):
                self._put_events(night, number)

    def arrive_late(self) -> None:
        for night, number in sorted(self.plan.late - self.events.keys()):
            self._put_events(night, number)

    def _put_events(self, night: int, number: int) -> None:
        lines = [
            {**line.body, "context": {**line.body.get("context", {}), "groupId": name}}
            for name, history in self.histories.items() for line in history.lines
            if night in (line.rewritten if night in self.rewritten else line.nights)
            and _file_of(line, night) == number
        ]
        random.Random(night).shuffle(lines)
        self.events[night, number] = lines
        # Blank lines are no lines, but no two files are the same then: a file of known content is not loaded again.
        blank = 1 + night * len(FILES) + number
        self.warehouse.land_events(NIGHTS[night], FILES[number], lines, blank=blank)

    def _put_extracts(self, night: int) -> None:
        for entity in ENTITIES:
            rows = [row for arrives, row in self._extracts(entity) if arrives == night]
            self.warehouse.land_entity(NIGHTS[night], entity, rows, blank=1 + night)

    def _extracts(self, entity: str) -> Iterator[tuple[int, dict]]:
        for workspace_id, history in self.histories.items():
            for arrives, name, row, is_kept in history.extracts:
                if name == entity and (is_kept or arrives not in self.rewritten):
                    yield arrives, {"workspace_id": workspace_id, **row}

    def expected(self, through: int) -> Tables:
        """What the reference says the marts have to hold once the nights up to ``through`` are loaded."""
        lines = ((NIGHTS[night], line) for (night, _), file in self.events.items() if night <= through for line in file)
        extracts = {
            entity: [entity_row(row, NIGHTS[night]) for night, row in self._extracts(entity) if night <= through]
            for entity in ENTITIES
        }
        catalogue = read_catalogue(self.warehouse.dbt_project / "seeds" / "event_catalog.csv")
        return compute(accept(lines), extracts, catalogue, NIGHTS[through])


def _file_of(line: Line, night: int) -> int:
    return zlib.crc32(f"{line.body['messageId']} {night}".encode()) % len(FILES)


def deliver(warehouse: Warehouse, histories: Mapping[str, History], plan: Plan) -> Iterator[tuple[Step, Tables]]:
    """Carry a plan out; after each step, built, yield the step and what the reference expects the marts to hold."""
    landing = Landing(warehouse, histories, plan)
    if plan.is_ahead:
        landing.arrive(NUMBERS)
    known = -1
    for number, step in enumerate(plan.steps):
        if step.kind == "backfill":
            landing.rewrite(range(step.first, step.last + 1))
            warehouse.backfill(f"step{number}", NIGHTS[step.first], NIGHTS[step.last])
        elif not plan.is_ahead:
            landing.arrive(range(step.first, step.last + 1))
        known = max(known, step.last)
        if number == len(plan.steps) - 1:
            landing.arrive_late()
        warehouse.load(f"step{number} load", through=NIGHTS[known])
        if plan.torn and plan.torn[0] == number:
            warehouse.build_up_to(plan.torn[1])
        warehouse.build()
        yield step, landing.expected(known)
