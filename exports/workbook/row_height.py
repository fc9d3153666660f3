"""Heights of rows with wrapped text: Excel finds them itself, other programs print the lines over each other."""

import textwrap
from collections.abc import Mapping, Sequence
from functools import lru_cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from exports.tables.columns import TEXT

#: Points of a line, and of the highest row there is.
LINE, HIGHEST = 15.0, 405.0


def text_height(texts: Sequence[str], widths: Sequence[float]) -> float:
    """The height of a row, in points, for texts in columns of these widths, in characters."""
    return min(HIGHEST, LINE * max((_lines(text, width) for text, width in zip(texts, widths, strict=True)), default=1))


def row_attributes(batch: pa.RecordBatch, wrapped: Mapping[int, int]) -> pa.Array | None:
    """The attributes ``ht`` and ``customHeight`` of the rows of a batch; None where every row has one line.

    Args:
        batch: the rows; columns in ``wrapped`` are text.
        wrapped: widths in characters by index of the columns whose text is wrapped.
    """
    lines = np.ones(len(batch), np.int64)
    for index, width in wrapped.items():
        column = batch.column(index)
        # Characters of three bytes and more are about twice as wide as letters.
        letters = pc.max_element_wise(pc.utf8_length(column), pc.divide(pc.multiply(pc.binary_length(column), 2), 3))
        breaks = pc.add(pc.count_substring(column, "\n"), 1)
        needed = pc.add(pc.divide(letters, max(1, int(width * 0.9))), breaks)
        lines = np.maximum(lines, pc.fill_null(needed, 1).to_numpy(zero_copy_only=False).astype(np.int64))
    if (lines == 1).all():
        return None
    heights = pc.cast(pa.array(np.minimum(lines * LINE, HIGHEST)), TEXT)
    return pc.binary_join_element_wise(
        pa.scalar(' ht="', TEXT), heights, pa.scalar('" customHeight="1"', TEXT), pa.scalar("", TEXT)
    )


# The texts of the sheet About are the same in every workbook: a tenth of all its work.
@lru_cache(maxsize=4096)
def _lines(text: str, width: float) -> int:
    return sum(max(1, len(textwrap.wrap(part, max(1, int(width) - 1)))) for part in text.split("\n")) if text else 1
