"""One table of the export, the same in the workbook, in CSV and in Parquet: columns, rows, and what they are called."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import pyarrow as pa

#: What a column holds, from which its format in a workbook follows.
Kind = Literal["text", "count", "seconds", "minutes", "hours", "share", "ratio", "number", "date", "instant", "flag"]


@dataclass(frozen=True)
class Column:
    """A column: ``key`` in Parquet, ``title`` with its unit in the workbook and in CSV.

    ``metric`` names the definition behind it, where it has one; its codes have words in ``exports.tables.labels``.
    """

    key: str
    title: str
    kind: Kind
    metric: str = ""


@dataclass(frozen=True)
class Table:
    """A sheet and the CSV and Parquet files beside it: everything about a table but its rows.

    Args:
        key: file name without suffix.
        title: name of the sheet, at most 25 characters so that `` (2)`` fits behind it.
        columns: one for each column of the rows, in order.
        frozen: columns that stay in view when scrolling sideways.
        row_kinds: for small tables whose rows differ in kind (About, Summary): the kind of ``value`` in each row.
        chart: first and last number column of the chart beside the table, if it has one.
        words: by key of a column, words for its values in addition to those of ``exports.tables.labels``.
        links: for small tables: by row, counted from 0, the sheet that the second cell leads to.
    """

    key: str
    title: str
    columns: Sequence[Column]
    frozen: int = 1
    row_kinds: Sequence[Kind] | None = None
    chart: tuple[int, int] | None = None
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    links: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True)
class StoredTable:
    """A table whose rows are on disk, typed, in the order in which they are shown.

    Args:
        table: everything but the rows.
        path: the Parquet file with the rows.
        rows: their number.
        labels: by index of a column, the words for its codes.
        small: the rows as ``csv_parquet.batches`` gives them, where they are so few that reading them again would cost
            more than keeping them.
    """

    table: Table
    path: Path
    rows: int
    labels: Mapping[int, Mapping[str, str]] = field(default_factory=dict)
    small: Sequence[pa.RecordBatch] | None = None


#: Number formats of a workbook by kind.
NUMBER_FORMATS: dict[Kind, str] = {
    "text": "@", "count": "#,##0", "seconds": "#,##0.0", "minutes": "#,##0.00", "hours": "#,##0.00", "share": "0.0%",
    "ratio": "#,##0.00", "number": "#,##0.00", "date": "yyyy-mm-dd", "instant": "yyyy-mm-dd hh:mm:ss",
    "flag": "General",
}


def headers(columns: Sequence[Column]) -> list[str]:
    """The titles of the columns, made unique, since a file with two columns of one name cannot be filtered."""
    return unique([column.title for column in columns], " ({})")


def unique(names: Sequence[str], ending: str) -> list[str]:
    """The names, with an ending such as `` (2)`` where an earlier one is the same to readers that ignore case.

    Spark, SQL and spreadsheets do: a file with the columns ``Map`` and ``map`` has two columns of one name for them.
    """
    taken: set[str] = set()
    made: list[str] = []
    for name in names:
        one, count = name, 1
        while one.casefold() in taken:
            count += 1
            one = name + ending.format(count)
        taken.add(one.casefold())
        made.append(one)
    return made
