"""Many days in one run: memory, and time per million events against a backfill of fewer.

    python -m benchmarks.bench_backfill [--events 4000000] [--against 1000000] [--per-day 63000] [--folder DIR]

* Load, build and publish of one run over all days: time per million events within 15 % of that of the smaller one.
* Peak memory at most 2 GB, however many events there are.

Every day is the same busy day of the clean sample, moved (``bench_nights``). Nothing is exported.

On demand with more events; on 2 cores the default takes about 4 minutes, ``--events 20000000 --against 5000000
--per-day 245000`` 15 minutes and 10 GB of disk, and ``--events 100000000`` an hour and 50 GB.
"""

import argparse
import sys
import tempfile
from pathlib import Path

from benchmarks.bench_nights import make_day, make_home
from benchmarks.measure import Cost, stages

PER_DAY, EVENTS_EACH = 63_000, 33.2
STAGES = ("load", "build", "publish")
WITHIN, MOST_MB = 0.15, 2048


def backfill(root: Path, landing: Path, days: int) -> tuple[Cost, int]:
    """The cost of one run over so many days, and how many events it loaded."""
    root.mkdir()
    (root / "footfall.yml").write_text("exports:\n  ranges: []\n", encoding="utf-8")
    cost = make_home(root, landing, range(days), days - 1)
    return cost, cost.document["lines"]["loaded"]


def per_million(cost: Cost, events: int) -> dict[str, float]:
    """Seconds of each stage for a million events."""
    return {name: cost.document["seconds"][name] / events * 1e6 for name in STAGES}


def measure(folder: Path, sizes: tuple[int, int], per_day: int) -> list[str]:
    """Measure both, print what they cost, and return what is above a limit."""
    landing = make_day(folder, round(per_day / EVENTS_EACH))
    each: list[dict[str, float]] = []
    problems = []
    for size in sorted(sizes):
        days = max(4, round(size / per_day))
        with tempfile.TemporaryDirectory(prefix="bench", dir=folder) as scratch:
            cost, events = backfill(Path(scratch) / "home", landing, days)
            published = (Path(scratch) / "home" / "published" / "footfall.duckdb").stat().st_size
        each.append(per_million(cost, events))
        print(cost.line(f"{events:,} events, {days} days"), stages(cost), sep="\n")
        print("  per million: " + ", ".join(f"{name} {seconds:.2f} s" for name, seconds in each[-1].items())
              + f", cpu {cost.cpu / events * 1e6:.2f} s, published file {published / events:.1f} MB", flush=True)
        if cost.peak_mb > MOST_MB:
            problems.append(f"memory: {cost.peak_mb:.0f} MB with {events:,} events, more than {MOST_MB}")
    few, many = each
    return problems + [
        f"{name}: {many[name]:.2f} s a million events, with fewer {few[name]:.2f}"
        for name in STAGES if many[name] > few[name] * (1 + WITHIN)
    ]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--events", type=int, default=4_000_000)
    parser.add_argument("--against", type=int, default=1_000_000)
    parser.add_argument("--per-day", type=int, default=PER_DAY)
    parser.add_argument("--folder", type=Path)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench_backfill") as scratch:
        folder = arguments.folder or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        problems = measure(folder, (arguments.against, arguments.events), arguments.per_day)
    print(*problems, sep="\n")
    return int(bool(problems))


if __name__ == "__main__":
    sys.exit(main())
