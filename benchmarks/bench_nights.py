"""What a night costs on top of history, and what late events add to it.

    python -m benchmarks.bench_nights [--participants 2000] [--days 60] [--times 3] [--folder DIR]

* A night on top of 60 loaded days: at most 1.3 x the same night on top of 3.
* That night with 1 % of its events up to 29 days late: at most 1.5 x the night without.
"""

import argparse
import gzip
import json
import random
import shutil
import sys
import tempfile
from datetime import date, datetime, timedelta
from pathlib import Path

from benchmarks.measure import Cost, run, run_on_copies, stages
from footfall.home import Home
from sample.generate import generate

START = date(2026, 7, 1)
WORKSPACES, FEW = 5, 3
LATE_SHARE, LATE_DAYS = 0.01, 29
ON_HISTORY, WITH_LATE = 1.3, 1.5
TIMES = ("timestamp", "originalTimestamp", "sentAt")


def make_landing(folder: Path, participants: int, days: int) -> Path:
    """Make the sample's landing folder of ``days`` and one more, unless it is there."""
    landing = folder / "landing"
    if not landing.exists():
        home = Home(folder).ensure()
        generate(
            home, workspaces=WORKSPACES, participants=participants // WORKSPACES, days=days + 1, start=START, dirty=0.01
        )
    return landing


def make_home(root: Path, landing: Path, first: date, last: date) -> Path:
    """A home with all entities and the event files from ``first`` to ``last``, loaded and built."""
    shutil.copytree(landing / "entities", root / "landing" / "entities")
    for folder in sorted((landing / "events").iterdir()):
        if first <= date.fromisoformat(folder.name) <= last:
            shutil.copytree(folder, root / "landing" / "events" / folder.name)
    later = [path for path in (root / "landing" / "entities").iterdir() if date.fromisoformat(path.name) > last]
    for path in later:
        shutil.rmtree(path)
    print(run(root).line(f"history of {(last - first).days + 1} days"))
    return root


def add_night(home: Path, landing: Path, night: date, late_share: float) -> None:
    """Put the files of ``night`` into a home's landing, a share of their events moved days back."""
    chance = random.Random(1)
    target = home / "landing" / "events" / night.isoformat()
    target.mkdir()
    for path in sorted((landing / "events" / night.isoformat()).iterdir()):
        lines = gzip.decompress(path.read_bytes()).split(b"\n")
        moved = [_earlier(line, chance) if chance.random() < late_share else line for line in lines]
        (target / path.name).write_bytes(gzip.compress(b"\n".join(moved), 6, mtime=0))


def _earlier(line: bytes, chance: random.Random) -> bytes:
    """The same event, made some days before it was received; lines that are no event stay as they are."""
    try:
        event = json.loads(line)
        back = timedelta(days=chance.randint(1, LATE_DAYS))
        times = {name: datetime.fromisoformat(event[name]) - back for name in TIMES if name in event}
    except (ValueError, TypeError):
        return line
    told = {name: moment.isoformat().replace("+00:00", "Z") for name, moment in times.items()}
    return json.dumps({**event, **told}, ensure_ascii=False, separators=(",", ":")).encode()


def measure(folder: Path, participants: int, days: int, times: int) -> list[str]:
    """Measure, print what it cost, and return what is not as it should be."""
    landing = make_landing(folder, participants, days)
    night = START + timedelta(days=days)
    costs: dict[str, Cost] = {}
    with tempfile.TemporaryDirectory(prefix="bench", dir=folder) as scratch:
        before = night - timedelta(days=1)
        few = make_home(Path(scratch) / "few", landing, night - timedelta(days=FEW), before)
        many = make_home(Path(scratch) / "many", landing, START, before)
        for what, home, late_share in (
            (f"a night on top of {FEW} days", few, 0.0), (f"a night on top of {days} days", many, 0.0),
            (f"a night on top of {days} days, 1 % of it late", many, LATE_SHARE),
        ):
            add_night(home, landing, night, late_share)
            costs[what] = run_on_copies(home, times)
            shutil.rmtree(home / "landing" / "events" / night.isoformat())
            print(costs[what].line(what), stages(costs[what]), sep="\n")
    short, long, late = costs.values()
    told = []
    for what, ratio, most in (
        (f"on top of {days} days / on top of {FEW}", long.seconds / short.seconds, ON_HISTORY),
        ("with late events / without", late.seconds / long.seconds, WITH_LATE),
    ):
        print(f"{what}: {ratio:.2f} (at most {most})")
        if ratio > most:
            told.append(f"{what}: {ratio:.2f}")
    return told


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--participants", type=int, default=2000)
    parser.add_argument("--days", type=int, default=60)
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--folder", type=Path)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench_nights") as scratch:
        folder = arguments.folder or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        told = measure(folder, arguments.participants, arguments.days, arguments.times)
    return int(bool(told))


if __name__ == "__main__":
    sys.exit(main())
