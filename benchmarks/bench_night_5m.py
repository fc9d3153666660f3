"""One night of 5 million events against the yardstick: whole run at most 2.0 x, at most 4 GB.

    python -m benchmarks.bench_night_5m [--events 5000000] [--folder DIR]

The sample writes the landing folder, with 1 % faulty lines: gzip JSON lines, 8 files. ``--folder`` keeps it and uses it
again, since writing it takes minutes.
"""

import argparse
import re
import shutil
import sys
import tempfile
from datetime import date
from pathlib import Path

from benchmarks.measure import Cost, cost_of, run, stages
from footfall.core.database import connect, quote_identifier
from footfall.core.home import Home
from footfall.sample.generate import generate

NIGHT = date(2026, 9, 7)
WORKSPACES = 10
#: Events a participant makes on an event day of the sample, roughly.
EVENTS_EACH = 33.2
TIMES, MEMORY_MB = 2.0, 4096


def make_landing(folder: Path, events: int) -> Path:
    """Make one night of about ``events`` lines in ``folder``/landing, unless it is there."""
    landing = folder / "landing"
    if not landing.exists():
        each = max(6, round(events / EVENTS_EACH / WORKSPACES))
        generate(Home(folder).ensure(), workspaces=WORKSPACES, participants=each, days=1, start=NIGHT, dirty=0.01)
        for kind in ("events", "entities"):
            for later in (landing / kind).iterdir():
                if later.name != NIGHT.isoformat():
                    shutil.rmtree(later)
        # the yardstick has no privacy and no target groups: everything of every workspace is published
        workspaces = landing / "entities" / NIGHT.isoformat() / "workspaces.jsonl"
        text = re.sub(r'"anonymization":"\w+"', '"anonymization":"none"', workspaces.read_text(encoding="utf-8"))
        workspaces.write_text(re.sub(r'"target_groups":\[[^]]*\]', '"target_groups":[]', text), encoding="utf-8")
    return landing


def compare(home: Path, yardstick: Cost) -> list[str]:
    """Where the marts and the yardstick's tables differ in their number of rows, or the ledgers in their totals."""
    problems = []
    with connect(home / "published" / "footfall.duckdb", read_only=True) as connection:
        for table, rows in yardstick.document["rows"].items():
            found = connection.execute(f"select count(*) from marts.{quote_identifier(table)}").fetchone()[0]
            if found != rows:
                problems.append(f"{table}: {found} rows, by the yardstick {rows}")
        names = list(yardstick.document["ledger"])
        sums = ", ".join(f"sum({quote_identifier(name)})::bigint" for name in names)
        query = f"select {sums} from ops.load_ledger where file like 'landing/events/%'"
        ledger = dict(zip(names, connection.execute(query).fetchone(), strict=True))
    if ledger != yardstick.document["ledger"]:
        problems.append(f"ledger: {ledger}, by the yardstick {yardstick.document['ledger']}")
    return problems


def measure(folder: Path, events: int) -> list[str]:
    """Measure both, print what they cost, and return what is above a limit or differs."""
    landing = make_landing(folder, events)
    with tempfile.TemporaryDirectory(prefix="bench", dir=folder) as scratch:
        database = Path(scratch) / "yardstick.duckdb"
        yardstick = cost_of([sys.executable, "-m", "benchmarks.yardstick", str(landing), str(database)])
        database.unlink()
        home = Path(scratch) / "home"
        home.mkdir()
        (home / "landing").symlink_to(landing.resolve(), target_is_directory=True)
        whole = run(home)
        lines = yardstick.document["ledger"]["lines_in"]
        print(yardstick.line(f"yardstick, {lines:,} lines"), stages(yardstick), sep="\n")
        print(whole.line("footfall run"), stages(whole), sep="\n")
        problems = compare(home, yardstick)
    ratio = whole.seconds / yardstick.seconds
    print(f"whole run / yardstick: {ratio:.2f} (at most {TIMES}), cpu {whole.cpu / yardstick.cpu:.2f}")
    if ratio > TIMES:
        problems.append(f"the run took {ratio:.2f} times the yardstick")
    if whole.peak_mb > MEMORY_MB:
        problems.append(f"the run took {whole.peak_mb:.0f} MB")
    return problems


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--events", type=int, default=5_000_000)
    parser.add_argument("--folder", type=Path)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench_night") as scratch:
        folder = arguments.folder or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        problems = measure(folder, arguments.events)
    print(*problems, sep="\n")
    return int(bool(problems))


if __name__ == "__main__":
    sys.exit(main())
