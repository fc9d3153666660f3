"""What a reader learns with linear algebra from the equations of `equations_of_reader`.

The attack succeeds where an equation that follows is about 1 to k - 1 protected people, with any factors, and where the
least and the greatest number that the equations allow for a few people are the same whole number.
"""

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from math import ceil, floor

import numpy as np
from scipy.optimize import linprog

from tests.support.disclosure import Facts, Row
from tests.support.equations_of_reader import Unknowns, systems

#: Elimination is done with remainders of division by this prime.
PRIME = 2**31 - 1
#: Unions of people that are tried in one block, and linear programs in one workspace.
_MOST_UNIONS, _MOST_PROGRAMS = 2000, 4


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
