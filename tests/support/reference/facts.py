"""Facts by event, session and visit: the rows of what was cut."""

from collections.abc import Iterable

from tests.support.reference.model import KEEP_ALIVE, Event, Session, Visit, milliseconds, seconds


def _or_none(value: int | None) -> object:
    return None if value is None else seconds(value)


def fct_events(events: Iterable[Event]) -> list[dict]:
    """One row an accepted event."""
    return [
        {
            "workspace_id": event.workspace_id, "message_id": event.message_id,
            "session_id": event.session.first.message_id if event.session else None,
            "visit_id": event.visit.first.message_id if event.visit else None,
            "actor_id": event.actor_id, "user_id": event.user_id, "device_id": event.device_id, "os": event.os,
            "occurred_at": event.occurred_at, "local_date": event.local_date, "local_hour": event.local_hour,
            "event": event.event, "kind": event.kind,
            "is_interaction": event.is_interaction, "is_keep_alive": event.kind in KEEP_ALIVE,
            "module": event.module, "module_kind": event.module_kind, "action": event.action,
            "content_type": event.content_type, "content_id": event.content_id,
            "seconds_to_next": _or_none(event.milliseconds_to_next), "engaged_seconds": _or_none(event.engaged),
            "load_date": event.load_date,
        }
        for event in events
    ]


def fct_sessions(sessions: Iterable[Session], idle_cap: int) -> list[dict]:
    """One row a session; its engaged seconds are of its device alone, as if no other had been in use."""
    return [
        {
            "session_id": session.first.message_id, "workspace_id": session.first.workspace_id,
            "device_id": session.device_id, "actor_id": session.actor_id, "user_id": session.user_id,
            "os": session.os, "started_at": session.first.occurred_at, "ended_at": session.last.occurred_at,
            "local_date": session.first.local_date, "events": len(session.events),
            "interactions": sum(event.is_interaction for event in session.events),
            "elapsed_seconds": seconds(milliseconds(session.first.at, session.last.at)),
            "engaged_seconds": seconds(sum(
                min(milliseconds(event.at, following.at), idle_cap)
                for event, following in zip(session.events, session.events[1:], strict=False)
            )),
            "visit_id": session.visit.first.message_id,
        }
        for session in sessions
    ]


def fct_visits(visits: Iterable[Visit]) -> list[dict]:
    """One row a visit, counted or not."""
    return [
        {
            "visit_id": visit.first.message_id, "workspace_id": visit.first.workspace_id,
            "actor_id": visit.actor_id, "user_id": visit.user_id, "is_guest": visit.user_id is None,
            "is_counted": bool(visit.interactions), "is_single_event": len(visit.events) == 1,
            "started_at": visit.first.occurred_at, "ended_at": visit.events[-1].occurred_at,
            "local_date": visit.first.local_date, "sessions": len(visit.sessions), "events": len(visit.events),
            "interactions": len(visit.interactions),
            "elapsed_seconds": seconds(milliseconds(visit.first.at, visit.events[-1].at)),
            "engaged_seconds": seconds(sum(event.engaged for event in visit.events)),
            "entry_module": visit.interactions[0].module if visit.interactions else None,
            "entry_module_kind": visit.interactions[0].module_kind if visit.interactions else None,
            "exit_module": visit.interactions[-1].module if visit.interactions else None,
            "exit_module_kind": visit.interactions[-1].module_kind if visit.interactions else None,
        }
        for visit in visits
    ]
