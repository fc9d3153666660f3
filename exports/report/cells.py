"""Distinct people of any range of days without the people.

A cell is a key, a day, the day before it on which the same person was seen with that key (0: none before), and how many
people. The distinct people of a key in a range are the sum of the cells whose day is in it and whose previous day is
before it: each person is counted on the first day in the range.
"""

import numpy as np
import numpy.typing as npt

Columns = dict[str, np.ndarray]
Integers = npt.NDArray[np.integer]


def cells(key: Integers, who: Integers, day: Integers) -> Columns:
    """The cells of a family; sorting numbers takes a tenth of what a window function over the rows does.

    Args:
        key, who, day: integers from 0; a row each time that somebody was seen, in any order, as often as it happened.

    Returns:
        ``key``, ``day``, ``previous``, ``n``: one row per key, day, previous, in this order.

    Raises:
        OverflowError: more keys, people and days than a number can hold.
    """
    key_bits, who_bits, day_bits = (int(values.max(initial=0)).bit_length() for values in (key, who, day))
    bits = key_bits + max(who_bits, day_bits) + day_bits
    if bits > 63:
        raise OverflowError("The cells of the report hold more keys, people and days than a number can.")
    # narrow numbers are sorted in half the time
    kind = np.dtype(np.uint32 if bits <= 32 else np.int64)
    seen = np.sort((key.astype(kind) << who_bits | who.astype(kind)) << day_bits | day.astype(kind))
    seen = seen[is_new(seen)]
    last_day = (1 << day_bits) - 1
    owner, day = seen >> day_bits, seen & last_day
    previous = np.zeros_like(day)
    previous[1:] = np.where(is_new(owner)[1:], 0, day[:-1])
    cell = np.sort((owner >> who_bits << day_bits | day) << day_bits | previous)
    first = np.flatnonzero(is_new(cell))
    cell = cell[first]
    return {
        "key": cell >> 2 * day_bits, "day": cell >> day_bits & last_day, "previous": cell & last_day,
        "n": np.diff(first, append=seen.size),
    }


def is_new(values: np.ndarray) -> np.ndarray:
    """Whether each of sorted values differs from the one before."""
    return np.concatenate(([True], values[1:] != values[:-1])) if values.size else np.zeros(0, dtype=bool)
