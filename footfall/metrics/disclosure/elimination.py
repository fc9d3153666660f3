"""Exact elimination over whole numbers, and the search for equations about few people."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

#: Products of two numbers below it fit into 64 bits; larger ones become Python's whole numbers.
_SAFE = 2**30
#: Steps of a search after which what is left counts as found: rather hide too much.
_MOST_STEPS = 20_000

Matrix = np.ndarray


@dataclass(frozen=True)
class Reduced:
    """A system in reduced form.

    Args:
        rows: reduced equations, one pivot each. Shape (rank, columns).
        weights: how each is made of the equations given. Shape (rank, equations).
        pivots: column of the pivot of each row.
    """

    rows: Matrix
    weights: Matrix
    pivots: tuple[int, ...]


def reduce(matrix: Matrix, order: Sequence[int], weights: Matrix | None = None) -> Reduced:
    """Gauss-Jordan elimination without fractions: each row is divided by its greatest common divisor.

    Args:
        matrix: whole numbers. Shape (equations, columns).
        order: columns in the order in which pivots are sought; other columns get no pivot.
        weights: of the rows of ``matrix``, where these are combinations already; default: each is itself.

    Returns:
        Rows with a pivot first, in the order of their pivots; rows without a pivot that are not zero follow.
    """
    count, columns = matrix.shape
    whole = np.concatenate([matrix, np.eye(count, dtype=matrix.dtype) if weights is None else weights], axis=1)
    pivots: list[int] = []
    for column in order:
        done = len(pivots)
        candidates = np.flatnonzero(whole[done:, column])
        if not len(candidates):
            continue
        # The smallest pivot keeps numbers small.
        found = done + candidates[np.argmin(np.abs(whole[done:, column][candidates]))]
        whole[[done, found]] = whole[[found, done]]
        whole = _cleared(whole, done, column)
        pivots.append(column)
        if len(pivots) == count:
            break
    kept = [row for row in range(count) if row < len(pivots) or whole[row, :columns].any()]
    return Reduced(whole[kept, :columns], whole[kept, columns:], tuple(pivots))


def _cleared(whole: Matrix, row: int, column: int) -> Matrix:
    """The matrix with zeros in a column of every row but one."""
    others = np.flatnonzero(whole[:, column])
    others = others[others != row]
    if not len(others):
        return whole
    if whole.dtype != object and max(np.abs(whole[others]).max(), np.abs(whole[row]).max()) >= _SAFE:
        whole = whole.astype(object)
    factor = whole[row, column]
    changed = whole[others] * factor - np.outer(whole[others, column], whole[row])
    if abs(factor) != 1:
        divisors = np.gcd.reduce(changed, axis=1)
        changed = changed // np.where(divisors == 0, 1, divisors)[:, None]
    whole[others] = changed
    return whole


def equation_about_few(
    space: Reduced, people: Sequence[frozenset[int]], k: int, shows: Callable[[Matrix], bool]
) -> Matrix | None:
    """An equation that follows from those of ``space`` and is about 1 to ``k`` - 1 people; as weights.

    Every such equation is looked for: a column either is in it, and then no column may be in it that would bring in too
    many people, or is not, which takes one equation away.

    Args:
        space: equations with no column of ``k`` or more people.
        people: behind each column.
        shows: whether an equation, given as weights, shows anything; one that holds for any data does not.

    Returns:
        Weights of the equations that ``space`` was made from, or None: there is none.
    """
    steps = 0

    def search(rows: Matrix, weights: Matrix, inside: frozenset[int], decided: frozenset[int]) -> Matrix | None:
        nonlocal steps
        while True:
            steps += 1
            if not len(rows):
                return None
            about = [_union(people[c] for c in _used(row)) for row in rows]
            for row, some in enumerate(about):
                if 0 < len(some) < k and shows(weights[row]):
                    return weights[row]
            if len(rows) == 1:
                return None
            if steps > _MOST_STEPS:
                return weights[min(range(len(rows)), key=lambda row: len(about[row]))]
            used = _used((rows != 0).any(axis=0))
            barred = [c for c in used if len(inside | people[c]) >= k and c not in decided]
            if barred:
                rows, weights = _without(rows, weights, barred)
                continue
            free = [c for c in used if c not in decided]
            if not free:
                return None
            column = max(free, key=lambda c: (len(inside | people[c]), -c))
            found = search(rows, weights, inside | people[column], decided | {column})
            if found is not None:
                return found
            rows, weights = _without(rows, weights, [column])

    return search(space.rows, space.weights, frozenset(), frozenset())


def _without(rows: Matrix, weights: Matrix, columns: Sequence[int]) -> tuple[Matrix, Matrix]:
    """The equations that follow and have none of the columns."""
    reduced = reduce(rows, columns, weights)
    left = len(reduced.pivots)
    return reduced.rows[left:], reduced.weights[left:]


def _used(row: Matrix) -> list[int]:
    """The columns that are not zero."""
    return np.flatnonzero(row).tolist()


def _union(sets: Iterable[frozenset[int]]) -> frozenset[int]:
    return frozenset().union(*sets)
