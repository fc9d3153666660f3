"""Daily facts: by person, by module, by workspace, by operating system."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from decimal import Decimal

from tests.support.reference.model import KEEP_ALIVE, Event, Visit, milliseconds, seconds

OWN_COLUMN = frozenset({"ios", "android", "web"})


def _elapsed(visits: Iterable[Visit]) -> Decimal:
    return seconds(sum(milliseconds(visit.first.at, visit.events[-1].at) for visit in visits))


def _engaged(events: Iterable[Event]) -> Decimal:
    return seconds(sum(event.engaged for event in events))


def _visits_engaged(visits: Iterable[Visit]) -> Decimal:
    return _engaged(event for visit in visits for event in visit.events)


def fct_feature_usage(events: Iterable[Event]) -> list[dict]:
    """One row a workspace, actor, local date, module, its kind and os with an event that keeps a visit alive."""
    cells: dict[tuple, list[Event]] = defaultdict(list)
    for event in events:
        if event.kind in KEEP_ALIVE:
            key = (
                event.workspace_id, event.actor_id, event.local_date, event.module, event.module_kind, event.os,
            )
            cells[key].append(event)
    table = []
    for (workspace_id, actor_id, day, module, kind, os), cell in cells.items():
        interactions = [event for event in cell if event.is_interaction]
        table.append({
            "workspace_id": workspace_id, "actor_id": actor_id, "user_id": cell[0].user_id, "local_date": day,
            "module": module, "module_kind": kind, "os": os, "interactions": len(interactions),
            "views": sum(event.kind == "view" for event in cell),
            "visits": len({event.visit for event in interactions}), "engaged_seconds": _engaged(cell),
        })
    return table


def fct_user_daily(events: Iterable[Event], visits: Iterable[Visit]) -> list[dict]:
    """One row a workspace, actor and local date with an interaction that day or a counted visit that began there.

    Visits and their sums stand on the day the visit began; interactions on their own.
    """
    begun: dict[tuple, list[Visit]] = defaultdict(list)
    for visit in visits:
        if visit.interactions:
            begun[visit.actor_id, visit.first.local_date].append(visit)
    done: dict[tuple, list[Event]] = defaultdict(list)
    seen: dict[tuple, list[Event]] = defaultdict(list)
    for event in events:
        if event.kind in KEEP_ALIVE:
            seen[event.actor_id, event.local_date].append(event)
        if event.is_interaction:
            done[event.actor_id, event.local_date].append(event)
    table = []
    for actor_id, day in begun.keys() | done.keys():
        visits_begun, interactions = begun[actor_id, day], done[actor_id, day]
        by_os = Counter(event.os if event.os in OWN_COLUMN else "other" for event in interactions)
        latest = max(seen[actor_id, day], key=lambda event: event.order)
        table.append({
            "workspace_id": latest.workspace_id, "actor_id": actor_id, "user_id": latest.user_id,
            "is_guest": latest.user_id is None, "local_date": day,
            "visits": len(visits_begun), "interactions": len(interactions),
            **{f"interactions_{os}": by_os[os] for os in ("ios", "android", "web", "other")},
            "engaged_seconds": _visits_engaged(visits_begun), "elapsed_seconds": _elapsed(visits_begun),
            "visit_interactions": sum(len(visit.interactions) for visit in visits_begun),
            "last_seen_at": latest.occurred_at,
        })
    return table


def agg_workspace_daily(
    workspace_id: str, events: Iterable[Event], visits: Iterable[Visit], counts: Callable[[str | None], bool]
) -> list[dict]:
    """One row a local date of the workspace, of those who count.

    ``visits`` holds the guests' too; ``user_visits`` and the sums behind ratios are the users' alone.
    """
    begun: dict[object, list[Visit]] = defaultdict(list)
    for visit in visits:
        if visit.interactions and counts(visit.user_id):
            begun[visit.first.local_date].append(visit)
    done = Counter(event.local_date for event in events if event.is_interaction and counts(event.user_id))
    table = []
    for day in begun.keys() | done.keys():
        of_users = [visit for visit in begun[day] if visit.user_id]
        table.append({
            "workspace_id": workspace_id, "local_date": day,
            "active_users": len({visit.user_id for visit in of_users}),
            "guests": len({visit.actor_id for visit in begun[day] if not visit.user_id}),
            "visits": len(begun[day]), "user_visits": len(of_users), "interactions": done[day],
            "visit_interactions": sum(len(visit.interactions) for visit in of_users),
            "engaged_seconds": _visits_engaged(of_users), "elapsed_seconds": _elapsed(of_users),
            "single_event_visits": sum(len(visit.events) == 1 for visit in of_users),
        })
    return table


def agg_interactions_by_os(
    workspace_id: str, events: Iterable[Event], counts: Callable[[str | None], bool]
) -> list[dict]:
    """Interactions of those who count, by local date and operating system."""
    cells = Counter(
        (event.local_date, event.os) for event in events if event.is_interaction and counts(event.user_id)
    )
    return [
        {"workspace_id": workspace_id, "local_date": day, "os": os, "interactions": count}
        for (day, os), count in cells.items()
    ]
