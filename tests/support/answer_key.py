"""An independent count of a landing folder: every line's outcome by the contract's rules, in plain Python, no DuckDB.

Tests compare the ledger and the quarantine with it. It reads the Segment shape (contract, section 2) only, knows
nothing of the sample's generator, and shares no code with ingestion. A million lines take about a minute.
"""

import gzip
import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

_TIMES = ("timestamp", "originalTimestamp", "sentAt", "receivedAt")
LOADED, DUPLICATES, NO_CONSENT, QUARANTINED = "loaded", "duplicates", "no_consent", "quarantined"


@dataclass(frozen=True, slots=True)
class Line:
    """The outcome of one line.

    Attributes:
        file: path below the home, as in the ledger.
        number: counted from 1, blank lines included.
        outcome: the ledger's column that counts it.
        reason: of the quarantine.
        sha256: of its exact bytes, without the line end.
        repaired: `field: problem` of optional values that cannot be used, where the line is loaded.
    """

    file: str
    number: int
    outcome: str
    reason: str | None
    sha256: str
    repaired: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Event:
    """Decides between lines of one message: ``rank`` picks the winner, ``content`` separates copies from conflicts."""

    key: tuple[str, str]
    rank: tuple[datetime, datetime]
    content: str
    repaired: tuple[str, ...] = ()


class Rejected(Exception):
    """The line is not loaded; carries (outcome, reason)."""


@dataclass(frozen=True, slots=True)
class Limits:
    """As in ``footfall.yml``."""

    max_future: timedelta = timedelta(minutes=5)
    max_late: timedelta = timedelta(days=30)
    max_line_bytes: int = 1_048_576


def expected_outcomes(home: Path, limits: Limits | None = None) -> list[Line]:
    """The outcome of every line below ``<home>/landing/events``, in order of file and line; blank lines are left out.

    Everything there counts as delivered, each file once. Not covered: the cookie banner (a browser that sends no
    answer at all), which the sample never leaves open.
    """
    limits = limits or Limits()
    lines: list[Line] = []
    events: dict[tuple[str, str], list[tuple[int, Event]]] = defaultdict(list)
    for file, number, raw in _lines(home):
        try:
            event = validate_line(raw, limits, load_date=file.split("/")[2])
        except Rejected as rejected:
            outcome, reason = rejected.args
        else:
            outcome, reason = LOADED, None
            events[event.key].append((len(lines), event))
        repaired = event.repaired if outcome == LOADED else ()
        lines.append(Line(file, number, outcome, reason, hashlib.sha256(raw).hexdigest(), repaired))
    for copies in events.values():
        # the sort is stable: of equals the one that arrived first stays
        (_, winner), *losers = sorted(copies, key=lambda copy: copy[1].rank)
        for place, loser in losers:
            fate = (DUPLICATES, None) if loser.content == winner.content else (QUARANTINED, "conflicting_duplicate")
            lines[place] = replace(lines[place], outcome=fate[0], reason=fate[1], repaired=())
    return lines


def ledger(lines: list[Line]) -> dict[str, Counter[str]]:
    """Per file: ``lines_in`` and the number of lines of each outcome."""
    files: dict[str, Counter[str]] = defaultdict(Counter)
    for line in lines:
        files[line.file].update(("lines_in", line.outcome))
    return dict(files)


def repaired_values(lines: list[Line]) -> dict[str, Counter[str]]:
    """Per file: loaded lines by `field: problem`, without files that have none."""
    files: dict[str, Counter[str]] = defaultdict(Counter)
    for line in lines:
        if line.repaired:
            files[line.file].update(line.repaired)
    return dict(files)


def repaired_entities(home: Path) -> dict[str, Counter[str]]:
    """Per file of entities: lines by `field: problem`, without files that have none."""
    files: dict[str, Counter[str]] = defaultdict(Counter)
    for path in sorted((home / "landing" / "entities").rglob("*.jsonl")):
        for raw in path.read_bytes().splitlines():
            found = sorted(_entity_repairs(json.loads(raw)))
            if found:
                files[path.relative_to(home).as_posix()].update(found)
    return dict(files)


def reasons(lines: list[Line]) -> Counter[str]:
    """Quarantined lines by reason."""
    return Counter(line.reason for line in lines if line.reason)


def validate_line(raw: bytes, limits: Limits, load_date: str) -> Event:
    """Apply the checks to one line, the first that applies deciding; raise Rejected where it is not loaded."""
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        raise Rejected(QUARANTINED, "bad_encoding") from None
    if len(raw) > limits.max_line_bytes:
        raise Rejected(QUARANTINED, "oversized")
    try:
        line = json.loads(text, parse_constant=_no_json)
    except ValueError:
        raise Rejected(QUARANTINED, "malformed_json") from None
    if not isinstance(line, dict):
        raise Rejected(QUARANTINED, "not_an_object")
    if _refused(line):
        raise Rejected(NO_CONSENT, None)
    _check_types(line)
    context, properties = line.get("context") or {}, line.get("properties") or {}
    if not isinstance(properties, dict):
        line, properties = {**line, "properties": None}, {}
    repaired = sorted(_repairs(json.loads(text)))
    message_id = clean_id(line.get("messageId"))
    if message_id is None:
        raise Rejected(QUARANTINED, "missing_message_id")
    stated = [context.get("groupId"), properties.get("workspaceId"), line.get("workspaceId")]
    workspaces = [workspace for workspace in stated if workspace]
    if not workspaces:
        raise Rejected(QUARANTINED, "missing_workspace_id")
    if len(set(workspaces)) > 1:
        raise Rejected(QUARANTINED, "workspace_mismatch")
    device = (context.get("device") or {}).get("id") or line.get("anonymousId")
    if not (device or clean_id(line.get("userId"))):
        raise Rejected(QUARANTINED, "missing_actor")
    occurred, received = _times(line)
    if occurred > (received or _end_of(load_date)) + limits.max_future:
        raise Rejected(QUARANTINED, "future_event")
    if received and limits.max_late and occurred < received - limits.max_late:
        raise Rejected(QUARANTINED, "too_late")
    # the clock that sent it, and the time corrected by it, may differ between copies of one event
    content = {name: value for name, value in line.items() if name not in ("sentAt", "receivedAt", "timestamp")}
    if "originalTimestamp" not in line:
        content["timestamp"] = line.get("timestamp")
    digest = hashlib.md5(json.dumps(content, sort_keys=True).encode(), usedforsecurity=False).hexdigest()
    rank = (received or datetime.max.replace(tzinfo=UTC), occurred)
    return Event((workspaces[0], message_id), rank, digest, tuple(repaired))


def clean_id(value: object) -> str | None:
    """An id as it is compared: trimmed, `42` for `42.0`; None where nothing of it is left."""
    text = "" if value is None else str(value).strip()
    return text.removesuffix(".0") if text.removesuffix(".0").isdigit() else text or None


def _repairs(line: dict[str, object]) -> Iterator[str]:
    """`field: problem` of each optional value of a sound line that cannot be used."""
    properties, context = line.get("properties") or {}, line.get("context") or {}
    if line.get("type", "track") not in ("track", "screen", "page", "identify", "group"):
        yield "type: unknown_value"
    for name, column in (("originalTimestamp", "original_timestamp"), ("sentAt", "sent_at")):
        if line.get(name) is not None and _moment(line[name], is_optional=True) is None:
            yield f"{column}: bad_timestamp"
    if isinstance(context.get("timezone"), list):
        yield "timezone: bad_type"
    if not isinstance(properties, dict):
        yield "properties: bad_type"
        return
    if isinstance(duration := properties.get("duration_seconds"), str):
        yield "duration_seconds: not_a_number"
    elif duration is not None and not 0 <= duration <= 86_400:
        yield "duration_seconds: out_of_range"
    if (properties.get("results") or 0) < 0:
        yield "results: out_of_range"
    if isinstance(properties.get("query"), list):
        yield "query: bad_type"
    title = properties.get("content_title") or ""
    if any("\ud800" <= char <= "\udfff" for char in title):
        yield "content_title: broken_character"


def _entity_repairs(row: dict[str, object]) -> Iterator[str]:
    for name in ("deleted_at", "joined_at"):
        if row.get(name) is not None and _moment(row[name], is_optional=True) is None:
            yield f"{name}: bad_timestamp"
    if str(row.get("role") or "staff").strip().lower() not in ("attendee", "speaker", "sponsor", "staff"):
        yield "role: unknown_value"
    if any("\ud800" <= char <= "\udfff" for char in str(row.get("title") or "")):
        yield "title: broken_character"


def _lines(home: Path) -> Iterator[tuple[str, int, bytes]]:
    for path in sorted((home / "landing" / "events").rglob("*.jsonl*")):
        content = path.read_bytes()
        if path.suffix == ".gz":
            content = gzip.decompress(content)
        for number, raw in enumerate(content.split(b"\n"), start=1):
            if raw:
                yield path.relative_to(home).as_posix(), number, raw


def _no_json(name: str) -> None:
    """NaN and Infinity are Python's own."""
    raise ValueError(name)


def _refused(line: dict[str, object]) -> bool:
    value: object = line
    for name in ("context", "consent", "categoryPreferences", "Analytics"):
        value = value.get(name) if isinstance(value, dict) else None
    return value is False


def _check_types(line: dict[str, object]) -> None:
    texts = ("messageId", "type", "event", "name", "userId", "anonymousId", "timestamp", "originalTimestamp", "sentAt",
             "receivedAt", "workspaceId")
    if any(isinstance(line.get(name), list | dict | bool) for name in texts):
        raise Rejected(QUARANTINED, "bad_type")
    if not isinstance(line.get("context") or {}, dict):
        raise Rejected(QUARANTINED, "bad_type")


def _times(line: dict[str, object]) -> tuple[datetime, datetime | None]:
    stated, original, sent, received = (
        _moment(line.get(name), is_optional=name != "timestamp") for name in _TIMES
    )
    corrected = received - (sent - original) if received and sent and original else None
    occurred = stated or corrected or original or received
    if occurred is None:
        raise Rejected(QUARANTINED, "bad_timestamp")
    return occurred, received


def _moment(value: object, *, is_optional: bool) -> datetime | None:
    if value is None:
        return None
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError:
        if is_optional:
            return None
        raise Rejected(QUARANTINED, "bad_timestamp") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _end_of(load_date: str) -> datetime:
    return datetime.fromisoformat(load_date).replace(tzinfo=UTC) + timedelta(days=1)
