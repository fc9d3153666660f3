"""One linear system of published cells: the equations about few people that follow from it."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import lcm

import numpy as np

from footfall.metrics.disclosure.elimination import Reduced, equation_about_few, reduce

Cell = tuple[str, str]
#: An equation about few people: the weights of the published cells that it is made of.
Finding = dict[Cell, int]


@dataclass(frozen=True)
class Column:
    """An unknown: parts that no published cell divides.

    Args:
        group: of families.
        cells: that it is in, published or shared with another group.
        people: the protected people behind it; None: ``k`` or more.
        n: its true number of rows.
    """

    group: str
    cells: tuple[Cell, ...]
    people: frozenset[int] | None
    n: int


@dataclass(frozen=True)
class Equation:
    """Weights by number of column, none of them zero, of the published cell ``cell``.

    ``cell`` None: holds for any data, with the sum zero.
    """

    cell: Cell | None
    terms: Mapping[int, int]


class _Always:
    """The equations that hold for any data: a cell has one number in all groups."""

    def __init__(self, equations: Sequence[Equation]):
        self._equations = equations

    @cached_property
    def _reduced(self) -> tuple[dict[int, int], Reduced]:
        """The place of each column of ``Equation`` in them, and their reduced form; made where it is needed first."""
        first: dict[Cell, Mapping[int, int]] = {}
        same: list[Mapping[int, int]] = []
        for equation in self._equations:
            if equation.cell is None:
                same.append(equation.terms)
            elif first.setdefault(equation.cell, equation.terms) is not equation.terms:
                whole = defaultdict(int, first[equation.cell])
                for column, weight in equation.terms.items():
                    whole[column] -= weight
                same.append(whole)
        place = {column: number for number, column in enumerate(sorted(set().union(*same)))}
        matrix = np.zeros((len(same), len(place)), dtype=np.int64)
        for row, one in enumerate(same):
            for column, weight in one.items():
                matrix[row, place[column]] = weight
        return place, reduce(matrix, range(len(place)))

    def includes(self, terms: Mapping[int, int]) -> bool:
        """Whether an equation follows from these."""
        place, reduced = self._reduced
        if any(weight and column not in place for column, weight in terms.items()):
            return False
        pivots = [int(row[pivot]) for row, pivot in zip(reduced.rows, reduced.pivots, strict=True)]
        common = lcm(*pivots)
        # Whole numbers of any size, so that nothing is rounded.
        left = np.zeros(len(place), dtype=object)
        for column, weight in terms.items():
            if weight:
                left[place[column]] = weight * common
        # No other row has a number in the column of a pivot.
        for row, pivot, factor in zip(reduced.rows, reduced.pivots, pivots, strict=True):
            if left[pivot]:
                left = left - left[pivot] // factor * row.astype(object)
        return not left.any()


def solve(equations: Sequence[Equation], columns: Sequence[Column], k: int) -> list[Finding]:
    """Equations about 1 to ``k`` - 1 people that follow; one for each block of the system that has any.

    The proof is exact: what is not found does not follow from the equations by adding and subtracting, with
    any factors.
    """
    known = _known_columns(equations)
    small = [column for column in known if columns[column].people]
    findings = [_by_cell(known[column], equations) for column in sorted(small)]
    always = _Always(equations)
    for rows in _blocks(equations, known):
        findings += _of_block(rows, equations, columns, known, k, always)
    return [finding for finding in findings if finding]


def _known_columns(equations: Sequence[Equation]) -> dict[int, dict[int, int]]:
    """Columns that equations with one unknown give; each with the weights of the equations it follows from."""
    known: dict[int, dict[int, int]] = {}
    places: dict[int, list[int]] = defaultdict(list)
    left = [set(equation.terms) for equation in equations]
    for row, equation in enumerate(equations):
        for column in equation.terms:
            places[column].append(row)
    # Where every weight is 1 or -1, nothing is divided; the others are left to the elimination.
    plain = [all(abs(weight) == 1 for weight in equation.terms.values()) for equation in equations]
    ready = [row for row, terms in enumerate(left) if len(terms) == 1]
    while ready:
        row = ready.pop()
        if len(left[row]) != 1 or not plain[row]:
            continue
        (column,) = left[row]
        terms = equations[row].terms
        weights: dict[int, int] = defaultdict(int, {row: terms[column]})
        for other, factor in terms.items():
            for source, weight in known.get(other, {}).items():
                weights[source] -= terms[column] * factor * weight
        known[column] = {source: weight for source, weight in weights.items() if weight}
        for place in places[column]:
            left[place].discard(column)
            if len(left[place]) == 1:
                ready.append(place)
    return known


def _blocks(equations: Sequence[Equation], known: Mapping[int, object]) -> Iterator[list[int]]:
    """Numbers of equations that unknown columns connect."""
    rows_of: dict[int, list[int]] = defaultdict(list)
    for row, equation in enumerate(equations):
        for column in equation.terms:
            if column not in known:
                rows_of[column].append(row)
    left = {row for rows in rows_of.values() for row in rows}
    while left:
        block, ready = [], [left.pop()]
        while ready:
            row = ready.pop()
            block.append(row)
            for column in equations[row].terms:
                near = left.intersection(rows_of.get(column, ()))
                left -= near
                ready += near
        yield sorted(block)


def _of_block(
    rows: Sequence[int], equations: Sequence[Equation], columns: Sequence[Column], known: Mapping[int, dict[int, int]],
    k: int, always: _Always,
) -> list[Finding]:
    numbers = sorted({column for row in rows for column in equations[row].terms if column not in known})
    place = {column: number for number, column in enumerate(numbers)}
    people = [columns[column].people for column in numbers]
    if not any(people):
        return []
    matrix = np.zeros((len(rows), len(numbers)), dtype=np.int64)
    for at, row in enumerate(rows):
        for column, weight in equations[row].terms.items():
            if column in place:
                matrix[at, place[column]] = weight
    large = [number for number, some in enumerate(people) if some is None]
    few = [number for number, some in enumerate(people) if some is not None]
    reduced = reduce(matrix, large)
    done = len(reduced.pivots)
    left = reduce(reduced.rows[done:][:, few], range(len(few)), reduced.weights[done:])
    made = [_without_known(row, equations, known) for row in rows]
    cells = sorted(set().union(*made))
    published = np.array([[one.get(cell, 0) for cell in cells] for one in made], dtype=np.int64)

    def shows(weights: np.ndarray) -> bool:
        if not (weights @ published).any():
            return False
        terms: dict[int, int] = defaultdict(int)
        for at in np.flatnonzero(weights).tolist():
            for column, factor in equations[rows[at]].terms.items():
                if column in place:
                    terms[column] += int(weights[at]) * factor
        return not always.includes(terms)

    found = equation_about_few(left, [people[number] or frozenset() for number in few], k, shows)
    if found is None:
        return []
    return [{cell: int(weight) for cell, weight in zip(cells, found @ published, strict=True) if weight}]


def _without_known(row: int, equations: Sequence[Equation], known: Mapping[int, dict[int, int]]) -> Finding:
    """The published numbers that an equation has once the known columns are taken out of it."""
    weights: dict[int, int] = defaultdict(int, {row: 1})
    for column, factor in equations[row].terms.items():
        for source, weight in known.get(column, {}).items():
            weights[source] -= factor * weight
    return _by_cell(weights, equations)


def _by_cell(weights: Mapping[int, int], equations: Sequence[Equation]) -> Finding:
    found: dict[Cell, int] = defaultdict(int)
    for row, weight in weights.items():
        cell = equations[row].cell
        if cell is not None:
            found[cell] += weight
    return {cell: weight for cell, weight in found.items() if weight}
