"""Which published number to give up, so that an equation about few people does not follow any more."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Literal

from footfall.metrics.disclosure.equations import WHOLE
from footfall.metrics.disclosure.labels import OTHER
from footfall.metrics.disclosure.solving import Cell, Finding

#: ``suppress``: a cell joins ``OTHER``. ``withhold``: the ``OTHER`` of the family is not published either.
#: ``withdraw``: nothing of the family is.
Step = tuple[Literal["suppress", "withhold", "withdraw"], Cell]

#: Families of one number, or of a part and the rest, that stand beside the tables: these are given up first.
ASIDE = ("users", "visit_interactions", "openings", "guests", "known", "single", "median", "p90")
#: Numbers of the whole workspace: given up last.
_HEADLINES = ("total", "total_visits", "active")


def remedy(finding: Finding, people: Mapping[Cell, int]) -> Step:
    """The step that costs least of those that remove a number the equation is made of, or change its weight.

    Args:
        finding: weights of published cells.
        people: behind each published cell.

    A cell that joins ``OTHER`` changes the equation only if the two have different weights in it; a family that is
    in it as a whole has to lose its ``OTHER``, or be withdrawn.
    """
    weights: dict[str, dict[str, int]] = defaultdict(dict)
    for (family, label), weight in finding.items():
        weights[family][label] = weight
    labels: dict[str, list[str]] = defaultdict(list)
    for family, label in sorted(people, key=lambda cell: (people[cell], cell)):
        labels[family].append(label)
    options = [_option(family, found, labels[family], people) for family, found in sorted(weights.items())]
    return min(options)[-1]


def _option(
    family: str, weights: Mapping[str, int], labels: Sequence[str], people: Mapping[Cell, int]
) -> tuple[int, int, int, Step]:
    """What to do in one family: how much is lost, by rank, and then steps and people, fewest first."""
    kind, *place = family.split(":")
    is_path = kind in ("items", "links")
    depth = int(place[-1]) if is_path else 0
    if kind in ASIDE:
        step: Step = ("withdraw", (family, WHOLE))
        return 0, 0, 0, step
    # A family as a whole is each of its cells.
    whole = weights.get(WHOLE, 0)
    weights = {label: weights.get(label, 0) + whole for label in (*labels, OTHER)}
    rest = weights[OTHER] if OTHER in labels else 0
    # Cells about no protected person change nothing.
    different = [
        label for label in labels if label != OTHER and people[family, label] and weights[label] != rest
    ]
    is_uniform = len({weights[label] for label in labels if people[family, label]}) == 1
    if different and len(labels) > 1 and not is_uniform:
        # The smallest that changes the equation.
        first = different[0]
        rank = 1 if kind == "links" else 2 if is_path else 3
        return rank, -depth, people[family, first], ("suppress", (family, first))
    if is_path and (depth > 1 or kind == "links"):
        if OTHER in labels or not labels:
            return 2, -depth, 0, ("withhold", (family, OTHER))
        return 2, -depth, people[family, labels[0]], ("suppress", (family, labels[0]))
    if kind in _HEADLINES:
        return 9, 0, 0, ("withdraw", (family, WHOLE))
    if kind == "who":
        return 4, 0, 0, ("withdraw", (family, WHOLE))
    return 5, 0, 0, ("withdraw", (family, WHOLE))
