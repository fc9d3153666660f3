"""Paths of a protected workspace: visits by item and link of a step. Users, interactions, times are not published."""

from footfall.metrics.disclosure.labels import OTHER, label_columns
from footfall.metrics.disclosure.safe_cells import Row, SafeCells

#: In a link's label: what parts source and target.
_PART = chr(31)
#: The labels of the ends of a path, which belong to no step, and their kind.
_ENDS = {chr(30) + kind: kind for kind in ("exit", "continues")}


def path_items(safe: SafeCells) -> list[Row]:
    """The rows of the answer ``path_items``."""
    return [
        {"level": level, "step": int(step), **_end("item", item), "visits": n, "share_of_visits": _share(safe, n)}
        for family, cells in safe.cells.items() if family.startswith("items:")
        for level, step in [family.split(":")[1:]] for item, n in cells.items()
    ]


def path_links(safe: SafeCells) -> list[Row]:
    """The rows of the answer ``path_links``; suppressed links go from ``other`` to ``other``."""
    return [
        {"level": level, "step": step, **_end("source", source), **_end("target", target), "visits": n,
         "share_of_visits": _share(safe, n)}
        for (level, step, source, target), n in _links(safe).items()
    ]


def path_links_top(safe: SafeCells) -> list[Row]:
    """The links again, all but the most visited items of a step in one: sums of what is published anyway."""
    links = _links(safe)
    visits: dict[tuple[str, int], dict[str, int]] = {}
    for (level, step, source, _), n in links.items():
        of_step = visits.setdefault((level, step), {})
        of_step[source] = of_step.get(source, 0) + n
    named = {
        place: {item for _, item in sorted((-n, item) for item, n in of_step.items())[: safe.question.top]}
        for place, of_step in visits.items()
    }
    found: dict[tuple[str, int, str, str], int] = {}
    for (level, step, source, target), n in links.items():
        source = source if source in named[level, step] else OTHER
        is_kept = target in _ENDS or target in named.get((level, step + 1), ())
        key = (level, step, source, target if is_kept else OTHER)
        found[key] = found.get(key, 0) + n
    return [
        {"level": level, "step": step, **_end("source", source), **_end("target", target), "visits": n,
         "share_of_visits": _share(safe, n)}
        for (level, step, source, target), n in found.items()
    ]


def _links(safe: SafeCells) -> dict[tuple[str, int, str, str], int]:
    """Visits by level, step, and labels of source and target."""
    found = {}
    for family, cells in safe.cells.items():
        if family.startswith("links:"):
            level, step = family.split(":")[1:]
            for label, n in cells.items():
                source, _, target = label.partition(_PART)
                found[level, int(step), source, target or OTHER] = n
    return found


def _end(name: str, label: str) -> Row:
    """One end of a link as columns: the item, and its kind."""
    return {name: None, f"{name}_kind": _ENDS[label]} if label in _ENDS else {**label_columns(name, label, "item")}


def _share(safe: SafeCells, visits: int) -> float | None:
    total = safe.count("total_visits")
    return visits / total if total else None
