"""Read the metric layer's relations into the columns of the report."""

from dataclasses import dataclass
from functools import partial

import duckdb
import numpy as np

from footfall.core.database import parsed, quote_identifier, value, with_full_memory
from footfall.core.sql_files import sql_files
from footfall.metrics.scope import scope

Columns = dict[str, np.ndarray]

#: Up to this many users, every user has a page; in larger workspaces only the most active users have one.
PAGES_FOR_ALL = 5_000
PAGES_OF_MANY = 200

#: Levels of paths, a parameter of ``paths.sql``.
_LEVELS = ("module", "content")


@dataclass(frozen=True)
class Extract:
    """The data from which the report computes its numbers.

    Args:
        tables: table -> column -> integers (``sql/columns``); rows in the order that the program expects.
        counts: ``users`` (numbers below it are users, then guests), ``pages`` (users with a
            page of their own), ``actors`` (users and guests), ``named`` (users who may be named, the first numbers).
    """

    tables: dict[str, Columns]
    counts: dict[str, int]


def sql_texts(folder: str) -> dict[str, str]:
    """The SQL of ``exports/report/sql/<folder>`` by name, in order of file names, without order numbers."""
    return sql_files("exports.report", f"sql/{folder}")


def create_relations(con: duckdb.DuckDBPyConnection, workspace_id: str, start: object, end: object) -> None:
    """Create the report's relations (``sql/relations``) as temporary tables of the connection.

    Raises:
        UsageError: unknown workspace.
    """
    scope(con, workspace_id)
    parameters = {"start": start, "end": end}
    for name, text in sql_texts("relations").items():
        bound = {key: value for key, value in parameters.items() if f"${key}" in text}
        statement = parsed(con, f"create or replace temp table {quote_identifier(name)} as\n{text}")
        with_full_memory(con, partial(con.execute, statement, bound))


def drop_relations(con: duckdb.DuckDBPyConnection) -> None:
    """Drop the report's relations."""
    for name in sql_texts("relations"):
        con.execute(f"drop table if exists temp.{quote_identifier(name)}")


def extract(con: duckdb.DuckDBPyConnection, is_personal: bool) -> Extract:
    """Read every column after ``create_relations``.

    Args:
        is_personal: whether single users may be shown.
    """
    users, nameable = con.execute(
        "select count(*), count(*) filter (where not is_anonymized) from scope_people"
    ).fetchall()[0]
    pages = 0
    if is_personal:
        pages = nameable if users <= PAGES_FOR_ALL else min(nameable, PAGES_OF_MANY)
    texts = sql_texts("columns")
    tables = {name: _columns(con, text) for name, text in texts.items() if name != "paths"}
    for level in _LEVELS:
        tables[f"paths_{level}"] = _columns(con, texts["paths"], {"level": level})
    tables["usage"] = _usage(tables["usage"], pages)
    if tables["streams"]["opened"].size and not (tables["streams"]["opened"] % 1000).any():
        tables["streams"]["opened"] //= 1000
        tables["streams"]["unit"] = np.array([1000])
    actors = value(con, "select count(*) from report_actors")
    named = nameable if is_personal else 0
    return Extract(tables, {"users": users, "pages": pages, "actors": actors, "named": named})


def _columns(con: duckdb.DuckDBPyConnection, text: str, parameters: dict[str, object] | None = None) -> Columns:
    found = with_full_memory(con, lambda: con.execute(parsed(con, text), parameters or {}).fetchnumpy())
    return {name: _integers(np.ma.filled(values, 0)) for name, values in found.items()}


def _integers(values: np.ndarray) -> np.ndarray:
    """DuckDB returns sums without a cast as floating point; large columns are cast to narrow types in SQL."""
    return values if values.dtype.kind in "iu" else values.astype(np.int64)


def _usage(rows: Columns, pages: int) -> Columns:
    """Keep rows without interactions (heartbeats) and engaged time for users with a page only; these come first."""
    kept = (rows["n"] > 0) | (rows["actor"] < pages)
    own = int(np.searchsorted(rows["actor"][kept], pages)) if pages else 0
    result = {name: rows[name][kept] for name in ("visit", "shift", "module", "os", "n")}
    return result | {"engaged": rows["engaged"][kept][:own]}
