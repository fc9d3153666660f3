"""A small published database: the tables as the models promise them, filled with rows of a test."""

import csv
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path

import duckdb
import pyarrow as pa
import yaml

from footfall.core.database import connect, quote_identifier
from footfall.metrics.disclosure.answers import COLUMNS, write_answers
from footfall.metrics.disclosure.protected import find_hidden
from footfall.publishing.ops import TABLES as OPS_TABLES
from tests.support.reference import compute, read_catalogue

ROOT = Path(__file__).parents[2]
CATALOGUE = ROOT / "dbt_project" / "seeds" / "event_catalog.csv"
DEFINITIONS = ROOT / "dbt_project" / "seeds" / "metric_definitions.csv"
DEFINITION_TYPES = {"metric": "varchar", "title": "varchar", "unit": "varchar", "definition": "varchar",
                    "page": "varchar", "sort_order": "integer"}


@cache
def tables() -> Mapping[str, Mapping[str, str]]:
    """Column types of every published table by `schema.table`: the marts from the models' contracts."""
    found = {"marts.metric_definitions": DEFINITION_TYPES}
    for path in sorted((ROOT / "dbt_project" / "models" / "marts").glob("*.yml")):
        for model in yaml.safe_load(path.read_text(encoding="utf-8")).get("models", ()):
            found[f"marts.{model['name']}"] = {c["name"]: c["data_type"] for c in model["columns"]}
    found["marts.anonymized_answers"] = {
        name.strip('"'): kind for name, kind in (column.split() for column in COLUMNS.split(", "))
    }
    return {**found, **{f"ops.{name}": columns for name, columns in OPS_TABLES.items()}}


def published(**rows: Iterable[Mapping[str, object]]) -> duckdb.DuckDBPyConnection:
    """An in-memory database with the schemas `marts` and `ops`; `rows` by table name, absent columns null."""
    con = connect()
    con.execute("create schema marts; create schema ops")
    for table, columns in tables().items():
        listed = ", ".join(f"{quote_identifier(name)} {kind}" for name, kind in columns.items())
        con.execute(f"create table {table} ({listed})")
    with DEFINITIONS.open(encoding="utf-8", newline="") as file:
        fill(con, "metric_definitions", csv.DictReader(file))
    for table, added in rows.items():
        fill(con, table, added)
    return con


def disclose(con: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """Fill `anonymized_answers` as publishing does; the other tables stay whole."""
    find_hidden(con)
    con.execute("delete from marts.anonymized_answers")
    write_answers(con, b"k" * 32, "marts.anonymized_answers")
    return con


def fill(con: duckdb.DuckDBPyConnection, table: str, rows: Iterable[Mapping[str, object]]) -> None:
    """Add rows to a table of either schema; a column that the table lacks is an error, unless it is null."""
    found = [name for name in tables() if name.endswith(f".{table}")]
    columns = tables()[found[0]]
    listed = [dict(row) for row in rows]
    if not listed:
        return
    unknown = {key for row in listed for key, value in row.items() if value is not None} - set(columns)
    assert not unknown, f"{found[0]} has no {sorted(unknown)}"
    values = [tuple(row.get(name) for name in columns) for row in listed]
    added = pa.table({name: pa.array([row[i] for row in values]) for i, name in enumerate(columns)})
    con.register("added_rows", added)
    cast = ", ".join(f"{quote_identifier(name)}::{kind}" for name, kind in columns.items())
    con.execute(f"insert into {found[0]} select {cast} from added_rows")
    con.unregister("added_rows")


def event(at: str, event: str, user_id: str | None = None, item: str | None = None, **columns: object) -> dict:
    """One accepted event with the lake's columns, of workspace `expo` and a device of the user's own.

    Args:
        at: when it happened, UTC, ISO 8601; with the device also the message id.
        event: a name of the event catalogue.
        item: content id.
        columns: any other column of the lake.
    """
    occurred_at = datetime.fromisoformat(at)
    device_id = columns.pop("device_id", f"device of {user_id}")
    seconds = columns.pop("duration_seconds", None)
    return {
        "workspace_id": "expo", "message_id": f"{at} {device_id} {event} {item}", "user_id": user_id,
        "device_id": device_id, "type": "track", "event": event, "occurred_at": occurred_at, "os": "ios",
        "module": None, "content_type": None, "content_id": item, "content_title": None,
        "duration_seconds": None if seconds is None else Decimal(str(seconds)), "query": None, "results": None,
        "load_date": occurred_at.date(), **columns,
    }


def published_from(events: Iterable[Mapping[str, object]], **entities: Iterable[Mapping]) -> duckdb.DuckDBPyConnection:
    """A published database of events and entity rows, by the plain Python reference."""
    return disclose(complete_from(events, **entities))


def complete_from(events: Iterable[Mapping[str, object]], **entities: Iterable[Mapping]) -> duckdb.DuckDBPyConnection:
    """The same without answers about anonymised workspaces.

    Workspace `expo` in UTC exists by itself; rows of entities get it, and a load date, where they name none.
    """
    common = {"workspace_id": "expo", "load_date": date(2026, 6, 1)}
    extracts = {name: [{**common, **row} for row in rows] for name, rows in entities.items()}
    extracts.setdefault("workspaces", [{**common, "name": "Expo", "timezone": "UTC"}])
    made = compute(events, extracts, read_catalogue(CATALOGUE), date(2026, 12, 31))
    con = published(**made)
    rows = len(made.get("fct_events", ())) + sum(row["events_left_out"] for row in made["dim_workspaces"])
    ledger = {"load_date": date(2026, 12, 31), "quarantined": 0, "erased": 0, "state": "loaded"}
    fill(con, "load_ledger", [
        {**ledger, "source": "segment", "lines_in": rows + 3, "loaded": rows, "duplicates": 1, "no_consent": 2},
        {**ledger, "source": "content", "lines_in": 7, "loaded": 7, "duplicates": 0, "no_consent": 0},
    ])
    return con
