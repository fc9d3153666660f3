"""Paths: the first ten steps of every counted visit, by module and by content item."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from decimal import Decimal

from tests.support.reference.model import Event, Visit, seconds

STEPS = 10
_LINK = (
    "workspace_id", "local_date", "level", "step", "item", "is_unmapped", "next_item", "is_next_unmapped", "next_kind",
)


#: The item, and whether it is the module of events that no module is named for.
Item = tuple[str, bool]


def _module(event: Event) -> Item:
    return event.module, event.module_kind == "unmapped"


def _content_item(event: Event) -> Item:
    return (":".join(event.item), False) if event.item else _module(event)


LEVELS: dict[str, Callable[[Event], Item]] = {"module": _module, "content": _content_item}


def fct_path_steps(visits: Iterable[Visit]) -> list[dict]:
    """One row a level, visit and step: neighbours of the same item are one step, numbered after that, ten kept."""
    return [
        {"level": level, **row}
        for visit in visits
        for level, item_of in LEVELS.items()
        for row in _steps(visit, item_of)
    ]


def _steps(visit: Visit, item_of: Callable[[Event], Item]) -> list[dict]:
    steps: list[list[Event]] = []
    for event in visit.interactions:
        if steps and item_of(steps[-1][0]) == item_of(event):
            steps[-1].append(event)
        else:
            steps.append([event])
    rows = []
    for number, step in enumerate(steps[:STEPS], start=1):
        start = step[0].order
        end = steps[number][0].order if number < len(steps) else None
        next_kind = "exit" if end is None else "continues" if number == STEPS else "item"
        item, is_unmapped = item_of(step[0])
        next_item, is_next_unmapped = item_of(steps[number][0]) if next_kind == "item" else (None, False)
        rows.append({
            "visit_id": visit.first.message_id, "step": number, "workspace_id": visit.first.workspace_id,
            "actor_id": visit.actor_id, "user_id": visit.user_id, "local_date": visit.first.local_date,
            "item": item, "is_unmapped": is_unmapped, "next_kind": next_kind, "next_item": next_item,
            "is_next_unmapped": is_next_unmapped,
            "seconds_on_item": seconds(sum(
                event.engaged for event in visit.events
                if event.order >= start and (end is None or event.order < end)
            )),
            "interactions": len(step),
        })
    return rows


def agg_path_links(steps: Iterable[dict], counts: Callable[[str | None], bool]) -> list[dict]:
    """Sums of the steps of those who count, by day, level, step and both ends of the link."""
    links: dict[tuple, list[dict]] = defaultdict(list)
    for row in steps:
        if counts(row["user_id"]):
            links[tuple(row[column] for column in _LINK)].append(row)
    return [
        {
            "workspace_id": workspace_id, "local_date": day, "level": level, "step": step,
            "source": source, "is_source_unmapped": is_source_unmapped, "target": target,
            "is_target_unmapped": is_target_unmapped, "target_kind": kind, "visits": len(rows),
            "users": len({row["user_id"] for row in rows} - {None}),
            "interactions": sum(row["interactions"] for row in rows),
            "seconds_on_source": sum((row["seconds_on_item"] for row in rows), Decimal()),
        }
        for (
            workspace_id, day, level, step, source, is_source_unmapped, target, is_target_unmapped, kind
        ), rows in links.items()
    ]
