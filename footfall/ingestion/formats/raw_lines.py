"""The exact text of given lines of a landing file, read again."""

from collections.abc import Collection

import numpy as np
import pyarrow as pa

from footfall.core.database import connect
from footfall.core.home import Home
from footfall.ingestion.formats.names import row_as_json
from footfall.ingestion.formats.parquet_records import read_parquet
from footfall.ingestion.formats.text_records import read_blocks
from footfall.ingestion.landing.files import format_of, is_gzip
from footfall.ingestion.problems import FileProblem


def raw_lines(home: Home, path: str, numbers: Collection[int], max_line_bytes: int) -> dict[int, str]:
    """Text of the lines ``numbers`` of a landing file (Parquet: rows as JSON); those that are gone are left out."""
    wanted = np.array(sorted(numbers), np.int64)
    found: dict[int, str] = {}
    try:
        if format_of(path) == "parquet":
            return _rows(home, path, wanted)
        for block in read_blocks(
            home.root / path, gzip=is_gzip(path), max_line_bytes=max_line_bytes, quoted=format_of(path) == "csv"
        ):
            if not len(block.numbers) or wanted[-1] < block.numbers[0]:
                continue
            for place in np.flatnonzero(np.isin(block.numbers, wanted, assume_unique=True)):
                found[int(block.numbers[place])] = block.texts[int(place)].as_py().removesuffix("\n").removesuffix("\r")
            if wanted[-1] <= block.numbers[-1]:
                break
    except FileProblem:
        return found
    return found


def _rows(home: Home, path: str, wanted: np.ndarray) -> dict[int, str]:
    found: dict[int, str] = {}
    first = 1
    for batch in read_parquet(home.root / path):
        places = wanted[(wanted >= first) & (wanted < first + len(batch))] - first
        if len(places):
            rows = batch.take(pa.array(places)).rename_columns([f"c{i}" for i in range(batch.num_columns)])
            with connect() as con:
                con.register("picked", pa.Table.from_batches([rows]))
                texts = con.execute(f"select {row_as_json(batch.schema.names)} from picked").fetchall()
            found |= {int(place) + first: text for place, (text,) in zip(places, texts, strict=True)}
        first += len(batch)
    return found
