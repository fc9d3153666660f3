"""Whose rows an answer may see: one workspace, only those who count. The one place that applies it.

The relations are the files of ``metrics/sql/scope``, in order of their names; the answers, and the
report's own extracts, read these and nothing else.
They live on the connection as temporary tables, so that every further question about the workspace is cheap; each is
made when first asked for, since those of many people take long and a question needs few of them.
"""

import re
from datetime import date
from functools import cache
from importlib.resources import files
from typing import NamedTuple

import duckdb

from footfall.duck import quote_literal
from footfall.errors import UsageError

#: The variable of a connection that says which relations it has: the workspace, then their names.
_MADE = "footfall_scope"


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
    """A workspace's first and last local date with data; ``fallback_date`` stands in where there are none."""

    first_date: date | None
    last_date: date | None
    fallback_date: date


def one(con: duckdb.DuckDBPyConnection, sql: str, *values: object) -> tuple | None:
    """The first row, with nothing left open on the connection (DuckDB refuses `con.sql` while a result is)."""
    return next(iter(con.execute(sql, values).fetchall()), None)


def scoped(con: duckdb.DuckDBPyConnection, workspace_id: str, sql: str, *values: object) -> tuple | None:
    """``one``, of scope relations, which are made for it."""
    scope(con, workspace_id, sql)
    return one(con, sql, *values)


def limits_of(con: duckdb.DuckDBPyConnection, workspace_id: str) -> Limits:
    """First and last local date of what can be asked about a workspace."""
    return Limits(*scoped(con, workspace_id, "select first_date, last_date, fallback_date from scope_limits"))


def scope(con: duckdb.DuckDBPyConnection, workspace_id: str, sql: str | None = None) -> None:
    """Make the scope relations of one workspace, in place of another's; what the connection has already is kept.

    Args:
        con: a connection that sees the published schemas ``marts`` and ``ops``.
        sql: what is to be read; only the relations that it names are made, and what they are made of. None: all.

    Raises:
        UsageError: no workspace of that id is published.
    """
    whose, made = _made(con)
    if whose != workspace_id:
        if one(con, "select 1 from marts.dim_workspaces where workspace_id = ?", workspace_id) is None:
            raise UsageError(
                f"No workspace {workspace_id!r} is published.",
                hint="Ids are case-sensitive; `footfall status` lists the published workspaces.",
            )
        forget(con)
        made = []
    missing = [name for name in _needed(sql) if name not in made]
    for name in missing:
        text, is_view = relations()[name]
        text = text.replace("$workspace", quote_literal(workspace_id))
        con.execute(f"create or replace temp {'view' if is_view else 'table'} {name} as\n{text}")
    if missing:
        # Only now, so that what a failure half-way left is made anew.
        con.execute(f"set variable {_MADE} = ?", [[workspace_id, *made, *missing]])


def forget(con: duckdb.DuckDBPyConnection) -> None:
    """Drop the scope relations, whosever they are."""
    _, made = _made(con)
    con.execute(f"reset variable {_MADE}")
    for name in made:
        con.execute(f"drop {'view' if relations()[name][1] else 'table'} if exists temp.{name}")


def _made(con: duckdb.DuckDBPyConnection) -> tuple[str | None, list[str]]:
    """What the connection holds: whose relations, and which."""
    workspace_id, *names = one(con, f"select getvariable('{_MADE}')")[0] or [None]
    return workspace_id, names


@cache
def _needed(sql: str | None) -> tuple[str, ...]:
    """The relations that a text names, and those that they are made of, in the order of making."""
    known = relations()
    found, left = set(), set(known) if sql is None else _named(sql)
    while left:
        name = left.pop()
        found.add(name)
        left |= _named(known[name][0]) - found
    return tuple(name for name in known if name in found)


def _named(sql: str) -> set[str]:
    return set(re.findall(r"\bscope_\w+", sql)) & set(relations())
