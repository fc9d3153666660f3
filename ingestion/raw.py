"""The exact text of given lines of a landing file, read again."""

from collections.abc import Collection

import numpy as np

from footfall.home import Home
from ingestion.landing import format_of, is_gzip
from ingestion.problems import FileProblem
from ingestion.text import read_blocks


def raw_lines(home: Home, path: str, numbers: Collection[int], max_line_bytes: int) -> dict[int, str]:
    """Text of the lines ``numbers`` of a landing file; those that are gone are left out."""
    wanted = np.array(sorted(numbers), np.int64)
    found: dict[int, str] = {}
    try:
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
