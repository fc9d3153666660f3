"""Load a home's landing zone and build its tables, by one engine, and print what that cost as JSON.

    python -m benchmarks.spark_build HOME [--engine spark --cores 2]

Run by `bench_spark` in a process of its own, on so many cores of the machine. Processor time is of this process and of
those it has started: Java, and the Python that Spark runs.
"""

import argparse
import json
import os
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

from footfall.core.home import Home
from footfall.core.settings import DuckDBSettings, Settings
from footfall.ingestion import load as loading
from footfall.transform import build_sources, dbt_args, dbt_runner


def engine_settings(engine: str, cores: int) -> Settings:
    duckdb = DuckDBSettings(threads=cores)
    if engine == "duckdb":
        return Settings(duckdb=duckdb)
    spark = {"master": f"local[{cores}]", "conf": {"spark.driver.memory": "2g"}}
    return Settings(warehouse={"engine": "spark"}, spark=spark, duckdb=duckdb)  # type: ignore[arg-type]


def processor_seconds() -> float:
    """Processor time of this process and of all that it has started."""
    return process_time() + sum(_seconds(fields) for fields in _descendants(os.getpid()))


def _descendants(number: int) -> Iterator[list[str]]:
    """Fields of `/proc/<pid>/stat`, from the state on, of the processes below one."""
    children: dict[int, list[tuple[int, list[str]]]] = defaultdict(list)
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it has ended
        children[int(fields[1])].append((int(path.parent.name), fields))
    waiting = [number]
    while waiting:
        for child, fields in children[waiting.pop()]:
            waiting.append(child)
            yield fields


def _seconds(fields: list[str]) -> float:
    """User and system time, with that of children it has waited for."""
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")


def written(home: Home, settings: Settings) -> dict[str, int]:
    """What the last build added to and removed from the tables of Iceberg, over all tables, by their snapshots."""
    from footfall.spark.catalogs import catalog_name
    from footfall.spark.session import open_session
    from footfall.spark.state import read_state

    session = open_session(home, settings)
    build_no = read_state(home, catalog_name(home, settings)).build_no
    names = ("added-data-files", "added-files-size", "removed-files-size", "added-records", "deleted-records")
    total = dict.fromkeys(names, 0)
    for namespace in ("intermediate", "marts"):
        for row in session.sql(f"show tables in {namespace}").collect():
            table = f"{namespace}.{row[1]}"
            known = session.sql(f"select name, snapshot_id from {table}.refs").collect()
            heads = {one[0]: one[1] for one in known}
            parents = {one[0]: (one[1], one[2]) for one in session.sql(
                f"select snapshot_id, parent_id, summary from {table}.snapshots"
            ).collect()}
            at, stop = heads.get(f"build-{build_no}"), set(heads.values()) - {heads.get(f"build-{build_no}")}
            while at in parents and at not in stop:
                parent, summary = parents[at]
                for name in names:
                    total[name] += int(summary.get(name, 0))
                at = parent
    return total


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("home", type=Path)
    parser.add_argument("--engine", default="duckdb")
    parser.add_argument("--cores", type=int, default=2)
    given = parser.parse_args()
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:given.cores])
    home, settings = Home(given.home).ensure(), engine_settings(given.engine, given.cores)
    found: dict[str, Any] = {}
    clock = perf_counter(), processor_seconds()

    def timed(name: str) -> None:
        nonlocal clock
        now = perf_counter(), processor_seconds()
        found[name] = {"seconds": now[0] - clock[0], "cpu": now[1] - clock[1]}
        clock = now

    found["lines"] = loading.load(home, settings, run_id="bench").loaded
    timed("load")
    manifest = dbt_runner.parse(home, settings)
    timed("parse")
    sources = build_sources.bind(home, dbt_args.PROJECT, settings)
    timed("start")
    nodes = dbt_runner.build(home, settings, is_full_refresh=sources.is_full, manifest=manifest)
    timed("build")
    failed = [f"{node.name}: {node.message}" for node in nodes if node.status in ("error", "fail")]
    if failed:
        print("\n".join(failed), file=sys.stderr)
        return 1
    if given.engine == "spark":
        found["figures"] = {**build_sources.figures(home, settings), **written(home, settings)}
        clock = perf_counter(), processor_seconds()
    build_sources.finish(home, sources, settings)
    build_sources.mark_built(home, sources, settings)
    timed("marts.duckdb")
    print(json.dumps(found))
    return 0


if __name__ == "__main__":
    sys.exit(main())
