"""The sample's files: each complete or absent, in an order and a compression that depend on nothing but the data."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path

import duckdb

from footfall.core.database import quote_literal, value
from footfall.core.home import Home

ENTITIES = ("workspaces", "participants", "content", "meetings", "meeting_participants")
ENTITY_LINES = """
select encode(line || chr(10)) from entity_changes
where entity = getvariable('entity') and changed_at >= getvariable('since') and changed_at < getvariable('until')
order by k1, k2, changed_at, line
"""
# Two collectors, each starting a new file every six hours (due_lines.sql and due_lines_dirty.sql say so too).
PARTS = "select distinct if(device % 2 = 0, 'a', 'b'), hour(arrived_at) // 6 * 6 from due order by all"
EVENT_LINES = """
select line || encode(chr(10)) from due_lines
where collector = getvariable('collector') and hour(arrived_at) // 6 * 6 = getvariable('hour')
order by arrived_at, id, copy
"""
ANSWERS = "select encode(to_json(answer_key)::varchar || chr(10)) from answer_key order by file, line_number"


def write_entities(con: duckdb.DuckDBPyConnection, home: Home, start: date, days: int) -> int:
    """Write a full extract of each entity on ``start`` and each later day's changes; return the number of files."""
    files = 0
    for entity in ENTITIES:
        for number in range(days + 1):
            day = start + timedelta(days=number)
            _set(con, entity=entity, since=day if number else date.min, until=day + timedelta(days=1))
            files += _copy(con, ENTITY_LINES, home.landing / "entities" / str(day) / f"{entity}.jsonl") > 0
    for number in range(days + 1):
        _drop_if_empty(home.landing / "entities" / str(start + timedelta(days=number)))
    return files


def write_events(con: duckdb.DuckDBPyConnection, home: Home, day: date, threads: int) -> tuple[int, int, int]:
    """Write the rows of ``due``, which arrived on ``day``; return the numbers of files, lines and compressed bytes.

    ``threads`` files are written side by side, each by one thread.
    Files are compressed by DuckDB, whose compressor comes with it: Python's would give other bytes where it is
    linked to another zlib.
    """

    def write(part: tuple[str, int]) -> tuple[int, Path]:
        collector, hour = part
        cursor = con.cursor()
        _set(cursor, collector=collector, hour=hour)
        target = home.landing / "events" / str(day) / f"collector-{collector}-T{hour:02d}.jsonl.gz"
        return _copy(cursor, EVENT_LINES, target), target

    with ThreadPoolExecutor(threads) as pool:
        written = list(pool.map(write, con.execute(PARTS).fetchall()))
    return len(written), sum(rows for rows, _ in written), sum(path.stat().st_size for _, path in written)


def write_answer_key(con: duckdb.DuckDBPyConnection, home: Home) -> Path:
    """Write ``<home>/sample_answer_key.jsonl.gz``: one object for each planted or not loaded line."""
    target = home.root / "sample_answer_key.jsonl.gz"
    _copy(con, ANSWERS, target)
    return target


def _set(con: duckdb.DuckDBPyConnection, **variables: str | int | date) -> None:
    """Set session variables: COPY takes no parameters."""
    for name, content in variables.items():
        con.execute(f"set variable {name} = $value", {"value": content})


def _copy(con: duckdb.DuckDBPyConnection, query: str, target: Path) -> int:
    """Write the blobs of ``query`` one after the other into ``target``, if there are any; return their number."""
    # aside on the same disk, under a name that no load reads
    aside = target.with_name(f".{target.name}.tmp")
    target.parent.mkdir(parents=True, exist_ok=True)
    compression = "gzip" if target.suffix == ".gz" else "uncompressed"
    statement = f"copy ({query}) to {quote_literal(str(aside))} (format blob, compression {compression})"
    rows = value(con, statement)
    if rows:
        aside.replace(target)
    else:
        aside.unlink()
    return rows


def _drop_if_empty(folder: Path) -> None:
    with suppress(OSError):
        folder.rmdir()
