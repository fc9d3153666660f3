"""Strategies: what may happen in one workspace, and on which nights its lines and extracts are delivered.

A history is plain JSON, so that a failing one can be printed, shrunk and replayed; its workspace has no name yet.
"""

import json
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from hypothesis import strategies as st

from tests.support.clocks import MILLISECOND, NUMBERS, anchors, clock_fields, gaps, iso
from tests.support.extracts import USERS, Rules, extracts_of, rules

DEVICES, ITEMS = ("phone", "desk", "tab"), ("i1", "i2")

#: Times to the same thing once more: around the two seconds within which an opening is the same view.
REOPENING = tuple(timedelta(seconds=2, microseconds=number) for number in (-1000, 0, 0, 0, 1, 1000))


@dataclass(frozen=True)
class Line:
    """One raw line, the nights on which it arrives first, and its place in nights that a backfill rewrites."""

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


@st.composite
def histories(draw: st.DrawFn) -> History:
    """Draw one workspace: its settings, its people, what they did, and the nights that heard of it."""
    setting = draw(rules)
    bodies = draw(_bodies(setting))
    lines = []
    usual = draw(st.sampled_from([None, *NUMBERS]))
    for body in bodies:
        lines += draw(_deliveries(body, usual))
    oddity = draw(st.sampled_from([*[""] * 12, "unknown", "withdrawn", "both"]))
    if oddity in ("withdrawn", "both"):
        lines = [replace(line, rewritten=()) for line in lines]
    extracts = [] if oddity in ("unknown", "both") else draw(extracts_of(setting))
    return History(tuple(lines), tuple((*extract, draw(st.integers(0, 11)) != 5) for extract in extracts))


@st.composite
def _bodies(draw: st.DrawFn, setting: Rules) -> list[dict]:
    timeout, cap = timedelta(minutes=setting.timeout_minutes), timedelta(seconds=setting.idle_cap_seconds)
    habit = draw(st.sampled_from(["", "", "", "", "", "two at once", "explorer"]))
    step = gaps(timeout, cap)
    at = start = draw(anchors(setting.zone))
    signed_in: dict[str, str | None] = {}
    if habit == "two at once":
        # One person on devices in turn: sessions overlap, and any of them may be what keeps the visit going.
        signed_in = dict.fromkeys(DEVICES, USERS[0])
        step = st.one_of(step, st.sampled_from([timeout / 3, timeout / 2, timeout * 2 / 3, timeout - MILLISECOND]))
    elif habit == "explorer":
        step = st.sampled_from([timedelta(seconds=number) for number in (0, 1, 3, 45)])  # steps enough for a long path
    bodies: list[dict] = []
    device = draw(st.sampled_from(DEVICES))
    lengths = [1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 15, 18]
    for number in range(draw(st.sampled_from([24, 30] if habit == "explorer" else lengths))):
        move = draw(st.integers(0, 159))
        if bodies and move % 20 in (4, 9):
            at += draw(st.sampled_from(REOPENING))
            bodies.append(_again(bodies[-1], at, number))
            continue
        if move % 20 == 13:
            at = start + draw(step)  # back to the start: a late event, or one of another device
        elif move in (31, 71) and not bodies[40:]:
            device = draw(st.sampled_from(DEVICES))
            at, beats = _long_run(at, timeout, device, signed_in.get(device), number)
            bodies += beats
        elif bodies and (number > 1 or move % 8 > 0):  # at times the first two are of one moment
            at += draw(step)
        if draw(st.integers(0, {"two at once": 1, "explorer": 19}.get(habit, 3))) == 0:
            device = draw(st.sampled_from(DEVICES[:2] if habit else DEVICES))
        if draw(st.integers(0, 19 if habit else 4)) == 0 or device not in signed_in:
            signed_in[device] = draw(st.sampled_from([None, *USERS, USERS[0]]))
        body = draw(_meaning(at))
        # Ids in another order than the events, in upper and lower case and beyond ASCII, to decide equal times.
        body["messageId"] = f"{draw(st.sampled_from('aZ0é'))}{(number * 7) % 31:02}"
        _identify(body, device, signed_in[device], draw(st.integers(0, 9)))
        bodies.append(body)
    return bodies


def _again(body: dict, at: datetime, number: int) -> dict:
    """The same person doing the same thing on the same device once more, as an impatient finger does."""
    times = ("timestamp", "originalTimestamp", "sentAt", "receivedAt")
    same = {name: value for name, value in body.items() if name not in times}
    return {**same, "timestamp": iso(at), "messageId": f"b{number:02}"}


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
        queries = ["Keynote", "  key\tNOTE ", "Cafe\u0301", "caf\u00e9", "\u200b", "\u039f\u0394\u039f\u03a3 \u00df"]
        properties["query"] = draw(st.sampled_from(queries))
        properties["results"] = draw(st.sampled_from([0, 3, None]))
    if draw(st.integers(0, 9)) == 0:
        properties["module"] = draw(st.sampled_from(["home", "agenda", "(exit)"]))
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


def dumps(history: History) -> str:
    """A history as JSON, one line a raw line, to be read by a person and by ``replay``."""
    value = history.to_json()
    lines = ",\n  ".join(json.dumps(line, ensure_ascii=False) for line in value["lines"])
    extracts = ",\n  ".join(json.dumps(extract, ensure_ascii=False) for extract in value["extracts"])
    return f'{{"lines": [\n  {lines}],\n "extracts": [\n  {extracts}]}}'
