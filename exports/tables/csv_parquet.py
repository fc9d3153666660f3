"""The rows of a table on disk: typed as Parquet, as text in CSV. Both are the same bytes on every machine."""

import codecs
from collections.abc import Iterator, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from exports.tables.columns import TEXT, by_kind, changed_where, clock_texts, is_text, joined, numbers, readable
from exports.tables.labels import CODES, NAMES, labels
from exports.tables.table import Column, StoredTable, Table, headers, unique
from exports.tables.text import NOT_PLAIN_CSV, csv_text

#: Rows turned into text at a time: 2,048 rows of 33 columns take 20 MB as cells of a workbook.
BATCH_ROWS = 2_048
#: Tables up to here are kept in memory instead of being read again for each form.
SMALL_ROWS = 16_384
_ROW_GROUP = 16_384
# Every reader knows it. Zstandard packs a tenth smaller, but takes twice as long where tables are small.
_COMPRESSION = "snappy"


def store_rows(table: Table, rows: pa.Table, path: Path, zone: str) -> StoredTable:
    """Write the rows as typed Parquet, the form from which CSV and workbook are then made.

    Times become instants that are shown in the workspace's ``zone``; whole numbers stay whole.

    Raises:
        ValueError: the rows do not have the table's columns.
    """
    if rows.num_columns != len(table.columns):
        raise ValueError(f"{table.key}: {rows.num_columns} columns of values, {len(table.columns)} headers")
    names = unique([column.key for column in table.columns], "_{}")
    fields, columns = [], []
    for name, title, values in zip(names, headers(table.columns), rows.columns, strict=True):
        values = _typed(values, zone)
        fields.append(pa.field(name, values.type, metadata={"title": title}))
        columns.append(values)
    typed = pa.table(columns, schema=pa.schema(fields))
    with pa.OSFile(str(path), "wb") as file:
        pq.write_table(typed, file, compression=_COMPRESSION, row_group_size=_ROW_GROUP)
    small = None
    if rows.num_rows <= SMALL_ROWS:
        small = [readable(batch) for batch in typed.combine_chunks().to_batches(max_chunksize=BATCH_ROWS)]
    words = {
        index: found for index, column in enumerate(table.columns)
        if column.metric in CODES or column.metric in NAMES
        if (found := _words(table, column, typed.column(index).unique().drop_null().to_pylist()))
    }
    return StoredTable(table, path, rows.num_rows, words, small)


def write_csv(stored: StoredTable, path: Path) -> None:
    """Write the table as CSV by RFC 4180: UTF-8 with BOM, CRLF, titles with units in the first line.

    Dates are ``YYYY-MM-DD``, times ``YYYY-MM-DD HH:MM:SS[.mmm]`` in the workspace's zone;
    text is as ``csv_text`` makes it.
    """
    with path.open("wb") as file:
        file.write(codecs.BOM_UTF8)
        file.write(",".join(map(csv_text, headers(stored.table.columns))).encode() + b"\r\n")
        for batch in batches(stored):
            fields: dict[int, pa.Array] = {}
            for indices, values in by_kind(batch):
                shown = _fields(values)
                fields |= {index: shown.slice(place * len(batch), len(batch)) for place, index in enumerate(indices)}
            if len(fields) == 1:
                # A line with nothing in it would be read as no row.
                fields[0] = pc.if_else(pc.equal(pc.fill_null(fields[0], ""), ""), '""', fields[0])
            pieces = [piece for index in sorted(fields) for piece in (",", fields[index])]
            file.write(joined([*pieces[1:], "\r\n"]))


def count_csv(path: Path) -> int:
    """Count the rows of a CSV file, the header apart, by reading it: line ends outside of quotes."""
    found, is_quoted, rest = 0, False, b""
    with path.open("rb") as file:
        while piece := file.read(1 << 20):
            piece = rest + piece
            # A line end may be cut by the end of a piece.
            rest = piece[-1:] if piece.endswith(b"\r") else b""
            for part in piece.removesuffix(rest).split(b'"'):
                found += 0 if is_quoted else part.count(b"\r\n")
                is_quoted = not is_quoted
            # Each quote turns, the end of a piece does not.
            is_quoted = not is_quoted
    return found - 1


def count_parquet(path: Path) -> int:
    return pq.read_metadata(path).num_rows


def batches(stored: StoredTable) -> Iterator[pa.RecordBatch]:
    """The rows in order, a few thousand at a time; text and lists as text."""
    if stored.small is not None:
        yield from stored.small
        return
    with pq.ParquetFile(stored.path) as file:
        yield from map(readable, file.iter_batches(batch_size=BATCH_ROWS, use_threads=False))


def _words(table: Table, column: Column, values: Sequence[str]) -> dict[str, str]:
    """The words for those values of a column that are codes."""
    own = table.words.get(column.key, {})
    return labels(column.metric, values) | {value: own[value] for value in values if value in own}


def _fields(column: pa.Array) -> pa.Array:
    """The CSV fields of columns of one type; null is an empty field."""
    kind = column.type
    if is_text(kind):
        return changed_where(column, NOT_PLAIN_CSV, csv_text)
    if pa.types.is_temporal(kind):
        return clock_texts(column)
    if pa.types.is_boolean(kind):
        return pc.cast(column, TEXT)
    return numbers(column)


def _typed(values: pa.ChunkedArray, zone: str) -> pa.ChunkedArray:
    kind = values.type
    if pa.types.is_timestamp(kind):
        instants = values.cast(pa.timestamp("us", tz=kind.tz))
        return instants.cast(pa.timestamp("us", tz="UTC")).cast(pa.timestamp("us", tz=zone))
    if pa.types.is_decimal(kind) and kind.scale == 0:
        # DuckDB's sum of whole numbers; no count comes near 2**63.
        return values.cast(pa.int64())
    if pa.types.is_dictionary(kind):
        return values.cast(pa.string())
    return values
