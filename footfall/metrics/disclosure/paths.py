"""Paths of a protected workspace: visits by item and link of a step. Users, views and times are not published."""

from footfall.metrics.disclosure.cells import OTHER
from footfall.metrics.disclosure.safe_cells import Row, SafeCells


def path_items(safe: SafeCells) -> list[Row]:
    """The rows of the answer ``path_items``."""
    return [
        {"level": level, "step": int(step), "item": item, "visits": n, "share_of_visits": _share(safe, n)}
        for family, cells in safe.cells.items() if family.startswith("items:")
        for level, step in [family.split(":")[1:]] for item, n in cells.items()
    ]


def path_links(safe: SafeCells) -> list[Row]:
    """The rows of the answer ``path_links``; suppressed links go from ``(other)`` to ``(other)``."""
    rows = []
    for family, cells in safe.cells.items():
        if family.startswith("links:"):
            level, step = family.split(":")[1:]
            for label, n in cells.items():
                source, _, target = label.partition(chr(31))
                rows.append({
                    "level": level, "step": int(step), "source": source, "target": target or OTHER, "visits": n,
                    "share_of_visits": _share(safe, n),
                })
    return rows


def path_links_top(safe: SafeCells) -> list[Row]:
    """The links again, all but the most visited items of a step in one: sums of what is published anyway."""
    links = path_links(safe)
    visits: dict[tuple[str, int], dict[str, int]] = {}
    for row in links:
        of_step = visits.setdefault((row["level"], row["step"]), {})
        of_step[row["source"]] = of_step.get(row["source"], 0) + row["visits"]
    named = {
        place: {item for _, item in sorted((-n, item) for item, n in of_step.items())[: safe.question.top]}
        for place, of_step in visits.items()
    }
    found: dict[tuple[str, int, str, str], int] = {}
    for row in links:
        level, step, source, target = (row[name] for name in ("level", "step", "source", "target"))
        source = source if source in named[level, step] else OTHER
        is_end = target in ("(exit)", "(continues)")
        target = target if is_end or target in named.get((level, step + 1), ()) else OTHER
        found[level, step, source, target] = found.get((level, step, source, target), 0) + row["visits"]
    return [
        {"level": level, "step": step, "source": source, "target": target, "visits": n,
         "share_of_visits": _share(safe, n)}
        for (level, step, source, target), n in found.items()
    ]


def _share(safe: SafeCells, visits: int) -> float | None:
    total = safe.count("total_visits")
    return visits / total if total else None
