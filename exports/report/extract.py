"""Read the metric layer's relations into the tables of the report: cells of distinct people, sums, rows of people."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial

import duckdb
import numpy as np

from footfall.core.database import parsed, quote_identifier, value, with_full_memory
from footfall.core.sql_files import read_sql, sql_files
from footfall.metrics.scope import scope

Columns = dict[str, np.ndarray]
Tables = dict[str, Columns]

#: Up to this many users, every user has a page; in larger workspaces only the most active users have one.
PAGES_FOR_ALL = 1_000
PAGES_OF_MANY = 200

_CELLS = read_sql("exports.report", "cells")
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
    con: duckdb.DuckDBPyConnection, workspace_id: str, start: object, end: object, *, user_id: str | None = None,
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
        families = {name: cells_of(family) for name, family in sql_texts("families").items()}
        tables |= {f"cells_{name}": columns for name, columns in _read(con, families)}
        for level in _LEVELS:
            sums = _columns(con, read_sql("exports.report", "path_days"), {"level": level})
            tables[f"cells_links_{level}"] = with_sums(tables[f"cells_links_{level}"], sums)
        tables |= _of_folder(con, "sums")
    if has_people:
        tables |= _of_folder(con, "people")
    counts = con.execute(
        "select (select count(*) from scope_people), count(*), count(*) filter (where has_page) from report_people"
    ).fetchall()[0]
    users, named, pages = counts if has_people else (counts[0], 0, 0)
    return Extract(tables, {"users": users, "named": named, "pages": pages})


def cells_of(family: str) -> str:
    """The statement for the cells of a family (``sql/cells.sql``): key, day, previous, n, in this order.

    Args:
        family: SQL with the columns key, who, day.
    """
    return _CELLS.replace("\nwith ", f"\nwith seen as (\n{family}\n),\n\n", 1)


def with_sums(cells: Columns, sums: Columns) -> Columns:
    """The cells of flows with their sums, each in the first cell of its flow and day; it is added where there is none.

    ``visits`` are those beyond ``n`` of the day's cells, ``interactions`` those beyond the visits: both are nearly
    always 0, and take no room.
    """
    wanted, own = (table["key"].astype(np.int64) << 24 | table["day"] for table in (sums, cells))
    missing = ~np.isin(wanted, own)
    none = np.zeros(int(missing.sum()), dtype=np.int64)
    added = {"key": sums["key"][missing], "day": sums["day"][missing], "previous": none, "n": none}
    order = np.argsort(np.concatenate([own, wanted[missing]]), kind="stable")
    joined = {name: np.concatenate([cells[name], added[name]])[order] for name in ("key", "day", "previous", "n")}
    first = np.searchsorted(np.concatenate([own, wanted[missing]])[order], wanted)
    people = np.add.reduceat(joined["n"], first) if first.size else first
    visits = sums["visits"]
    values = {"visits": visits - people, "interactions": sums["interactions"] - visits, "ms": sums["ms"]}
    for name, found in values.items():
        joined[name] = np.zeros(order.size, dtype=np.int64)
        joined[name][first] = found
    return joined


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
