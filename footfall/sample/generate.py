"""A believable landing zone for an event app: the same options and seed always give the same bytes.

The work is set-based SQL (``sample/sql``) on an in-memory DuckDB, one day at a time, so that memory follows the
busiest day and not the number of days. Every draw is a hash of integers, so that neither threads nor order matter.
"""

import json
from dataclasses import asdict, dataclass, field
from datetime import date, timedelta
from itertools import count

import duckdb

from footfall.core.database import connect, value
from footfall.core.errors import UsageError
from footfall.core.home import Home
from footfall.core.progress import Progress, quiet
from footfall.core.settings import DuckDBSettings
from footfall.core.sql_files import read_sql
from footfall.sample import behaviour
from footfall.sample.faults import make_faults
from footfall.sample.tables import make_tables
from footfall.sample.write import write_answer_key, write_entities, write_events

DEFAULT_START = date(2026, 9, 7)


@dataclass(frozen=True)
class Options:
    """What decides the bytes, with the bounds of each."""

    workspaces: int
    participants: int
    days: int
    start: date
    seed: int
    dirty: float

    def check(self) -> None:
        bounds: dict[str, tuple[float, float]] = {
            "workspaces": (1, 10_000), "participants": (6, 10_000_000), "days": (1, 400),
            "seed": (-(2**62), 2**62), "dirty": (0, 0.5),
        }
        for name, (least, most) in bounds.items():
            value = getattr(self, name)
            if not least <= value <= most:
                raise UsageError(
                    f"--{name} is {value}; it goes from {least} to {most}.", where=f"--{name}",
                    hint="See `footfall sample --help`.",
                )


@dataclass
class Sampled:
    """What was written.

    Attributes:
        files: event files.
        lines: event lines in them, blank lines left out.
        bytes: size of the event files.
        entity_files: entity files.
        planted: number of planted faults by name (``sample/faults.py``); empty in a clean sample.
    """

    files: int = 0
    lines: int = 0
    bytes: int = 0
    entity_files: int = 0
    planted: dict[str, int] = field(default_factory=dict)


def generate(
    home: Home,
    *,
    workspaces: int = 3,
    participants: int = 300,
    days: int = 14,
    start: date = DEFAULT_START,
    seed: int = 1,
    dirty: float = 0.0,
    threads: int = 2,
    progress: Progress = quiet,
) -> Sampled:
    """Write events and entities below ``<home>/landing``.

    Args:
        home: where to write; its landing zone must be empty or hold this very sample.
        workspaces: number of workspaces, each with its own time zone, modules and days of the event.
        participants: participants of each workspace; an eighth as many guests never sign in.
        days: local days with events; the last of them arrive on a day or two more.
        start: first day, of the workspaces and of arrival.
        seed: any integer; another seed gives other people doing other things.
        dirty: share of the lines with a planted fault, 0 to 0.5; where above 0 the answer key goes to
            ``<home>/sample_answer_key.jsonl.gz`` (file, line_number, fault, outcome, reason, sha256 of the line …).
        threads: files written side by side; no influence on what is written.
        progress: receives one sentence a step.

    Raises:
        UsageError: an option out of its range, or a landing zone with other files in it.
    """
    options = Options(workspaces, participants, days, start, seed, dirty)
    options.check()
    _claim(home, options)
    home.temp.mkdir(parents=True, exist_ok=True)
    # One thread a query, and files written side by side: DuckDB 2.0.0 failed with two (docs/decisions/0007).
    con = connect(settings=DuckDBSettings(threads=1), temp=home.temp)
    try:
        progress(f"Inventing {workspaces} workspaces with {participants:,} participants each.")
        _prepare(con, options)
        sampled = Sampled(entity_files=write_entities(con, home, start, days))
        con.execute(_sql("meeting_events"))
        for number in count():
            if number < days:
                con.execute(_sql("events"), {"d": number})
                _plant(con, options, sampled)
                con.execute(_sql("arrivals"))
            elif not value(con, "select count(*) from events"):
                break
            # a day of arrival is complete once the next local day is made: no zone is a whole day ahead
            if number:
                _deliver(con, home, options, start + timedelta(days=number - 1), threads, sampled, progress)
        if dirty:
            write_answer_key(con, home)
        return sampled
    finally:
        con.close()


def _claim(home: Home, options: Options) -> None:
    """Note the options beside the landing zone, so that a sample is never written among other files."""
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


def _prepare(con: duckdb.DuckDBPyConnection, options: Options) -> None:
    make_tables(
        con, workspaces=options.workspaces, participants=options.participants, days=options.days,
        start=options.start, seed=options.seed,
    )
    for script in (
        "macros", "people", "devices", "content", "visits", "meetings", "entities", "pending", "lines",
    ):
        con.execute(_sql(script))
    if options.dirty:
        make_faults(con)
        con.execute(_sql("faulty_lines"))
        con.execute(_sql("faulty_entities"))
    con.execute(_sql("due_lines_dirty" if options.dirty else "due_lines"))


def _plant(con: duckdb.DuckDBPyConnection, options: Options, sampled: Sampled) -> None:
    if options.dirty:
        con.execute("set variable planted = $planted", {"planted": sum(sampled.planted.values())})
        con.execute("set variable share = $share", {"share": options.dirty})
        con.execute("set variable unknown_event = $event", {"event": behaviour.UNKNOWN_EVENT})
        con.execute(_sql("faults"))
        counts = con.execute("select fault, count(*) from planted group by fault order by fault").fetchall()
        for fault, lines in counts:
            sampled.planted[fault] = sampled.planted.get(fault, 0) + lines


def _deliver(
    con: duckdb.DuckDBPyConnection,
    home: Home,
    options: Options,
    day: date,
    threads: int,
    sampled: Sampled,
    progress: Progress,
) -> None:
    """Move what has arrived by the end of ``day`` from `events` to `due`, and write it."""
    until = {"until": day + timedelta(days=1)}
    con.execute("create or replace table due as select * from events where arrived_at < $until", until)
    con.execute("delete from events where arrived_at < $until", until)
    files, lines, size = write_events(con, home, day, threads)
    if options.dirty:
        con.execute("insert into answer_key select * from due_answers")
        lines -= value(con, "select count(*) from due where outcome = 'no_line'")
    sampled.files += files
    sampled.lines += lines
    sampled.bytes += size
    if lines:
        progress(f"{day}: {lines:,} events in {files} files.")


def _sql(name: str) -> str:
    return read_sql("footfall.sample", name)
