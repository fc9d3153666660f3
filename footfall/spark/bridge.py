"""From the finished marts in Iceberg to `<home>/warehouse/marts.duckdb`, from which the rest goes on as on DuckDB.

The columns, types and NOT NULL of each table are those of Iceberg, made from the contracts of the models, so the file
is what DuckDB's own build makes. Later builds replace only what is in parts (workspace bucket and day) of which a data
file changed: Iceberg's metadata says exactly which these are, whatever the models did.

``<home>/warehouse/marts.json`` names the snapshots that the file holds. It is removed before the file is changed, so a
killed copy is made again as a whole.
"""

from collections.abc import Mapping
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from footfall.core.database import connect, quote_identifier, quote_literal, value
from footfall.core.errors import FootfallError
from footfall.core.home import Home
from footfall.core.progress import Progress, quiet
from footfall.core.settings import Settings
from footfall.core.state_files import read_json, remove, write_json
from footfall.spark.tables import (
    Tables,
    changed_files,
    column_definitions,
    is_known,
    part_columns,
    read_files,
)

if TYPE_CHECKING:
    from pyiceberg.table import Table

_MARTS = "marts."
_EPOCH = date(1970, 1, 1)
#: A part of a table: bucket of the workspace, day.
Part = tuple[int, date]


def bring_marts(
    home: Home, settings: Settings, snapshots: Mapping[str, int], *, is_full: bool = False, progress: Progress = quiet,
) -> dict[str, str]:
    """Make the marts file hold the tables of ``marts`` at these snapshots.

    Args:
        snapshots: snapshot of each table by `namespace.table`; other namespaces are left out.
        is_full: make the file again, so that no byte of the old one is in it.

    Returns:
        What was done with each table: `all`, `parts` or `nothing`.

    Raises:
        FootfallError: a snapshot is not there, or a table has a type that the marts cannot have.
    """
    tables = Tables.of(home, settings)
    wanted = {name: snapshot for name, snapshot in sorted(snapshots.items()) if name.startswith(_MARTS)}
    held = _held(home, tables)
    if held == wanted and not is_full:
        return dict.fromkeys(wanted, "nothing")
    remove(record_file(home))
    if not held or is_full:
        held = {}  # the tables go with the file
        for path in (home.marts_file, home.marts_file.with_name(home.marts_file.name + ".wal")):
            remove(path)
    done = {}
    with closing(connect(settings=settings.duckdb, temp=home.temp)) as con:
        con.execute(f"attach {quote_literal(str(home.marts_file))} as brought (storage_version 'v1.0.0')")
        con.execute("create schema if not exists brought.marts")
        for name in held.keys() - wanted.keys():
            con.execute(f"drop table if exists {_in_file(name)}")
        for number, (name, snapshot) in enumerate(wanted.items(), 1):
            progress(f"Reading {name} from Iceberg ({number} of {len(wanted)}).")
            table = tables.open(name)
            if not is_known(table, snapshot):
                raise FootfallError(
                    f"The table {name} of Iceberg lacks snapshot {snapshot} of this build.",
                    where=tables.options["warehouse"], hint="See that no other program works on it, then run again.",
                )
            done[name] = _bring(con, table, name, held.get(name), snapshot)
        con.execute("checkpoint brought")
        con.execute("detach brought")
    write_json(record_file(home), {"catalog": tables.name, "snapshots": wanted})
    return done


def record_file(home: Home) -> Path:
    """Where it is written which snapshots the marts file holds."""
    return home.warehouse / "marts.json"


def _held(home: Home, tables: Tables) -> dict[str, int]:
    """Snapshots that the marts file holds as a whole; empty where that is not known, or it lacks one of the tables."""
    record = read_json(record_file(home)) or {}
    if not home.marts_file.exists() or record.get("catalog") != tables.name:
        return {}
    with closing(connect(home.marts_file, read_only=True)) as con:
        found = {f"{_MARTS}{row[0]}" for row in con.execute(
            "select table_name from duckdb_tables() where schema_name = 'marts'"
        ).fetchall()}
    return dict(record["snapshots"]) if record["snapshots"].keys() <= found else {}


def _bring(con: duckdb.DuckDBPyConnection, table: "Table", name: str, held: int | None, snapshot: int) -> str:
    if held == snapshot:
        return "nothing"
    scan = table.scan(snapshot_id=snapshot)
    columns = column_definitions(scan.projection())
    is_like_before = held is not None and is_known(table, held) and (
        column_definitions(table.scan(snapshot_id=held).projection()) == columns
    )
    parts = _parts(table, held, snapshot) if is_like_before and held is not None else None
    if parts is None:
        con.execute(f"create or replace table {_in_file(name)} ({', '.join(columns)})")
        _insert(con, table, name, snapshot, list(scan.plan_files()))
        return "all"
    if not parts:
        return "nothing"
    con.execute("begin")
    _delete(con, table, name, parts)
    first, last = min(day for _, day in parts), max(day for _, day in parts)
    near = table.scan(snapshot_id=snapshot, row_filter=_between(table, first, last))
    _insert(con, table, name, snapshot, [task for task in near.plan_files() if _part(task.file) in parts])
    con.execute("commit")
    return "parts"


def _part(file: Any) -> Part | None:
    """The part that a data file is in; None where it is not in one."""
    if len(file.partition) != 2 or None in (file.partition[0], file.partition[1]):
        return None
    bucket, day = file.partition[0], file.partition[1]
    return bucket, day if isinstance(day, date) else _EPOCH + timedelta(days=day)


def _parts(table: "Table", held: int, snapshot: int) -> set[Part] | None:
    """Parts of which a data file changed; None where the whole table has to be read."""
    if not part_columns(table):
        return None
    parts = {_part(file) for file in changed_files(table, held, snapshot)}
    return None if None in parts else {part for part in parts if part is not None}


def _delete(con: duckdb.DuckDBPyConnection, table: "Table", name: str, parts: set[Part]) -> None:
    """Delete the rows of the parts; which bucket a workspace is in, is Iceberg's to say."""
    from pyiceberg.types import StringType

    workspace, day = (quote_identifier(column) for column in part_columns(table))
    bucket_of = table.spec().fields[0].transform.transform(StringType())
    workspaces = [row[0] for row in con.execute(f"select distinct {workspace} from {_in_file(name)}").fetchall()]
    con.execute("create or replace temp table parts_of_workspaces(workspace varchar, day date)")
    by_bucket: dict[int, list[date]] = {}
    for bucket, day_ in parts:
        by_bucket.setdefault(bucket, []).append(day_)
    for one in workspaces:
        if days := by_bucket.get(bucket_of(one)):
            con.execute("insert into parts_of_workspaces select $one, unnest($days)", {"one": one, "days": days})
    con.execute(
        f"delete from {_in_file(name)} as row_ using parts_of_workspaces as part "
        f"where row_.{workspace} = part.workspace and cast(row_.{day} as date) = part.day"
    )


def _between(table: "Table", first: date, last: date) -> Any:
    """A filter of the days by which the table is in parts, from first to last."""
    from pyiceberg.expressions import And, GreaterThanOrEqual, LessThan

    column = part_columns(table)[1]
    end = last + timedelta(days=1)
    is_date = str(table.schema().find_type(column)) == "date"
    bounds = [bound.isoformat() if is_date else f"{bound.isoformat()}T00:00:00" for bound in (first, end)]
    return And(GreaterThanOrEqual(column, bounds[0]), LessThan(column, bounds[1]))


def _insert(con: duckdb.DuckDBPyConnection, table: "Table", name: str, snapshot: int, tasks: list[Any]) -> None:
    """Insert the rows of files, and check that there are as many as Iceberg says."""
    expected = sum(task.file.record_count for task in tasks)
    before = value(con, f"select count(*) from {_in_file(name)}")
    con.register("rows_of_iceberg", read_files(table, snapshot, tasks))
    try:
        con.execute(f"insert into {_in_file(name)} by name select * from rows_of_iceberg")
    finally:
        con.unregister("rows_of_iceberg")
    if value(con, f"select count(*) from {_in_file(name)}") != before + expected:
        raise FootfallError(
            f"Not every row of {name} could be read from Iceberg.", where=table.location(),
            hint="Run again; if it stays so, run with --full-refresh.",
        )


def _in_file(name: str) -> str:
    return "brought.marts." + quote_identifier(name.removeprefix(_MARTS))
