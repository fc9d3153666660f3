"""Which delivered lines are accepted, and as what: the contract's rules for Segment lines, read again in plain Python.

Covers what the property tests deliver: well-formed lines whose clocks may be wrong, refused consent, copies, and
different lines under one message id. Malformed lines are the business of the ingestion's own tests.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

FUTURE = timedelta(minutes=5)
LATE = timedelta(days=30)
BELIEVABLE = datetime(2000, 1, 1), datetime(2100, 1, 1)
OS_NAMES = {"ios": "ios", "android": "android"}


def accept(delivered: Iterable[tuple[date, Mapping]]) -> list[dict]:
    """Choose the live line of every message among all that lie in landing.

    Args:
        delivered: load date and line (a parsed Segment object), in any order.

    Returns:
        rows with the lake's columns; of several valid lines with one id the first received, then the first to have
        happened. A line that lies there twice has the earlier load date.
    """
    by_message: dict[tuple, list[dict]] = defaultdict(list)
    for load_date, line in delivered:
        row = read_line(line, load_date)
        if row is not None:
            by_message[row["workspace_id"], row["message_id"]].append(row)
    return [_winner(rows) for rows in by_message.values()]


def _winner(rows: list[dict]) -> dict:
    def order(row: dict) -> tuple:
        return row["received_at"] is None, row["received_at"] or datetime.max, row["occurred_at"]

    rows = sorted(rows, key=lambda row: (order(row), row["load_date"]))
    first = rows[0]
    for row in rows[1:]:
        if order(row) == order(first) and {**row, "load_date": None, "sent_at": None} != {
            **first, "load_date": None, "sent_at": None
        }:
            raise AssertionError(f"the contract does not say which line of {first['message_id']} is the first")
    return first


def read_line(line: Mapping, load_date: date) -> dict | None:
    """The lake's row of a line, or None where consent is refused or its clock is not to be believed."""
    context, properties = line.get("context", {}), line.get("properties", {})
    consent = context.get("consent", {}).get("categoryPreferences", {}).get("Analytics")
    if consent is False:
        return None
    original, sent, received = (_moment(line.get(name)) for name in ("originalTimestamp", "sentAt", "receivedAt"))
    occurred = _moment(line.get("timestamp"))
    if occurred is None and None not in (original, sent, received):
        occurred = received - (sent - original)
    occurred = occurred or original or received
    if not all(BELIEVABLE[0] <= moment < BELIEVABLE[1] for moment in (occurred, received or occurred)):
        return None
    end_of_day = datetime.combine(load_date, time()) + timedelta(days=1)
    if occurred > (received or end_of_day) + FUTURE or (received and occurred < received - LATE):
        return None
    user, anonymous, kind = line.get("userId"), line.get("anonymousId"), line.get("type", "track")
    duration = properties.get("duration_seconds")
    return {
        "load_date": load_date, "workspace_id": context["groupId"], "message_id": line["messageId"], "user_id": user,
        "device_id": context.get("device", {}).get("id") or anonymous or f"user:{user}", "type": kind,
        "event": line.get("event") or line.get("name") or kind, "occurred_at": occurred,
        "received_at": received, "sent_at": sent, "os": _os(line, context, kind),
        **{name: properties.get(name) for name in ("module", "content_type", "content_id", "content_title", "query")},
        "duration_seconds": None if duration is None else Decimal(str(duration)), "results": properties.get("results"),
    }


def entity_row(row: Mapping, load_date: date) -> dict:
    """An extract's row with its times as naive UTC timestamps and the load date it came with."""
    times = {name: _moment(value) for name, value in row.items() if name.endswith(("_at", "_start", "_end"))}
    return {**row, **times, "load_date": load_date}


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text).astimezone(UTC).replace(tzinfo=None)


def _os(line: Mapping, context: Mapping, kind: str) -> str:
    if kind == "page" or line.get("channel") == "browser":
        return "web"
    name = context.get("os", {}).get("name")
    return "unknown" if name is None else OS_NAMES.get(name.lower(), "other")
