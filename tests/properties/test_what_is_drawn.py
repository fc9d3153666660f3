"""The drawn histories hold what the definitions turn on; else the property tests would prove little."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from footfall.transform.dbt_args import PROJECT
from tests.support.batches import BATCH, draw, draw_batch
from tests.support.clocks import NIGHTS
from tests.support.delivery import Plan, plans
from tests.support.histories import History
from tests.support.reference import compute, read_catalogue
from tests.support.reference.acceptance import accept, entity_row, read_line

HISTORIES = 300

#: In how many of so many histories each has to be, at least: about half of what was counted when this was written.
LEAST = {
    "a gap of the timeout less 1 ms": 12, "a gap of exactly the timeout": 12, "a gap of the timeout and 1 ms": 12,
    "a gap of the timeout less 1 µs": 12, "equal timestamps": 35, "a visit over midnight": 20,
    "a visit over a change of clocks": 5, "on 29 February": 10, "at Kathmandu (+05:45)": 10,
    "at St John's (-03:30)": 10, "devices in one visit": 50, "a visit of overlapping sessions": 18,
    "a sign-in within a session": 20, "another user on a device": 12, "a visit of heartbeats alone": 50,
    "a session of 24 h and more": 8, "a clock out of range": 80, "a path of more than ten steps": 8,
    "late by up to the limit": 40, "sent again": 20, "a conflict": 12, "refused consent": 15,
    "delivered on several nights": 120, "moved or gone in a backfill": 110,
}
DAY = timedelta(days=1)


def found_in(history: History) -> Iterator[str]:
    """What of ``LEAST`` a history holds, perhaps more than once, by its lines and by the reference's tables."""
    lines = [(night, line.body | {"context": {**line.body.get("context", {}), "groupId": "w"}})
             for line in history.lines for night in {*line.nights, *line.rewritten}]
    extracts = {}
    for night, entity, row, _ in history.extracts:
        extracts.setdefault(entity, []).append(entity_row({"workspace_id": "w", **row}, NIGHTS[night]))
    accepted = accept([(NIGHTS[night], body) for night, body in lines])
    catalogue = read_catalogue(PROJECT / "seeds" / "event_catalog.csv")
    tables = defaultdict(list, compute(accepted, extracts, catalogue, NIGHTS[-1]))
    workspaces = tables["dim_workspaces"]
    zone = ZoneInfo(workspaces[0]["timezone"]) if workspaces else UTC
    timeout = timedelta(seconds=workspaces[0]["visit_timeout_seconds"] if workspaces else 1800)
    yield from {"Asia/Kathmandu": ["at Kathmandu (+05:45)"], "America/St_Johns": ["at St John's (-03:30)"]}.get(
        str(zone), [])
    yield from _of_lines(history, lines)
    signed_out = {row["message_id"] for row in accepted if row["user_id"] is None}
    if any(row["session_id"] and row["user_id"] and row["message_id"] in signed_out for row in tables["fct_events"]):
        yield "a sign-in within a session"
    yield from _of_gaps(tables["fct_events"], timeout)
    yield from _of_visits(tables, zone)


def _of_lines(history: History, lines: list[tuple[int, dict]]) -> Iterator[str]:
    for night, body in lines:
        row = read_line(body, NIGHTS[night])
        is_refused = body["context"].get("consent", {}).get("categoryPreferences", {}).get("Analytics") is False
        if row is None:
            yield "refused consent" if is_refused else "a clock out of range"
        elif row["received_at"] and row["received_at"] - row["occurred_at"] in (29 * DAY, 30 * DAY):
            yield "late by up to the limit"
    names = Counter(line.body["messageId"] for line in history.lines)
    events = {(line.body["messageId"], line.body.get("event")) for line in history.lines}
    if max(names.values(), default=0) > 1:
        yield "sent again"
        if len(events) > len(names):
            yield "a conflict"
    if len({line.nights for line in history.lines}) > 1:
        yield "delivered on several nights"
    if any(line.nights != line.rewritten for line in history.lines):
        yield "moved or gone in a backfill"


def _of_gaps(events: list[dict], timeout: timedelta) -> Iterator[str]:
    devices: dict[str, list[dict]] = {}
    for event in sorted(events, key=lambda event: (event["occurred_at"], event["message_id"])):
        if event["session_id"]:
            devices.setdefault(event["device_id"], []).append(event)
    milli, micro = timedelta(milliseconds=1), timedelta(microseconds=1)
    edges = {timeout - milli: "a gap of the timeout less 1 ms", timeout: "a gap of exactly the timeout",
             timeout + milli: "a gap of the timeout and 1 ms", timeout - micro: "a gap of the timeout less 1 µs",
             timedelta(): "equal timestamps"}
    for series in devices.values():
        for before, after in pairwise(series):
            gap = after["occurred_at"] - before["occurred_at"]
            if gap in edges:
                yield edges[gap]
            if gap < timeout and None not in (before["user_id"], after["user_id"]) and (
                before["user_id"] != after["user_id"]
            ):
                yield "another user on a device"


def _of_visits(tables: dict[str, list[dict]], zone: ZoneInfo) -> Iterator[str]:
    def local(at: datetime) -> datetime:
        return at.replace(tzinfo=UTC).astimezone(zone)

    for visit in tables["fct_visits"]:
        start, end = local(visit["started_at"]), local(visit["ended_at"])
        sessions = sorted(
            (row for row in tables["fct_sessions"] if row["visit_id"] == visit["visit_id"]),
            key=lambda row: row["started_at"],
        )
        if start.date() != end.date():
            yield "a visit over midnight"
        if start.utcoffset() != end.utcoffset():
            yield "a visit over a change of clocks"
        if (start.month, start.day) == (2, 29):
            yield "on 29 February"
        if len({row["device_id"] for row in sessions}) > 1:
            yield "devices in one visit"
        if any(after["started_at"] <= before["ended_at"] for before, after in pairwise(sessions)):
            yield "a visit of overlapping sessions"
        if not visit["is_counted"]:
            yield "a visit of heartbeats alone"
    for session in tables["fct_sessions"]:
        if session["elapsed_seconds"] > 23 * 3600:
            yield "a session of 24 h and more"
    if any(row["next_kind"] == "continues" for row in tables["fct_path_steps"]):
        yield "a path of more than ten steps"


@pytest.fixture(scope="module")
def found() -> Counter[str]:
    """In how many histories each was found, of those that ``test_every_delivery`` delivers in CI."""
    batches = (draw_batch(BATCH, number)[0] for number in range(HISTORIES // BATCH))
    return Counter(feature for batch in batches for history in batch.values() for feature in set(found_in(history)))


def test_histories_hold_what_the_definitions_turn_on(found: Counter[str]) -> None:
    rare = {feature: found[feature] for feature, least in LEAST.items() if found[feature] < least}
    assert rare == {}
    assert found.keys() == LEAST.keys()


def test_plans_miss_nights_and_catch_up_backfill_tear_builds_and_bring_files_late() -> None:
    drawn: list[Plan] = draw(plans(), 20, 0)
    steps = [step for plan in drawn for step in plan.steps]
    assert sum(step.kind == "run" and step.last > step.first for step in steps) >= 20
    assert sum(step.kind == "backfill" for step in steps) >= 20
    assert all(plan.torn for plan in drawn)
    assert sum(bool(plan.late) for plan in drawn) >= 10
    assert sum(plan.is_ahead for plan in drawn) >= 5
