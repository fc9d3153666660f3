"""Whether the content behind an export has changed: one order-free hash of the published rows for each export.

The rows are hashed once a table for all workspaces together, never a workspace at a time.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.metadata import version
from pathlib import Path

import duckdb
import pyarrow as pa

from footfall.duck import quote_identifier

#: Packages whose version shows in the bytes of a file.
_LIBRARIES = ("duckdb", "pyarrow", "xlsxwriter", "altair", "vl-convert-python", "tzdata")
_CODE = (".py", ".sql", ".html", ".css", ".js", ".json", ".csv")


@dataclass(frozen=True)
class Source:
    """A published table that answers depend on.

    Args:
        table: schema and name.
        date: the column that says on which local date a row counts; None: the row concerns every range.
        columns: the columns that answers use, where hashing all of them would cost; empty: all.
    """

    table: tuple[str, str]
    date: str | None = None
    columns: tuple[str, ...] = ()


#: Every table behind an answer. A test holds this list against the SQL of ``metrics``.
SOURCES = (
    Source(("marts", "dim_workspaces")),
    Source(("marts", "dim_participants")),
    Source(("marts", "dim_content")),
    Source(("marts", "fct_visits"), "local_date"),
    # Ids of visits and people are in the other facts; here only what those do not have. Half the time of all columns.
    Source(("marts", "fct_events"), "local_date",
           ("occurred_at", "kind", "module", "os", "action", "content_type", "content_id", "engaged_seconds")),
    Source(("marts", "fct_feature_usage"), "local_date"),
    Source(("marts", "fct_content_views"), "local_date"),
    Source(("marts", "fct_searches"), "local_date"),
    Source(("marts", "fct_meetings"), "local_date"),
    Source(("marts", "fct_meeting_history")),
    Source(("marts", "fct_meeting_participants")),
    Source(("marts", "fct_path_steps"), "local_date"),
    Source(("marts", "fct_user_daily"), "local_date"),
    Source(("marts", "agg_interactions_by_os"), "local_date"),
    Source(("ops", "load_by_workspace")),
)


@dataclass(frozen=True)
class Span:
    """What one export is about: a workspace and a range of its local dates; None: no limit on that side."""

    workspace_id: str
    start: date | None
    end: date | None


def fingerprints(con: duckdb.DuckDBPyConnection, spans: Sequence[Span], salts: Sequence[str]) -> list[str]:
    """A hash for each span that changes when a row behind it, a definition or the code does; 32 hex digits.

    Rows of the day before and after the range count too, because a visit may reach over midnight.

    Args:
        con: the published tables.
        spans: what is exported.
        salts: for each span, what else its files depend on: definitions, code, data as of …
    """
    spans_given = pa.table({
        "span": pa.array(range(len(spans)), pa.int64()),
        "workspace_id": pa.array([span.workspace_id for span in spans], pa.string()),
        "first": pa.array([span.start for span in spans], pa.date32()),
        "last": pa.array([span.end for span in spans], pa.date32()),
    })
    con.register("spans_given", spans_given)
    con.execute(
        "create or replace temp table export_span as"
        " select span, workspace_id, coalesce(first, date '0001-01-02') - 1 as first,"
        " coalesce(last, date '9999-12-30') + 1 as last from spans_given"
    )
    con.unregister("spans_given")
    hashes = [
        hashlib.sha256(f"{salt}\n{span}".encode("utf-8", "surrogatepass"))
        for span, salt in zip(spans, salts, strict=True)
    ]
    for source in SOURCES:
        for index, rows, total in con.execute(_sql(source)).fetchall():
            hashes[index].update(f"{source.table} {rows} {total}\n".encode())
    con.execute("drop table export_span")
    return [one.hexdigest()[:32] for one in hashes]


def _sql(source: Source) -> str:
    table = ".".join(map(quote_identifier, source.table))
    row = ", ".join(f"t.{quote_identifier(column)}" for column in source.columns) or "t"
    day = f"t.{quote_identifier(source.date)}" if source.date else "null::date"
    return f"""
        with days as (
            select t.workspace_id, {day} as day, count(*) as n, sum(hash({row})::hugeint) as total
            from {table} as t
            where t.workspace_id in (select s.workspace_id from export_span as s)
            group by all
        )
        select s.span, sum(d.n)::varchar, sum(d.total)::varchar
        from export_span as s
        inner join days as d on s.workspace_id = d.workspace_id and (d.day is null or d.day between s.first and s.last)
        group by s.span
    """


@cache
def code_version() -> str:
    """Twelve hex digits that change when the code that makes the files changes, or a library it writes them with."""
    total = hashlib.sha256()
    for package in ("exports", "metrics"):
        root = Path(__file__).parents[1] / package
        for path in sorted(path for path in root.rglob("*") if path.suffix in _CODE):
            total.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    for library in _LIBRARIES:
        total.update(f"{library} {version(library)}\n".encode())
    return total.hexdigest()[:12]
