"""Which SQL turns the records of a slice into the fields of the judge."""

from ingestion.db import sql
from ingestion.slices import Slice
from ingestion.work import Work


def reader_of(work: Work, piece: Slice) -> str:
    """SQL of the judge's fields over the registered table ``slice``."""
    return sql("segment_camel")
