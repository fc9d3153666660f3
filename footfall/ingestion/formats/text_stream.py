"""The bytes of a text file as UTF-8 with line feeds: byte order marks, UTF-16, UTF-32 and old Mac line ends."""

import codecs
import re
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from footfall.ingestion.formats import chunks
from footfall.ingestion.problems import FileProblem

#: Byte order marks and their encodings; UTF-32 first, as its mark begins with the one of UTF-16.
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"), (codecs.BOM_UTF32_BE, "utf-32-be"), (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"), (codecs.BOM_UTF8, "utf-8"),
)
#: So much of a file without any line feed decides that its lines end with carriage returns.
_SAMPLE_BYTES = 1 << 20
_QUOTED = re.compile(rb'"[^"]*"')


def read_text(path: Path, *, gzip: bool, quoted: bool) -> Iterator[bytes]:
    """The decompressed text in pieces, none of them empty.

    Text without a byte order mark is passed on as it is. Where UTF-16 or UTF-32 is damaged, so is the UTF-8.

    Args:
        quoted: line ends between double quotes do not end a record (CSV).

    Raises:
        FileProblem: the file cannot be read or trusted.
    """
    return _with_line_feeds(_decoded(chunks.read_chunks(path, gzip=gzip)), quoted=quoted)


def _decoded(pieces: Iterator[bytes]) -> Iterator[bytes]:
    start = b""
    for piece in pieces:
        start += piece
        if len(start) >= 4:
            break
    mark, encoding = next((pair for pair in _MARKS if start.startswith(pair[0])), (b"", "utf-8"))
    rest: Iterator[bytes] = chain([start[len(mark):]], pieces)
    if encoding != "utf-8":
        rest = _as_utf8(rest, encoding)
    return (piece for piece in rest if piece)


def _as_utf8(pieces: Iterator[bytes], encoding: str) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder(encoding)("surrogatepass")
    try:
        for piece in pieces:
            # half of a surrogate pair becomes bytes that are not UTF-8, so its line is rejected and no other
            yield decoder.decode(piece).encode("utf-8", "surrogatepass")
    except UnicodeDecodeError as error:
        raise FileProblem("corrupt_file", f"its first bytes state {encoding[:6].upper()}, but it is not") from error
    if decoder.getstate()[0]:
        yield b"\xff"


def _with_line_feeds(pieces: Iterator[bytes], *, quoted: bool) -> Iterator[bytes]:
    start: list[bytes] = []
    for piece in pieces:
        start.append(piece)
        if (not quoted and b"\n" in piece) or sum(map(len, start)) >= _SAMPLE_BYTES:
            break
    if _ends_with_returns(b"".join(start) if len(start) != 1 else start[0], quoted=quoted):
        return (piece.replace(b"\r", b"\n") for piece in chain(start, pieces))
    return chain(start, pieces)


def _ends_with_returns(start: bytes, *, quoted: bool) -> bool:
    """Whether lines end with a carriage return alone; in CSV the first line end outside quotes decides."""
    if not quoted:
        return b"\n" not in start and b"\r" in start
    outside = _QUOTED.sub(b"", start[:_SAMPLE_BYTES])
    first = outside.find(b"\r")
    return first >= 0 and outside[first : first + 2] not in (b"\r\n", b"\r") and b"\n" not in outside[:first]
