"""``footfall export --warehouse``: the published tables of some workspaces alone, as one new DuckDB file.

Rows are copied into a new file, never the bytes of a file: those also hold deleted rows and other workspaces.
"""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

import duckdb

from exports.folder.failure import not_written
from footfall.core.database import connect, quote_identifier, quote_literal, value
from footfall.core.durable import sync
from footfall.core.errors import FootfallError, UsageError
from footfall.core.home import Home
from footfall.core.safe_names import encoded
from footfall.core.settings import Settings
from footfall.metrics.source import open_published

#: The storage version that DuckDB 1.x clients open.
STORAGE_VERSION = "v1.0.0"
#: Tables of ``ops`` about single workspaces; the ledger's files and the runs are about all of them.
_OPS = ("load_by_workspace", "restatements")
#: Marts that are not about a workspace.
_COMMON = ("metric_definitions",)


def export_warehouse(home: Home, settings: Settings, workspaces: Sequence[str], target: Path) -> dict[str, int]:
    """Write the published rows of ``workspaces`` to the DuckDB file ``target``, mode 0600; whole or not at all.

    Returns:
        Rows by ``schema.table``.

    Raises:
        UsageError: an unknown workspace, or a target that is a folder of the home or a file that is no DuckDB file.
        FootfallError: nothing is published, or the file could not be written.
    """
    _check_target(home, target)
    with open_published(home, settings) as con:
        file = "select path from duckdb_databases() where database_name = current_database()"
        ((source,),) = con.execute(file).fetchall()
        known = {one for (one,) in con.execute("select workspace_id from marts.dim_workspaces").fetchall()}
        tables = _tables(con)
    for one in workspaces:
        if one not in known:
            raise UsageError(
                f"No workspace {one!r} is published.",
                hint="Ids are case-sensitive; `footfall status` lists the published workspaces.",
            )
    aside = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    wal = aside.with_name(aside.name + ".wal")
    try:
        os.close(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        aside.unlink()
        rows = _write(home, settings, source, aside, tables, sorted(set(workspaces)))
        _check(aside, rows, set(workspaces))
        aside.chmod(0o600)
        sync(aside)
        aside.replace(target)
        sync(target.parent)
    except (OSError, duckdb.IOException, duckdb.OutOfMemoryException) as error:
        raise not_written(error, target) from error
    finally:
        aside.unlink(missing_ok=True)
        wal.unlink(missing_ok=True)
    return rows


def default_target(workspaces: Sequence[str]) -> Path:
    """The file where none is given: in the current folder, named after the workspaces."""
    return Path.cwd() / f"{encoded('+'.join(sorted(set(workspaces))))}.duckdb"


def _check_target(home: Home, target: Path) -> None:
    place, root = target.resolve(), home.root.resolve()
    if place.is_relative_to(root) and place.parent != root:
        raise UsageError(
            "A workspace's file cannot be in a folder that Footfall manages.", where=str(target),
            hint="Give a place elsewhere with --to FILE; Footfall does not touch it there.",
        )
    if not target.parent.is_dir():
        raise UsageError("There is no such folder.", where=str(target.parent), hint="Make it, or name another --to.")
    if target.exists() and not (target.is_file() and _is_duckdb(target)):
        raise UsageError(
            "The file is there already and is no DuckDB file, so it is not replaced.", where=str(target),
            hint="Name another --to FILE.",
        )


def _is_duckdb(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(12)[8:] == b"DUCK"


def _tables(con: duckdb.DuckDBPyConnection) -> list[tuple[str, str]]:
    """Schema and name of the tables that have rows by workspace, and of those about all workspaces."""
    return con.execute(
        "select schema_name, table_name from duckdb_columns() where database_name = current_database() group by all "
        "having case schema_name when 'ops' then table_name in (select unnest($ops)) when 'marts' then "
        "table_name in (select unnest($common)) or bool_or(column_name = 'workspace_id') end order by all",
        {"ops": _OPS, "common": _COMMON},
    ).fetchall()


def _write(
    home: Home, settings: Settings, source: str, aside: Path, tables: Sequence[tuple[str, str]],
    workspaces: list[str],
) -> dict[str, int]:
    rows = {}
    with connect(settings=settings.duckdb, temp=home.temp) as con:
        con.execute(f"attach {quote_literal(source)} as published (read_only)")
        con.execute(f"attach {quote_literal(str(aside))} as own (storage_version {quote_literal(STORAGE_VERSION)})")
        for schema, table in tables:
            con.execute(f"create schema if not exists own.{quote_identifier(schema)}")
            name = f"{quote_identifier(schema)}.{quote_identifier(table)}"
            condition, parameters = "true", []
            if table not in _COMMON:
                condition, parameters = "workspace_id in (select unnest(?))", [workspaces]
            con.execute(f"create table own.{name} as from published.{name} where {condition}", parameters)
            rows[f"{schema}.{table}"] = value(con, f"select count(*) from own.{name}")
        con.execute("checkpoint own")
        con.execute("detach own")
    return rows


def _check(path: Path, rows: Mapping[str, int], workspaces: set[str]) -> None:
    """Open the file as its reader will: every table has its rows, and no row is another workspace's."""
    with connect(path, read_only=True) as con:
        for name, expected in rows.items():
            is_own = name.split(".")[1] not in _COMMON
            others = "count(*) filter (where workspace_id not in (select unnest(?)))" if is_own else "0"
            parameters = [sorted(workspaces)] if is_own else []
            found = con.execute(f"select count(*), {others} from {name}", parameters).fetchall()[0]
            if found != (expected, 0):
                raise FootfallError(
                    f"The file has {found[0]} rows in {name} instead of {expected}.", where=str(path),
                    hint="Nothing was written; try again.",
                )

