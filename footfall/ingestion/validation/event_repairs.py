"""What is wrong with the optional values of a line of events; called for the few lines that have any."""

import json
import math
from collections.abc import Iterator
from typing import Any

import duckdb

from footfall.ingestion.validation.text_functions import encodable, without_lone_surrogates

#: Members of a JSON line, and the lake's column they are.
_COLUMNS = {
    "name": "event", "context.os": "os", "context.os.name": "os", "context.os.version": "os_version",
    "context.app": "app_version", "context.app.version": "app_version", "context.timezone": "timezone",
}
#: Members that are looked at as texts below.
_READ_AS_TEXT = frozenset({
    "type", "originalTimestamp", "sentAt", "receivedAt", "original_timestamp", "sent_at", "received_at",
})
#: Members whose JSON type is looked at, in the order of ``sql/repairs.sql``; the first ones of each are objects.
MEMBERS = {
    "camel": (5, (
        "context", "properties", "context.device", "context.os", "context.app", "messageId", "type", "event", "name",
        "userId", "anonymousId", "workspaceId", "timestamp", "originalTimestamp", "sentAt", "receivedAt", "channel",
        "context.groupId", "context.timezone", "context.device.id", "context.os.name", "context.os.version",
        "context.app.version", "properties.workspaceId", "properties.module", "properties.content_type",
        "properties.content_id", "properties.content_title", "properties.query",
    )),
    "snake": (2, (
        "context", "properties", "message_id", "id", "user_id", "anonymous_id", "workspace_id", "context_group_id",
        "context_device_id", "type", "event", "name", "timestamp", "original_timestamp", "sent_at", "received_at",
        "channel",
    )),
}
_BROKEN = "\N{REPLACEMENT CHARACTER}"
#: Characters of a value that are kept aside.
_KEPT = 1_000


def register(con: duckdb.DuckDBPyConnection) -> None:
    """Make ``event_repairs`` and ``mistyped_members`` known to the connection."""
    con.create_function("event_repairs", event_repairs, [str], str, null_handling="special")  # type: ignore[call-overload]
    con.create_function(
        "mistyped_members", mistyped_members, [str, str], "VARCHAR[]", null_handling="special",  # type: ignore[call-overload]
    )


def mistyped_members(form: str, kinds: str | None) -> list[str] | None:
    """The members with a JSON type they must not have; None without any.

    Args:
        form: ``camel`` or ``snake``. kinds: JSON types of ``MEMBERS`` as DuckDB prints a list; NULL where absent.
    """
    if kinds is None:
        return None
    objects, names = MEMBERS[form]
    found = kinds[1:-1].split(", ")
    wrong = [name for name, kind in zip(names[:objects], found, strict=False) if kind not in ("OBJECT", "NULL")]
    wrong += [
        name for name, kind in zip(names[objects:], found[objects:], strict=True)
        if kind in ("OBJECT", "ARRAY", "BOOLEAN")
    ]
    return wrong or None


def event_repairs(fields: str) -> str | None:
    """The repairs of a line as a JSON list of objects with field, problem and value; None where there are none.

    Args:
        fields: JSON object of ``raw``, ``mistyped`` (members of a wrong JSON type), ``broken`` (text columns), ``type``
            and texts of optional values whose typed value is null.
    """
    line = json.loads(fields)
    found = sorted(
        ({"field": field, "problem": problem, "value": (value or "")[:_KEPT]} for field, problem, value in _find(line)),
        key=lambda one: (one["field"], one["problem"]),
    )
    unique = list({one["field"]: one for one in reversed(found)}.values())[::-1]
    return encodable(json.dumps(unique, ensure_ascii=False)) if unique else None


def _find(line: dict[str, Any]) -> Iterator[tuple[str, str, str | None]]:
    for member in line["mistyped"] or ():
        if member not in _READ_AS_TEXT:
            column = _COLUMNS.get(member) or member.removeprefix("properties.")
            yield column, "bad_type", _member(line["raw"], member)
    if line["type"]:
        yield "type", "unknown_value", line["type"]
    for name in ("original_timestamp", "sent_at", "received_at"):
        if line[name] is not None:
            yield name, "bad_timestamp", line[name]
    for name in ("duration_seconds", "results"):
        if line[name] is not None:
            yield name, "out_of_range" if _is_number(line[name]) else "not_a_number", line[name]
    raw = line["raw"] or ""
    if _BROKEN not in raw and without_lone_surrogates(raw) != raw:
        for name, text in line["broken"].items():
            if _BROKEN in (text or ""):
                yield name, "broken_character", text


def _member(raw: str, member: str) -> str | None:
    try:
        value = json.loads(raw)
        for name in member.split("."):
            value = value[name]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    return json.dumps(value, ensure_ascii=False)


def _is_number(text: str) -> bool:
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False
