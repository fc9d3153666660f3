"""Exact elimination over whole numbers, and the search for equations about few people."""

from collections.abc import Callable, Sequence
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
        pivots.append(column)
        others = np.flatnonzero(whole[:, column])
        others = others[others != done]
        if len(others):
            changed = _cleared(whole[others], whole[done], column)
            whole = whole.astype(changed.dtype, copy=False)
            whole[others] = changed
        if len(pivots) == count:
            break
    (kept,) = np.nonzero((np.arange(count) < len(pivots)) | (whole[:, :columns] != 0).any(axis=1))
    return Reduced(whole[kept, :columns], whole[kept, columns:], tuple(pivots))


def _cleared(rows: Matrix, pivot: Matrix, column: int) -> Matrix:
    """Rows with zero in a column, each combined with the pivot row and divided by its greatest common divisor."""
    if rows.dtype != object and max(np.abs(rows).max(), np.abs(pivot).max()) >= _SAFE:
        rows, pivot = rows.astype(object), pivot.astype(object)
    factor = pivot[column]
    changed = rows * factor - np.outer(rows[:, column], pivot)
    if abs(factor) != 1:
        divisors = np.gcd.reduce(changed, axis=1)
        changed = changed // np.where(divisors == 0, 1, divisors)[:, None]
    return changed


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
    width, steps = space.rows.shape[1], 0
    masks = _masks(people)

    def search(whole: Matrix, inside: np.ndarray, required: frozenset[int]) -> Matrix | None:
        nonlocal steps
        while True:
            steps += 1
            is_used = whole[:, :width] != 0
            used = is_used.any(axis=0)
            if not len(whole) or not used[list(required)].all():
                return None
            about = _count(np.bitwise_or.reduce(np.where(is_used[:, :, None], masks, np.uint64(0)), axis=1))
            for row in np.flatnonzero((about > 0) & (about < k)).tolist():
                if shows(whole[row, width:]):
                    return whole[row, width:]
            if len(whole) == 1:
                return None
            if steps > _MOST_STEPS:
                return whole[np.argmin(about), width:]
            together = _count(masks | inside)
            barred = np.flatnonzero(used & (together >= k)).tolist()
            if barred:
                whole = _without(whole, width, barred)
                continue
            used[list(required)] = False
            if not used.any():
                return None
            column = int(np.argmax(np.where(used, together, -1)))
            found = search(whole, inside | masks[column], required | {column})
            if found is not None:
                return found
            whole = _without(whole, width, [column])

    return search(np.concatenate([space.rows, space.weights], axis=1), np.zeros_like(masks[:1]), frozenset())


def _without(whole: Matrix, width: int, columns: Sequence[int]) -> Matrix:
    """The equations that follow and have none of the columns; the first ``width`` columns of ``whole`` are unknowns."""
    for column in columns:
        candidates = np.flatnonzero(whole[:, column])
        if len(candidates):
            found = candidates[np.argmin(np.abs(whole[candidates, column]))]
            order = np.arange(len(whole))
            order[[0, found]] = order[[found, 0]]
            pivot, whole = whole[found], whole[order[1:]]
            others = np.flatnonzero(whole[:, column])
            if len(others):
                changed = _cleared(whole[others], pivot, column)
                whole = whole.astype(changed.dtype, copy=False)
                whole[others] = changed
    return whole[(whole[:, :width] != 0).any(axis=1)]


def _masks(people: Sequence[frozenset[int]]) -> np.ndarray:
    """The people behind each column, a bit for each. Shape (columns, words)."""
    place = {person: bit for bit, person in enumerate(sorted(frozenset().union(*people)))}
    found = np.zeros((len(people), len(place) // 64 + 1), dtype=np.uint64)
    for column, some in enumerate(people):
        for bit in map(place.__getitem__, some):
            found[column, bit // 64] |= np.uint64(1 << bit % 64)
    return found


def _count(masks: np.ndarray) -> np.ndarray:
    return np.bitwise_count(masks).sum(axis=1, dtype=np.int64)
