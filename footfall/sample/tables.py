"""The small tables the sample's SQL starts from: the options, words.toml and behaviour.py."""

import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from footfall.sample import behaviour

#: Workspaces take turns at these: (cookie banner, anonymization, anonymized domains, target groups).
PRIVACY: tuple[tuple[bool, str, list[str], list[str]], ...] = (
    (False, "none", [], []),
    (True, "none", [], []),
    (False, "none", [], []),
    (False, "full", [], []),
    (False, "domains", ["acmeinc.example", "bancopena.example"], []),
    (False, "none", [], ["Delegates", "VIP"]),
)
#: The turn without the abstracts module.
WITHOUT_ABSTRACTS = 1
#: Slots a step's kind is drawn from (events.sql draws a number below it).
SLOTS = 1000


def make_tables(
    con: duckdb.DuckDBPyConnection, *, workspaces: int, participants: int, days: int, start: date, seed: int
) -> None:
    """Fill `config`, `workspaces`, the words, and what people do (`step_kinds`, `slots`, `actions`, `hours`)."""
    con.execute(
        "create table config as select $seed::bigint as seed, $participants::bigint as participants, "
        "$days::bigint as days, $start::date::timestamp as start",
        {"seed": seed, "participants": participants, "days": days, "start": start},
    )
    _workspaces(con, workspaces, days)
    _words(con)
    _behaviour(con)


def events() -> list[str]:
    """Every event name the sample can write, sorted."""
    names = {event for actions in behaviour.ACTIONS.values() for event, _, _ in actions}
    return sorted(names | set(behaviour.MEETING_EVENTS) | {behaviour.UNKNOWN_EVENT})


def event_type(event: str) -> tuple[str, str, bool, bool, str | None, int]:
    """(event, Segment type, is a screen, opens a content item, content type, number of items of that type)."""
    is_screen = event in behaviour.SCREENS
    content_type = None if is_screen else behaviour.CONTENT_OF.get(event.split()[0])
    items = behaviour.CONTENT[content_type][1] if content_type in behaviour.CONTENT else 0
    is_opening = content_type is not None and event.endswith((" Viewed", " Opened", " Started"))
    segment_type = event if event in ("identify", "group") else "track"
    return event, segment_type, is_screen, is_opening, content_type, items


def _workspaces(con: duckdb.DuckDBPyConnection, number: int, days: int) -> None:
    _fill(
        con, "workspaces",
        "w bigint, workspace_id varchar, name varchar, timezone varchar, event_start_day integer, "
        "event_end_day integer, has_abstracts boolean, modules varchar[], cookie_banner boolean, "
        "anonymization varchar, anonymized_domains varchar[], target_groups varchar[]",
        [_workspace(w, days) for w in range(number)],
    )


def _workspace(w: int, days: int) -> tuple[object, ...]:
    workspace_id, name, timezone = behaviour.WORKSPACES[w % len(behaviour.WORKSPACES)]
    if again := w // len(behaviour.WORKSPACES):
        workspace_id, name = f"{workspace_id}-{again + 1}", f"{name} ({again + 1})"
    # the event lasts up to three days in the middle; of very short samples every day is a day of the event
    length = min(3, days // 4) if days > 3 else days
    first = min(days - length, days // 2 + w % 3) if days > 3 else 0
    turn = w % len(PRIVACY)
    has_abstracts = turn != WITHOUT_ABSTRACTS
    modules = [module for module in behaviour.MODULES if has_abstracts or module != "abstracts"]
    return w, workspace_id, name, timezone, first, first + length - 1, has_abstracts, modules, *PRIVACY[turn]


def _words(con: duckdb.DuckDBPyConnection) -> None:
    words = tomllib.loads((Path(__file__).parent / "words.toml").read_text(encoding="utf-8"))
    _fill(
        con, "cultures", "c ubigint, locale varchar, first_names varchar[], last_names varchar[]",
        [(c, entry["locale"], entry["first_names"], entry["last_names"]) for c, entry in enumerate(words["cultures"])],
    )
    found, missing = words["searches"], words["searches_without_results"]
    _fill(
        con, "words",
        "companies varchar[], jobs varchar[], topics varchar[], searches varchar[], searches_without_results bigint",
        [(words["companies"], words["jobs"], words["topics"], found + missing, len(missing))],
    )
    _fill(
        con, "content_types", "n bigint, content_type varchar, prefix varchar, items bigint, label varchar",
        [(n, kind, *rest) for n, (kind, rest) in enumerate(behaviour.CONTENT.items())],
    )


def _behaviour(con: duckdb.DuckDBPyConnection) -> None:
    _fill(
        con, "step_kinds", "kind varchar, least_ms bigint, span_ms bigint",
        [(step.kind, step.least_seconds * 1000, step.more_seconds * 1000) for step in behaviour.STEPS],
    )
    _fill(con, "slots", "phase varchar, has_abstracts boolean, slot ubigint, kind varchar", _slots())
    actions = [(kind, *action) for kind, kind_actions in behaviour.ACTIONS.items() for action in kind_actions]
    _fill(
        con, "actions",
        "action bigint, kind varchar, event varchar, permille bigint, chance bigint, is_heartbeat boolean, "
        "is_app_only boolean",
        [(n, kind, event, permille, chance, event.endswith("Heartbeat"), event.split()[0] in behaviour.APP_ONLY)
         for n, (kind, event, permille, chance) in enumerate(actions)],
    )
    _fill(
        con, "event_types",
        "event varchar, type varchar, is_screen boolean, is_opening boolean, content_type varchar, items bigint",
        [event_type(event) for event in events()],
    )
    _fill(
        con, "hours", "phase varchar, slot ubigint, hour integer",
        [(phase, slot, hour) for phase, weights in behaviour.HOURS.items()
         for slot, hour in enumerate(hour for hour, weight in enumerate(weights) for _ in range(weight))],
    )


def _slots() -> list[tuple[str, bool, int, str]]:
    """One row a slot: a step's kind is drawn by drawing one of ``SLOTS`` slots of (phase, abstracts installed)."""
    rows = []
    for column, phase in enumerate(("before", "event", "after")):
        for has_abstracts in (True, False):
            kinds = [
                step.kind for step in behaviour.STEPS if has_abstracts or step.kind != "abstract"
                for _ in range(step.weights[column])
            ]
            rows += [(phase, has_abstracts, slot, kinds[slot * len(kinds) // SLOTS]) for slot in range(SLOTS)]
    return rows


def _fill(con: duckdb.DuckDBPyConnection, table: str, columns: str, rows: list[tuple[Any, ...]]) -> None:
    """Create ``table``; its rows go in as one list a column, a thousand times faster than row by row."""
    con.execute(f"create table {table}({columns})")
    lists = [list(column) for column in zip(*rows, strict=True)]
    con.execute(f"insert into {table} select " + ", ".join(["unnest(?)"] * len(lists)), lists)
