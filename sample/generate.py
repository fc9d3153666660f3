"""A believable landing zone for an event app: the same options and seed always give the same bytes.

The work is set-based SQL (``sample/sql``) on an in-memory DuckDB, one day at a time, so memory follows
the busiest day and not the number of days. Files are compressed by DuckDB, whose compressor comes with
it: Python's would give other bytes where it is linked to another zlib.
"""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from datetime import date, timedelta
from pathlib import Path

import duckdb

from footfall.duck import connect, quote_literal
from footfall.errors import UsageError
from footfall.home import Home
from footfall.progress import Progress, quiet
from footfall.settings import DuckDBSettings
from sample.tables import make_tables

DEFAULT_START = date(2026, 9, 7)
ENTITIES = ("workspaces", "participants", "content", "meetings", "meeting_participants")
#: Files of a day: two collectors, each starting a new file every six hours.
COLLECTORS = ("a", "b")
HOURS_A_FILE = 6


@dataclass(frozen=True)
class Options:
    """What decides the bytes."""

    workspaces: int
    participants: int
    days: int
    start: date
    seed: int
    dirty: float


@dataclass
class Sampled:
    """What was written.

    Attributes:
        files: event files.
        lines: event lines in them, blank lines left out.
        bytes: their size on disk.
        planted: planted faults by name (empty in a clean sample).
        entity_files: entity files.
    """

    files: int = 0
    lines: int = 0
    bytes: int = 0
    planted: dict[str, int] = field(default_factory=dict)
    entity_files: int = 0


def generate(
    home: Home,
    *,
    workspaces: int = 3,
    participants: int = 300,
    days: int = 14,
    start: date = DEFAULT_START,
    seed: int = 1,
    dirty: float = 0.0,
    threads: int | None = None,
    progress: Progress = quiet,
) -> Sampled:
    """Write events and entities below ``<home>/landing``.

    Args:
        home: where to write; its landing zone must be empty or hold this very sample.
        workspaces: number of workspaces, each with its own time zone, modules and days of the event.
        participants: participants of each workspace (an eighth as many guests never sign in).
        days: local days with events; the last of them may arrive on a day or two more.
        start: first local day.
        seed: any integer; another seed gives other people doing other things.
        dirty: share of the lines with a planted fault (0 to 0.5); the answer key goes to
            ``<home>/sample_answer_key.jsonl``.
        threads: threads of DuckDB; no influence on what is written.
        progress: told a sentence a step.

    Raises:
        UsageError: an option out of its range, or a landing zone with other files in it.
    """
    options = Options(workspaces, participants, days, start, seed, dirty)
    _check(options)
    _claim(home, options)
    home.temp.mkdir(parents=True, exist_ok=True)
    con = connect(settings=DuckDBSettings(threads=threads), temp=home.temp)
    try:
        progress(f"Making {workspaces} workspaces of {participants} participants.")
        make_tables(con, workspaces=workspaces, participants=participants, days=days, start=start, seed=seed)
        for script in ("macros", "people", "visits", "meetings", "entities", "pending", "lines"):
            con.execute(_sql(script))
        sampled = Sampled()
        _write_entities(con, home, options, sampled)
        con.execute(_sql("meeting_events"))
        for number in range(days):
            con.execute(_sql("events"), {"d": number})
            con.execute(_sql("arrivals"))
            # what arrives on a day is complete once the next local day is made: no zone is a day apart
            if number:
                _write_day(con, home, start + timedelta(days=number - 1), sampled, progress)
        for late in range(days - 1, days + 3):
            _write_day(con, home, start + timedelta(days=late), sampled, progress)
        return sampled
    finally:
        con.close()


def _check(options: Options) -> None:
    bounds = {
        "workspaces": (1, 10_000), "participants": (4, 10_000_000), "days": (1, 400), "seed": (-(2**62), 2**62), "dirty": (0.0, 0.5),
    }
    for name, (least, most) in bounds.items():
        value = getattr(options, name)
        if not least <= value <= most:
            raise UsageError(f"--{name} is {value}; it goes from {least} to {most}.", where=f"--{name}", hint="See `footfall sample --help`.")


def _claim(home: Home, options: Options) -> None:
    """Note the options beside the landing zone, so that a sample never lands among other people's files."""
    marker = home.root / "sample.json"
    text = json.dumps(asdict(options), default=str, sort_keys=True) + "\n"
    if marker.exists() and marker.read_text(encoding="utf-8") == text:
        return
    if any(path.is_file() for path in home.landing.rglob("*")):
        raise UsageError(
            "The landing zone already holds files that this sample did not write.", where=str(home.landing),
            hint="Choose an empty home with --home, or repeat the options the sample there was made with.",
        )
    home.landing.mkdir(parents=True, exist_ok=True)
    marker.write_text(text, encoding="utf-8")


def _write_entities(con: duckdb.DuckDBPyConnection, home: Home, options: Options, sampled: Sampled) -> None:
    for entity in ENTITIES:
        for number in range(options.days + 1):
            day = options.start + timedelta(days=number)
            since = "-infinity" if number == 0 else f"{day}"
            copied = _copy(
                con,
                f"select encode(line || chr(10)) from changes_{entity} "
                f"where changed_at >= {quote_literal(since)}::timestamp and changed_at < {quote_literal(f'{day + timedelta(days=1)}')}::timestamp "
                "order by k1, k2, changed_at, line",
                home.landing / "entities" / f"{day}" / f"{entity}.jsonl",
            )
            sampled.entity_files += copied > 0


def _write_day(con: duckdb.DuckDBPyConnection, home: Home, day: date, sampled: Sampled, progress: Progress) -> None:
    """Write everything pending that arrived by the end of ``day``, one file a collector and six hours."""
    con.execute("create or replace table due as select * from events where arrived_at < $next", {"next": day + timedelta(days=1)})
    con.execute("delete from events where arrived_at < $next", {"next": day + timedelta(days=1)})

    def write(part: tuple[str, int, str]) -> tuple[int, Path]:
        name, hour, collector = part
        target = home.landing / "events" / f"{day}" / f"{name}.jsonl.gz"
        query = (
            f"select encode(line || chr(10)) from due_lines where collector = {quote_literal(collector)} "
            f"and hour(arrived_at) // {HOURS_A_FILE} = {hour // HOURS_A_FILE} order by arrived_at, id, copy"
        )
        return _copy(con.cursor(), query, target), target

    with ThreadPoolExecutor(2) as pool:
        written = list(pool.map(write, _parts()))
    lines = sum(rows for rows, _ in written)
    sampled.files += sum(rows > 0 for rows, _ in written)
    sampled.lines += lines
    sampled.bytes += sum(path.stat().st_size for rows, path in written if rows)
    progress(f"{day}: {lines:,} events.")


def _parts() -> Iterator[tuple[str, int, str]]:
    for hour in range(0, 24, HOURS_A_FILE):
        for collector in COLLECTORS:
            yield f"collector-{collector}-T{hour:02d}", hour, collector


def _copy(con: duckdb.DuckDBPyConnection, query: str, target: Path) -> int:
    """Write the blobs of ``query`` one after the other into ``target``, complete or not at all; return their number."""
    target.parent.mkdir(parents=True, exist_ok=True)
    aside = target.with_name(f".{target.name}.tmp")
    compression = "gzip" if target.suffix == ".gz" else "uncompressed"
    rows = con.execute(f"copy ({query}) to {quote_literal(str(aside))} (format blob, compression {compression})").fetchone()[0]
    if rows:
        aside.replace(target)
    else:
        aside.unlink()
    return rows


def _sql(name: str) -> str:
    return (Path(__file__).parent / "sql" / f"{name}.sql").read_text(encoding="utf-8")
