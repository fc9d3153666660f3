"""CSV: records of text cut into columns, each with its exact text and first line number."""

import csv
import io
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as pc

from footfall.ingestion.formats.names import MOST_COLUMNS, unique_names
from footfall.ingestion.formats.quotes import stated_delimiter
from footfall.ingestion.formats.text_records import Block, read_blocks
from footfall.ingestion.problems import FileProblem, RejectedLine


@dataclass
class Rows:
    """Rows of one CSV file: ``columns`` of text (null where empty), and the records they come from."""

    names: tuple[str, ...]
    columns: list[pa.Array]
    texts: pa.Array
    numbers: np.ndarray
    rejected: list[RejectedLine]


def read_csv(path: Path, *, gzip: bool, max_line_bytes: int) -> Iterator[Rows]:
    """Read a CSV file with a header line; the delimiter is the one that a first line ``sep=`` states, else the most
    frequent of ``, ; tab |`` in the header.

    Fields missing at a record's end are null; a record with more fields than the header is rejected as
    ``malformed_json``: it cannot be parsed.

    Raises:
        FileProblem: the file cannot be read or trusted.
    """
    names: tuple[str, ...] | None = None
    is_first = True
    for block in read_blocks(path, gzip=gzip, max_line_bytes=max_line_bytes, quoted=True):
        texts, numbers = block.texts, block.numbers
        if is_first and len(texts) and stated_delimiter(texts[0].as_py()):
            texts, numbers = texts[1:], numbers[1:]
        is_first = is_first and not len(block.texts)
        if names is None and (len(texts) or block.rejected):
            if block.rejected and (not len(texts) or block.rejected[0].number < numbers[0]):
                raise FileProblem("corrupt_file", "CSV: the header line is not readable text")
            names = _header(texts[0].as_py(), block.delimiter)
            texts, numbers = texts[1:], numbers[1:]
        yield _rows(Block(texts, numbers, block.rejected), names or (), block.delimiter)


def _header(record: str, delimiter: str) -> tuple[str, ...]:
    try:
        fields = list(csv.reader(io.StringIO(_without_end(record), newline=""), delimiter=delimiter))
    except csv.Error as error:
        raise FileProblem("corrupt_file", f"CSV: the header line cannot be parsed ({error})") from error
    if len(fields) != 1:
        raise FileProblem("corrupt_file", "CSV: the header line cannot be parsed")
    if len(fields[0]) > MOST_COLUMNS:
        raise FileProblem("corrupt_file", f"CSV: {len(fields[0]):,} columns; at most {MOST_COLUMNS:,} are read")
    return unique_names(fields[0])


def _rows(block: Block, names: tuple[str, ...], delimiter: str) -> Rows:
    texts, numbers = block.texts, block.numbers
    if not len(texts):
        return Rows(names, [], texts, numbers, block.rejected)
    columns, short, long = _parse(texts, len(names), delimiter)
    if short:
        padded = texts.to_pylist()
        for place, missing in short.items():
            padded[place] = _without_end(padded[place]) + delimiter * missing + "\n"
        columns, short, long = _parse(pa.array(padded, pa.string()), len(names), delimiter)
    is_good = np.ones(len(texts), bool)
    is_good[[*short, *long]] = False
    if columns is None or any(len(column) != is_good.sum() for column in columns):
        return _one_by_one(block, names, delimiter)
    return _selected(block, names, columns, is_good)


def _parse(
    texts: pa.Array, width: int, delimiter: str
) -> tuple[list[pa.Array] | None, dict[int, int], list[int]]:
    """Columns of the records with ``width`` fields (None: the parser could not separate them); how many fields each
    shorter record lacks; places of longer ones."""
    short: dict[int, int] = {}
    long: list[int] = []

    def skip(row: pc.InvalidRow) -> str:
        if row.actual_columns < width:
            short[row.number - 1] = width - row.actual_columns
        else:
            long.append(row.number - 1)
        return "skip"

    names = [f"c{place}" for place in range(width)]
    try:
        table = pc.read_csv(
            pa.BufferReader(_bytes_of(texts)),
            read_options=pc.ReadOptions(column_names=names, use_threads=False, block_size=max(1, texts.nbytes * 2)),
            parse_options=pc.ParseOptions(
                delimiter=delimiter, newlines_in_values=True, ignore_empty_lines=False, invalid_row_handler=skip
            ),
            convert_options=pc.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=True, null_values=[""],
                quoted_strings_can_be_null=True, check_utf8=False,
            ),
        )
    except pa.ArrowInvalid:
        return None, {}, []
    if max([*short, *long], default=0) >= len(texts):
        return None, {}, []
    return [column.combine_chunks() for column in table.columns], short, long


def _without_end(record: str) -> str:
    return record.removesuffix("\n").removesuffix("\r")


def _bytes_of(texts: pa.Array) -> pa.Buffer:
    offsets = np.frombuffer(texts.buffers()[1], np.int32)[texts.offset : texts.offset + len(texts) + 1]
    return texts.buffers()[2].slice(int(offsets[0]), int(offsets[-1] - offsets[0]))


def _selected(block: Block, names: tuple[str, ...], columns: list[pa.Array], is_good: np.ndarray) -> Rows:
    rejected = list(block.rejected)
    for place in np.flatnonzero(~is_good):
        text = _without_end(block.texts[int(place)].as_py())
        detail = f"CSV: the record has more than the header's {len(names)} fields"
        rejected.append(RejectedLine(int(block.numbers[place]), "malformed_json", detail, text))
    keep = pa.array(np.flatnonzero(is_good))
    return Rows(names, columns, block.texts.take(keep), block.numbers[is_good], rejected)


def _one_by_one(block: Block, names: tuple[str, ...], delimiter: str) -> Rows:
    """The slow way, for blocks whose quotes the fast parser reads otherwise than as one record a text."""
    csv.field_size_limit(sys.maxsize)
    rows, is_good = [], np.zeros(len(block.texts), bool)
    for place, text in enumerate(block.texts.to_pylist()):
        fields = list(csv.reader(io.StringIO(_without_end(text), newline=""), delimiter=delimiter))
        if len(fields) == 1 and len(fields[0]) <= len(names):
            rows.append([field or None for field in fields[0]] + [None] * (len(names) - len(fields[0])))
            is_good[place] = True
    columns = [pa.array([row[i] for row in rows], pa.string()) for i in range(len(names))]
    return _selected(block, names, columns, is_good)
