"""Whose rows an answer may see: one workspace, only those who count. The one place that applies it.

The relations are the files of ``metrics/sql/scope``, in order of their names; the answers read these and nothing else.
They live on the connection as temporary tables, so that every further question about the workspace is cheap.
"""

from functools import cache
from importlib.resources import files

import duckdb

from footfall.duck import quote_literal
from footfall.errors import UsageError


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


def one(con: duckdb.DuckDBPyConnection, sql: str, *values: object) -> tuple | None:
    """The first row, with nothing left open on the connection (DuckDB refuses `con.sql` while a result is)."""
    return next(iter(con.execute(sql, values).fetchall()), None)


def scope(con: duckdb.DuckDBPyConnection, workspace_id: str) -> None:
    """Make the scope relations of one workspace, in place of another's; what the connection has already is kept.

    Args:
        con: a connection that sees the published schemas ``marts`` and ``ops``.

    Raises:
        UsageError: no workspace of that id is published.
    """
    if _scoped(con) == workspace_id:
        return
    if one(con, "select 1 from marts.dim_workspaces where workspace_id = ?", workspace_id) is None:
        raise UsageError(
            f"No workspace {workspace_id!r} is published.",
            hint="Ids are case-sensitive; `footfall status` lists the published workspaces.",
        )
    # Nobody's until all is there, so that a failure half-way is not taken for a workspace without data.
    con.execute("create or replace temp table scope_of as select null::varchar as workspace_id")
    for name, (sql, is_view) in relations().items():
        text = sql.replace("$workspace", quote_literal(workspace_id))
        con.execute(f"create or replace temp {'view' if is_view else 'table'} {name} as\n{text}")
    con.execute("update scope_of set workspace_id = ?", [workspace_id])


def _scoped(con: duckdb.DuckDBPyConnection) -> str | None:
    """The workspace whose scope relations the connection has."""
    try:
        return one(con, "select workspace_id from temp.scope_of")[0]
    except duckdb.CatalogException:
        return None
