"""The bytes of a text file in pieces, gzip inflated and verified."""

import zlib
from collections.abc import Iterator
from io import BufferedReader
from pathlib import Path

from footfall.ingestion.landing.scan import open_file
from footfall.ingestion.problems import FileProblem, machine_error

#: Bytes given at a time.
CHUNK_BYTES = 4 << 20
_MAGIC = {b"PAR1": "Parquet", b"PK\x03\x04": "a zip archive", b"\x28\xb5\x2f\xfd": "zstd", b"\x1f\x8b": "gzip"}


def read_chunks(path: Path, *, gzip: bool) -> Iterator[bytes]:
    """The (decompressed) bytes of a file in pieces of up to CHUNK_BYTES, none of them empty."""
    try:
        with open_file(path) as file:
            start = file.read(4)
            file.seek(0)
            _check_magic(start, gzip=gzip)
            if gzip:
                yield from _inflate(file)
            else:
                while chunk := file.read(CHUNK_BYTES):
                    yield chunk
    except OSError as error:
        if machine_error(error, str(path)) is not None:
            raise
        raise FileProblem("unreadable", error.strerror or type(error).__name__) from error


def _check_magic(start: bytes, *, gzip: bool) -> None:
    actual = next((what for magic, what in _MAGIC.items() if start.startswith(magic)), None)
    if gzip and not start:
        raise FileProblem("empty_archive", "the file has 0 bytes")
    if gzip and actual != "gzip":
        raise FileProblem("corrupt_file", f"named .gz, but it is {actual or 'not gzip'}")
    if not gzip and actual is not None:
        raise FileProblem("corrupt_file", f"named as text, but it is {actual}")


def _inflate(file: BufferedReader) -> Iterator[bytes]:
    """Inflate every member of a gzip file. zlib itself checks each member's CRC and length."""
    inflater = zlib.decompressobj(wbits=31)
    data = b""
    try:
        while True:
            data = data or file.read(1 << 20)
            if inflater.eof:
                data = data.lstrip(b"\0")  # padding, as tape and block tools leave
                if not data:
                    if file.peek(1):
                        continue
                    return
                inflater = zlib.decompressobj(wbits=31)
            elif not data:
                raise FileProblem("corrupt_file", "the gzip data ends too early")
            if chunk := inflater.decompress(data, CHUNK_BYTES):
                yield chunk
            data = inflater.unused_data if inflater.eof else inflater.unconsumed_tail
    except zlib.error as error:
        raise FileProblem("corrupt_file", f"gzip: {str(error).split(': ', 1)[-1]}") from error
