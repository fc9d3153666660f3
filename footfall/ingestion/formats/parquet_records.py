"""Parquet landing files: record batches with row numbers, whole or not at all."""

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from footfall.ingestion.problems import FileProblem


def read_parquet(path: Path) -> Iterator[pa.RecordBatch]:
    """The rows of a Parquet file in batches.

    Raises:
        FileProblem: the file cannot be read or is no sound Parquet.
    """
    try:
        with path.open("rb") as file, pq.ParquetFile(file, page_checksum_verification=True) as source:
            yield from source.iter_batches(batch_size=65_536)
    except pa.ArrowException as error:
        raise FileProblem("corrupt_file", f"Parquet: {str(error).splitlines()[0]}") from error
    except OSError as error:
        reason = "unreadable" if error.errno else "corrupt_file"
        raise FileProblem(reason, error.strerror or f"Parquet: {str(error).splitlines()[0]}") from error

