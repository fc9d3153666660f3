"""One night of 5 million events without exports against two yardsticks: at most 2.0 x the barer one, at most 2 GB.

    python -m benchmarks.bench_night_5m [--events 5000000] [--folder DIR]

* ``bare_night``: a hand-written script of DuckDB, without any safety. The limit is on this ratio; the aim is 1.5.
* ``yardstick``: a plain script that loads as safely as Footfall and builds all facts.

All three count the same lines. The scripts accept and reject other faulty lines than Footfall, so their numbers of rows
are within one percent; for people without a faulty line the answers are the same.

The sample writes the landing folder, with 1 % faulty lines: gzip JSON lines, 8 files. ``--folder`` keeps it and uses it
again, since writing it takes minutes. ``--events 500000`` is for every day: start-up weighs more there, so its ratio is
printed and not limited.
"""

import argparse
import math
import re
import shutil
import sys
import tempfile
from datetime import date
from pathlib import Path

from benchmarks.measure import Cost, cost_of, run, stages
from footfall.core.database import connect, quote_identifier, value
from footfall.core.home import Home
from footfall.sample.generate import generate

NIGHT = date(2026, 9, 7)
WORKSPACES = 10
#: Events a participant makes on an event day of the sample, roughly.
EVENTS_EACH = 33.2
MOST_TIMES, AIM, MOST_MB = 2.0, 1.5, 2048
#: Share of the lines that are faulty.
FAULTY = 0.01
#: Of fewer events the start of Footfall is too large a part.
LEAST_EVENTS = 4_000_000
#: Tables of the bare script, and the mart with the same rows.
BARE = {
    "visits": "fct_visits", "features": "fct_feature_usage", "content_views": "fct_content_views",
    "path_links": "agg_path_links",
}


def make_landing(folder: Path, events: int) -> Path:
    """Make one night of about ``events`` lines in ``folder``/landing, unless it is there."""
    landing = folder / "landing"
    if not landing.exists():
        each = max(6, round(events / EVENTS_EACH / WORKSPACES))
        generate(Home(folder).ensure(), workspaces=WORKSPACES, participants=each, days=1, start=NIGHT, dirty=FAULTY)
        for kind in ("events", "entities"):
            for later in (landing / kind).iterdir():
                if later.name != NIGHT.isoformat():
                    shutil.rmtree(later)
        # the yardstick has no privacy and no target groups: everything of every workspace is published
        workspaces = landing / "entities" / NIGHT.isoformat() / "workspaces.jsonl"
        text = re.sub(r'"anonymization":"\w+"', '"anonymization":"none"', workspaces.read_text(encoding="utf-8"))
        workspaces.write_text(re.sub(r'"target_groups":\[[^]]*\]', '"target_groups":[]', text), encoding="utf-8")
    return landing


def compare(home: Path, yardstick: Cost, bare: Cost) -> list[str]:
    """Where the numbers of rows of the marts and of a script differ by more than the faulty lines explain."""
    expected = [("the yardstick", table, rows) for table, rows in yardstick.document["rows"].items()]
    expected += [("the bare script", BARE[table], rows) for table, rows in bare.document["rows"].items()]
    problems = []
    with connect(home / "published" / "footfall.duckdb", read_only=True) as connection:
        for who, table, rows in expected:
            found = value(connection, f"select count(*) from marts.{quote_identifier(table)}")
            if abs(found - rows) > FAULTY * found:
                problems.append(f"{table}: {found:,} rows, by {who} {rows:,}")
        query = "select sum(lines_in)::bigint from ops.load_ledger where file like 'landing/events/%'"
        lines, expected_lines = value(connection, query), yardstick.document["ledger"]["lines_in"]
    if lines != expected_lines:
        problems.append(f"ledger: {lines:,} lines, by the yardstick {expected_lines:,}")
    return problems


def measure(folder: Path, events: int) -> list[str]:
    """Measure all three, print what they cost, and return what is above a limit or differs."""
    landing = make_landing(folder, events)
    with tempfile.TemporaryDirectory(prefix="bench", dir=folder) as scratch:
        costs = []
        for script in ("bare_night", "yardstick"):
            database = Path(scratch) / f"{script}.duckdb"
            cost = cost_of([sys.executable, "-m", f"benchmarks.{script}", str(landing), str(database)])
            database.unlink()
            print(cost.line(script), stages(cost), sep="\n", flush=True)
            costs.append(cost)
        bare, yardstick = costs
        home = Path(scratch) / "home"
        home.mkdir()
        (home / "landing").symlink_to(landing.resolve(), target_is_directory=True)
        (home / "footfall.yml").write_text("exports:\n  ranges: []\n", encoding="utf-8")
        governed = run(home)
        lines = yardstick.document["ledger"]["lines_in"]
        print(governed.line(f"governed night, {lines:,} lines, no exports"), stages(governed), sep="\n")
        problems = compare(home, yardstick, bare)
    for name, other, most in (("bare script", bare, MOST_TIMES), ("yardstick", yardstick, math.inf)):
        ratio = governed.seconds / other.seconds
        limit = f", at most {most}, aim {AIM}" if most < math.inf else ""
        print(f"governed night / {name}: {ratio:.2f}{limit}; of processor time {governed.cpu / other.cpu:.2f}")
        if ratio > most and events >= LEAST_EVENTS:
            problems.append(f"the governed night took {ratio:.2f} times the {name}, more than {most}")
    print(f"memory: {governed.peak_mb:.0f} MB, at most {MOST_MB}")
    if governed.peak_mb > MOST_MB:
        problems.append(f"the governed night took {governed.peak_mb:.0f} MB, more than {MOST_MB}")
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
