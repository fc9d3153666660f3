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
    """The SQL texts of ``metrics/sql/<folder>`` by name, without suffix and order number, in order of file names."""
    found = [file for file in files("metrics").joinpath("sql", folder).iterdir() if file.name.endswith(".sql")]
    return {
        file.name.removesuffix(".sql").split("__")[-1]: file.read_text(encoding="utf-8")
        for file in sorted(found, key=lambda file: file.name)
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
    con.execute("create temp table if not exists scope_state(workspace_id varchar, kind varchar)")
    state = one(con, "select workspace_id, kind from scope_state")
    if state is not None and state[0] == workspace_id and (kind == "view" or state[1] == "table"):
        return
    if one(con, "select 1 from marts.dim_workspaces where workspace_id = ?", workspace_id) is None:
        raise UsageError(
            f"No workspace {workspace_id!r} is published.",
            hint="Ids are case-sensitive; `footfall status` lists the published workspaces.",
        )
    relations = sql_files("scope")
    if state is not None:
        for name in relations:
            con.execute(f"drop {state[1]} if exists temp.{name}")
    # The state says what is there before it is there, so that a failure half-way leaves nothing that cannot be dropped.
    con.execute("delete from scope_state")
    con.execute("insert into scope_state values (null, ?)", [kind])
    for name, sql in relations.items():
        con.execute(f"create temp {kind} {name} as\n" + sql.replace("$workspace", quote_literal(workspace_id)))
    con.execute("update scope_state set workspace_id = ?", [workspace_id])
