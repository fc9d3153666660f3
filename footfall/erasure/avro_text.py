"""What manifests of Iceberg hold: files of Avro, whose blocks are compressed and have the least and greatest texts of
each column of a data file."""

import re
import zlib
from collections.abc import Iterator
from pathlib import Path

_MAGIC = b"Obj\x01"
_SYNC = 16
#: A length that looks like a letter or digit, after a number that does not: the text begins behind it.
_LENGTH = re.compile(rb"(?<=[\x00-\x1f])[02468BDFHJLNPRTVXZbdfhjlnprtvxz]")


def blocks(path: Path) -> Iterator[bytes]:
    """The header of a file of Avro, then its blocks without their compression.

    Raises:
        ValueError: it is cut, no Avro, or compressed in another way than by deflate.
        zlib.error: a block is damaged.
    """
    data = path.read_bytes()
    if not data.startswith(_MAGIC):
        raise ValueError("no file of Avro")
    header, place = _header(data, len(_MAGIC))
    codec = header.get(b"avro.codec", b"null")
    if codec not in (b"null", b"deflate"):
        raise ValueError("compressed in another way")
    yield b"\n".join(header.values())
    sync = data[place:place + _SYNC]
    place += _SYNC
    while place < len(data):
        _, place = _number(data, place)
        block, place = _bytes(data, place)
        if data[place:place + _SYNC] != sync:
            raise ValueError("cut")
        place += _SYNC
        plain = zlib.decompress(block, -15) if codec == b"deflate" else block
        yield plain
        yield from _behind_letters(plain)


def _behind_letters(block: bytes) -> Iterator[bytes]:
    """The texts of a block whose length, the byte before them, could be read as their first letter."""
    for found in _LENGTH.finditer(block):
        text = block[found.end():found.end() + found[0][0] // 2]
        try:
            if text.decode("utf-8").isprintable():
                yield text
        except UnicodeDecodeError:
            continue


def _header(data: bytes, place: int) -> tuple[dict[bytes, bytes], int]:
    found: dict[bytes, bytes] = {}
    while True:
        count, place = _number(data, place)
        if count == 0:
            return found, place
        if count < 0:  # then its length in bytes comes first
            count = -count
            _, place = _number(data, place)
        for _ in range(count):
            name, place = _bytes(data, place)
            found[name], place = _bytes(data, place)


def _bytes(data: bytes, place: int) -> tuple[bytes, int]:
    length, place = _number(data, place)
    if length < 0 or place + length > len(data):
        raise ValueError("cut")
    return data[place:place + length], place + length


def _number(data: bytes, place: int) -> tuple[int, int]:
    """A whole number of 7 bits a byte, the lowest first, in zigzag: 0, -1, 1, -2, …"""
    shift = found = 0
    while True:
        if place >= len(data) or shift > 63:
            raise ValueError("cut")
        byte = data[place]
        place += 1
        found |= (byte & 0x7F) << shift
        if byte < 0x80:
            return (found >> 1) ^ -(found & 1), place
        shift += 7
