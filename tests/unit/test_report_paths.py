"""Paths of the report: which items can be named in any range of days, and the program that draws them."""

import random
from collections import defaultdict

import numpy as np
import pytest

from exports.report.assemble import graph_program
from exports.report.paths import TOP, named_items

DAYS, ITEMS = 6, 60


@pytest.mark.parametrize("seed", range(12))
def test_the_first_items_of_every_range_are_named_and_not_all_are(seed: int) -> None:
    draw = random.Random(seed)
    visits: dict[tuple[int, int, int], int] = {}
    for step in (1, 2):
        for item in range(ITEMS):
            for day in draw.sample(range(DAYS), draw.randint(1, DAYS)):
                visits[step, item, day] = 1 + int(draw.random() ** 4 * 60 // (1 + item % 7))
    columns = np.array([(step, item, 1_000 - item, day, n) for (step, item, day), n in sorted(visits.items())]).T
    found = dict(zip(("step", "number", "item", "day", "visits"), columns, strict=True))
    named = {step: (items.tolist(), numbers.tolist()) for step, items, numbers in named_items(found)}
    for step, (items, numbers) in named.items():
        assert items == [1_000 - number for number in numbers]
        assert len(numbers) < ITEMS
        for first in range(DAYS):
            for last in range(first, DAYS):
                totals: dict[int, int] = defaultdict(int)
                for (at, item, day), n in visits.items():
                    if at == step and first <= day <= last:
                        totals[item] += n
                assert set(sorted(totals, key=lambda item: (-totals[item], item))[:TOP]) <= set(numbers)
    assert set(named) == {1, 2}


def test_the_graph_program_has_the_parts_that_draw_and_not_those_that_do_not() -> None:
    program = graph_program()
    assert "window.vega=" in program
    assert len(program) < 500_000
    for other in ("vegaEmbed", "vega-lite", "geoshape:"):
        assert other not in program
