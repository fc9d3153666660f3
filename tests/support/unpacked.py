"""Every byte of a folder or file, with everything in it unpacked: the text that a search for a name must read."""

import base64
import contextlib
import gzip
import os
import re
import shutil
import sqlite3
import subprocess
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path

import duckdb
import pytest

from footfall.core.database import connect, quote_identifier

_BASE64 = re.compile(rb"[A-Za-z0-9+/]{64,}={0,2}")


def found_in(path: Path, words: Iterable[str]) -> list[tuple[str, str]]:
    """The words that occur at or below ``path`` (case ignored), each with the file it occurs in."""
    wanted = {word: word.lower().encode() for word in words}
    files = [path] if path.is_file() else sorted(one for one in path.rglob("*") if one.is_file())
    found = []
    for file in files:
        name = str(file).lower().encode()
        pieces = [name, *(piece.lower() for piece in unpacked(file))]
        found += [(word, file.name) for word, text in wanted.items() if any(text in piece for piece in pieces)]
    return found


def unpacked(file: Path) -> Iterator[bytes]:
    """The file's own bytes, then what its format hides: members of archives, words drawn in PDF, data in HTML, rows."""
    data = file.read_bytes()
    yield data
    if file.suffix in (".xlsx", ".zip"):
        with zipfile.ZipFile(file) as archive:
            yield from (archive.read(name) for name in archive.namelist())
    elif file.suffix == ".html":
        for match in _BASE64.finditer(data):
            yield from _inflated(base64.b64decode(match[0] + b"=" * (-len(match[0]) % 4)))
    elif file.suffix == ".pdf":
        yield drawn(file)
    elif file.suffix == ".gz":
        yield gzip.decompress(data)
    elif file.suffix == ".parquet":
        with connect() as con:
            yield _text(con, "read_parquet(?, hive_partitioning = false)", [str(file)])
    elif file.suffix == ".db":
        # a long text goes over several pages of the file
        with contextlib.closing(sqlite3.connect(file.resolve().as_uri() + "?mode=ro", uri=True)) as con:
            for (table,) in con.execute("select name from sqlite_schema where type = 'table'").fetchall():
                yield repr(con.execute(f"select * from {quote_identifier(table)}").fetchall()).encode()
    elif file.suffix == ".duckdb":
        with connect(file, read_only=True) as con:
            # in full: the file `marts` holds a schema `marts`
            tables = con.execute(
                "select database_name, schema_name, table_name from duckdb_tables() "
                "where database_name = current_database()"
            ).fetchall()
            for names in tables:
                yield _text(con, ".".join(map(quote_identifier, names)), [])


def drawn(pdf: Path) -> bytes:
    """The words of a PDF. Its streams name glyphs of fonts made for the file, so no search of bytes would find them."""
    program = shutil.which("pdftotext")
    if program is None:
        problem = "pdftotext (Debian's poppler-utils) is not installed, so the words in PDF cannot be read"
        pytest.fail(problem) if os.environ.get("FOOTFALL_CI") else pytest.skip(problem)
    return subprocess.run([program, "-raw", pdf, "-"], capture_output=True, check=True).stdout


def _inflated(data: bytes) -> Iterator[bytes]:
    try:
        yield zlib.decompressobj(zlib.MAX_WBITS | 32).decompress(data)
    except zlib.error:
        return


def _text(con: duckdb.DuckDBPyConnection, relation: str, parameters: list[str]) -> bytes:
    return repr(con.execute(f"select * from {relation}", parameters).fetchall()).encode()
