"""A small published file made without the pipeline: drawn events, run through the plain Python reference."""

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from footfall.core.database import quote_literal
from tests.support.published import CATALOGUE, disclose, fill, published
from tests.support.reference import compute, read_catalogue

CONTENT = {
    "agenda_session": "Session Viewed", "speaker": "Speaker Viewed", "sponsor": "Sponsor Viewed",
    "document": "Document Opened", "form": "Form Opened", "page": "Page Viewed", "abstract": "Abstract Viewed",
    "live_stream": "Live Stream Started", "user": "Profile Viewed",
}
SCREENS = ("Home", "Agenda", "Speakers", "Sponsors", "Documents", "Participants", "Feed", "Map", "Never Heard Of It")
ACTIONS = ("Form Submitted", "Sponsor Link Clicked", "Booth Visited", "Post Liked", "Session Checked In")


@dataclass
class World:
    """What is drawn. ``names`` and ``titles`` replace the first participants' and items' own."""

    workspace_id: str = "expo"
    users: int = 40
    days: int = 12
    start: date = date(2026, 6, 1)
    visits: int = 200
    items: int = 6
    seed: int = 7
    names: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()
    urls: tuple[str, ...] = ()
    settings: Mapping[str, object] = field(default_factory=dict)


def publish(path: Path, *worlds: World) -> Path:
    """Write a database with the schemas ``marts`` and ``ops`` of all ``worlds`` to ``path``."""
    rows, extracts = [], {name: [] for name in ("workspaces", "participants", "content", "meetings",
                                                "meeting_participants")}
    for world in worlds:
        draw = random.Random(world.seed)
        _entities(world, draw, extracts)
        rows += _events(world, draw)
    last = max(world.start + timedelta(days=world.days) for world in worlds)
    tables = compute(rows, extracts, read_catalogue(CATALOGUE), last)
    with published(**tables) as con:
        fill(con, "load_by_workspace", [
            {"load_date": world.start + timedelta(days=day), "workspace_id": world.workspace_id, "loaded": 50,
             "no_consent": 3, "late_1h": 2, "late_24h": 1, "late_7d": 0}
            for world in worlds for day in range(world.days + 1)
        ])
        disclose(con)
        con.execute(f"attach {quote_literal(str(path))} as written")
        con.execute("copy from database memory to written")
        con.execute("detach written")
    return path


def _entities(world: World, draw: random.Random, extracts: dict[str, list]) -> None:
    common = {"workspace_id": world.workspace_id, "load_date": world.start, "updated_at": None}
    extracts["workspaces"].append({
        **common, "name": f"Workspace {world.workspace_id}", "timezone": "Europe/Zurich", "starts_on": world.start,
        "ends_on": world.start + timedelta(days=world.days - 1), **world.settings,
    })
    for number in range(world.users):
        name = world.names[number] if number < len(world.names) else f"First{number}"
        extracts["participants"].append({
            **common, "user_id": f"u{number}", "first_name": name, "last_name": f"Last{number}",
            "email": f"u{number}@{'one' if number % 3 else 'two'}.example", "company": f"Item sponsor {number % 9}",
            "groups": ["vip"] if number % 2 else ["guest"], "role": "sponsor" if number % 9 == 1 else "attendee",
            "is_test": number == 3,
            "profile_url": world.urls[number] if number < len(world.urls) else f"https://app.example/u/{number}",
        })
    for kind in CONTENT:
        for number in range(world.items if kind != "user" else world.users):
            title = world.titles[number] if number < len(world.titles) else f"Item {kind} {number}"
            starts_at = datetime.combine(world.start + timedelta(days=number % world.days), datetime.min.time())
            extracts["content"].append({
                **common, "content_type": kind, "content_id": f"{'u' if kind == 'user' else kind[:2]}{number}",
                "title": title, "url": f"https://app.example/{kind}/{number}", "deleted_at": None,
                "starts_at": starts_at + timedelta(hours=9), "ends_at": starts_at + timedelta(hours=11),
                "sponsor_id": f"sp{number % world.items}" if kind == "document" else None,
            })
    for number in range(20):
        begin = datetime.combine(world.start, datetime.min.time()) + timedelta(hours=draw.randrange(24 * world.days))
        key = {**common, "meeting_id": f"m{number}"}
        extracts["meetings"].append({
            **key, "kind": draw.choice(["one_to_one", "group"]), "scheduled_start": begin,
            "scheduled_end": begin + timedelta(minutes=draw.choice([15, 30, 45])), "created_at": begin,
            "status": draw.choice(["requested", "accepted", "accepted", "accepted", "cancelled", "declined"]),
        })
        for user in draw.sample(range(world.users), min(world.users, draw.randrange(1, 4))):
            joined = draw.choice([None, begin + timedelta(minutes=1)])
            extracts["meeting_participants"].append({
                **key, "user_id": f"u{user}", "response": draw.choice(["accepted", "pending", "declined"]),
                "attended": draw.choice([None, True, False]), "joined_at": joined,
                "left_at": joined and joined + timedelta(minutes=17),
            })


def _events(world: World, draw: random.Random) -> list[dict]:
    rows: list[dict] = []
    for _ in range(world.visits):
        user = min(int(draw.expovariate(4 / world.users)), world.users)
        user_id = None if user == world.users else f"u{user}"
        at = datetime.combine(world.start, datetime.min.time()) + timedelta(
            days=draw.randrange(world.days), milliseconds=draw.randrange(86_400_000))
        device, os = f"d{user}-{draw.randrange(2)}", draw.choice(["ios", "ios", "android", "web", "unknown", "other"])
        for _ in range(1 + min(40, int(draw.expovariate(1 / 7)))):
            rows.append(_event(world, draw, len(rows), user_id, device, os, at))
            at += timedelta(milliseconds=int(draw.expovariate(1 / 90_000)))
    return rows


def _event(world: World, draw: random.Random, number: int, user_id: str | None, device: str, os: str,
           at: datetime) -> dict:
    what = draw.random()
    event = {
        "workspace_id": world.workspace_id, "message_id": f"{world.workspace_id}-{number:06d}", "user_id": user_id,
        "device_id": device, "os": os, "type": "track", "occurred_at": at, "load_date": at.date(),
        "duration_seconds": None, "query": None, "results": None,
    }
    if what < 0.5:
        kind = draw.choice(list(CONTENT))
        pool = world.users if kind == "user" else world.items
        item = min(int(draw.expovariate(3 / pool)), pool - 1)
        event |= {"event": CONTENT[kind], "content_id": f"{'u' if kind == 'user' else kind[:2]}{item}"}
        if draw.random() < 0.3:
            event["duration_seconds"] = Decimal(draw.randrange(500_000)).scaleb(-3)
    elif what < 0.75:
        event["event"] = draw.choice(SCREENS)
    elif what < 0.82:
        event |= {"event": "Search Performed", "query": draw.choice(["Coffee ", "wifi", "map  hall", "zürich"]),
                  "results": draw.choice([0, 0, 3, None])}
    elif what < 0.92:
        name = draw.choice(ACTIONS)
        prefix = {"F": "fo", "S": "sp" if "Sponsor" in name else "ag", "B": "sp", "P": None}[name[0]]
        event |= {"event": name, "content_id": prefix and f"{prefix}{draw.randrange(world.items)}"}
    else:
        event["event"] = "Heartbeat"
    return event

