"""Cells of distinct people: the sum of any range is the count of people, and nothing in them is a person."""

from collections import defaultdict

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exports.report.cells import cells
from exports.report.paths import with_sums

DAYS = 9
SEEN = st.lists(st.tuples(st.integers(0, 2), st.none() | st.integers(0, 5), st.integers(1, DAYS)), max_size=60)


def of_rows(rows: list[tuple]) -> dict[str, np.ndarray]:
    """The cells of rows (key, who, day), as the report holds them."""
    key, who, day = np.array([row for row in rows if row[1] is not None], dtype=np.int32).reshape(-1, 3).T
    return cells(key, who, day)


def distinct(found: dict[str, np.ndarray], first: int, last: int) -> dict[int, int]:
    """What ``F.distinct`` of ``static/cells.js`` does."""
    inside = (found["day"] >= first) & (found["day"] <= last) & (found["previous"] < first)
    counts: dict[int, int] = defaultdict(int)
    for key, n in zip(found["key"][inside], found["n"][inside], strict=True):
        counts[int(key)] += int(n)
    return dict(counts)


@settings(max_examples=60, deadline=None)
@given(SEEN)
def test_the_cells_of_every_range_add_up_to_its_distinct_people(rows: list[tuple]) -> None:
    found = of_rows(rows)
    for first in range(1, DAYS + 1):
        for last in range(first, DAYS + 1):
            people = defaultdict(set)
            for key, who, day in rows:
                if who is not None and first <= day <= last:
                    people[key].add(who)
            assert distinct(found, first, last) == {key: len(whos) for key, whos in people.items()}


@settings(max_examples=60, deadline=None)
@given(SEEN)
def test_sums_stand_once_for_each_key_and_day_beside_the_cells(rows: list[tuple]) -> None:
    wanted: dict[tuple[int, int], int] = defaultdict(int)
    for key, _, day in rows:
        wanted[key, day] += 1
    columns = np.array([(*place, n) for place, n in sorted(wanted.items())], dtype=np.int64).reshape(-1, 3).T
    sums = {"key": columns[0], "day": columns[1], "visits": columns[2], "interactions": columns[2] * 2,
            "ms": columns[2] * 1_000}
    plain = of_rows(rows)
    joined = with_sums(plain, sums)
    for (key, day), visits in wanted.items():
        own = (joined["key"] == key) & (joined["day"] == day)
        found = {name: int(values[own].sum()) for name, values in joined.items()}
        assert found["n"] + found["visits"] == visits
        assert found["n"] + found["visits"] + found["interactions"] == visits * 2
        assert found["ms"] == visits * 1_000
    assert (np.diff(joined["key"]) >= 0).all()
    for first, last in ((1, DAYS), (3, 5), (DAYS, DAYS)):
        assert {key: n for key, n in distinct(joined, first, last).items() if n} == distinct(plain, first, last)


@pytest.mark.parametrize("most", [1 << 9, 1 << 20, 1 << 30])
def test_cells_of_large_numbers_are_those_of_small_ones(most: int) -> None:
    rows = [(key, who, day) for key in (0, most) for who in (1, 7) for day in (2, 5)]
    found, small = of_rows([(key, most // 8 + who, day) for key, who, day in rows]), of_rows(rows)
    assert {name: values.tolist() for name, values in found.items()} == {
        name: values.tolist() for name, values in small.items()
    }


def test_more_than_a_number_can_hold_is_an_error_and_never_a_wrong_number() -> None:
    one = np.array([1 << 31])
    with pytest.raises(OverflowError, match="cells of the report"):
        cells(one, one, one)
