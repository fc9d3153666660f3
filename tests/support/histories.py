"""Strategies: what may happen in one workspace, and on which nights its lines and extracts are delivered.

A history is plain JSON, so that a failing one can be printed, shrunk and replayed; its workspace has no name yet.
"""

import json
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from hypothesis import strategies as st

from tests.support.clocks import NIGHTS, ZONES, anchors, clock_fields, gaps, iso

USERS, DEVICES, ITEMS = ("ada", "bob"), ("phone", "desk", "tab"), ("i1", "i2")
NUMBERS = range(len(NIGHTS))


@dataclass(frozen=True)
class Line:
    """One raw line and where it lies: on which nights first, and where in nights that a backfill rewrites."""

    body: dict
    nights: tuple[int, ...]
    rewritten: tuple[int, ...]


@dataclass(frozen=True)
class History:
    """Everything one workspace delivers; extracts are (night, entity, row, whether a rewritten night still has it)."""

    lines: tuple[Line, ...]
    extracts: tuple[tuple[int, str, dict, bool], ...]

    def to_json(self) -> dict:
        return {
            "lines": [[line.body, line.nights, line.rewritten] for line in self.lines],
            "extracts": [list(extract) for extract in self.extracts],
        }

    @classmethod
    def from_json(cls, value: dict) -> "History":
        lines = (Line(body, tuple(nights), tuple(rewritten)) for body, nights, rewritten in value["lines"])
        return cls(tuple(lines), tuple(map(tuple, value["extracts"])))


@dataclass(frozen=True)
class Rules:
    """The settings of a workspace that gaps are drawn around."""

    zone: str
    timeout_minutes: int
    idle_cap_seconds: int
    target_groups: tuple[str, ...]

    def row(self, updated_at: str | None) -> dict:
        return {
            "name": "W", "timezone": self.zone, "visit_timeout_minutes": self.timeout_minutes,
            "idle_cap_seconds": self.idle_cap_seconds, "target_groups": list(self.target_groups),
            "updated_at": updated_at,
        }


rules = st.builds(
    Rules,
    st.sampled_from(ZONES),
    st.sampled_from([30, 30, 30, 30, 5, 1, 720]),
    st.sampled_from([300, 300, 300, 60, 3600]),
    st.sampled_from([(), (), (), ("vip",)]),
)


@st.composite
def histories(draw: st.DrawFn) -> History:
    """Draw one workspace: its settings, its people, what they did, and the nights that heard of it."""
    setting = draw(rules)
    bodies = draw(_bodies(setting))
    lines = []
    usual = draw(st.sampled_from([None, *NUMBERS]))
    for body in bodies:
        lines += draw(_deliveries(body, usual))
    oddity = draw(st.sampled_from(["", "", "", "", "", "", "", "unknown", "withdrawn", "both"]))
    if oddity in ("withdrawn", "both"):
        lines = [replace(line, rewritten=()) for line in lines]
    extracts = [] if oddity in ("unknown", "both") else draw(_extracts(setting))
    return History(tuple(lines), tuple((*extract, draw(st.integers(0, 11)) != 5) for extract in extracts))


@st.composite
def _bodies(draw: st.DrawFn, setting: Rules) -> list[dict]:
    timeout, cap = timedelta(minutes=setting.timeout_minutes), timedelta(seconds=setting.idle_cap_seconds)
    step = gaps(timeout, cap)
    at = start = draw(anchors(setting.zone))
    signed_in: dict[str, str | None] = {}
    bodies: list[dict] = []
    device = draw(st.sampled_from(DEVICES))
    for number in range(draw(st.sampled_from([1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 15, 18]))):
        move = draw(st.integers(0, 159))
        if move % 20 == 13:
            at = start + draw(step)  # back to where it began: an event told late, or another device's
        elif move == 71 and not bodies[40:]:
            device = draw(st.sampled_from(DEVICES))
            at, beats = _long_run(at, timeout, device, signed_in.get(device), number)
            bodies += beats
        else:
            at += draw(step)
        if draw(st.integers(0, 3)) == 0:
            device = draw(st.sampled_from(DEVICES))
        if draw(st.integers(0, 4)) == 0 or device not in signed_in:
            signed_in[device] = draw(st.sampled_from([None, *USERS, USERS[0]]))
        body = draw(_meaning(at))
        # Ids in another order than the events, in upper and lower case and beyond ASCII, to decide equal times.
        body["messageId"] = f"{draw(st.sampled_from('aZ0é'))}{(number * 7) % 19:02}"
        _identify(body, device, signed_in[device], draw(st.integers(0, 9)))
        bodies.append(body)
    return bodies


def _long_run(
    at: datetime, timeout: timedelta, device: str, user: str | None, number: int
) -> tuple[datetime, list[dict]]:
    """Heartbeats just inside the timeout for 26 hours: a client that is stuck (many lines at short timeouts: fewer)."""
    step = max(timeout - timedelta(minutes=1), timedelta(minutes=29))
    beats = []
    for beat in range(min(int(timedelta(hours=26) / step), 56)):
        at += step
        body = {"event": "Heartbeat", "timestamp": iso(at), "messageId": f"r{number:02}{beat:02}"}
        _identify(body, device, user, 0)
        beats.append(body)
    return at, beats


def _identify(body: dict, device: str, user: str | None, form: int) -> None:
    """Say who and where: by device id, by anonymous id alone, or by user alone, which names no device."""
    if user:
        body["userId"] = user
    if form == 8 or (form == 9 and not user):
        body["anonymousId"] = device
    elif form < 8:
        body["anonymousId"] = f"anon-{device}"
        body.setdefault("context", {})["device"] = {"id": device}


@st.composite
def _meaning(draw: st.DrawFn, at: datetime) -> dict:
    """What was done, when, on which kind of device; mostly openings and taps, in few modules and on few items."""
    body: dict = draw(clock_fields(at))
    name = draw(st.sampled_from([
        "Home", "Agenda", "Home", "Post Liked", "Session Viewed", "Session Viewed", "Document Opened",
        "Document Opened", "Document Heartbeat", "Document Heartbeat", "Heartbeat", "Heartbeat", "Profile Viewed",
        "Search Performed", "Ad Shown", "App Opened", "Never Heard Of", "screen", "identify",
    ]))
    properties: dict = {}
    if name in ("screen", "identify"):
        body["type"] = name
        body |= {"name": "Somewhere New"} if name == "screen" else {}
    else:
        body |= {"type": "track", "event": name}
    if name.startswith(("Session", "Document", "Profile")):
        item = draw(st.sampled_from([*(USERS if name.startswith("Profile") else ITEMS), None]))
        properties |= {} if item is None else {"content_id": item}
        if item and draw(st.integers(0, 5)) == 0:
            properties["content_title"] = draw(st.sampled_from(["First", "Second", "Zweite"]))
    if name.endswith(("Viewed", "Opened")) and draw(st.integers(0, 9)) == 0:
        properties["duration_seconds"] = draw(st.sampled_from([0, 1.5, 1.25, 4000]))
    if name == "Search Performed":
        queries = ["Keynote", "  key\tNOTE ", "Cafe\u0301", "caf\u00e9", " ", "a \u3000B\u00a0"]
        properties["query"] = draw(st.sampled_from(queries))
        properties["results"] = draw(st.sampled_from([0, 3, None]))
    if draw(st.integers(0, 9)) == 0:
        properties["module"] = draw(st.sampled_from(["home", "agenda", "lobby"]))
    if properties:
        body["properties"] = properties
    system = draw(st.sampled_from(["iOS", "iOS", "Android", "Windows", None]))
    body["context"] = {"os": {"name": system}} if system else {}
    if draw(st.integers(0, 29)) == 0:
        body["context"]["consent"] = {"categoryPreferences": {"Analytics": draw(st.booleans())}}
    return body


@st.composite
def _deliveries(draw: st.DrawFn, body: dict, usual: int | None) -> list[Line]:
    """On which nights a line arrives: one, or some more; moved or gone where a backfill rewrites the night.

    ``usual`` is the night most lines of this history arrive on, if any, so that the others meet what is built already.
    """
    night = draw(st.sampled_from(NUMBERS))
    nights = (night if usual is None or draw(st.integers(0, 3)) == 2 else usual,)
    fate = draw(st.integers(0, 19))
    if fate in (0, 1):
        nights = tuple(sorted({*nights, draw(st.sampled_from(NUMBERS))}))
    rewritten = nights
    if fate in (2, 3):
        rewritten = ()
    elif fate == 4:
        rewritten = (draw(st.sampled_from(NUMBERS)),)
    elif fate == 5:
        nights = ()
    lines = [Line(body, nights, rewritten)]
    if fate == 6 and "receivedAt" in body:
        # Sent again: the same event, received later, so its corrected time may differ and the first received wins.
        received = datetime.fromisoformat(body["receivedAt"]) + timedelta(seconds=draw(st.sampled_from([1, 3600])))
        again = {**body, "receivedAt": received.isoformat().replace("+00:00", "Z")}
        lines.append(Line(again, (draw(st.sampled_from(NUMBERS)),), rewritten))
        if draw(st.booleans()):
            again["event"] = "Post Commented"  # and it says something else: a conflict, the first received wins too
            again["type"] = "track"
    return lines


@st.composite
def _extracts(draw: st.DrawFn, setting: Rules) -> list[tuple[int, str, dict]]:
    """Extracts: mostly all on the first night, sometimes late, changed, or never."""
    first = draw(st.sampled_from([0, 0, 0, 0, 0, 3, None]))
    extracts: list[tuple[int, str, dict]] = []
    if first is not None:
        extracts.append((first, "workspaces", setting.row("2026-01-01T00:00:00Z")))
        if draw(st.integers(0, 3)) == 0:
            newer = draw(st.sampled_from(["2026-02-01T00:00:00Z", "2025-12-01T00:00:00Z", None]))
            extracts.append((draw(st.sampled_from(NUMBERS)), "workspaces", draw(rules).row(newer)))
    for user in USERS:
        for version in range(draw(st.sampled_from([0, 1, 1, 1, 2]))):
            row = {
                "user_id": user, "first_name": user.title(), "email": f"{user}@example.org",
                "groups": draw(st.sampled_from([[], ["vip"], ["press", "vip"], ["press"]])),
                "is_test": draw(st.integers(0, 4)) == 0, "updated_at": f"2026-01-0{1 + version}T00:00:00Z",
                "deleted_at": draw(st.sampled_from([None, None, None, "2026-10-01T00:00:00Z"])),
            }
            extracts.append((0 if version == 0 else draw(st.sampled_from(NUMBERS)), "participants", row))
    for version in range(draw(st.sampled_from([0, 0, 1, 2]))):
        row = {
            "content_type": "document", "content_id": "i1", "title": draw(st.sampled_from(["Map", "Plan", None])),
            "updated_at": f"2026-02-0{1 + version}T00:00:00Z",
            "deleted_at": draw(st.sampled_from([None, None, "2026-10-01T00:00:00Z"])),
        }
        extracts.append((draw(st.sampled_from(NUMBERS)), "content", row))
    return extracts + draw(_meetings())


@st.composite
def _meetings(draw: st.DrawFn) -> list[tuple[int, str, dict]]:
    extracts: list[tuple[int, str, dict]] = []
    # No two versions on one night: without updated_at nothing would say which is the newer.
    nights = draw(st.permutations(NUMBERS))
    for version in range(draw(st.sampled_from([0, 0, 0, 1, 3]))):
        start = datetime(2026, 10, 31, 23) + timedelta(minutes=draw(st.sampled_from([0, 30, 2880, 20000])))
        row = {
            "meeting_id": "m1", "kind": "one_to_one",
            "status": draw(st.sampled_from(["requested", "accepted", "accepted", "cancelled"])),
            "scheduled_start": iso(start, precise=False),
            "scheduled_end": iso(start + timedelta(minutes=draw(st.sampled_from([30, 30, 1, -5]))), precise=False),
            "created_at": draw(st.sampled_from(["2026-09-01T00:00:00Z", None])),
            "updated_at": draw(st.sampled_from([f"2026-09-0{1 + version}T00:00:00Z"] * 5 + [None])),
        }
        extracts.append((nights[version], "meetings", row))
    for user in draw(st.sampled_from([(), USERS[:1], USERS])):
        joined = draw(st.sampled_from([None, "2026-10-31T23:01:00Z", "2026-10-31T23:04:30Z"]))
        row = {
            "meeting_id": "m1", "user_id": user, "response": draw(st.sampled_from(["pending", "accepted", "declined"])),
            "attended": draw(st.sampled_from([None, True, False])), "joined_at": joined,
            "left_at": joined and "2026-10-31T23:29:00Z", "updated_at": "2026-09-05T00:00:00Z",
        }
        extracts.append((draw(st.sampled_from(NUMBERS)), "meeting_participants", row))
    return extracts


def dumps(history: History) -> str:
    """A history as JSON, one line a raw line, to be read by a person and by ``replay``."""
    value = history.to_json()
    lines = ",\n  ".join(json.dumps(line, ensure_ascii=False) for line in value["lines"])
    extracts = ",\n  ".join(json.dumps(extract, ensure_ascii=False) for extract in value["extracts"])
    return f'{{"lines": [\n  {lines}],\n "extracts": [\n  {extracts}]}}'
