"""The rows that an answer may see: one workspace, only people who count. The one place that applies this rule.

The scope relations are the files of ``metrics/sql/scope``, in order of their names; the answers, and the report's own
extracts, read these and nothing else.
They are temporary tables of the connection, so that every further question about the workspace is cheap. Each is made
when it is first needed, because those of many people take long and a question needs few of them. A relation that only
one answer reads (``.part.sql``) is not a table but a part of that answer's statement.
"""

import re
from dataclasses import dataclass, field
from datetime import date
from functools import cache, partial
from typing import NamedTuple
from weakref import WeakKeyDictionary

import duckdb

from footfall.core.database import parsed, quote_literal, with_full_memory
from footfall.core.errors import UsageError
from footfall.core.sql_files import sql_files
from footfall.core.vocabulary import names, vocabulary


@cache
def relations() -> dict[str, tuple[str, bool]]:
    """SQL of each scope relation by name, and whether it is only a part of the statement that reads it."""
    found = {"scope_bands": _bands(), "scope_words": _words(), **sql_files("footfall.metrics", "sql/scope")}
    return {name.removesuffix(".part"): (sql, name.endswith(".part")) for name, sql in found.items()}


def _bands() -> str:
    """The bands of how often users come back: over ``over_days`` and up to ``up_to_days`` (null: no limit).

    ``least_gap`` is the fewest days between the ends of a range that can contain the band.
    """
    rows = ", ".join(
        f"({place}, {quote_literal(band.name)}, {_number(band.over_days)}, {_number(band.up_to_days)}, "
        f"{band.least_gap})"
        for place, band in enumerate(vocabulary().frequency_bands, start=1)
    )
    return f"select * from (values {rows}) as band (position, bucket, over_days, up_to_days, least_gap)"


def _words() -> str:
    """Lists of the vocabulary that further SQL numbers: ``list``, ``position`` from 1, ``word``."""
    known = vocabulary()
    lists = {
        "os": names(known.operating_systems), "meeting_kind": names(known.meeting_kinds),
        "meeting_status": names(known.meeting_statuses),
    }
    rows = ", ".join(
        f"({quote_literal(name)}, {place}, {quote_literal(word)})"
        for name, words in lists.items() for place, word in enumerate(words, start=1)
    )
    return f"select * from (values {rows}) as known (list, position, word)"


def _number(value: int | None) -> str:
    return "null::integer" if value is None else str(value)


class Limits(NamedTuple):
    """A workspace's first and last local date with data; ``fallback_date`` stands in where there are none."""

    first_date: date | None
    last_date: date | None
    fallback_date: date


@dataclass
class _Slice:
    """The workspace whose scope relations a connection has, and which of them are made."""

    workspace_id: str
    anonymization: str
    made: set[str] = field(default_factory=set)
    limits: Limits | None = None


#: What each open connection has. A query for it would take longer than most answers.
_SLICES: WeakKeyDictionary[duckdb.DuckDBPyConnection, _Slice] = WeakKeyDictionary()


def one(con: duckdb.DuckDBPyConnection, sql: str, *values: object) -> tuple | None:
    """The first row, with nothing left open on the connection (DuckDB refuses `con.sql` while a result is)."""
    return next(iter(con.execute(sql, values).fetchall()), None)


def scoped(con: duckdb.DuckDBPyConnection, workspace_id: str, sql: str, *values: object) -> tuple | None:
    """``one``, for a statement over scope relations, which are made first."""
    scope(con, workspace_id, sql)
    return one(con, sql, *values)


def protection(con: duckdb.DuckDBPyConnection, workspace_id: str) -> str:
    """``none``, ``full`` or ``domains``; ``none`` for a workspace that is not published."""
    found = _SLICES.get(con)
    if found is not None and found.workspace_id == workspace_id:
        return found.anonymization
    return _anonymization(con, workspace_id) or "none"


def _anonymization(con: duckdb.DuckDBPyConnection, workspace_id: str) -> str | None:
    """The setting of a published workspace; None where it is not published."""
    row = one(con, "select coalesce(anonymization, 'none') from marts.dim_workspaces where workspace_id = ?",
              workspace_id)
    return row[0] if row else None


def limits_of(con: duckdb.DuckDBPyConnection, workspace_id: str) -> Limits:
    """First and last local date with data of a workspace."""
    scope(con, workspace_id, "scope_limits")
    found = _SLICES[con]
    if found.limits is None:
        query = "select first_date, last_date, fallback_date from scope_limits"
        found.limits = Limits(*con.execute(query).fetchall()[0])
    return found.limits


def scope(con: duckdb.DuckDBPyConnection, workspace_id: str, sql: str | None = None) -> None:
    """Make the scope relations of one workspace, in place of another's; those that the connection has are kept.

    Args:
        con: a connection that sees the published schemas ``marts`` and ``ops``.
        sql: the statement that will read them; only the relations that it names, and those that they are made of, are
            made. None: all.

    Raises:
        UsageError: no workspace of that id is published.
    """
    found = _SLICES.get(con)
    if found is None or found.workspace_id != workspace_id:
        anonymization = _anonymization(con, workspace_id)
        if anonymization is None:
            raise UsageError(
                f"No workspace {workspace_id!r} is published.",
                hint="Ids are case-sensitive; `footfall status` lists the published workspaces.",
            )
        # Otherwise DuckDB returns large results out of order.
        con.execute("set preserve_insertion_order = true")
        found = _SLICES[con] = _Slice(workspace_id, anonymization)
    for name in _needed(sql):
        if name not in found.made:
            text = relations()[name][0]
            values = {"workspace": workspace_id} if "$workspace" in text else {}
            statement = parsed(con, f"create or replace temp table {name} as\n{text}")
            with_full_memory(con, partial(con.execute, statement, values))
            found.made.add(name)


def forget(con: duckdb.DuckDBPyConnection) -> None:
    """Make the scope relations again when they are next needed."""
    _SLICES.pop(con, None)


@cache
def _needed(sql: str | None) -> tuple[str, ...]:
    """The tables that a statement needs, and those that they are made of, in the order in which they are made."""
    known = relations()
    found, left = set(), set(known) if sql is None else _named(sql)
    while left:
        name = left.pop()
        found.add(name)
        left |= _named(known[name][0]) - found
    return tuple(name for name, (_, is_part) in known.items() if name in found and not is_part)


def _named(sql: str) -> set[str]:
    return set(re.findall(r"\bscope_\w+", sql)) & set(relations())
