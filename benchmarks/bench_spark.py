"""The same home on Spark and on DuckDB, one core and two, and a night on top of history.

    .venv-spark/bin/python -m benchmarks.bench_spark [PART…] [--events 5000000] [--folder DIR]

Parts, all unless named:

* engines: load and build of ten days with two cores: on Spark at most 3 x DuckDB's. Bytes in shuffles are reported.
* cores: the build of ten days on one core against two: at least 1.6 x. An eighth of the events.
* nights: a night on top of 60 days, and on top of 3: files and bytes read and written grow with the night, not with
  history. A night has an eightieth of the events (63,000 of 5 million).
* landing: only make the days that the others load, which need not be measured; kept in `--folder`.

Days are those of `bench_nights`: about 32 events a participant each. What is loaded is loaded once and copied, since
the loader is the same for both engines. Processor time is beside the clock, for machines with other work; the limits
are of the clock, and of counts.
"""

import argparse
import os
import shutil
import sys
import tempfile
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path

from benchmarks.bench_nights import FEW, START, add_day, make_day
from benchmarks.measure import Cost, cost_of

TIMES_DUCKDB, SPEED_UP, ON_HISTORY = 3.0, 1.6, 1.5
DAYS, MANY = 10, 60
EVENTS_EACH = 31.8
SHARE_OF_CORES, SHARE_OF_NIGHT = 8, 80
PARTS = ("engines", "cores", "nights")


def make_landing(folder: Path, name: str, events: int, days: range) -> Path:
    """A home in which each of ``days`` has about so many events, nothing loaded; made once in a folder.

    The days of two homes with the same number of events are the same.
    """
    participants = max(30, round(events / EVENTS_EACH))
    home = folder / f"{name}-{participants}"
    if home.exists():
        return home
    landing = make_day(folder / f"day-{participants}", participants)
    aside = home.with_suffix(".tmp")
    shutil.rmtree(aside, ignore_errors=True)
    extracts = aside / "landing" / "entities" / (START + timedelta(days=days[0])).isoformat()
    shutil.copytree(landing / "entities" / START.isoformat(), extracts)
    for day in days:
        add_day(aside, landing, day)
    aside.rename(home)
    return home


def build(home: Path, cores: int = 2, engine: str = "duckdb") -> Cost:
    """Load and build a home, in a process of its own."""
    return cost_of([
        sys.executable, "-m", "benchmarks.spark_build", str(home), "--engine", engine, "--cores", str(cores),
    ])


def copy(home: Path, target: Path) -> Path:
    """A copy of a home that was loaded, without what an engine has built; files that nothing changes are linked."""
    shutil.copytree(home, target, symlinks=True, copy_function=os.link, ignore=shutil.ignore_patterns("warehouse"))
    return target


def show(what: str, cost: Cost) -> None:
    found = cost.document
    stages = ", ".join(
        f"{name} {one['seconds']:.1f} s ({one['cpu']:.1f} s cpu)"
        for name, one in found.items() if isinstance(one, dict) and "cpu" in one
    )
    print(f"{what}: {found['lines']:,} lines: {stages}", flush=True)
    if "figures" in found:
        figures = {name: value for name, value in found["figures"].items() if name != "Spark application"}
        print("  " + ", ".join(f"{name} {value:,}" for name, value in figures.items()), flush=True)


def seconds(cost: Cost, *names: str) -> float:
    return sum(cost.document[name]["seconds"] for name in names)


#: What a ratio is about, the ratio, its limit, and whether that is the most.
Ratio = tuple[str, float, float, bool]


def measure_engines(folder: Path, root: Path, events: int) -> Iterable[Ratio]:
    """Both engines from the same lake: the time of loading it counts for both."""
    duckdb = copy(make_landing(folder, "ten", events // DAYS, range(DAYS)), root / "duckdb")
    on_duckdb = build(duckdb)
    show("DuckDB", on_duckdb)
    on_spark = build(copy(duckdb, root / "spark"), engine="spark")
    show("Spark, local[2]", on_spark)
    loading = seconds(on_duckdb, "load")
    lines, shuffled = on_duckdb.document["lines"], on_spark.document["figures"]["shuffle bytes"]
    print(f"load {loading:.1f} s; shuffle bytes an event: {shuffled / lines:.0f}")
    spark, duck = (loading + seconds(cost, "start", "build", "marts.duckdb") for cost in (on_spark, on_duckdb))
    yield f"load and build, local[2] / DuckDB ({spark:.0f} s / {duck:.0f} s)", spark / duck, TIMES_DUCKDB, True


def measure_cores(folder: Path, root: Path, events: int) -> Iterable[Ratio]:
    """The same build on one core of the machine and on two."""
    home = copy(make_landing(folder, "ten", events // DAYS // SHARE_OF_CORES, range(DAYS)), root / "cores")
    build(home)
    times = {}
    for cores in (2, 1):
        cost = build(copy(home, root / f"cores-{cores}"), cores, "spark")
        show(f"Spark, local[{cores}]", cost)
        times[cores] = seconds(cost, "build")
    yield "build, local[1] / local[2]", times[1] / times[2], SPEED_UP, False


def measure_nights(folder: Path, root: Path, events: int) -> Iterable[Ratio]:
    """The same night on top of many days and of few, after a night: a build of everything leaves other files behind."""
    found = {}
    for history in (FEW, MANY):
        days = range(MANY - history, MANY - 1)
        home = copy(make_landing(folder, f"before{history}", events // SHARE_OF_NIGHT, days), root / f"days{history}")
        show(f"{history - 1} days", build(home, engine="spark"))
        nights = make_landing(folder, "nights", events // SHARE_OF_NIGHT, range(MANY - 1, MANY + 1))
        for day in (MANY - 1, MANY):
            name = (START + timedelta(days=day)).isoformat()
            shutil.copytree(nights / "landing" / "events" / name, home / "landing" / "events" / name)
            cost = build(home, engine="spark")
            show(f"a night on top of {history - MANY + day} days", cost)
        found[history] = cost.document["figures"]
    for name in ("added-data-files", "added-files-size", "files read", "input bytes"):
        ratio = found[MANY][name] / found[FEW][name]
        yield f"{name} in a night, on {MANY} days / on {FEW}", ratio, ON_HISTORY, True


def measure(folder: Path, events: int, parts: Iterable[str]) -> list[str]:
    """Measure, print what it cost, and return what is above a limit."""
    measures = {"engines": measure_engines, "cores": measure_cores, "nights": measure_nights}
    problems = []
    for part in parts:
        with tempfile.TemporaryDirectory(prefix="bench", dir=folder) as scratch:
            for what, ratio, limit, is_most in measures[part](folder, Path(scratch), events):
                line = f"{what}: {ratio:.2f} (at {'most' if is_most else 'least'} {limit})"
                print(line, flush=True)
                if ratio > limit if is_most else ratio < limit:
                    problems.append(line)
    return problems


def prepare(folder: Path, events: int) -> None:
    """Make all days."""
    make_landing(folder, "ten", events // DAYS, range(DAYS))
    make_landing(folder, "ten", events // DAYS // SHARE_OF_CORES, range(DAYS))
    for name, days in (
        (f"before{FEW}", range(MANY - FEW, MANY - 1)), (f"before{MANY}", range(MANY - 1)),
        ("nights", range(MANY - 1, MANY + 1)),
    ):
        make_landing(folder, name, events // SHARE_OF_NIGHT, days)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", metavar="PART", help="landing, " + ", ".join(PARTS))
    parser.add_argument("--events", type=int, default=5_000_000)
    parser.add_argument("--folder", type=Path)
    arguments = parser.parse_args()
    if unknown := set(arguments.parts) - {*PARTS, "landing"}:
        parser.error(f"unknown parts: {', '.join(sorted(unknown))}")
    with tempfile.TemporaryDirectory(prefix="bench_spark") as scratch:
        folder = arguments.folder or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        if "landing" in arguments.parts:
            prepare(folder, arguments.events)
            return 0
        problems = measure(folder, arguments.events, arguments.parts or PARTS)
    print("\n".join(problems), file=sys.stderr)
    return int(bool(problems))


if __name__ == "__main__":
    sys.exit(main())
