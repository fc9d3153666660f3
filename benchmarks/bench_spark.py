"""The same home on Spark and on DuckDB, one core and two, and a night on top of history.

    .venv-spark/bin/python -m benchmarks.bench_spark [--participants 1500] [--days 20] [--folder DIR]

* Load and build of all days on `local[2]`: at most 3 x DuckDB's.
* The build on `local[1]` against `local[2]`: at least 1.6 x.
* A night on top of all days, and on top of few: files and bytes written grow with the night, not with history.

Days are those of `bench_nights`: about 33 events a participant each. Processor time is printed beside the clock, for
machines with other work; the limits are of the clock.
"""

import argparse
import shutil
import sys
import tempfile
from datetime import timedelta
from pathlib import Path

from benchmarks.bench_nights import FEW, START, add_day, make_day
from benchmarks.measure import Cost, cost_of

TIMES_DUCKDB, SPEED_UP, ON_HISTORY = 3.0, 1.6, 1.5


def make_landing(home: Path, landing: Path, days: range) -> Path:
    """A home with extracts and the busy day on each of ``days``, nothing loaded."""
    extracts = home / "landing" / "entities" / (START + timedelta(days=days[0])).isoformat()
    shutil.copytree(landing / "entities" / START.isoformat(), extracts)
    for day in days:
        add_day(home, landing, day)
    return home


def build(home: Path, *arguments: str) -> Cost:
    return cost_of([sys.executable, "-m", "benchmarks.spark_build", str(home), *arguments])


def show(what: str, cost: Cost) -> None:
    found = cost.document
    stages = ", ".join(
        f"{name} {found[name]['seconds']:.1f} s ({found[name]['cpu']:.1f} s cpu)"
        for name in ("load", "build", "marts.duckdb")
    )
    print(f"{what}: {found['lines']:,} lines: {stages}, process {cost.peak_mb:.0f} MB", flush=True)
    if "figures" in found:
        figures = {name: value for name, value in found["figures"].items() if name != "Spark application"}
        print("  " + ", ".join(f"{name} {value:,}" for name, value in figures.items()), flush=True)


def seconds(cost: Cost, *names: str) -> float:
    return sum(cost.document[name]["seconds"] for name in names)


def measure(folder: Path, participants: int, days: int) -> list[str]:
    """Measure, print what it cost, and return what is above a limit."""
    landing = make_day(folder, participants)
    spark = ("--engine", "spark", "--master")
    with tempfile.TemporaryDirectory(prefix="bench", dir=folder) as scratch:
        root = Path(scratch)
        homes = {
            name: make_landing(root / name, landing, range(first, days))
            for name, first in (("duckdb", 0), ("many", 0), ("one", 0), ("few", days - FEW))
        }
        costs = {}
        for what, name, arguments in (
            (f"{days} days, DuckDB", "duckdb", ()), (f"{days} days, local[2]", "many", (*spark, "local[2]")),
            (f"{days} days, local[1]", "one", (*spark, "local[1]")),
            (f"{FEW} days, local[2]", "few", (*spark, "local[2]")),
        ):
            costs[name] = build(homes[name], *arguments)
            show(what, costs[name])
        for what, name in ((f"a night on top of {days} days", "many"), (f"a night on top of {FEW} days", "few")):
            add_day(homes[name], landing, days)
            costs[f"night on {name}"] = build(homes[name], *spark, "local[2]")
            show(what, costs[f"night on {name}"])
    lines = costs["many"].document["lines"]
    print(f"shuffle bytes an event: {costs['many'].document['figures']['shuffle bytes'] / lines:.0f}")
    nights = [costs[f"night on {name}"].document["figures"]["added-files-size"] for name in ("many", "few")]
    on_spark, on_duckdb = (seconds(costs[name], "load", "build", "marts.duckdb") for name in ("many", "duckdb"))
    ratios = (
        ("load and build, local[2] / DuckDB", on_spark / on_duckdb, TIMES_DUCKDB, True),
        ("build, local[1] / local[2]", seconds(costs["one"], "build") / seconds(costs["many"], "build"), SPEED_UP,
         False),
        (f"bytes written in a night, on {days} days / on {FEW}", nights[0] / nights[1], ON_HISTORY, True),
    )
    problems = []
    for what, ratio, limit, is_most in ratios:
        print(f"{what}: {ratio:.2f} (at {'most' if is_most else 'least'} {limit})")
        if ratio > limit if is_most else ratio < limit:
            problems.append(f"{what}: {ratio:.2f}")
    return problems


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--participants", type=int, default=1500)
    parser.add_argument("--days", type=int, default=20)
    parser.add_argument("--folder", type=Path)
    arguments = parser.parse_args()
    folder = arguments.folder or Path(tempfile.mkdtemp(prefix="footfall-bench"))
    problems = measure(folder, arguments.participants, arguments.days)
    print("\n".join(problems), file=sys.stderr)
    return int(bool(problems))


if __name__ == "__main__":
    sys.exit(main())
