"""Whose rows an answer may see: one workspace, only those who count. The one place that applies it.

The relations are the files of ``metrics/sql/scope``, in order of their names; the answers read these and nothing else.
They live on the connection, as temporary views (one question) or as temporary tables (many questions).
"""

from functools import cache
from importlib.resources import files
from typing import Literal

import duckdb

from footfall.duck import quote_literal
from footfall.errors import UsageError

Kind = Literal["view", "table"]


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
    """SQL of each scope relation by name, and whether it is always a view (``.view.sql``: few answers read it)."""
    return {
        name.removesuffix(".view"): (sql, name.endswith(".view")) for name, sql in sql_files("scope").items()
    }


def one(con: duckdb.DuckDBPyConnection, sql: str, *values: object) -> tuple | None:
    """The first row, with nothing left open on the connection (DuckDB refuses `con.sql` while a result is)."""
    return next(iter(con.execute(sql, values).fetchall()), None)


def scope(con: duckdb.DuckDBPyConnection, workspace_id: str, kind: Kind = "view") -> None:
    """Make the scope relations of one workspace; what the connection has already is kept.

    Args:
        con: a connection that sees the published schemas ``marts`` and ``ops``.
        kind: tables copy the workspace's rows once; views read the published tables anew for every question.

    Raises:
        UsageError: no workspace of that id is published.
    """
    state = _state(con)
    if state is not None and state[0] == workspace_id and (kind == "view" or state[1] == "table"):
        return
    if one(con, "select 1 from marts.dim_workspaces where workspace_id = ?", workspace_id) is None:
        raise UsageError(
            f"No workspace {workspace_id!r} is published.",
            hint="Ids are case-sensitive; `footfall status` lists the published workspaces.",
        )
    if state is not None:
        for name, (_, always_view) in relations().items():
            con.execute(f"drop {'view' if always_view else state[1]} if exists temp.{name}")
    # The state says what is there before it is there, so that a failure half-way leaves nothing that cannot be dropped.
    con.execute("create or replace temp table scope_state as select null::varchar as workspace_id, ? as kind", [kind])
    for name, (sql, always_view) in relations().items():
        text = sql.replace("$workspace", quote_literal(workspace_id))
        con.execute(f"create temp {'view' if always_view else kind} {name} as\n{text}")
    con.execute("update scope_state set workspace_id = ?", [workspace_id])


def _state(con: duckdb.DuckDBPyConnection) -> tuple[str | None, Kind] | None:
    """Workspace (None: half made) and kind of the scope relations on the connection; None where there are none."""
    try:
        return one(con, "select workspace_id, kind from temp.scope_state")
    except duckdb.CatalogException:
        return None
