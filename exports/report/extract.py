"""Read the metric layer's relations into the tables of the report: cells of distinct people, sums, rows of people."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial

import duckdb
import numpy as np

from exports.report.cells import Columns, cells
from exports.report.paths import path_tables
from footfall.core.database import parsed, quote_identifier, value, with_full_memory
from footfall.core.sql_files import sql_files
from footfall.metrics.scope import cover, scope

Tables = dict[str, Columns]

#: Up to this many users, every user has a page; in larger workspaces only the most active users have one.
PAGES_FOR_ALL = 1_000
PAGES_OF_MANY = 200

#: Rows of a family (``sql/families``) as ``cells`` takes them. Nobody is counted where it is not known who it was.
_SEEN = "select key::integer as key, who::integer as who, day::integer as day from (\n{}\n) where who is not null"
#: Levels of paths, a parameter of the SQL about paths.
_LEVELS = ("module", "content")


@dataclass(frozen=True)
class Extract:
    """The data from which the report computes its numbers.

    Args:
        tables: table -> column -> integers; rows in the order that the program expects.
        counts: ``users`` who count, ``named`` (users in Top users, the first numbers), ``pages`` (users with a page).
    """

    tables: Tables
    counts: dict[str, int]


def sql_texts(folder: str) -> dict[str, str]:
    """The SQL of ``exports/report/sql/<folder>`` by name, in order of file names, without order numbers."""
    return sql_files("exports.report", f"sql/{folder}")


def create_relations(
    con: duckdb.DuckDBPyConnection, workspace_id: str, start: date, end: date, *, user_id: str | None = None,
    has_people: bool = True,
) -> None:
    """Create the report's relations (``sql/relations``) as temporary tables of the connection.

    Args:
        start, end: first and last local date of the report.
        user_id: only this user may be named.
        has_people: whether any user has a page.

    Raises:
        UsageError: unknown workspace.
    """
    cover(con, workspace_id, start, end)
    scope(con, workspace_id)
    users = value(con, "select count(*) from scope_people")
    pages = (users if users <= PAGES_FOR_ALL else PAGES_OF_MANY) if has_people else 0
    parameters = {"start": start, "end": end, "user": user_id, "pages": pages}
    for name, text in sql_texts("relations").items():
        bound = {key: value for key, value in parameters.items() if f"${key}" in text}
        statement = parsed(con, f"create or replace temp table {quote_identifier(name)} as\n{text}")
        with_full_memory(con, partial(con.execute, statement, bound))


def drop_relations(con: duckdb.DuckDBPyConnection) -> None:
    """Drop the report's relations."""
    for name in sql_texts("relations"):
        con.execute(f"drop table if exists temp.{quote_identifier(name)}")


def extract(con: duckdb.DuckDBPyConnection, *, has_workspace: bool = True, has_people: bool = True) -> Extract:
    """Read every table after ``create_relations``.

    Args:
        has_workspace: with the tables about the whole workspace, which hold no person.
        has_people: with the rows of people who may be named.
    """
    tables: Tables = {}
    if has_workspace:
        families = {name: _SEEN.format(family) for name, family in sql_texts("families").items()}
        tables |= {f"cells_{name}": cells(**columns) for name, columns in _read(con, families)}
        for level in _LEVELS:
            found = with_full_memory(con, partial(path_tables, con, level))
            tables |= {f"{name}_{level}": columns for name, columns in found.items()}
        tables |= _of_folder(con, "sums")
    if has_people:
        tables |= _of_folder(con, "people")
    counts = con.execute(
        "select (select count(*) from scope_people), count(*), count(*) filter (where has_page) from report_people"
    ).fetchall()[0]
    users, named, pages = counts if has_people else (counts[0], 0, 0)
    return Extract(tables, {"users": users, "named": named, "pages": pages})


def _of_folder(con: duckdb.DuckDBPyConnection, folder: str) -> Tables:
    return dict(_read(con, sql_texts(folder)))


def _read(con: duckdb.DuckDBPyConnection, texts: Mapping[str, str]) -> Iterator[tuple[str, Columns]]:
    for name, text in texts.items():
        if "$level" not in text:
            yield name, _columns(con, text)
            continue
        for level in _LEVELS:
            yield f"{name}_{level}", _columns(con, text, {"level": level})


def _columns(con: duckdb.DuckDBPyConnection, text: str, parameters: dict[str, object] | None = None) -> Columns:
    found = with_full_memory(con, lambda: con.execute(parsed(con, text), parameters or {}).fetchnumpy())
    return {name: _integers(np.ma.filled(values, 0)) for name, values in found.items()}


def _integers(values: np.ndarray) -> np.ndarray:
    """DuckDB returns sums without a cast as floating point; large columns are cast to narrow types in SQL."""
    return values if values.dtype.kind in "iu" else values.astype(np.int64)
