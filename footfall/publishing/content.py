"""The content of tables as hashes that do not depend on the order of rows: shows what changed."""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import duckdb

from footfall.core.database import quote_identifier, value

#: The key of rows without a local date, and of tables that have none.
UNDATED = ""

#: Tables that grow much with every night; the others are small.
DATED = frozenset({
    "fct_events", "fct_sessions", "fct_visits", "fct_feature_usage", "fct_content_views", "fct_searches",
    "fct_user_daily", "fct_path_steps", "agg_path_links", "agg_unique_users",
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
        for day, (rows, total) in sorted(self.parts.items()):
            digest.update(f"\n{day} {rows} {total}".encode())
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
            them. The other dates keep their hash, unless the table has more or fewer rows than that explains. A night
            then costs what it changed. None: every row is read.
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
    if not is_dated or changed is None or old is None or old.columns != text:
        return TableContent(text, _hashes(con, name, is_dated), is_dated)
    # Only what the build changed is read. The number of all rows, which DuckDB knows, shows whether that is everything.
    stale = {day.isoformat() for day in changed} | {UNDATED}
    parts = _replaced(con, name, old.parts, stale)
    if sum(rows for rows, _ in parts.values()) != value(con, f"select count(*) from {name}"):
        counted = _by_day(con.execute(f"select local_date, count(*) from {name} group by local_date").fetchall())
        now = {day: rows for day, (rows,) in counted.items()}
        stale |= {day for day in now.keys() | old.parts.keys() if now.get(day) != old.parts.get(day, (None,))[0]}
        parts = _replaced(con, name, old.parts, stale)
    return TableContent(text, parts, is_dated)


def _replaced(
    con: duckdb.DuckDBPyConnection, name: str, old: Mapping[str, tuple[int, str]], stale: Collection[str]
) -> dict[str, tuple[int, str]]:
    """The parts of ``old`` with those of ``stale`` days read again."""
    parts = {day: part for day, part in old.items() if day not in stale}
    dates = sorted(day for day in stale if day != UNDATED)
    if dates:
        marks = ", ".join("?" for _ in dates)
        # the bounds let whole row groups be skipped
        where = f"this_row.local_date between ?::date and ?::date and this_row.local_date in ({marks})"
        parts |= _hashes(con, name, True, where, [dates[0], dates[-1], *dates])
    if UNDATED in stale:
        parts |= _hashes(con, name, True, "this_row.local_date is null")
    return parts


def _hashes(
    con: duckdb.DuckDBPyConnection, name: str, is_dated: bool, where: str = "true", values: Sequence[str] = ()
) -> dict[str, tuple[int, str]]:
    """Rows and their hash by day, of rows that meet a condition."""
    day = "this_row.local_date" if is_dated else "null::date"
    rows = con.execute(
        f"select {day} as day, count(*), sum(hash(this_row))::varchar from {name} as this_row where {where} "
        "group by day having count(*) > 0", list(values),
    ).fetchall()
    return _by_day(rows)


def _by_day(rows: Sequence[tuple]) -> dict[str, tuple]:
    return {UNDATED if day is None else day.isoformat(): tuple(rest) for day, *rest in rows}
