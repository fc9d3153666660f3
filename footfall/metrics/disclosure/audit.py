"""What can be computed from the cells of one universe by subtraction, where it is about 1 to k - 1 protected people.

Two kinds of differences: a cell minus all cells of a family inside it (rests), and the cells of a family that cover a
cell, minus this cell (margins). With one cell on each side, both are: any cell minus another inside it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from footfall.metrics.disclosure.members import Members, incidence
from footfall.metrics.disclosure.solving import Cell

#: Totals, which stay as long as there is something else to suppress.
_KEPT = ("total", "total_visits", "active")


@dataclass(frozen=True)
class _Pairs:
    """Two cells of different families that share rows, and how many. Shape of each (pairs,)."""

    outer: np.ndarray
    inner: np.ndarray
    shared: np.ndarray

    def where(self, is_kept: np.ndarray) -> "_Pairs":
        return _Pairs(self.outer[is_kept], self.inner[is_kept], self.shared[is_kept])


@dataclass(frozen=True)
class _Groups:
    """Numbers 0 to ``count`` - 1, one for each pair of a cell and a family; ``of`` has that of each pair of cells."""

    count: int
    of: np.ndarray

    def sum(self, values: np.ndarray) -> np.ndarray:
        found = np.zeros(self.count, dtype=np.int64)
        np.add.at(found, self.of, values)
        return found

    def largest(self, values: np.ndarray) -> np.ndarray:
        found = np.zeros(self.count, dtype=np.int64)
        np.maximum.at(found, self.of, values)
        return found

    def smallest(self, values: np.ndarray) -> np.ndarray:
        found = np.full(self.count, np.iinfo(np.int64).max)
        np.minimum.at(found, self.of, values)
        return found


def find_differences(members: Members, k: int, aside: Sequence[str]) -> set[Cell]:
    """For each difference about 1 to ``k`` - 1 people, the cell to suppress.

    Args:
        members: of the cells that are published now.
        k: the fewest people a number may be about.
        aside: kinds of families that are one number beside a table rather than rows of one: suppressed first.
    """
    cells = members.cells
    if not cells:
        return set()
    people, size = np.diff(members.own.indptr).astype(np.int64), members.atoms.sum(axis=1)
    family = np.unique([name for name, _ in cells], return_inverse=True)[1]
    # The fewest people first, then by label: what is suppressed if any of several cells may be.
    by_rank = np.array(sorted(range(len(cells)), key=lambda cell: (people[cell], cells[cell][1])), dtype=np.int64)
    rank = np.empty_like(by_rank)
    rank[by_rank] = np.arange(len(cells))
    product = (members.atoms @ members.atoms.T).tocoo()
    pairs = _Pairs(product.row.astype(np.int64), product.col.astype(np.int64), product.data)
    pairs = pairs.where(family[pairs.outer] != family[pairs.inner])

    nested = pairs.where(pairs.shared == size[pairs.inner])
    rests = _grouped(nested.outer, family[nested.inner])
    # People are counted only where the cell has fewer than k more than those inside together; that spares 9 of 10.
    whole = rests.largest(nested.outer)
    few = people[whole] - rests.sum(people[nested.inner]) < k
    few[few] = _is_about_few(members, nested.inner, rests, few, whole, k)
    first = by_rank[rests.smallest(rank[nested.inner])]
    found = set(zip(whole[few].tolist(), first[few].tolist(), strict=True))

    margins = _grouped(pairs.inner, family[pairs.outer])
    covered = margins.largest(pairs.inner)
    few = (margins.sum(pairs.shared) == size[covered]) & (margins.largest(people[pairs.outer]) - people[covered] < k)
    few[few] = _is_about_few(members, pairs.outer, margins, few, covered, k)
    first = by_rank[margins.smallest(rank[pairs.outer])]
    found |= set(zip(first[few].tolist(), covered[few].tolist(), strict=True))
    return {_given_up(cells[one], cells[other], aside) for one, other in found}


def _grouped(cell: np.ndarray, family: np.ndarray) -> _Groups:
    keys, of = np.unique(cell * (family.max(initial=0) + 1) + family, return_inverse=True)
    return _Groups(len(keys), of)


def _is_about_few(
    members: Members, part: np.ndarray, groups: _Groups, chosen: np.ndarray, whole: np.ndarray, k: int
) -> np.ndarray:
    """Of the groups ``chosen``, whether their cells ``part`` together and the cell ``whole`` differ by few people."""
    number = np.cumsum(chosen) - 1
    is_chosen = chosen[groups.of]
    together = incidence(np.array([number[groups.of[is_chosen]], part[is_chosen]]),
                         (int(chosen.sum()), len(members.cells)))
    left = members.own[whole[chosen]] - together @ members.own
    # One side has all rows of the other, so a person is left where the numbers differ.
    left.eliminate_zeros()
    people = np.diff(left.indptr)
    return (people > 0) & (people < k)


def _given_up(one: Cell, other: Cell, aside: Sequence[str]) -> Cell:
    """Which of two cells of a difference is suppressed."""
    is_aside, is_other_aside = (cell[0].split(":")[0] in aside for cell in (one, other))
    return one if (is_aside and not is_other_aside) or other[0] in _KEPT else other
