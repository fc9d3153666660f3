"""A search of every byte below the home for ids, devices, e-mails and names of people.

Compressed files are unpacked: gzip, zip (workbooks), PDF, Avro, Parquet column by column, DuckDB table by table;
besides, every file is searched as it is on the disk. A text is found in every spelling (``footfall.erasure.needles``)
where it stands by itself: `u1` is not found in `u10`. Pictures are counted, as nothing can be searched in them.
"""

import base64
import gzip
import re
import subprocess
import zipfile
import zlib
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, cast

import duckdb

from footfall.core.database import connect, quote_identifier, quote_literal
from footfall.core.home import Home
from footfall.erasure.avro_text import blocks
from footfall.erasure.needles import Needles
from footfall.erasure.pdf_text import runs

_CHUNK, _LONGEST_LINE, _OVERLAP = 8 << 20, 4 << 20, 256
_BETWEEN_VALUES = re.compile(rb"[\x00-\x1f]+")
_PACKED = re.compile(rb"[A-Za-z0-9+/]{40,}={0,2}")
#: A statistic in a DuckDB file: field 200 or 201, the length 8, and the first 8 bytes of a text. It keeps the smallest
#: and largest text of each column so, which may be the beginning of another; where it is whole, the table has it too.
STATISTIC = re.compile(rb"[\xc8\xc9]\x00\x08.{8}", re.DOTALL)


@dataclass
class ScanResult:
    """What the search saw.

    Attributes:
        damaged: files that could not be unpacked; only their bytes on the disk were searched.
        pictures: files that show text as pixels only.
        found: places (relative to the home) with how often; never what was found.
    """

    files: int = 0
    bytes: int = 0
    damaged: int = 0
    pictures: int = 0
    found: dict[str, int] = field(default_factory=dict)

    def add(self, place: str, times: int) -> None:
        if times:
            self.found[place] = self.found.get(place, 0) + times


class _Damaged(Exception):
    """A file that cannot be unpacked."""


def scan(
    home: Home, texts: Collection[str], leave_out: Collection[Path] = (), model_words: Collection[str] = (),
    others: Collection[str] = (),
) -> ScanResult:
    """Search every file below the home.

    Args:
        texts: what to search for.
        leave_out: files that may hold the texts.
        model_words: those of the texts that dbt's own files hold, as examples in the models' tests.
        others: ids of others in which a text may be; it is no find there.
    """
    scanned = ScanResult()
    everywhere = Needles.of(texts, others)
    beside_models = Needles.of(set(texts) - set(model_words), others) if model_words else everywhere
    with connect() as con:
        _scan_all(home, con, scanned, everywhere, beside_models, leave_out)
    return scanned


def _scan_all(
    home: Home, con: duckdb.DuckDBPyConnection, scanned: ScanResult, everywhere: Needles, beside_models: Needles,
    leave_out: Collection[Path],
) -> None:
    for path in sorted(home.root.rglob("*")):
        place = path.relative_to(home.root).as_posix()
        needles = beside_models if place.startswith("warehouse/dbt/") else everywhere
        folder = everywhere.masked(path.parent.relative_to(home.root).as_posix())
        scanned.add(f"name of {folder}/", needles.count(path.name.encode("utf-8", "surrogateescape")))
        if path.is_symlink() or not path.is_file() or path in leave_out:
            continue
        scanned.files += 1
        scanned.bytes += path.stat().st_size
        scanned.pictures += path.suffix.lower() in PICTURES
        is_packed = path.suffix.lower() in PACKED
        is_csv = path.name.lower().endswith((".csv", ".csv.gz"))
        try:
            for part in _pieces(path):
                data = STATISTIC.sub(b" ", part) if path.suffix.lower() == ".duckdb" else part
                scanned.add(everywhere.masked(place), needles.count(data, is_packed=is_packed, is_csv=is_csv))
            for part in _unpacked(path, con):
                scanned.add(everywhere.masked(place), needles.count(part, is_csv=is_csv))
        except _Damaged:
            scanned.damaged += 1


def own_words(texts: Collection[str], files: Iterable[Path]) -> set[str]:
    """Those of the texts that these files of Footfall's code hold as words.

    They are in reports, logs and column names of every home, so finding them there is no statement about a person.
    """
    everything = Needles.of(texts)
    needles = {text: Needles.of([text]) for text in texts}
    found: set[str] = set()
    for path in files if needles else ():
        data = path.read_bytes()
        if everything.count(data):
            found |= {text for text in texts if text not in found and needles[text].count(data)}
    return found


def _unpacked(path: Path, con: duckdb.DuckDBPyConnection) -> Iterator[bytes]:
    """What the file's bytes unpack to.

    Raises:
        _Damaged: it could not be unpacked.
    """
    reader = READERS.get(path.suffix.lower())
    try:
        if reader is not None:
            yield from reader(path, con)
    except (OSError, EOFError, ValueError, zlib.error, zipfile.BadZipFile, duckdb.Error) as error:
        raise _Damaged from error


def _gzip(path: Path, _: duckdb.DuckDBPyConnection) -> Iterator[bytes]:
    with gzip.open(path) as file:
        yield from _chunks(cast(IO[bytes], file))


def _zip(path: Path, _: duckdb.DuckDBPyConnection) -> Iterator[bytes]:
    with zipfile.ZipFile(path) as archive:
        for member in archive.namelist():
            yield archive.read(member)


def _html(path: Path, _: duckdb.DuckDBPyConnection) -> Iterator[bytes]:
    for blob in _PACKED.findall(path.read_bytes()):
        data = _inflated(blob)
        # a header of JSON after its length, then columns of numbers (`exports/report/encode.py`)
        header = 4 + int.from_bytes(data[:4], "little")
        yield from (data[4:header], data[header:]) if data[4:5] == b"{" and header <= len(data) else (data,)


def _pdf(path: Path, _: duckdb.DuckDBPyConnection) -> Iterator[bytes]:
    yield "\n".join(runs(path)).encode("utf-8", "surrogatepass")


def _avro(path: Path, _: duckdb.DuckDBPyConnection) -> Iterator[bytes]:
    for block in blocks(path):
        yield _BETWEEN_VALUES.sub(b"\n", block)


def _parquet(path: Path, con: duckdb.DuckDBPyConnection) -> Iterator[bytes]:
    return _values(con, f"read_parquet({quote_literal(str(path))}, hive_partitioning = false)")


def _duckdb(path: Path, _: duckdb.DuckDBPyConnection) -> Iterator[bytes]:
    with connect(path, read_only=True) as con:
        # in full: the file `marts` holds a schema `marts`, and a shorter name would be ambiguous
        for names in con.execute(
            "select database_name, schema_name, table_name from duckdb_tables() where not internal"
        ).fetchall():
            yield from _values(con, ".".join(map(quote_identifier, names)))


#: How files that hold text packed are read, by suffix; all others are searched as they are on the disk.
READERS: dict[str, Callable[[Path, duckdb.DuckDBPyConnection], Iterator[bytes]]] = {
    ".gz": _gzip, ".xlsx": _zip, ".zip": _zip, ".html": _html, ".pdf": _pdf, ".parquet": _parquet, ".duckdb": _duckdb,
    ".avro": _avro,
}
_PLAIN = ("VARCHAR", "JSON")
_OF_SQLITE = frozenset({".db", ".db-wal", ".db-shm"})
#: Formats of exports that are text on the disk, and pictures, in which nothing can be searched.
PLAIN, PICTURES = frozenset({".csv", ".svg"}), frozenset({".png"})
PACKED = (PICTURES | frozenset(READERS)) - {".html"}


def _inflated(blob: bytes) -> bytes:
    """What a report carries inside: gzip as base64; nothing of other texts that look like it."""
    try:
        return gzip.decompress(base64.b64decode(blob, validate=True))
    except (ValueError, OSError, EOFError, zlib.error):
        return b""


def _pieces(path: Path) -> Iterator[bytes]:
    """The bytes of a file.

    Those of SQLite are read by another process. A process that closes such a file loses its locks on it, also those of
    a connection that it has open: a run in Dagster that did so destroyed Dagster's index of events.
    """
    if path.suffix in _OF_SQLITE:
        with subprocess.Popen(["cat", path], stdout=subprocess.PIPE) as reader:
            yield from _chunks(cast(IO[bytes], reader.stdout))
        return
    with path.open("rb") as file:
        yield from _chunks(file)


def _chunks(file: IO[bytes]) -> Iterator[bytes]:
    """The bytes in pieces that end with a line; those of a very long line overlap."""
    rest, is_new = b"", False
    while piece := file.read(_CHUNK):
        data = rest + piece
        end = data.rfind(b"\n") + 1
        is_new = len(data) - end <= _LONGEST_LINE
        if is_new:
            rest = data[end:]
            yield data[:end]
        else:
            rest = data[-_OVERLAP:]
            yield data
    if is_new and rest:
        yield rest


def _values(con: duckdb.DuckDBPyConnection, table: str) -> Iterator[bytes]:
    """Distinct texts of every column that can hold one, a line each."""
    columns = con.execute(f"describe select * from {table}").fetchall()
    plain = [f"{quote_identifier(column)}::varchar" for column, kind, *_ in columns if kind in _PLAIN]
    if plain:
        yield from _fetched(con.execute(f"select distinct unnest([{', '.join(plain)}]) from {table}"))
    for column, kind, *_ in columns:
        if kind in _PLAIN or not any(word in kind for word in (*_PLAIN, "BLOB", "STRUCT", "MAP")):
            continue
        name = quote_identifier(column)
        text = f"decode({name})" if kind == "BLOB" else f"{name}::varchar"
        query = f"select distinct {text} from {table} where {name} is not null"
        try:
            rows = con.execute(query)
        except duckdb.ConversionException:
            rows = con.execute(query.replace(text, f"{name}::varchar"))
        yield from _fetched(rows)


def _fetched(rows: duckdb.DuckDBPyConnection) -> Iterator[bytes]:
    while batch := rows.fetchmany(100_000):
        yield "\n".join(one for (one,) in batch if one).encode("utf-8", "surrogatepass")
