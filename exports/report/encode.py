"""Integer columns as few bytes: narrow planes that gzip well, read back by ``static/decode.js``."""

import base64
from collections.abc import Mapping

import numpy as np
import pyarrow as pa

#: Widest column; a JavaScript number is exact up to 53 bits.
MAX_BYTES = 6

Index = dict[str, dict[str, dict[str, int | bool]]]


def encode_columns(tables: Mapping[str, Mapping[str, np.ndarray]]) -> tuple[Index, bytes]:
    """Pack integer columns.

    Args:
        tables: table -> column -> one-dimensional integer array, no negative values, below 2**48.

    Returns:
        ``(index, data)``: for each table and column its ``at`` (byte offset), ``n`` (values), ``w`` (bytes a value,
        1 to 6), ``f`` (a factor of all values, stored without it: many durations are whole seconds), ``d`` (True:
        differences to the value before, which never falls) and ``v`` (bytes a value takes once read); and the bytes.
        A column is stored as ``w`` planes, lowest bytes first: neighbours in a plane are alike, so gzip finds more.

    Raises:
        OverflowError: a value that cannot be stored, which would be a wrong number in the report. Numbers are bounded
            when they are loaded, so it is a bug; the export goes on without its report.
    """
    index: Index = {}
    parts: list[bytes] = []
    position = 0
    for table, columns in tables.items():
        index[table] = {}
        for name, values in columns.items():
            least, most = (int(values.min()), int(values.max())) if values.size else (0, 0)
            if least < 0 or most >= 1 << (8 * MAX_BYTES):
                raise OverflowError(f"The column {table}.{name} of the report holds a number that does not fit.")
            is_delta = values.size > 1 and bool((values[1:] >= values[:-1]).all())
            factor = max(1, int(np.gcd.reduce(values))) if values.size else 1
            whole = values // factor if factor > 1 else values
            stored = np.diff(whole, prepend=whole.dtype.type(0)) if is_delta else whole
            width = _bytes(int(stored.max()) if stored.size else 0)
            for plane in range(width):
                parts.append((stored >> (8 * plane)).astype(np.uint8).tobytes())  # the lowest byte of it
            index[table][name] = {
                "at": position, "n": int(values.size), "w": width, "f": factor, "d": is_delta, "v": _bytes(most),
            }
            position += width * values.size
    return index, b"".join(parts)


def _bytes(value: int) -> int:
    """Bytes that ``value`` takes, at least one."""
    return max(1, (value.bit_length() + 7) // 8)


def packed(data: bytes, level: int = 5) -> str:
    """Compress to gzip and write as base64 text, the same on every machine.

    Arrow's own zlib is used, not the system's, whose versions differ in their output; the header's time is 0 and
    its operating system is set to "unknown". Level 6 takes nearly twice as long for 2 % less, level 9 eight times that.
    """
    compressed = bytearray(pa.Codec("gzip", compression_level=level).compress(data, asbytes=True))
    compressed[9] = 255
    return base64.b64encode(compressed).decode("ascii")
