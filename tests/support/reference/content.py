"""Openings of content items with the seconds they were looked at, and searches."""

import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal

from tests.support.reference.model import KEEP_ALIVE, Event, Workspace, milliseconds, seconds

#: The same person opening the same item within this time (µs), both ends included, opens it once.
MERGE = 2_000_000


def fct_content_views(events: Iterable[Event], workspace: Workspace) -> list[dict]:
    """One row an opening; openings of one item by one person, each at most 2 s after the one before, are one."""
    openings: dict[tuple, list[Event]] = defaultdict(list)
    for event in events:
        if event.kind == "view" and event.item and not _is_own_profile(event):
            openings[event.actor_id, event.item].append(event)
    table = []
    for series in openings.values():
        series.sort(key=lambda event: event.order)
        groups: list[list[Event]] = []
        for event in series:
            if groups and event.at - groups[-1][-1].at <= MERGE:
                groups[-1].append(event)
            else:
                groups.append([event])
        for group, following in zip(groups, [*groups[1:], None], strict=True):
            table.append(_view(group, following[0] if following else None, workspace))
    return table


def _is_own_profile(event: Event) -> bool:
    return event.content_type == "user" and event.content_id == event.user_id


def _view(group: list[Event], following: Event | None, workspace: Workspace) -> dict:
    first = group[0]
    viewed, source = _seconds_viewed(group, following, workspace)
    return {
        "workspace_id": first.workspace_id, "actor_id": first.actor_id, "user_id": first.user_id,
        "visit_id": first.visit.first.message_id, "content_type": first.content_type, "content_id": first.content_id,
        "os": first.os, "viewed_at": first.occurred_at, "local_date": first.local_date,
        "seconds_viewed": viewed, "seconds_source": source,
    }


def _seconds_viewed(
    group: list[Event], following: Event | None, workspace: Workspace
) -> tuple[Decimal | None, str | None]:
    """The client's word, else the last heartbeat on the item, else the person's next event, else nobody knows."""
    first = group[0]
    known = [event.duration for event in group if event.duration is not None]
    if known:
        return max(known), "client"
    later = [event for event in first.visit.events if event.order > first.order]
    beats = [
        event for event in later
        if event.kind == "heartbeat" and event.item == first.item
        and (following is None or event.order < following.order)
    ]
    if beats:
        return seconds(milliseconds(first.at, beats[-1].at)), "heartbeats"
    others = [event for event in later if event not in group]
    if others:
        return seconds(min(milliseconds(first.at, others[0].at), workspace.idle_cap)), "next_event"
    return None, None


def fct_searches(events: Iterable[Event]) -> list[dict]:
    """One row a search: an event that keeps a visit alive and carries words to look for."""
    table = []
    for event in events:
        term = normalise_term(event.query or "")
        if event.kind in KEEP_ALIVE and term:
            table.append({
                "workspace_id": event.workspace_id, "message_id": event.message_id, "actor_id": event.actor_id,
                "user_id": event.user_id, "visit_id": event.visit.first.message_id, "os": event.os,
                "searched_at": event.occurred_at, "local_date": event.local_date,
                "term": term, "results": event.results,
            })
    return table


def normalise_term(query: str) -> str:
    """Unicode's canonical caseless matching (NFD, full case folding, NFC), without characters of no width, white
    space one blank."""
    visible = "".join(char for char in unicodedata.normalize("NFD", query) if unicodedata.category(char) != "Cf")
    return " ".join(unicodedata.normalize("NFC", visible.casefold()).split())
