"""The rows that an answer may see: one workspace, only people who count. The one place that applies this rule.

The scope relations are the files of ``metrics/sql/scope``, in order of their names; the answers, and the report's own
extracts, read these and nothing else.
They are temporary tables of the connection, so that every further question about the workspace is cheap. Each is made
when it is first needed, because those of many people take long and a question needs few of them. A relation that only
one answer reads (``.part.sql``) is not a table but a part of that answer's statement.

A slice of some days (``slice_days``) reads the rows of these days only: what it costs does not grow with history.
"""

import re
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache, partial
from typing import NamedTuple
from weakref import WeakKeyDictionary

import duckdb

from footfall.core.database import parsed, quote_literal, with_full_memory
from footfall.core.errors import UsageError
from footfall.core.sql_files import sql_files
from footfall.core.vocabulary import names, vocabulary

#: A slice of some days has the rows of these days and of two before: a visit is cut after 24 hours, so with a change of
#: clocks it may reach into the third date.
_BEFORE = timedelta(days=2)
_DATED = re.compile(r"\bmarts\.(fct_visits|fct_events|fct_content_views|fct_searches|fct_path_steps)\b")


@cache
def relations(*, are_of_days: bool = False) -> dict[str, tuple[str, bool]]:
    """SQL of each scope relation by name, and whether it is only a part of the statement that reads it.

    ``are_of_days``: of a slice of some days; facts are read from ``$first`` to ``$last``.
    """
    found = {"scope_bands": _bands(), "scope_words": _words(), **sql_files("footfall.metrics", "sql/scope")}
    known = {name.removesuffix(".part"): (sql, name.endswith(".part")) for name, sql in found.items()}
    if not are_of_days:
        return known
    own = sql_files("footfall.metrics", "sql/scope_of_days")
    return {
        name: (sql if is_part else own.get(name) or _DATED.sub(
            r"(from marts.\1 where local_date between $first and $last)", sql
        ), is_part)
        for name, (sql, is_part) in known.items()
    }


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
    """The workspace whose scope relations a connection has, and which of them are made.

    ``days``: the first and last date that may be asked about; None: all.
    """

    workspace_id: str
    anonymization: str
    days: tuple[date, date] | None = None
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


def slice_days(con: duckdb.DuckDBPyConnection, workspace_id: str, start: date | None, end: date | None) -> None:
    """Make the next scope relations of a workspace from the rows of these days; None: no limit on that side.

    A question about other days (``cover``) still has its exact answer, from relations of all days. The answers of a
    protected workspace are about all its days, so it has no such slice.

    Raises:
        UsageError: no workspace of that id is published.
    """
    forget(con)
    found = _begin(con, workspace_id)
    if (start is not None or end is not None) and found.anonymization == "none":
        found.days = (start or date.min + _BEFORE, end or date.max)


def cover(con: duckdb.DuckDBPyConnection, workspace_id: str, start: date, end: date) -> None:
    """Let the scope relations be made of all days, where a slice of some days does not have all of these."""
    found = _SLICES.get(con)
    if found is None or found.workspace_id != workspace_id or found.days is None:
        return
    if start < found.days[0] or end > found.days[1]:
        forget(con)


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
        found = _begin(con, workspace_id)
    known = relations(are_of_days=found.days is not None)
    for name in _needed(sql, found.days is not None):
        if name not in found.made:
            text = known[name][0]
            values = {key: value for key, value in _values(con, found, text).items() if f"${key}" in text}
            statement = parsed(con, f"create or replace temp table {name} as\n{text}")
            with_full_memory(con, partial(con.execute, statement, values))
            found.made.add(name)


def _begin(con: duckdb.DuckDBPyConnection, workspace_id: str) -> _Slice:
    """Start a slice of all days of a workspace."""
    anonymization = _anonymization(con, workspace_id)
    if anonymization is None:
        raise UsageError(
            f"No workspace {workspace_id!r} is published.",
            hint="Ids are case-sensitive; `footfall status` lists the published workspaces.",
        )
    # Otherwise DuckDB returns large results out of order.
    con.execute("set preserve_insertion_order = true")
    found = _SLICES[con] = _Slice(workspace_id, anonymization)
    return found


def _values(con: duckdb.DuckDBPyConnection, found: _Slice, text: str) -> dict[str, object]:
    """The parameters that the SQL of a relation may have."""
    values: dict[str, object] = {"workspace": found.workspace_id}
    if found.days is not None:
        values |= {"first": max(found.days[0], date.min + _BEFORE) - _BEFORE, "last": found.days[1]}
    if "$daily_end" in text:
        query = "select max(local_date) from marts.agg_workspace_daily where workspace_id = ?"
        row = one(con, query, found.workspace_id)
        values["daily_end"] = row[0] if row and row[0] else date.max
    return values


def forget(con: duckdb.DuckDBPyConnection) -> None:
    """Make the scope relations again when they are next needed."""
    _SLICES.pop(con, None)


@cache
def _needed(sql: str | None, are_of_days: bool) -> tuple[str, ...]:
    """The tables that a statement needs, and those that they are made of, in the order in which they are made."""
    known = relations(are_of_days=are_of_days)
    found, left = set(), set(known) if sql is None else _named(sql)
    while left:
        name = left.pop()
        found.add(name)
        left |= _named(known[name][0]) - found
    return tuple(name for name, (_, is_part) in known.items() if name in found and not is_part)


def _named(sql: str) -> set[str]:
    return set(re.findall(r"\bscope_\w+", sql)) & set(relations())
