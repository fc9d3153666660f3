"""A look through every byte below the home for somebody's ids, devices, e-mails and names.

Compressed files are unpacked: gzip, zip (workbooks), Parquet column by column, DuckDB table by table; besides, every
file is searched as it is on the disk. A text is found where it stands by itself, so that `u1` is not found in `u10`.
"""

import base64
import gzip
import json
import re
import zipfile
import zlib
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from html import escape
from pathlib import Path

import duckdb

from footfall.core.database import connect, quote_identifier
from footfall.core.home import Home

_CHUNK = 8 << 20
_PARTS = 200
_PACKED = re.compile(rb"[A-Za-z0-9+/]{40,}={0,2}")


@dataclass
class ScanResult:
    """What the search saw.

    Attributes:
        damaged: files that could not be unpacked; only their bytes on the disk were searched.
        found: places (relative to the home) with how often; never what was found.
    """

    files: int = 0
    bytes: int = 0
    damaged: int = 0
    found: dict[str, int] = field(default_factory=dict)

    def add(self, place: str, times: int) -> None:
        if times:
            self.found[place] = self.found.get(place, 0) + times


class _Damaged(Exception):
    """A file that cannot be unpacked."""


def scan(home: Home, texts: Collection[str], leave_out: Collection[Path] = ()) -> ScanResult:
    """Search every file below the home for ``texts``; ``leave_out``: files that may hold them."""
    scanned = ScanResult()
    patterns = _patterns(texts)
    for path in sorted(home.root.rglob("*")):
        place = path.relative_to(home.root).as_posix()
        scanned.add(f"name of {path.parent.relative_to(home.root).as_posix()}/", _count(patterns, path.name.encode()))
        if path.is_symlink() or not path.is_file() or path in leave_out:
            continue
        scanned.files += 1
        scanned.bytes += path.stat().st_size
        try:
            for part in _contents(path):
                scanned.add(place, _count(patterns, part))
        except _Damaged:
            scanned.damaged += 1
    return scanned


def _patterns(texts: Collection[str]) -> Sequence[re.Pattern[bytes]]:
    """The texts as they may be written: plain, in JSON with escapes, in XML; some at a time."""
    spelled = set()
    for text in filter(None, texts):
        spelled |= {text, json.dumps(text)[1:-1], json.dumps(text, ensure_ascii=False)[1:-1], escape(text)}
    listed = sorted((one.encode("utf-8", "surrogatepass") for one in spelled), key=len, reverse=True)
    return [
        re.compile(rb"(?<![A-Za-z0-9])(?:" + b"|".join(map(re.escape, listed[i : i + _PARTS])) + rb")(?![A-Za-z0-9])")
        for i in range(0, len(listed), _PARTS)
    ]


def _count(patterns: Sequence[re.Pattern[bytes]], data: bytes) -> int:
    return sum(sum(1 for _ in pattern.finditer(data)) for pattern in patterns)


def _contents(path: Path) -> Iterator[bytes]:
    """The file's bytes, and what they unpack to."""
    yield from _pieces(path)
    name = path.name.lower()
    try:
        if name.endswith(".gz"):
            with gzip.open(path) as file:
                while piece := file.read(_CHUNK):
                    yield piece
        elif name.endswith((".xlsx", ".zip")):
            with zipfile.ZipFile(path) as archive:
                for member in archive.namelist():
                    yield archive.read(member)
        elif name.endswith(".html"):
            for blob in _PACKED.findall(path.read_bytes()):
                yield _inflated(blob)
        elif name.endswith(".parquet"):
            with connect() as con:
                yield from _values(con, f"read_parquet({_quoted(path)}, hive_partitioning = false)")
        elif name.endswith(".duckdb"):
            with connect(path, read_only=True) as con:
                # in full: the file `marts` holds a schema `marts`, and a shorter name would be ambiguous
                for names in con.execute(
                    "select database_name, schema_name, table_name from duckdb_tables() where not internal"
                ).fetchall():
                    yield from _values(con, ".".join(map(quote_identifier, names)))
    except (OSError, EOFError, zlib.error, zipfile.BadZipFile, duckdb.Error) as error:
        raise _Damaged from error


def _inflated(blob: bytes) -> bytes:
    """What a report carries inside: gzip as base64; nothing of other texts that look like it."""
    try:
        return gzip.decompress(base64.b64decode(blob, validate=True))
    except (ValueError, OSError, EOFError, zlib.error):
        return b""


def _pieces(path: Path) -> Iterator[bytes]:
    rest = b""
    with path.open("rb") as file:
        while piece := file.read(_CHUNK):
            yield rest + piece
            rest = piece[-256:]


def _values(con: duckdb.DuckDBPyConnection, table: str) -> Iterator[bytes]:
    """Distinct texts of every column that can hold one, a line each."""
    for column, kind, *_ in con.execute(f"describe select * from {table}").fetchall():
        if not any(word in kind for word in ("VARCHAR", "JSON", "BLOB", "STRUCT", "MAP")):
            continue
        name = quote_identifier(column)
        text = f"decode({name})" if kind == "BLOB" else f"{name}::varchar"
        query = f"select distinct {text} from {table} where {name} is not null"
        try:
            rows = con.execute(query)
        except duckdb.ConversionException:
            rows = con.execute(query.replace(text, f"{name}::varchar"))
        while batch := rows.fetchmany(100_000):
            yield "\n".join(one for (one,) in batch if one).encode("utf-8", "surrogatepass")


def _quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"
