"""Whether the content behind an export has changed: one order-free hash of the published rows for each export.

The rows are hashed once a table for all workspaces together, never a workspace at a time
(``exports.plan.content_hashes``).
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

from exports.plan.content_hashes import Source, hash_days
from footfall.core import vocabulary

#: Packages whose version shows in the bytes of a file.
_LIBRARIES = ("duckdb", "pyarrow", "xlsxwriter", "altair", "vl-convert-python", "tzdata")
_CODE = (".py", ".sql", ".html", ".css", ".js", ".json", ".csv")


#: Every table behind an answer. A test holds this list against the SQL of ``metrics``.
SOURCES = (
    Source(("marts", "dim_workspaces")),
    Source(("marts", "dim_participants")),
    Source(("marts", "dim_content")),
    Source(("marts", "dim_sponsor_staff")),
    Source(("marts", "fct_visits"), "local_date"),
    # Ids of visits and people are in the other facts; here only what those do not have. Half the time of all columns.
    Source(("marts", "fct_events"), "local_date",
           ("occurred_at", "kind", "is_interaction", "is_keep_alive", "module", "os", "action", "content_type",
            "content_id", "engaged_seconds")),
    Source(("marts", "fct_feature_usage"), "local_date"),
    Source(("marts", "fct_content_views"), "local_date"),
    Source(("marts", "fct_searches"), "local_date"),
    Source(("marts", "fct_meetings"), "local_date"),
    Source(("marts", "fct_meeting_history")),
    Source(("marts", "fct_meeting_participants")),
    Source(("marts", "fct_path_steps"), "local_date"),
    Source(("marts", "fct_user_daily"), "local_date"),
    Source(("marts", "agg_interactions_by_os"), "local_date"),
    Source(("marts", "anonymized_answers")),
    Source(("ops", "load_by_workspace")),
)


@dataclass(frozen=True)
class Span:
    """What one export is about: a workspace and a range of its local dates; None: no limit on that side."""

    workspace_id: str
    start: date | None
    end: date | None


def fingerprints(
    con: duckdb.DuckDBPyConnection, spans: Sequence[Span], salts: Sequence[str], *,
    workspaces: Sequence[str] | None = None, published: Path | None = None, cache: Path | None = None,
) -> list[str]:
    """A hash for each span that changes when a row behind it, a definition or the code does; 32 hex digits.

    Rows of the day before and after the range count too, because a visit may reach over midnight.

    Args:
        con: the published tables.
        spans: workspaces and dates of the exports.
        salts: for each span, what else its files depend on: definitions, code, data as of …
        workspaces, published, cache: as in ``exports.plan.content_hashes.hash_days``.
    """
    hash_days(con, SOURCES, workspaces=workspaces, published=published, cache=cache)
    spans_given = pa.table({
        "span": pa.array(range(len(spans)), pa.int64()),
        "workspace_id": pa.array([span.workspace_id for span in spans], pa.string()),
        "first": pa.array([span.start for span in spans], pa.date32()),
        "last": pa.array([span.end for span in spans], pa.date32()),
    })
    con.register("spans_given", spans_given)
    found = dict(con.execute("""
        with parts as (
            select s.span, h.source, sum(h.n) as n, sum(h.total) as total
            from spans_given as s
            inner join export_hash as h on
                s.workspace_id = h.workspace_id
                and (h.day is null or h.day between coalesce(s.first, date '0001-01-02') - 1
                     and coalesce(s.last, date '9999-12-30') + 1)
            group by s.span, h.source
        )

        select span, sha256(string_agg(concat_ws(' ', source, n, total), chr(10) order by source))
        from parts
        group by span
    """).fetchall())
    con.unregister("spans_given")
    con.execute("drop table export_hash")
    texts = (
        f"{salt}\n{span}\n{found.get(place, '')}" for place, (span, salt) in enumerate(zip(spans, salts, strict=True))
    )
    return [hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32] for text in texts]


@cache
def code_version() -> str:
    """Twelve hex digits that change when the code that makes the files changes, or a library it writes them with."""
    total = hashlib.sha256()
    for package in ("exports", "footfall/metrics"):
        root = Path(__file__).parents[2] / package
        for path in sorted(path for path in root.rglob("*") if path.suffix in _CODE):
            total.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    total.update(vocabulary.PATH.read_bytes())
    for library in _LIBRARIES:
        total.update(f"{library} {version(library)}\n".encode())
    return total.hexdigest()[:12]
