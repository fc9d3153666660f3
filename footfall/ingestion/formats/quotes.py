"""Where the records of a CSV end: at line ends outside quoted fields (RFC 4180)."""

import re
from functools import cache

import numpy as np

_DELIMITERS = ",;\t|"
_STATED = re.compile(r'(?i)"?sep=([!-~\t ])"?')
_NEWLINE, _RETURN, _QUOTE = 10, 13, 34


def find_delimiter(header: str) -> str:
    """The one of ``, ; tab |`` that is most frequent in the header line, outside quotes."""
    return max(_DELIMITERS, key=re.sub('"[^"]*"', "", header).count)


def stated_delimiter(line: str) -> str | None:
    """The delimiter that a first line ``sep=;`` states, as Excel reads and writes it; None for any other line."""
    stated = _STATED.fullmatch(line.rstrip("\r\n"))
    return stated[1] if stated else None


def record_ends(
    data: bytes, newlines: np.ndarray, quotes: np.ndarray, delimiter: str, *, longest: int, is_last: bool
) -> tuple[np.ndarray, list[int]]:
    """Offsets of the line ends that end a record, ``data`` starting with one; and which of them end one never closed.

    Args:
        newlines, quotes: offsets of those bytes.
        longest: a record not closed after so many bytes has a quote too many: it ends with its line.
        is_last: nothing follows ``data``.
    """
    if not len(quotes):
        return newlines, []
    if _are_regular(data, quotes, delimiter) and len(quotes) % 2 == 0:
        return newlines[np.searchsorted(quotes, newlines) % 2 == 0], []
    return _scan(data, delimiter, longest, is_last)


def _are_regular(data: bytes, quotes: np.ndarray, delimiter: str) -> bool:
    """Whether every odd quote opens a field and every even one closes it, or both are an escaped quote's halves."""
    bytes_ = np.frombuffer(data, np.uint8)
    opening, closing = quotes[0::2], quotes[1::2]
    before = bytes_[np.maximum(opening - 1, 0)]
    after = bytes_[np.minimum(closing + 1, len(bytes_) - 1)]
    sides = [ord(delimiter), _NEWLINE, _QUOTE]
    is_opened = np.isin(before, sides) | (opening == 0)
    is_closed = np.isin(after, [*sides, _RETURN]) | (closing == len(bytes_) - 1)
    return bool(is_opened.all() and is_closed.all())


def _scan(data: bytes, delimiter: str, longest: int, is_last: bool) -> tuple[np.ndarray, list[int]]:
    """The slow way, record by record: a quote inside an unquoted field is a character like any other."""
    record = _record(delimiter)
    ends: list[int] = []
    unclosed: list[int] = []
    place = 0
    while place < len(data):
        found = record.match(data, place)
        if found is None:
            if not is_last and len(data) - place <= longest:
                break
            end = data.find(b"\n", place)
            if end < 0:
                break
            ends.append(end)
            unclosed.append(end)
            place = end + 1
        else:
            ends.append(found.end() - 1)
            place = found.end()
    return np.array(ends, np.int64), unclosed


@cache
def _record(delimiter: str) -> re.Pattern[bytes]:
    sign = re.escape(delimiter).encode()
    field = rb'(?:"(?:[^"]++|"")*+"[^' + sign + rb'\n]*+|[^' + sign + rb'\n"][^' + sign + rb'\n]*+|)'
    return re.compile(field + rb"(?:" + sign + field + rb")*+\n")
