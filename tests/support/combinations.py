"""Sums and differences of up to three published cells of any families, beyond what `disclosure.isolated` subtracts.

Rows that are in the same cells are one atom. Sought are sets of atoms of 1 to k - 1 protected people that a combination
of three cells, each added or taken away once, is equal to: cells and parts of two cells, and single atoms. Cells are
compared by sums of random numbers of their atoms, which are equal by chance once in 2^64.
"""

from collections import defaultdict
from collections.abc import Iterable

import numpy as np

from tests.support.disclosure import Cell, Facts


def combined(facts: Facts, published: Iterable[Cell], k: int) -> list[str]:
    """Every such combination, in words; one for each set of people's rows."""
    by_kind: dict[str, list[Cell]] = defaultdict(list)
    for cell in published:
        by_kind[cell.kind].append(cell)
    return [one for kind, cells in by_kind.items() for one in _of_kind(facts, kind, cells, k)]


def _of_kind(facts: Facts, kind: str, cells: list[Cell], k: int) -> Iterable[str]:
    member: dict[object, list[int]] = defaultdict(list)
    for number, cell in enumerate(cells):
        for row in cell.rows:
            member[row].append(number)
    people: dict[tuple[int, ...], set[str]] = defaultdict(set)
    for row, numbers in member.items():
        person = facts.person(kind, row)
        if person is not None:
            people[tuple(numbers)].add(person)
    atoms = list(people)
    inside = [frozenset(n for n, atom in enumerate(atoms) if number in atom) for number in range(len(cells))]

    def about(part: frozenset[int]) -> int:
        return len(set().union(*(people[atoms[n]] for n in part)))

    parts = {frozenset([n]) for n in range(len(atoms))} | set(inside)
    parts |= {part for a in inside for b in inside if a is not b for part in (a & b, a - b)}
    weights = np.random.default_rng(1).integers(-2**63, 2**63 - 1, len(atoms), dtype=np.int64)
    sums = np.array([weights[list(part)].sum() for part in inside], dtype=np.int64)
    signed = np.concatenate([sums, -sums, np.zeros(1, np.int64)])
    names = [f"+ {cell}" for cell in cells] + [f"- {cell}" for cell in cells] + [""]
    pairs = (signed[:, None] + signed[None, :]).ravel()
    order = np.argsort(pairs)
    for part in parts:
        if part and 0 < about(part) < k:
            rest = weights[list(part)].sum() - signed
            place = np.minimum(np.searchsorted(pairs, rest, sorter=order), len(pairs) - 1)
            for third in np.flatnonzero(pairs[order[place]] == rest)[:1]:
                chosen = (int(third), *divmod(int(order[place[third]]), len(signed)))
                yield f"{kind} of {about(part)} people: {' '.join(names[n] for n in chosen if names[n])}"
