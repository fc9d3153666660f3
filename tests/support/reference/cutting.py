"""Cutting: events into sessions (a device in one go), sessions into visits (a person in one go)."""

from collections import defaultdict
from collections.abc import Iterable

from tests.support.reference.model import DAY, KEEP_ALIVE, Event, Session, Visit, Workspace, milliseconds


def cut_sessions(events: Iterable[Event], timeout: int) -> list[Session]:
    """Cut one workspace's events into sessions.

    A run of a device ends at a gap of ``timeout`` (µs) or more. Inside a run a session starts where the signed-in user
    is another than the one signed in before on that run, and every 24 h counted from the run's first event.
    """
    by_device: dict[str, list[Event]] = defaultdict(list)
    for event in events:
        if event.kind in KEEP_ALIVE:
            by_device[event.device_id].append(event)
    sessions = []
    for device_id, series in by_device.items():
        series.sort(key=lambda event: event.order)
        for run in _runs(series, timeout):
            sessions += [Session(device_id, part) for part in _parts(run)]
    for session in sessions:
        for event in session.events:
            event.session = session
    return sessions


def _runs(series: list[Event], timeout: int) -> list[list[Event]]:
    runs: list[list[Event]] = []
    for event in series:
        if runs and event.at - runs[-1][-1].at < timeout:
            runs[-1].append(event)
        else:
            runs.append([event])
    return runs


def _parts(run: list[Event]) -> list[list[Event]]:
    parts: list[list[Event]] = []
    signed_in = None
    for event in run:
        is_other_user = None not in (event.signed_in, signed_in) and event.signed_in != signed_in
        if parts and not is_other_user and _day(run[0].at, event.at) == _day(run[0].at, parts[-1][-1].at):
            parts[-1].append(event)
        else:
            parts.append([event])
        signed_in = event.signed_in or signed_in
    return parts


def _day(start: int, at: int) -> int:
    """Which stretch of 24 h counted from ``start`` holds ``at``."""
    return (at - start) // DAY


def cut_visits(sessions: Iterable[Session], timeout: int) -> list[Visit]:
    """Join one workspace's sessions into visits.

    A run of a person ends where a session starts ``timeout`` (µs) or more after the latest end so far; inside a run a
    visit starts every 24 h counted from the run's first start.
    """
    by_actor: dict[str, list[Session]] = defaultdict(list)
    for session in sessions:
        by_actor[session.actor_id].append(session)
    visits: list[Visit] = []
    for actor_id, series in by_actor.items():
        series.sort(key=lambda session: session.first.order)
        latest_end = run_start = previous_start = None
        for session in series:
            start = session.first.at
            if latest_end is None or start - latest_end >= timeout:
                run_start, latest_end = start, session.last.at
                visits.append(Visit(actor_id, session.user_id))
            elif _day(run_start, start) != _day(run_start, previous_start):
                visits.append(Visit(actor_id, session.user_id))
            previous_start = start
            latest_end = max(latest_end, session.last.at)
            visits[-1].sessions.append(session)
    return visits


def time_visits(visits: Iterable[Visit], workspace: Workspace) -> None:
    """Put each visit's events of all devices in one order and say how long each held the person's attention."""
    for visit in visits:
        for session in visit.sessions:
            session.visit = visit
            visit.events += session.events
        visit.events.sort(key=lambda event: event.order)
        for event, following in zip(visit.events, [*visit.events[1:], None], strict=True):
            event.visit = visit
            if following is None:
                event.engaged = 0
            else:
                event.milliseconds_to_next = milliseconds(event.at, following.at)
                event.engaged = min(event.milliseconds_to_next, workspace.idle_cap)
