"""Parquet landing files: record batches of types that DuckDB reads, whole or not at all."""

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from footfall.ingestion.formats.arrow_types import readable
from footfall.ingestion.formats.names import MOST_COLUMNS, unique_names
from footfall.ingestion.landing.scan import open_file
from footfall.ingestion.problems import FileProblem, machine_error

#: Rows of a batch; fewer where rows are wide.
_BATCH_ROWS, _BATCH_CELLS = 65_536, 8 << 20


def read_parquet(path: Path) -> Iterator[pa.RecordBatch]:
    """The rows of a Parquet file in batches, with unique column names.

    Raises:
        FileProblem: the file cannot be read or is not sound Parquet.
    """
    try:
        with open_file(path) as file, pq.ParquetFile(file, page_checksum_verification=True) as source:
            names = unique_names(source.schema_arrow.names)
            if len(names) > MOST_COLUMNS:
                raise FileProblem(
                    "corrupt_file", f"Parquet: {len(names):,} columns; at most {MOST_COLUMNS:,} are read"
                )
            size = max(1, min(_BATCH_ROWS, _BATCH_CELLS // max(1, len(names))))
            for batch in source.iter_batches(batch_size=size):
                columns = [readable(column) for column in batch.columns]
                yield pa.RecordBatch.from_arrays(columns, names=list(names))
    except pa.ArrowException as error:
        if machine_error(error, str(path)) is not None:
            raise
        raise FileProblem("corrupt_file", f"Parquet: {str(error).splitlines()[0]}") from error
    except OSError as error:
        if machine_error(error, str(path)) is not None:
            raise
        reason = "unreadable" if error.errno else "corrupt_file"
        raise FileProblem(reason, error.strerror or f"Parquet: {str(error).splitlines()[0]}") from error
