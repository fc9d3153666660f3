"""The yardstick: one plain DuckDB script that loads a landing folder the same safe way and builds the same facts.

    python -m benchmarks.yardstick LANDING DATABASE

Hand-written SQL for one load from scratch, written to be fast: no history, no increments, no checks, no publishing, no
exports, and optional values that cannot be used reject their line. It shares nothing with the models; ``compare`` of
``bench_night_5m`` compares the counts of both.
"""

import time
import zlib
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import duckdb

from benchmarks.measure import YARDSTICK, print_what_was_built
from footfall.core.database import connect

SQL = Path(__file__).parent / "yardstick"
CATALOG = Path(__file__).parent.parent / "dbt_project" / "seeds" / "event_catalog.csv"
CHUNK = 1 << 20


@dataclass
class Inspected:
    """A gzip file read to its end: whether its checksum holds, and its lines that DuckDB's reader skips.

    Attributes:
        blank: numbers of lines with nothing in them. broken: (number, bytes) of lines that are not UTF-8.
    """

    is_whole: bool = True
    lines: int = 0
    blank: list[int] = field(default_factory=list)
    broken: list[tuple[int, bytes]] = field(default_factory=list)

    def add(self, block: bytes) -> None:
        """Add whole lines; they are checked one by one only where some of them are faulty."""
        try:
            block.decode()
            is_plain = not block.startswith(b"\n") and b"\n\n" not in block
        except UnicodeDecodeError:
            is_plain = False
        if not is_plain:
            for number, line in enumerate(block.removesuffix(b"\n").split(b"\n"), start=self.lines + 1):
                if not line:
                    self.blank.append(number)
                elif not _is_text(line):
                    self.broken.append((number, line))
        self.lines += block.count(b"\n") + (not block.endswith(b"\n"))


def _is_text(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True


def inspect(path: Path) -> Inspected:
    """Read a gzip file to its end (zlib verifies the checksum) and check its lines."""
    inflater, found, rest = zlib.decompressobj(wbits=31), Inspected(), b""
    with path.open("rb") as file:
        try:
            while data := inflater.unconsumed_tail or file.read(CHUNK):
                block = rest + inflater.decompress(data)
                end = block.rfind(b"\n") + 1
                rest = block[end:]
                if end:
                    found.add(block[:end])
        except zlib.error:
            found.is_whole = False
    if rest:
        found.add(rest)
    found.is_whole &= inflater.eof
    return found


def load(connection: duckdb.DuckDBPyConnection, landing: Path) -> dict[str, int]:
    """Load every ``events/<date>/*.jsonl.gz`` into ``events``, ``quarantine`` and ``ledger``; return their counts."""
    paths = sorted(landing.glob("events/*/*.jsonl.gz"))
    with ProcessPoolExecutor(2) as pool:
        inspected = list(pool.map(inspect, paths))
    connection.execute("set preserve_insertion_order = true")  # lines are numbered while reading
    connection.execute("create or replace table lines(file_no integer, line_number bigint, line varchar)")
    connection.execute("create or replace table broken(file_no integer, line_number bigint, raw blob)")
    connection.execute("create or replace table left_out(file_no integer, place bigint, line_number bigint)")
    whole = [(number, path) for number, path in enumerate(paths) if inspected[number].is_whole]

    def read(number: int, path: Path) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "insert into lines select $number, row_number() over (), line from read_csv($path, delim='', quote='', "
                "escape='', header=false, auto_detect=false, columns={'line': 'VARCHAR'}, max_line_size=16000000, "
                "ignore_errors=true) where line is not null",
                {"number": number, "path": str(path)},
            )

    # a gzip file is read by one thread: two files at once use both cores
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(read, *zip(*whole, strict=True)))
    for number, _ in whole:
        found = inspected[number]
        for line_number, raw in found.broken:
            connection.execute("insert into broken values (?, ?, ?)", [number, line_number, raw])
        left_out = sorted([*found.blank, *(line_number for line_number, _ in found.broken)])
        for place, line_number in enumerate(left_out, start=1):
            connection.execute("insert into left_out values (?, ?, ?)", [number, place, line_number])
    connection.execute("set preserve_insertion_order = false")
    days = [datetime.fromisoformat(path.parent.name) for path in paths]
    run(connection, "load", day_end=max(days) + timedelta(days=1))
    run(connection, "deduplicate")
    row = connection.execute(
        "select sum(lines_in), sum(loaded), sum(duplicates), sum(no_consent), sum(quarantined) from ledger"
    ).fetchone()
    return dict(zip(("lines_in", "loaded", "duplicates", "no_consent", "quarantined"), map(int, row), strict=True))


def run(connection: duckdb.DuckDBPyConnection, name: str, **parameters: object) -> None:
    """Run one file of statements; each gets those of the parameters that it names."""
    for statement in duckdb.extract_statements((SQL / f"{name}.sql").read_text(encoding="utf-8")):
        wanted = {key: value for key, value in parameters.items() if key in statement.named_parameters}
        connection.execute(statement, wanted)


def build(landing: Path, database: Path) -> dict:
    """Load and build; return counts and seconds by step."""
    seconds: dict[str, float] = {}
    start = time.perf_counter()
    connection = connect(database, settings=YARDSTICK)
    ledger = load(connection, landing)
    seconds["load"] = time.perf_counter() - start
    connection.execute("create or replace table extract_catalog as from read_csv($path)", {"path": str(CATALOG)})
    for entity in ("workspaces", "participants", "meetings", "meeting_participants", "content"):
        pattern = str(landing / "entities" / "*" / f"{entity}.jsonl")
        rows = "read_json($path, format = 'newline_delimited', ignore_errors = true) where workspace_id is not null"
        connection.execute(f"create or replace table extract_{entity} as from {rows}", {"path": pattern})
    for name in ("events", "facts", "paths"):
        began = time.perf_counter()
        run(connection, name)
        seconds[name] = time.perf_counter() - began
    counts = "select table_name, estimated_size from duckdb_tables() where not temporary order by table_name"
    rows = {name: count for name, count in connection.execute(counts).fetchall() if name[:4] in ("fct_", "agg_")}
    connection.close()
    seconds["total"] = time.perf_counter() - start
    return {"ledger": ledger, "rows": rows, "seconds": {name: round(value, 2) for name, value in seconds.items()}}


if __name__ == "__main__":
    print_what_was_built(build, __doc__)
