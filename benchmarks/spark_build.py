"""Load a home's landing zone and build its tables, by one engine, and print what that cost as JSON.

    python -m benchmarks.spark_build HOME [--engine spark --master local[2]]

Run by `bench_spark` in a process of its own. Processor time is of this process and, on Spark, of Java.
"""

import argparse
import json
import os
import sys
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

from footfall.core.home import Home
from footfall.core.settings import Settings
from footfall.ingestion import load as loading
from footfall.transform import build_sources, dbt_args, dbt_runner


def engine_settings(engine: str, master: str) -> Settings:
    if engine == "duckdb":
        return Settings()
    conf = {"spark.driver.memory": "2g"}
    return Settings(warehouse={"engine": "spark"}, spark={"master": master, "conf": conf})  # type: ignore[arg-type]


def java_seconds(home: Home, settings: Settings) -> float:
    """Processor time that Java has used; starts Spark if it does not run."""
    if settings.warehouse.engine == "duckdb":
        return 0.0
    from footfall.spark.session import open_session

    number = open_session(home, settings)._jvm.java.lang.ProcessHandle.current().pid()
    fields = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def written(home: Home, settings: Settings) -> dict[str, int]:
    """What the last build added to and removed from the tables of Iceberg, over all tables, by their snapshots."""
    from footfall.spark.session import catalog_name, open_session
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
    parser.add_argument("--master", default="local[2]")
    given = parser.parse_args()
    home, settings = Home(given.home).ensure(), engine_settings(given.engine, given.master)
    found: dict[str, Any] = {}

    def timed(name: str, started: tuple[float, float, float]) -> None:
        found[name] = {
            "seconds": perf_counter() - started[0],
            "cpu": process_time() - started[1] + java_seconds(home, settings) - started[2],
        }

    def now() -> tuple[float, float, float]:
        return perf_counter(), process_time(), java_seconds(home, settings)

    clock = now()
    found["lines"] = loading.load(home, settings, run_id="bench").loaded
    timed("load", clock)
    manifest = dbt_runner.parse(home, settings)
    clock = now()
    sources = build_sources.bind(home, dbt_args.PROJECT, settings)
    nodes = dbt_runner.build(home, settings, is_full_refresh=sources.is_full, manifest=manifest)
    timed("build", clock)
    failed = [f"{node.name}: {node.message}" for node in nodes if node.status in ("error", "fail")]
    if failed:
        print("\n".join(failed), file=sys.stderr)
        return 1
    if given.engine == "spark":
        found["figures"] = {**build_sources.figures(home, settings), **written(home, settings)}
    clock = now()
    build_sources.finish(home, sources, settings)
    timed("marts.duckdb", clock)
    build_sources.mark_built(home, sources, settings)
    print(json.dumps(found))
    return 0


if __name__ == "__main__":
    sys.exit(main())
