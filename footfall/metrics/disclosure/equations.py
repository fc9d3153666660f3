"""The published cells of a workspace as equations: does anything about few people follow from them together?

The unknowns are parts (module ``parts``). Each published cell is an equation: its parts add up to its number. An
equation that follows from these and has only parts of 1 to k - 1 protected people shows a number about them.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from footfall.metrics.disclosure.labels import OTHER
from footfall.metrics.disclosure.parts import WEIGHT, WHOLE, Part
from footfall.metrics.disclosure.solving import Cell, Column, Equation, Finding, solve

#: Families whose labels a reader knows all of, so that each hidden cell is known to have at least one row.
_KNOWN_LABELS = ("day", "os", "module", "frequency", "content")
#: Cells of people with the same number of active days, and the family whose rows add up to all active days.
_WEIGHED = ("activity_group", WHOLE)
#: Families that several groups of families divide.
_SHARED = ("total", "who", "total_visits", "items")


@dataclass
class Hidden:
    """What is not published: cells that are in ``OTHER``, families without their ``OTHER``, whole families."""

    cells: set[Cell] = field(default_factory=set)
    withheld: set[str] = field(default_factory=set)
    withdrawn: set[str] = field(default_factory=set)

    def copy(self) -> "Hidden":
        return Hidden(set(self.cells), set(self.withheld), set(self.withdrawn))

    def current(self, cell: Cell) -> Cell:
        return (cell[0], OTHER) if cell in self.cells else cell

    def is_published(self, current: Cell) -> bool:
        family, label = current
        if family == WEIGHT or family in self.withdrawn:
            return False
        return family not in self.withheld or label not in (OTHER, WHOLE)


class Equations:
    """The linear system of one workspace, solved again as cells are hidden; what did not change is kept."""

    def __init__(self, parts: Iterable[Part], k: int):
        self._k = k
        groups: dict[str, list[Part]] = defaultdict(list)
        for part in parts:
            groups[part.group].append(part)
        # In one order, so that the same data always give up the same cells.
        self._parts = dict(sorted(groups.items()))
        self._solved: dict[tuple, list[Finding]] = {}

    def findings(self, hidden: Hidden) -> list[Finding]:
        """Equations about few people, at least one where there is any; none: no such equation follows."""
        found = [finding for names in self._systems(hidden) for finding in names]
        return found + list(self._counted_out(hidden))

    def _systems(self, hidden: Hidden) -> Iterator[list[Finding]]:
        """Findings by groups of families that share a cell whose number is not published.

        What two groups share adds up to the same in both. Where that number is published both have it, so each can be
        solved by itself.
        """
        groups = {name: self._columns(name, parts, hidden) for name, parts in self._parts.items()}
        shared: dict[Cell, list[str]] = defaultdict(list)
        for name, columns in groups.items():
            for cell in set().union(*(column.cells for column in columns)):
                if not hidden.is_published(cell):
                    shared[cell].append(name)
        for names in _joined(groups, shared.values()):
            links = tuple(sorted((cell, tuple(of)) for cell, of in shared.items() if of[0] in names and len(of) > 1))
            together = tuple(column for name in names for column in groups[name])
            equations = tuple(_equations(together, links, hidden))
            key = (together, tuple(equation.cell for equation in equations))
            if key not in self._solved:
                self._solved[key] = solve(equations, together, self._k)
            yield self._solved[key]

    def _columns(self, name: str, parts: Sequence[Part], hidden: Hidden) -> list[Column]:
        found: dict[tuple[Cell, ...], list[Part]] = defaultdict(list)
        for part in parts:
            cells = {
                cell for cell in map(hidden.current, part.cells)
                if hidden.is_published(cell) or cell[0].split(":")[0] in _SHARED
                or (cell[0] == WEIGHT and hidden.is_published(_WEIGHED))
            }
            found[tuple(sorted(cells))].append(part)
        return [
            Column(name, cells, _together([part.people for part in parts], self._k), sum(part.n for part in parts))
            for cells, parts in sorted(found.items())
        ]

    def _counted_out(self, hidden: Hidden) -> Iterator[Finding]:
        """Hidden cells that are as many as their rows together: each has one row, where readers know their labels."""
        rows: dict[Cell, dict[str, int]] = defaultdict(lambda: defaultdict(int))
        for parts in self._parts.values():
            for part in parts:
                for cell in part.cells:
                    if cell in hidden.cells and cell[0].split(":")[0] in _KNOWN_LABELS:
                        rows[cell[0], OTHER][cell[1]] += part.n
        for cell, found in sorted(rows.items()):
            if self._k > 1 < len(found) == sum(found.values()) and hidden.is_published(cell):
                yield {cell: 1}


def _together(people: Iterable[frozenset[int] | None], k: int) -> frozenset[int] | None:
    found: frozenset[int] = frozenset()
    for some in people:
        if some is None:
            return None
        found |= some
    return found if len(found) < k else None


def _equations(
    columns: Sequence[Column], links: Sequence[tuple[Cell, tuple[str, ...]]], hidden: Hidden
) -> Iterator[Equation]:
    """The published cells of each group, then what holds for any data: shared cells are equal in their groups."""
    members: dict[tuple[str, Cell], dict[int, int]] = defaultdict(dict)
    for number, column in enumerate(columns):
        for cell in column.cells:
            members[column.group, cell][number] = 1
    for (_, cell), terms in sorted(members.items()):
        if hidden.is_published(cell):
            yield Equation(cell, terms)
    weighed = {number: int(label) for number, column in enumerate(columns)
               for family, label in column.cells if family == WEIGHT}
    if weighed:
        yield Equation(_WEIGHED, weighed)
    for cell, (first, *others) in links:
        for other in others:
            there = dict.fromkeys(members[other, cell], -1)
            yield Equation(None, members[first, cell] | there)


def _joined(groups: Mapping[str, object], sets: Iterable[Sequence[str]]) -> Iterator[list[str]]:
    """The groups, those together that are in one set."""
    parent = {name: name for name in groups}

    def root(name: str) -> str:
        while parent[name] != name:
            name = parent[name]
        return name

    for first, *others in sets:
        for other in others:
            parent[root(other)] = root(first)
    found: dict[str, list[str]] = defaultdict(list)
    for name in groups:
        found[root(name)].append(name)
    yield from found.values()
