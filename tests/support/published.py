"""A small published database: the tables as the models promise them, filled with rows of a test."""

import csv
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

import duckdb
import pyarrow as pa
import yaml

from footfall.duck import connect, quote_identifier
from publishing.ops import TABLES as OPS_TABLES

ROOT = Path(__file__).parents[2]
DEFINITIONS = ROOT / "dbt_project" / "seeds" / "metric_definitions.csv"
DEFINITION_TYPES = {"metric": "varchar", "title": "varchar", "unit": "varchar", "definition": "varchar",
                    "page": "varchar", "sort_order": "integer"}


@cache
def tables() -> Mapping[str, Mapping[str, str]]:
    """Column types of every published table by `schema.table`: the marts from the models' contracts."""
    found = {"marts.metric_definitions": DEFINITION_TYPES}
    for path in sorted((ROOT / "dbt_project" / "models" / "marts").glob("*.yml")):
        for model in yaml.safe_load(path.read_text(encoding="utf-8"))["models"]:
            found[f"marts.{model['name']}"] = {c["name"]: c["data_type"] for c in model["columns"]}
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
    con.execute(f"insert into {found[0]} select {cast} from added_rows")  # noqa: S608
    con.unregister("added_rows")
