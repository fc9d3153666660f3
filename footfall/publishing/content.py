"""The content of tables as hashes that do not depend on the order of rows: shows what changed."""

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date

import duckdb

from footfall.core.database import quote_identifier

#: The key of rows without a local date, and of tables that have none.
UNDATED = ""

#: Facts that grow with every night; the other tables are small.
DATED = frozenset({
    "fct_events", "fct_sessions", "fct_visits", "fct_feature_usage", "fct_content_views", "fct_searches",
    "fct_user_daily", "fct_path_steps", "agg_path_links",
})


@dataclass(frozen=True)
class TableContent:
    """One table: its columns as text, and per local date (ISO, or ``UNDATED``) its rows and their hash."""

    columns: str
    parts: Mapping[str, tuple[int, str]]
    is_dated: bool

    @property
    def rows(self) -> int:
        return sum(rows for rows, _ in self.parts.values())

    @property
    def hash(self) -> str:
        """Hex digest of the columns and all rows, in any order."""
        digest = hashlib.sha256(self.columns.encode())
        for day, (rows, value) in sorted(self.parts.items()):
            digest.update(f"\n{day} {rows} {value}".encode())
        return digest.hexdigest()[:16]

    def changed_since(self, old: "TableContent | None") -> set[str]:
        """Dates whose rows differ from ``old``; all of them when the columns differ or there is no old one."""
        if old is None or old.columns != self.columns or old.is_dated != self.is_dated:
            return set(self.parts) | set(old.parts if old else ())
        both = set(self.parts) | set(old.parts)
        return {day for day in both if self.parts.get(day) != old.parts.get(day)}


@dataclass(frozen=True)
class Content:
    """All tables of one version. ``engine`` is the DuckDB version, whose ``hash`` may differ from another's."""

    engine: str
    tables: Mapping[str, TableContent] = field(default_factory=dict)

    def to_json(self) -> dict:
        return {
            "engine": self.engine,
            "tables": {
                name: {"columns": table.columns, "is_dated": table.is_dated,
                       "parts": {day: list(part) for day, part in table.parts.items()}}
                for name, table in sorted(self.tables.items())
            },
        }

    @classmethod
    def from_json(cls, document: dict) -> "Content":
        return cls(document["engine"], {
            name: TableContent(
                table["columns"], {day: (part[0], part[1]) for day, part in table["parts"].items()}, table["is_dated"]
            )
            for name, table in document["tables"].items()
        })


def read_content(
    con: duckdb.DuckDBPyConnection,
    schema: str,
    old: Content | None = None,
    changed: Collection[date] | None = None,
) -> Content:
    """Hash every table of ``schema`` (10 million rows of 20 columns a second).

    Args:
        con: a connection whose current database holds the schema.
        schema: usually ``marts``.
        old: the content of the previous version, if known.
        changed: the only local dates on which rows of ``DATED`` tables may differ from ``old``, as the build knows
            them. The other dates keep their hash, unless their number of rows differs. A night then costs what it
            changed. None: every row is read.
    """
    engine = duckdb.__version__
    if old is not None and old.engine != engine:
        old = None
    columns: dict[str, list[tuple[str, str]]] = {}
    for table, column, kind in con.execute(
        "select table_name, column_name, data_type from duckdb_columns() "
        "where database_name = current_database() and schema_name = ? order by table_name, column_index",
        [schema],
    ).fetchall():
        columns.setdefault(table, []).append((column, kind))
    return Content(engine, {
        table: _read_table(con, schema, table, listed, old.tables.get(table) if old else None,
                           changed if table in DATED else None)
        for table, listed in columns.items()
    })


def _read_table(
    con: duckdb.DuckDBPyConnection, schema: str, table: str, columns: list[tuple[str, str]],
    old: TableContent | None, changed: Collection[date] | None,
) -> TableContent:
    text = ", ".join(f"{name} {kind}" for name, kind in columns)
    is_dated = ("local_date", "DATE") in columns
    name = f"{quote_identifier(schema)}.{quote_identifier(table)}"
    day = "coalesce(strftime(this_row.local_date, '%Y-%m-%d'), '')" if is_dated else "''"
    counts = f"select {day} as day, count(*) from {name} as this_row group by day having count(*) > 0"
    hashes = f"select {day} as day, count(*), sum(hash(this_row))::varchar from {name} as this_row"
    if not is_dated or changed is None or old is None or old.columns != text:
        rows = con.execute(f"{hashes} group by day having count(*) > 0").fetchall()
        return TableContent(text, {key: (count, value) for key, count, value in rows}, is_dated)
    now = dict(con.execute(counts).fetchall())
    stale = {day.isoformat() for day in changed} | {UNDATED}
    stale |= {key for key, count in now.items() if key not in old.parts or old.parts[key][0] != count}
    parts = {key: part for key, part in old.parts.items() if key in now and key not in stale}
    dates = sorted(key for key in stale if key in now and key != UNDATED)
    if dates:
        marks = ", ".join("?" for _ in dates)
        fresh = con.execute(
            f"{hashes} where this_row.local_date between ?::date and ?::date "  # lets whole row groups be skipped
            f"and this_row.local_date in ({marks}) group by day",
            [dates[0], dates[-1], *dates],
        ).fetchall()
        parts.update({key: (count, value) for key, count, value in fresh})
    if UNDATED in now:
        fresh = con.execute(f"{hashes} where this_row.local_date is null group by day").fetchall()
        parts.update({key: (count, value) for key, count, value in fresh})
    return TableContent(text, parts, is_dated)
