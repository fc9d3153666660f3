"""What a night costs on top of history, and what late events add to it.

    python -m benchmarks.bench_nights [60] [365] [--participants 3000] [--times 3] [--folder DIR]

* A night on top of 60 loaded days: at most 1.1 x the same night on top of 3, exports included.
* That night with 1 % of its events up to 29 days late: at most 1.5 x the night without.
* A smaller night (400 participants, some 13,000 lines) on top of 365 days, and of 3: at most 1.1 x.
* Rows that each statement of the build and its tests reads: the statements that read most are printed.

Every day is the same busy day of the clean sample, moved: about 33 events a participant each. The last day of history
is a night of its own, since a build of everything leaves tables in another order than nights do. The dates of the
workspaces are the night and the two days before, so that both homes export the same range. No workspace is anonymised:
with one, the cost of publishing grows with everything that is visible (docs/decisions/0008).
"""

import argparse
import gzip
import json
import random
import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from pathlib import Path

from benchmarks.measure import Cost, cost_of, run, run_on_copies, stages
from footfall.core.home import Home
from footfall.sample.generate import generate

START = date(2026, 7, 1)
WORKSPACES, FEW = 5, 3
#: Participants by days of history: a year of large nights would take hours to load.
PARTICIPANTS = {60: 3000, 365: 400}
LATE_SHARE, LATE_DAYS = 0.01, 29
ON_HISTORY, WITH_LATE = 1.1, 1.5
TIMES = ("timestamp", "originalTimestamp", "sentAt")
_DATE = re.compile(rb"(\d{4}-\d\d-\d\d)T")
_MESSAGE = re.compile(rb'"messageId":"([^"]*)"')


def make_day(folder: Path, participants: int) -> Path:
    """Make the landing folder of one busy day, unless it is there."""
    landing = folder / "landing"
    if not landing.exists():
        each = participants // WORKSPACES
        generate(Home(folder).ensure(), workspaces=WORKSPACES, participants=each, days=1, start=START)
    return landing


def add_day(home: Path, landing: Path, day: int, change: Callable[[bytes], bytes] = bytes) -> None:
    """Put the busy day into a home's landing, ``day`` days later, with message ids of its own.

    Args:
        change: applied to each line.
    """
    source = landing / "events" / START.isoformat()
    target = home / "landing" / "events" / (START + timedelta(days=day)).isoformat()
    target.mkdir(parents=True)
    own_id = b'"messageId":"\\1-%d"' % day
    moved: dict[bytes, bytes] = {}

    def move(found: re.Match[bytes]) -> bytes:
        text = found[1]
        if text not in moved:
            try:
                moved[text] = (date.fromisoformat(text.decode()) + timedelta(days=day)).isoformat().encode() + b"T"
            except ValueError:
                moved[text] = text + b"T"
        return moved[text]

    for path in sorted(source.iterdir()):
        text = _MESSAGE.sub(own_id, _DATE.sub(move, gzip.decompress(path.read_bytes())))
        lines = text if change is bytes else b"\n".join(change(line) for line in text.split(b"\n"))
        (target / path.name).write_bytes(gzip.compress(lines, 1, mtime=0))


def make_home(root: Path, landing: Path, days: Iterable[int], night: int) -> Cost:
    """Make a home with all entities and the busy day on each of ``days``; the cost of loading and building it.

    Args:
        night: number of the last date of the workspaces.
    """
    days = list(days)
    entities = root / "landing" / "entities" / (START + timedelta(days=days[0])).isoformat()
    shutil.copytree(landing / "entities" / START.isoformat(), entities)
    workspaces = [json.loads(line) for line in (entities / "workspaces.jsonl").read_text(encoding="utf-8").splitlines()]
    first, last = (START + timedelta(days=day) for day in (night - FEW + 1, night))
    own = {"starts_on": f"{first}", "ends_on": f"{last}", "anonymization": "none"}
    lines = [json.dumps({**one, **own}) + "\n" for one in workspaces]
    (entities / "workspaces.jsonl").write_text("".join(lines), encoding="utf-8")
    for day in days:
        add_day(root, landing, day)
    return run(root)


def _late(chance: random.Random) -> Callable[[bytes], bytes]:
    """Moves a share of the lines some days before they were received."""
    return lambda line: _earlier(line, chance) if chance.random() < LATE_SHARE else line


def _earlier(line: bytes, chance: random.Random) -> bytes:
    """The same event, made some days before it was received; lines that are not events stay as they are."""
    try:
        event = json.loads(line)
        back = timedelta(days=chance.randint(1, LATE_DAYS))
        times = {name: datetime.fromisoformat(event[name]) - back for name in TIMES if name in event}
    except (ValueError, TypeError):
        return line
    moved = {name: moment.isoformat().replace("+00:00", "Z") for name, moment in times.items()}
    return json.dumps({**event, **moved}, ensure_ascii=False, separators=(",", ":")).encode()


def rows_read(home: Path) -> dict[str, int]:
    """Rows read by statement in the night that a home has not loaded yet, on a copy of it."""
    with tempfile.TemporaryDirectory(prefix="bench", dir=home.parent) as scratch:
        copy = Path(scratch) / "home"
        shutil.copytree(home, copy, symlinks=True)
        return cost_of([sys.executable, "-m", "benchmarks.rows_read", str(copy)]).document


def print_rows(few: dict[str, int], many: dict[str, int], days: int) -> None:
    """Print the statements that read most rows on top of many days, and what all of them read."""
    print(f"rows read by a night on top of {days} days, and on top of {FEW}:")
    for name in sorted(many, key=lambda name: -many[name])[:12]:
        print(f"  {many[name]:>12,} {few.get(name, 0):>12,}  {name}")
    ratio = sum(many.values()) / sum(few.values())
    print(f"rows read in all: {sum(many.values()):,} / {sum(few.values()):,} = {ratio:.2f}")


def ratios(short: Cost, long: Cost) -> str:
    """How much longer each stage took, and the processor time of all."""
    seconds = short.document["seconds"], long.document["seconds"]
    by_stage = ", ".join(f"{name} {seconds[1][name] / max(seconds[0][name], 0.1):.2f}" for name in seconds[1])
    return f"  by stage: {by_stage}; processor time {long.cpu / short.cpu:.2f}"


def measure(folder: Path, participants: int, days: int, times: int, *, with_late: bool) -> list[str]:
    """Measure, print what it cost, and return what is above a limit."""
    landing = make_day(folder / f"day-{participants}", participants)
    costs: dict[str, Cost] = {}
    rows: list[dict[str, int]] = []
    with tempfile.TemporaryDirectory(prefix="bench", dir=folder) as scratch:
        few, many = Path(scratch) / "few", Path(scratch) / "many"
        for home, first in ((few, days - FEW), (many, 0)):
            cost = make_home(home, landing, range(first, days - 1), days)
            print(cost.line(f"history of {days - 1 - first} days"), flush=True)
            add_day(home, landing, days - 1)
            run(home)
        nights: list[tuple[str, Path, Callable[[bytes], bytes]]] = [
            (f"a night on top of {FEW} days", few, bytes), (f"a night on top of {days} days", many, bytes)
        ]
        if with_late:
            nights.append((f"a night on top of {days} days, 1 % of it late", many, _late(random.Random(1))))
        for what, home, change in nights:
            add_day(home, landing, days, change)
            costs[what] = run_on_copies(home, times)
            if change is bytes:
                rows.append(rows_read(home))
            shutil.rmtree(home / "landing" / "events" / (START + timedelta(days=days)).isoformat())
            print(costs[what].line(what), stages(costs[what]), sep="\n", flush=True)
    short, long, *late = costs.values()
    print_rows(rows[0], rows[1], days)
    problems = []
    compared = [(f"on top of {days} days / on top of {FEW}", short, long, ON_HISTORY)]
    compared += [("with late events / without", long, one, WITH_LATE) for one in late]
    for what, less, more, most in compared:
        ratio = more.seconds / less.seconds
        print(f"{what}: {ratio:.2f} (at most {most})", ratios(less, more), sep="\n", flush=True)
        if ratio > most:
            problems.append(f"{what}: {ratio:.2f}")
    return problems


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("days", nargs="*", type=int, default=[*PARTICIPANTS], help="days of history; default: 60 365")
    parser.add_argument("--participants", type=int, help="default: 3000, and 400 on top of 365 days")
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--folder", type=Path)
    arguments = parser.parse_args()
    problems = []
    with tempfile.TemporaryDirectory(prefix="bench_nights") as scratch:
        folder = arguments.folder or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        for days in arguments.days:
            participants = arguments.participants or PARTICIPANTS.get(days, min(PARTICIPANTS.values()))
            problems += measure(folder, participants, days, arguments.times, with_late=days == min(PARTICIPANTS))
    print(*problems, sep="\n", file=sys.stderr)
    return int(bool(problems))


if __name__ == "__main__":
    sys.exit(main())
