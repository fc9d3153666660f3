"""A landing file written again: some lines blank, some redacted, the others as they were, in the same compression.

Text is written as UTF-8 with line feeds, as it is read (``footfall.ingestion.formats.text_stream``).
"""

import gzip
from collections.abc import Collection, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import IO, cast

import pyarrow as pa
import pyarrow.parquet as pq

from footfall.ingestion.exclusion.redact import Redaction
from footfall.ingestion.exclusion.tombstones import Erased
from footfall.ingestion.formats.csv_records import read_csv
from footfall.ingestion.formats.names import flat_name
from footfall.ingestion.formats.quotes import find_delimiter, stated_delimiter
from footfall.ingestion.formats.text_stream import read_text
from footfall.ingestion.landing.files import is_gzip

Redactions = Mapping[int, Redaction]


def rewrite_text(
    source: Path, target: Path, form: str, lines: Collection[int], redactions: Redactions, erased: Erased,
    max_line_bytes: int,
) -> None:
    """Write ``source`` (JSON lines or CSV) to ``target`` without the records that begin at ``lines``.

    Args:
        redactions: what to remove from the records that begin at these lines.
    """
    lengths: dict[int, int] = {}
    names: tuple[str, ...] = ()
    if form == "csv":
        names, lengths = _records(source, {*lines, *redactions}, max_line_bytes)
    with ExitStack() as stack:
        raw = stack.enter_context(target.open("wb"))
        out: IO[bytes] = raw
        if is_gzip(source.name):
            # no name and no time in it, so the same content gives the same bytes
            packed = gzip.GzipFile(filename="", mode="wb", fileobj=raw, mtime=0, compresslevel=6)
            out = cast(IO[bytes], stack.enter_context(packed))
        delimiter = ""
        physical = enumerate(_lines(source, quoted=form == "csv"), 1)
        for number, line in physical:
            if not delimiter and line.strip(b"\r\n"):
                first = line.decode("utf-8", "replace")
                delimiter = stated_delimiter(first) or find_delimiter(first)
            if number not in lines and number not in redactions:
                out.write(line)
                continue
            record = line + b"".join(next(physical, (0, b""))[1] for _ in range(lengths.get(number, 1) - 1))
            if number in lines:
                out.write(b"\n" * record.count(b"\n"))
            else:
                text = record.decode("utf-8", "surrogateescape")
                redaction = redactions[number]
                text = redaction.of_csv(text, names, delimiter, erased) if form == "csv" else (
                    redaction.of_json(text, erased)
                )
                out.write(text.encode("utf-8", "surrogateescape"))


def _lines(path: Path, *, quoted: bool) -> Iterator[bytes]:
    """Physical lines with their ends."""
    rest = b""
    for chunk in read_text(path, gzip=is_gzip(path.name), quoted=quoted):
        *whole, rest = (rest + chunk).split(b"\n")
        for line in whole:
            yield line + b"\n"
    if rest:
        yield rest


def _records(path: Path, numbers: Collection[int], max_line_bytes: int) -> tuple[tuple[str, ...], dict[int, int]]:
    """The columns' names, and how many lines the records beginning at ``numbers`` have."""
    names: tuple[str, ...] = ()
    lengths = {}
    for rows in read_csv(path, gzip=is_gzip(path.name), max_line_bytes=max_line_bytes):
        names = tuple(flat_name(name) for name in rows.names)
        for number, text in zip(rows.numbers.tolist(), rows.texts, strict=True):
            if number in numbers:
                lengths[number] = max(1, text.as_py().count("\n"))
        for line in rows.rejected:
            if line.number in numbers:
                lengths[line.number] = line.text.count("\n") + 1
    return names, lengths


def rewrite_parquet(
    source: Path, target: Path, rows: Collection[int], redactions: Redactions, erased: Erased
) -> None:
    """Write ``source`` to ``target`` without ``rows`` (from 1), and others without what ``redactions`` say."""
    with pq.ParquetFile(source) as file:
        table = file.read()
        meta = file.metadata
        compression = meta.row_group(0).column(0).compression if meta.num_row_groups else "SNAPPY"
    names = [flat_name(name) for name in table.column_names]
    for number, redaction in redactions.items():
        record = {name: column[number - 1].as_py() for name, column in zip(names, table.columns, strict=True)}
        redaction = redaction.with_split_names(record, erased)
        for place, column in enumerate(table.columns):
            name = names[place]
            value = column[number - 1].as_py()
            redacted = redaction.of_any(value, name, erased)
            if redacted != value:
                one = pa.chunked_array([pa.array([redacted], column.type)])
                parts = [*column[: number - 1].chunks, *one.chunks, *column[number:].chunks]
                table = table.set_column(place, table.schema.field(place), pa.chunked_array(parts, column.type))
    kept = [place for place in range(len(table)) if place + 1 not in set(rows)]
    pq.write_table(table.take(pa.array(kept, pa.int64())), target, compression=compression)
