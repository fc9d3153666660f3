"""Columns of answers with titles and units, as people read them, from the published definitions."""

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb
import pyarrow as pa

from exports.tables.table import Column, Kind
from footfall.metrics.definitions import Definition
from footfall.metrics.layer import ANSWERS
from footfall.metrics.question import Question

#: The text column of protected workspaces that names the suppressed numbers of a row.
SUPPRESSED = Column("suppressed", "Hidden (about too few people)", "text")
KINDS: dict[str, Kind] = {
    "text": "text", "list": "text", "count": "count", "seconds": "seconds", "minutes": "minutes", "hours": "hours",
    "number": "ratio", "share": "share", "date": "date", "utc": "instant", "local": "instant", "flag": "flag",
}
#: Kinds of columns that may be empty for other reasons than suppression.
NO_NUMBERS = frozenset({"text", "instant", "flag"})
#: Columns that say whether a row combines others, which only rows of protected workspaces do.
_OF_PROTECTED = ("item_kind", "term_kind")
_UNITS = frozenset({"seconds", "minutes", "hours", "share"})


@dataclass(frozen=True)
class Content:
    """What a folder's tables are read with.

    Args:
        con: the published tables, usually a slice of one workspace.
        question: workspace, range, and user for an export about one person.
        zone: the workspace's time zone, named in the header of every time.
        leave_out: keys of tables that are left out.
        fewest: the fewest people a number may be about, where the workspace protects people; None: it does not.
        is_large: there are more than ``MANY_USERS`` people.
    """

    con: duckdb.DuckDBPyConnection
    question: Question
    zone: str
    leave_out: frozenset[str] = frozenset()
    fewest: int | None = None
    is_large: bool = False


def with_titles(
    content: Content, known: dict[str, Definition], name: str, rows: pa.Table, without: Sequence[str] = ()
) -> tuple[pa.Table, list[Column]]:
    """An answer's columns with titles and units; of a time in UTC and in local time, one instant in local time."""
    spec = ANSWERS[name].columns
    instants = {column.name for column in spec if column.kind == "utc"}
    repeated = {column.name for column in spec if column.kind == "local" and _repeats(column.name, instants)}
    without = [*without, *(() if content.fewest else _OF_PROTECTED)]
    kept = [column for column in spec if column.name not in repeated.union(without)]
    columns = [
        Column(column.name, title(known[column.metric], column.kind, content.zone), KINDS[column.kind], column.metric)
        for column in kept
    ]
    # A time in UTC is an instant; a local time without a UTC column beside it is already as it is shown.
    arrays = [rows[column.name].cast(pa.timestamp("us", "UTC")) if column.kind == "utc" else rows[column.name]
              for column in kept]
    titled = pa.table(arrays, names=[column.name for column in kept])
    return _without_suppressed(titled, columns) if content.fewest and rows.num_rows else (titled, columns)


def _without_suppressed(rows: pa.Table, columns: list[Column]) -> tuple[pa.Table, list[Column]]:
    """Leave out columns without any value in a protected workspace; a column names the hidden numbers of a row."""
    kept = [column for column in columns if rows[column.key].null_count < rows.num_rows]
    rows = rows.select([column.key for column in kept])
    partly = [column for column in kept if column.kind not in NO_NUMBERS and rows[column.key].null_count]
    if not partly:
        return rows, kept
    hidden = [
        ", ".join(column.title for column, value in zip(partly, values, strict=True) if value is None)
        for values in zip(*(rows[column.key].to_pylist() for column in partly), strict=True)
    ]
    return rows.append_column(SUPPRESSED.key, pa.array(hidden, pa.string())), [*kept, SUPPRESSED]


def _repeats(name: str, instants: set[str]) -> bool:
    """Whether a local time repeats an instant, as ``last_seen_local`` does ``last_seen_at``."""
    stem = name.removesuffix("_local")
    return f"{stem}_at" in instants or f"scheduled_{stem}" in instants


def title(definition: Definition, kind: str, zone: str) -> str:
    if kind in ("utc", "local"):
        return f"{definition.title} ({zone})"
    # Not "Share of visits (share)".
    has_unit = definition.unit in definition.title.lower()
    return f"{definition.title} ({definition.unit})" if kind in _UNITS and not has_unit else definition.title
