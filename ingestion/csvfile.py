"""CSV: records of text cut into columns, each with its exact text and first line number."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as pc

from ingestion.problems import RejectedLine
from ingestion.quotes import find_delimiter
from ingestion.text import Block, read_blocks


@dataclass
class Rows:
    """Rows of one CSV file: ``columns`` of text (null where empty), and the records they come from."""

    names: tuple[str, ...]
    columns: list[pa.Array]
    texts: pa.Array
    numbers: np.ndarray
    rejected: list[RejectedLine]


def read_csv(path: Path, *, gzip: bool, max_line_bytes: int) -> Iterator[Rows]:
    """Read a CSV file with a header line; the delimiter is the one of ``, ; tab |`` the header has most of.

    A record that has not as many fields as the header is rejected as ``malformed_json``: it cannot be parsed.

    Raises:
        FileProblem: the file cannot be read or trusted.
    """
    names: tuple[str, ...] | None = None
    delimiter = ","
    for block in read_blocks(path, gzip=gzip, max_line_bytes=max_line_bytes, quoted=True):
        texts, numbers = block.texts, block.numbers
        if names is None and len(texts):
            header = texts[0].as_py().removesuffix("\n").removesuffix("\r")
            delimiter = find_delimiter(header)
            names = _names(next(csv.reader(io.StringIO(header), delimiter=delimiter)))
            texts, numbers = texts[1:], numbers[1:]
        yield _rows(Block(texts, numbers, block.rejected), names or (), delimiter)


def _names(header: list[str]) -> tuple[str, ...]:
    """Column names; an empty one is named by its place, and one that came before gets a number, as DuckDB does."""
    names: list[str] = []
    for place, name in enumerate(header):
        name = base = name.strip() or f"column{place}"
        again = 0
        while name.lower() in (earlier.lower() for earlier in names):
            again += 1
            name = f"{base}_{again}"
        names.append(name)
    return tuple(names)


def _rows(block: Block, names: tuple[str, ...], delimiter: str) -> Rows:
    texts, numbers = block.texts, block.numbers
    if not len(texts):
        return Rows(names, [], texts, numbers, block.rejected)
    invalid: list[int] = []

    def skip(row: pc.InvalidRow) -> str:
        invalid.append(row.number)
        return "skip"

    try:
        table = pc.read_csv(
            pa.BufferReader(_bytes_of(texts)),
            read_options=pc.ReadOptions(column_names=[f"c{i}" for i in range(len(names))], use_threads=False,
                                        block_size=max(1, texts.nbytes * 2)),
            parse_options=pc.ParseOptions(delimiter=delimiter, newlines_in_values=True, ignore_empty_lines=False,
                                          invalid_row_handler=skip),
            convert_options=pc.ConvertOptions(
                column_types={f"c{i}": pa.string() for i in range(len(names))}, strings_can_be_null=True,
                null_values=[""], quoted_strings_can_be_null=True, check_utf8=False,
            ),
        )
        columns = [column.combine_chunks() for column in table.columns]
        is_good = np.ones(len(texts), bool)
        is_good[[number - 1 for number in invalid]] = False
        if table.num_rows == is_good.sum():
            return _selected(block, names, columns, is_good)
    except (pa.ArrowInvalid, IndexError):
        pass
    return _one_by_one(block, names, delimiter)


def _bytes_of(texts: pa.Array) -> pa.Buffer:
    offsets = np.frombuffer(texts.buffers()[1], np.int32)[texts.offset : texts.offset + len(texts) + 1]
    return texts.buffers()[2].slice(int(offsets[0]), int(offsets[-1] - offsets[0]))


def _selected(block: Block, names: tuple[str, ...], columns: list[pa.Array], is_good: np.ndarray) -> Rows:
    rejected = list(block.rejected)
    for place in np.flatnonzero(~is_good):
        text = block.texts[int(place)].as_py().removesuffix("\n").removesuffix("\r")
        detail = f"CSV: the record cannot be cut into the header's {len(names)} fields"
        rejected.append(RejectedLine(int(block.numbers[place]), "malformed_json", detail, text))
    keep = pa.array(np.flatnonzero(is_good))
    return Rows(names, columns, block.texts.take(keep), block.numbers[is_good], rejected)


def _one_by_one(block: Block, names: tuple[str, ...], delimiter: str) -> Rows:
    """The slow way, for blocks whose quotes the fast parser reads otherwise than as one record a text."""
    rows, is_good = [], np.zeros(len(block.texts), bool)
    for place, text in enumerate(block.texts.to_pylist()):
        record = io.StringIO(text.removesuffix("\n").removesuffix("\r"), newline="")
        fields = list(csv.reader(record, delimiter=delimiter))
        if len(fields) == 1 and len(fields[0]) == len(names):
            rows.append([field or None for field in fields[0]])
            is_good[place] = True
    columns = [pa.array([row[i] for row in rows], pa.string()) for i in range(len(names))]
    return _selected(block, names, columns, is_good)
