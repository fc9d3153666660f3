"""Every mart from accepted events, entities and the catalogue."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, time, timedelta

from tests.support.reference import content, daily, entities, facts, meetings, paths, unique_users
from tests.support.reference.catalogue import CatalogueEntry, classify
from tests.support.reference.cutting import cut_sessions, cut_visits, time_visits
from tests.support.reference.model import Event, Session, Workspace, micros

Tables = dict[str, list[dict]]


def compute(
    rows: Iterable[Mapping[str, object]],
    extracts: entities.Entities,
    catalogue: Mapping[str, CatalogueEntry],
    last_load_date: date,
) -> Tables:
    """Build every mart.

    Args:
        rows: accepted events, one dict each with the lake's columns (contract, section 2); times naive UTC.
        extracts: rows of each entity as they were loaded, all versions, with their ``load_date``.
        catalogue: ``read_catalogue`` of the seed.
        last_load_date: the newest load date; a meeting has ended when its end is not after the end of that day (UTC).

    Returns:
        table name: rows. In place of ``session_id`` and ``visit_id`` stands the message id of the first event;
        ``view_id`` and the settings' JSON text are left out.
    """
    rows = list(rows)
    named = (row["workspace_id"] for table in (rows, *extracts.values()) for row in table)
    known = entities.workspaces(extracts, map(str, named))
    by_workspace: dict[str, list[Event]] = defaultdict(list)
    for row in rows:
        event = _event(row, known[str(row["workspace_id"])], catalogue)
        by_workspace[event.workspace_id].append(event)
    everything = [event for events in by_workspace.values() for event in events]
    tables: Tables = defaultdict(list)
    tables["dim_workspaces"] = entities.dim_workspaces(known)
    tables["dim_participants"] = entities.dim_participants(extracts, everything, known)
    tables["dim_content"] = entities.dim_content(extracts, everything)
    targeted = {(row["workspace_id"], row["user_id"]) for row in tables["dim_participants"] if row["is_targeted"]}
    left_out: dict[str, int] = {}
    for workspace_id, events in by_workspace.items():
        counts = _who_counts(known[workspace_id], targeted)
        of_workspace = _of_workspace(events, known[workspace_id], counts)
        left_out[workspace_id] = len(events) - len(of_workspace["fct_events"])
        for name, table in of_workspace.items():
            tables[name] += table
    for row in tables["dim_workspaces"]:
        row["events_left_out"] = left_out.get(row["workspace_id"], 0)
    as_of = datetime.combine(last_load_date, time()) + timedelta(days=1)
    tables["dim_sponsor_staff"] = meetings.dim_sponsor_staff(tables["dim_participants"], tables["dim_content"])
    history, people = meetings.fct_meeting_history(extracts), meetings.fct_meeting_participants(extracts)
    tables["fct_meetings"] = meetings.fct_meetings(
        extracts, known, people, history, tables["dim_sponsor_staff"], targeted, as_of
    )
    shown = {(row["workspace_id"], row["meeting_id"]) for row in tables["fct_meetings"]}
    tables["fct_meeting_history"] = [row for row in history if (row["workspace_id"], row["meeting_id"]) in shown]
    tables["fct_meeting_participants"] = [
        row for row in people
        if known[row["workspace_id"]].counts_guests or (row["workspace_id"], row["user_id"]) in targeted
    ]
    return dict(tables)


def _event(row: Mapping, workspace: Workspace, catalogue: Mapping[str, CatalogueEntry]) -> Event:
    meaning, local = classify(row, catalogue), workspace.local(row["occurred_at"])
    return Event(
        workspace_id=row["workspace_id"], message_id=row["message_id"], signed_in=row.get("user_id"),
        device_id=row["device_id"], os=row["os"], occurred_at=row["occurred_at"], at=micros(row["occurred_at"]),
        local_date=local.date(), local_hour=local.hour, event=row.get("event"), kind=meaning.kind,
        module=meaning.module, module_kind=meaning.module_kind, action=meaning.action,
        content_type=meaning.content_type, content_id=row.get("content_id"), content_title=row.get("content_title"),
        duration=row.get("duration_seconds"), query=row.get("query"), results=row.get("results"),
        load_date=row["load_date"],
    )


def _who_counts(workspace: Workspace, targeted: set[tuple]) -> Callable[[str | None], bool]:
    """Whether a user (None: a guest) is in the numbers of this workspace."""

    def counts(user_id: str | None) -> bool:
        return workspace.counts_guests if user_id is None else (workspace.workspace_id, user_id) in targeted

    return counts


def _settle_os(session: Session) -> None:
    """Give the session and those of its events that show no os the one that the device has."""
    shown = [event.os for event in session.events if event.os in ("ios", "android", "web")]
    first = session.first.os
    if first in ("ios", "android", "web"):
        session.os = first
    elif shown:
        session.os = "web" if "web" in shown else max(shown)
    else:
        session.os = min(event.os for event in session.events)  # other, unknown
    for event in session.events:
        if event.os in ("other", "unknown"):
            event.os = session.os


def _of_workspace(events: list[Event], workspace: Workspace, counts: Callable[[str | None], bool]) -> Tables:
    sessions = cut_sessions(events, workspace.timeout)
    for session in sessions:
        _settle_os(session)
    visits = cut_visits(sessions, workspace.timeout)
    time_visits(visits, workspace)
    if workspace.target_groups:
        # A session is cut before it is known whose it is; then nothing is kept of people who do not count.
        events = [event for event in events if counts(event.user_id)]
        sessions = [session for session in sessions if counts(session.user_id)]
        visits = [visit for visit in visits if counts(visit.user_id)]
    steps = paths.fct_path_steps(visits)
    views, searches = content.fct_content_views(events, workspace), content.fct_searches(events)
    name = workspace.workspace_id
    return {
        "fct_events": facts.fct_events(events),
        "fct_sessions": facts.fct_sessions(sessions, workspace.idle_cap),
        "fct_visits": facts.fct_visits(visits),
        "fct_feature_usage": daily.fct_feature_usage(events),
        "fct_content_views": views,
        "fct_searches": searches,
        "fct_user_daily": daily.fct_user_daily(events, visits),
        "fct_path_steps": steps,
        "agg_workspace_daily": daily.agg_workspace_daily(name, events, visits, counts),
        "agg_interactions_by_os": daily.agg_interactions_by_os(name, events, counts),
        "agg_path_links": paths.agg_path_links(steps, counts),
        "agg_unique_users": unique_users.agg_unique_users(name, events, visits, views, searches, counts),
    }
