"""Searching a file that cannot be loaded for people who were erased: as text, as far as it can be read."""

import json
from collections.abc import Iterator

from footfall.ingestion.context import LoadContext
from footfall.ingestion.exclusion.exclude import known_workspaces
from footfall.ingestion.exclusion.mentions import names_erased_person
from footfall.ingestion.formats.parquet_records import read_parquet
from footfall.ingestion.formats.text_records import read_blocks
from footfall.ingestion.landing.files import LandingFile, is_gzip
from footfall.ingestion.problems import FileProblem


def file_names_erased_person(work: LoadContext, file: LandingFile) -> bool:
    """Whether a readable part of the file names an erased person."""
    if work.erased is None or file.problem is not None:
        return False
    workspaces = known_workspaces(work)
    return any(names_erased_person(text, work.erased, workspaces) for text in _texts(work, file))


def _texts(work: LoadContext, file: LandingFile) -> Iterator[str]:
    path = work.home.root / file.path
    try:
        if file.format == "parquet":
            for batch in read_parquet(path):
                yield from (json.dumps(row, default=str) for row in batch.to_pylist())
            return
        for block in read_blocks(path, gzip=is_gzip(file.path), max_line_bytes=work.settings.limits.max_line_bytes):
            yield from block.texts.to_pylist()
            yield from (line.text for line in block.rejected)
    except FileProblem:
        return
