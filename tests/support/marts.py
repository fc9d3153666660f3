"""A home with small finished marts and a commit log, for tests of what comes after the build."""



import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb

from footfall.core.database import connect, quote_identifier, quote_literal
from footfall.core.home import Home

DDL = """
create table dim_workspaces(workspace_id varchar, name varchar, timezone varchar, modules varchar[],
    visit_timeout_seconds integer, counts_guests boolean, anonymization varchar, events_left_out bigint,
    is_inferred boolean);
create table dim_participants(workspace_id varchar, user_id varchar, first_name varchar, is_targeted boolean);
create table fct_events(workspace_id varchar, message_id varchar, visit_id varchar, actor_id varchar, user_id varchar,
    os varchar, occurred_at timestamp, local_date date, event varchar, kind varchar, is_interaction boolean,
    is_keep_alive boolean, module varchar, module_kind varchar,
    engaged_seconds decimal(18,3), seconds_to_next decimal(18,3), load_date date);
create table fct_sessions(session_id varchar, workspace_id varchar, local_date date, engaged_seconds decimal(18,3));
create table fct_content_views(view_id varchar, workspace_id varchar, local_date date, seconds_viewed decimal(18,3));
create table fct_path_steps(level varchar, visit_id varchar, step integer, workspace_id varchar, local_date date,
    item varchar, next_item varchar, next_kind varchar, seconds_on_item decimal(18,3));
create table fct_visits(visit_id varchar, workspace_id varchar, actor_id varchar, user_id varchar, is_guest boolean,
    is_counted boolean, started_at timestamp, ended_at timestamp, local_date date, sessions bigint, events bigint,
    interactions bigint, elapsed_seconds decimal(18,3), engaged_seconds decimal(18,3));
create table fct_meetings(workspace_id varchar, meeting_id varchar, local_date date, duration_minutes decimal(18,3));
create table agg_workspace_daily(workspace_id varchar, local_date date, active_users bigint, visits bigint,
    interactions bigint, engaged_seconds decimal(18,3));
create table agg_interactions_by_os(workspace_id varchar, local_date date, os varchar, interactions bigint);
create table agg_path_links(workspace_id varchar, local_date date, level varchar, step integer, source varchar,
    target varchar, target_kind varchar, visits bigint, users bigint, interactions bigint,
    seconds_on_source decimal(18,3));
"""

LAKE = """load_date date, workspace_id varchar, message_id varchar, user_id varchar, device_id varchar, type varchar,
    event varchar, occurred_at timestamp, os varchar, duration_seconds decimal(18,3), file_id varchar"""


def make_home(root: Path) -> Home:
    """A home with empty marts and one workspace `w1` in UTC."""
    home = Home(root).ensure()
    with duckdb.connect() as con:
        con.execute(f"attach '{home.marts_file}' as marts_db (storage_version 'v1.0.0')")
        con.execute("create schema marts_db.marts")
        con.execute("use marts_db.marts")
        con.execute(DDL)
        con.execute("insert into dim_workspaces values ('w1', 'One', 'UTC', ['agenda'], 1800, true, 'none', 0, false)")
    return home


def change(home: Home, *statements: str) -> None:
    """Run statements on the marts, as a build does, and close the file."""
    with connect(home.marts_file) as con:
        con.execute("use marts")
        for statement in statements:
            con.execute(statement)


def event(message_id: str, at: str, workspace: str = "w1", actor: str = "u1", os: str = "ios",
          module: str = "agenda") -> str:
    """The statement that adds one event of a visit to the marts; `at` is its UTC time."""
    return (
        f"insert into fct_events values ('{workspace}', '{message_id}', 'v-{actor}', '{actor}', '{actor}', '{os}', "
        f"'{at}', '{at[:10]}', 'open', 'interaction', true, true, '{module}', "
        f"'{'unmapped' if module == '(unmapped)' else 'named'}', 1.5, null, '{at[:10]}')"
    )


def daily(day: str, interactions: int, workspace: str = "w1", os: str = "ios") -> tuple[str, ...]:
    """The statements that set a day's published numbers."""
    return (
        f"delete from agg_workspace_daily where workspace_id = '{workspace}' and local_date = '{day}'",
        f"insert into agg_workspace_daily values ('{workspace}', '{day}', 1, 1, {interactions}, 10.5)",
        f"delete from agg_interactions_by_os where workspace_id = '{workspace}' and local_date = '{day}'",
        f"insert into agg_interactions_by_os values ('{workspace}', '{day}', '{os}', {interactions})",
    )


def commit(
    home: Home, seq: int, load_date: str, *, kind: str = "load", events: Iterable[tuple] = (),
    files: Sequence[Mapping[str, Any]] = (), removed_rows: int = 0, **more: Any,
) -> None:
    """Write a commit; `events` are (workspace_id, occurred_at) of lines that became live in it, and after those two
    a dict of the columns of `LAKE` that a test wants otherwise than usual."""
    rows = [(workspace, at, other[0] if other else {}) for workspace, at, *other in events]
    added = []
    if rows:
        path = home.lake / "events" / load_date / f"{seq}.parquet"
        path.parent.mkdir(parents=True, exist_ok=True)
        with duckdb.connect() as con:
            con.execute(f"create table lake ({LAKE})")
            for number, (workspace, at, other) in enumerate(rows):
                row = {
                    "load_date": load_date, "workspace_id": workspace, "message_id": f"{seq}-{number}",
                    "user_id": "u1", "device_id": "d1", "type": "track", "event": "open", "occurred_at": at,
                    "os": "ios", "duration_seconds": None, "file_id": files[0]["file_id"] if files else None, **other,
                }
                named = ", ".join(f"? as {name}" for name in row)
                con.execute(f"insert into lake by name select {named}", [*row.values()])
            con.execute(f"copy lake to '{path}'")
        added = [str(path.relative_to(home.root))]
    document = {
        "version": 1, "seq": seq, "kind": kind, "run_id": f"run-{seq}", "load_date": load_date,
        "committed_at": f"{load_date}T23:00:00",
        "events": {
            "added": added, "removed": [], "copies": [], "added_rows": len(rows), "removed_rows": removed_rows
        },
        "entities": {}, "quarantine": [], "adjustments": [], "replaces": [], "by_workspace": [], "known_files": [],
        "files": [
            {"load_date": load_date, "run_id": f"run-{seq}", "loaded_at": f"{load_date}T23:00:00", **row}
            for row in files
        ],
        **more,
    }
    (home.commits / f"{seq:08d}.json").write_text(json.dumps(document))


def ledger_row(file_id: str, lines: int, **outcomes: Any) -> dict[str, Any]:
    """A file's row in a commit; all lines loaded unless given otherwise."""
    return {
        "file_id": file_id, "source": "segment", "file": f"landing/events/{file_id}.jsonl", "sha256": file_id * 4,
        "bytes": lines * 100, "lines_in": lines, "loaded": lines, "duplicates": 0, "quarantined": 0, "no_consent": 0,
        "erased": 0, "state": "loaded", "reason": None, "reasons": {}, "kind": "events", **outcomes,
    }


def rows(path: Path, query: str) -> list[tuple]:
    """The answer to a query on a DuckDB file, opened for reading, that may read other files too."""
    with connect() as con:
        name = quote_identifier(path.stem)
        con.execute(f"attach {quote_literal(str(path))} as {name} (read_only)")
        con.execute(f"use {name}")
        return con.execute(query).fetchall()
