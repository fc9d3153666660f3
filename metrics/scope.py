"""Whose rows an answer may see: one workspace, only those who count. The one place that applies it.

The relations are the files of ``metrics/sql/scope``, in order of their names; the answers, and the
report's own extracts, read these and nothing else.
They live on the connection as temporary tables, so that every further question about the workspace is cheap.
"""

from datetime import date
from functools import cache
from importlib.resources import files
from typing import NamedTuple

import duckdb

from footfall.duck import quote_literal
from footfall.errors import UsageError

OF_LIMITS = "select workspace_id, first_date, last_date, fallback_date from temp.scope_limits"


@cache
def sql_files(folder: str) -> dict[str, str]:
    """The SQL texts of ``metrics/sql/<folder>`` by name, without order number and ``.sql``, in order of file names."""
    found = [file for file in files("metrics").joinpath("sql", folder).iterdir() if file.name.endswith(".sql")]
    return {
        file.name.removesuffix(".sql").split("__")[-1]: file.read_text(encoding="utf-8")
        for file in sorted(found, key=lambda file: file.name)
    }


@cache
def relations() -> dict[str, tuple[str, bool]]:
    """SQL of each scope relation by name, and whether it is but a view (``.view.sql``: one answer reads it)."""
    return {
        name.removesuffix(".view"): (sql, name.endswith(".view")) for name, sql in sql_files("scope").items()
    }


class Limits(NamedTuple):
    """A workspace, and its first and last local date with data; ``fallback_date`` stands in where there are none."""

    workspace_id: str
    first_date: date | None
    last_date: date | None
    fallback_date: date


def one(con: duckdb.DuckDBPyConnection, sql: str, *values: object) -> tuple | None:
    """The first row, with nothing left open on the connection (DuckDB refuses `con.sql` while a result is)."""
    return next(iter(con.execute(sql, values).fetchall()), None)


def scope(con: duckdb.DuckDBPyConnection, workspace_id: str) -> Limits:
    """Make the scope relations of one workspace, in place of another's; what the connection has already is kept.

    Args:
        con: a connection that sees the published schemas ``marts`` and ``ops``.

    Raises:
        UsageError: no workspace of that id is published.
    """
    limits = _limits(con)
    if limits is not None and limits.workspace_id == workspace_id:
        return limits
    if one(con, "select 1 from marts.dim_workspaces where workspace_id = ?", workspace_id) is None:
        raise UsageError(
            f"No workspace {workspace_id!r} is published.",
            hint="Ids are case-sensitive; `footfall status` lists the published workspaces.",
        )
    # The last relation says whose they all are, so that a failure half-way is not taken for a workspace without data.
    con.execute("drop table if exists temp.scope_limits")
    for name, (sql, is_view) in relations().items():
        text = sql.replace("$workspace", quote_literal(workspace_id))
        con.execute(f"create or replace temp {'view' if is_view else 'table'} {name} as\n{text}")
    return Limits(*one(con, OF_LIMITS))


def _limits(con: duckdb.DuckDBPyConnection) -> Limits | None:
    """What the connection holds a slice of, if of anything."""
    try:
        return Limits(*one(con, OF_LIMITS))
    except duckdb.CatalogException:
        return None
