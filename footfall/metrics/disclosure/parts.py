"""The unknowns of the linear audit: rows of protected people that are in the same cells of a group of families.

A reader knows how the families of a group divide each other (modules into items and searches, visits into steps), and
of different groups only that they divide the same total.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from footfall.metrics.disclosure.members import Members
from footfall.metrics.disclosure.solving import Cell

#: The label of a family as a whole.
WHOLE = "*"
#: Cells of people with the same number of active days, by how much they add to the sum of active days.
WEIGHT = "weight"
#: Groups of a family, by the universe and the first word of its name; of paths see ``_groups_of``.
_GROUPS: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("events", "total"): ("modules", "days", "systems", "guests"),
    ("events", "day"): ("days",),
    ("events", "os"): ("systems",),
    ("events", "module"): ("modules",),
    ("events", "openings"): ("modules",),
    ("events", "term"): ("modules",),
    ("events", "content"): ("modules",),
    ("events", "visit_interactions"): ("edges",),
    ("events", "who"): ("guests", "edges"),
    ("events", "activity_group"): ("guests",),
    ("visits", "total_visits"): ("visitors", "lengths", "first"),
    ("visits", "who"): ("visitors", "median", "p90"),
    ("visits", "activity_group"): ("visitors",),
    ("visits", "single"): ("lengths",),
    ("visits", "median"): ("median",),
    ("visits", "p90"): ("p90",),
    ("people", "active"): ("people",),
    ("people", "known"): ("people",),
    ("people", "frequency"): ("people",),
}
#: Numbers below it fit into 64 bits.
_MOST = 2**62


@dataclass(frozen=True)
class Part:
    """Rows of protected people that are in the same cells of one group of families.

    Args:
        group: of families.
        cells: before suppression.
        n: number of rows.
        people: who; None: ``k`` or more.
    """

    group: str
    cells: tuple[Cell, ...]
    n: int
    people: frozenset[int] | None


def find_parts(members: Mapping[str, Members], universes: Sequence[str], k: int) -> Iterator[Part]:
    """The parts of each group of families of ``universes``, group by group.

    Args:
        members: by universe, of the cells before suppression.
        k: where as many people are behind a part, they are not listed.
    """
    for universe in universes:
        if universe in members:
            groups: dict[str, list[tuple[int, str]]] = {}
            for number, (family, _) in enumerate(members[universe].cells):
                for group, column in _groups_of(universe, family):
                    groups.setdefault(group, []).append((number, column))
            for group, found in sorted(groups.items()):
                yield from _of_group(members[universe], group, found, k)


def _groups_of(universe: str, family: str) -> Iterator[tuple[str, str]]:
    """Groups of a family, and its name in each: a step as a whole has that of ``WHOLE``, a weight of ``WEIGHT``."""
    kind, *place = family.split(":")
    for group in _GROUPS.get((universe, kind), ()):
        yield group, family
    if family == "frequency:active_days":
        yield "people", WEIGHT
    elif kind == "links":
        yield ":".join(["step", *place]), family
    elif kind == "items":
        level, step = place
        # What flows into a step flows out of it, and its visits are those that are as long.
        yield "lengths", WHOLE
        for group in (f"step:{level}:{step}", "first" if step == "1" else f"step:{level}:{int(step) - 1}"):
            yield group, family
            yield group, WHOLE


def _of_group(members: Members, group: str, found: Sequence[tuple[int, str]], k: int) -> Iterator[Part]:
    """The parts of one group: atoms with the same cell in every family.

    Args:
        found: numbers of cells, and the name of their family in this group.
    """
    families: dict[tuple[str, str], list[int]] = {}
    for number, name in found:
        families.setdefault((name, members.cells[number][0]), []).append(number)
    place = np.zeros((len(families), len(members.n)), dtype=np.int32)
    for row, ((name, _), numbers) in enumerate(families.items()):
        for at, number in enumerate(numbers, 1):
            atoms = members.atoms.indices[members.atoms.indptr[number] : members.atoms.indptr[number + 1]]
            place[row, atoms] = 1 if name == WHOLE else at
    (inside,) = np.nonzero(place.any(axis=0))
    first, of = _alike(place[:, inside])
    n = np.zeros(len(first), dtype=np.int64)
    np.add.at(n, of, members.n[inside])
    people, ends = _people(of, members.person[inside], len(first))
    cells = [[_named(name, members.cells[number]) for number in numbers] for (name, _), numbers in families.items()]
    for part, places in enumerate(place[:, inside[first]].T.tolist()):
        some = people[ends[part] : ends[part + 1]]
        yield Part(
            group, tuple(cells[row][at - 1] for row, at in enumerate(places) if at), int(n[part]),
            frozenset(some.tolist()) if len(some) < k else None,
        )


def _named(name: str, cell: Cell) -> Cell:
    return (cell[0], WHOLE) if name == WHOLE else (WEIGHT, cell[1]) if name == WEIGHT else cell


def _alike(place: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Groups of equal columns: the number of the first in each, and the group of each column. Never by a hash."""
    key, most = np.zeros(place.shape[1], dtype=np.int64), 1
    for row in place:
        size = int(row.max(initial=0)) + 1
        if most * size >= _MOST:
            key = np.unique(key, return_inverse=True)[1].astype(np.int64)
            most = int(key.max(initial=0)) + 1
        key = key * size + row
        most *= size
    _, first, of = np.unique(key, return_index=True, return_inverse=True)
    return first, of


def _people(of: np.ndarray, person: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """The people of each group, one after the other, and where each group ends; 0 before the first."""
    width = int(person.max(initial=0)) + 1
    pairs = np.unique(of * width + person)
    return pairs % width, np.searchsorted(pairs // width, np.arange(count + 1))
