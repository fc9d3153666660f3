"""One table of the export, the same in the workbook, in CSV and in Parquet: columns, rows, and what they are called."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pyarrow as pa

#: What a column holds, from which its format in a workbook follows.
Kind = Literal["text", "count", "seconds", "minutes", "hours", "share", "ratio", "number", "date", "instant", "flag"]


@dataclass(frozen=True)
class Column:
    """A column: ``key`` in Parquet, ``title`` with its unit in the workbook and in CSV."""

    key: str
    title: str
    kind: Kind


@dataclass(frozen=True)
class Table:
    """A sheet and its twins: everything about a table but its rows, which lie in a Parquet file meanwhile.

    Args:
        key: file name without suffix.
        title: name of the sheet, at most 25 characters so that `` (2)`` fits behind it.
        columns: one for each column of the rows, in order.
        frozen: columns that stay in view when scrolling sideways.
        row_kinds: for tables whose rows differ in kind (Summary): the kind of the numbers of each row.
        chart: first and last number column of the chart beside the table, if it has one.
    """

    key: str
    title: str
    columns: Sequence[Column]
    frozen: int = 1
    row_kinds: Sequence[Kind] | None = None
    chart: tuple[int, int] | None = None


@dataclass(frozen=True)
class Spooled:
    """A table whose rows are on disk, typed, in the order in which they are shown.

    ``small`` has the rows as ``csv_parquet.batches`` gives them, where they are so few that reading them again would
    cost more than keeping them.
    """

    table: Table
    path: Path
    rows: int
    small: Sequence[pa.RecordBatch] | None = None


#: Number formats of a workbook by kind.
NUMBER_FORMATS: dict[Kind, str] = {
    "text": "@", "count": "#,##0", "seconds": "#,##0.0", "minutes": "#,##0.00", "hours": "#,##0.00", "share": "0.0%",
    "ratio": "#,##0.00", "number": "#,##0.00", "date": "yyyy-mm-dd", "instant": "yyyy-mm-dd hh:mm:ss",
    "flag": "General",
}


def headers(columns: Sequence[Column]) -> list[str]:
    """The titles of the columns, made unique, since a file with two columns of one name cannot be filtered."""
    taken: set[str] = set()
    names: list[str] = []
    for column in columns:
        name, count = column.title, 1
        while name in taken:
            count += 1
            name = f"{column.title} ({count})"
        taken.add(name)
        names.append(name)
    return names
