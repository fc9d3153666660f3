"""`make spark-catalogs`: two builds with branches, tags, the marts file and the end of an erasure in real catalogs.

Each catalog is tried in a process of its own, since a process has one Spark. With ``--nights`` the whole command runs
two nights on a small sample with each, and every mart has to be equal to DuckDB's.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import yaml

from footfall.core.database import connect, quote_literal
from footfall.core.home import Home
from footfall.core.settings import Settings
from footfall.spark import branches, maintenance, session
from footfall.spark.bridge import bring_marts
from tests.spark.catalog_servers import BUCKET, KEYS, REGION, Servers

TABLES = ("intermediate.int_events", "marts.fct_visits")
PARTS = "partitioned by (bucket(8, workspace_id), days(at))"
NIGHT = "tblproperties ('write.wap.enabled' = 'true', 'footfall.layout' = 'x')"
LAST_DATES = 2
#: This metastore makes no tables of locks, without which each commit fails, and `create … if not exists` hides it.
WITHOUT_LOCKS = {"hadoop.iceberg.engine.hive.lock-enabled": "false"}


def sections(servers: Servers, folder: Path, names: list[str]) -> dict[str, dict[str, Any]]:
    """The sections of `footfall.yml` for each catalog; the servers that they need are started."""
    amazon = servers.amazon() if any(name.endswith(("s3", "glue")) for name in names) else ""
    s3 = {
        "io-impl": "org.apache.iceberg.aws.s3.S3FileIO", "s3.endpoint": amazon, "s3.path-style-access": "true",
        "client.region": REGION,
    }

    def jdbc(name: str) -> dict[str, str]:
        return {"uri": f"jdbc:sqlite:{folder / name}.db"}

    def rest(name: str, warehouse: str, where: str | None = None) -> dict[str, str]:
        return {"uri": servers.rest(name, warehouse, where)}

    s3_of = {name: f"s3://{BUCKET}/{name}" for name in names}
    known = {
        "hadoop": lambda: ("hadoop", {}, None),
        "connect": lambda: ("hadoop", {}, None),
        "jdbc": lambda: ("jdbc", jdbc("jdbc"), None),
        "jdbc-s3": lambda: ("jdbc", {**jdbc("jdbc-s3"), **s3}, s3_of["jdbc-s3"]),
        "rest": lambda: ("rest", rest("rest", str(folder / "rest")), None),
        "rest-s3": lambda: ("rest", {**rest("rest-s3", s3_of["rest-s3"], amazon), **s3}, s3_of["rest-s3"]),
        "hive": lambda: ("hive", {"uri": servers.hive(), **WITHOUT_LOCKS}, str(folder / "hive")),
        "glue": lambda: ("glue", {"glue.endpoint": amazon, **s3}, s3_of["glue"]),
    }
    remote = servers.connect(servers.jars) if any(name.startswith("connect") for name in names) else ""
    here = {"master": "local[2]", "conf": {"spark.driver.memory": "1g", "spark.jars": ",".join(servers.jars)}}
    found = {}
    for name in names:
        kind, options, warehouse = known[name]()
        found[name] = {
            "warehouse": {"engine": "spark"}, "spark": {"remote": remote} if name.startswith("connect") else here,
            "iceberg": {"catalog": {"type": kind, "options": options}, "warehouse": warehouse},
        }
    return found


def two_builds(home: Home, settings: Settings) -> None:
    """What `footfall run` does with tables in two nights, then what an erasure does; raises where rows are wrong."""
    spark = session.open_session(home, settings)
    published: dict[str, int] = {}
    for number in (1, 2):
        branches.begin(spark, number, number - 1 or None)
        for name in TABLES:
            columns = "(workspace_id string not null, at timestamp_ntz not null, n bigint)"
            spark.sql(f"create table if not exists {name} {columns} using iceberg {PARTS} {NIGHT}")
            spark.sql(f"delete from {name} where n = {number}")
            spark.sql(
                f"insert into {name} by name select concat('w', id) as workspace_id, cast({number} as bigint) as n, "
                f"timestamp_ntz '2026-09-01 10:00:00' + make_dt_interval({number}) as at from range(5)"
            )
        snapshots = branches.complete(spark, number)
        assert branches.reconcile(spark, published) == []
        assert _count(spark, "marts.fct_visits") == 5 * (number - 1), "main moved before the publication"
        branches.tag_run(spark, snapshots, f"r{number}")
        branches.reconcile(spark, snapshots)
        assert _count(spark, "marts.fct_visits") == 5 * number
        done = bring_marts(home, settings, snapshots)
        assert done == {"marts.fct_visits": "all" if number == 1 else "parts"}, done
        with closing(connect(home.marts_file)) as con:
            assert con.execute("select count(*), sum(n) from marts.marts.fct_visits").fetchone() == (
                (5, 5) if number == 1 else (10, 15)
            )
        published = snapshots
    assert _count(spark, "marts.fct_visits version as of 'run-r1'") == 5
    maintenance.compact(spark, 2)
    assert maintenance.expire(spark, TABLES, {"run-r2"}) == ["run-r1"]
    maintenance.remove_for_good(spark, home, settings, {"run-r2"}, TABLES)
    assert _count(spark, "marts.fct_visits") == 10
    branches.require_unchanged(spark, 2, published)
    session.close_session()


def two_nights(folder: Path, name: str, settings: dict[str, Any]) -> None:
    """Run two nights of the sample; raises where a command fails or a mart differs from DuckDB's."""
    home = folder / f"nights-{name}"
    for stage in ("first", "second"):
        shutil.copytree(folder / stage, home, dirs_exist_ok=True)
        (home / "footfall.yml").write_text(yaml.safe_dump(settings), encoding="utf-8")
        _footfall("run", "--home", str(home))
        if name != "duckdb":
            _require_equal(folder / "nights-duckdb" if stage == "second" else folder / "night-duckdb", home)
        elif stage == "first":
            shutil.copytree(home, folder / "night-duckdb", symlinks=True)


def _make_sample(folder: Path) -> None:
    """The landing zone of two nights: the second has the last load dates."""
    sample = str(folder / "first")
    _footfall("init", "--home", sample)
    _footfall("sample", "--home", sample, "--workspaces", "2", "--participants", "40", "--days", "4", "--dirty", "0.05")
    dates = sorted((folder / "first" / "landing" / "events").iterdir())[-LAST_DATES:]
    (folder / "second" / "landing" / "events").mkdir(parents=True)
    for path in dates:
        path.rename(folder / "second" / "landing" / "events" / path.name)


def _require_equal(one: Path, other: Path) -> None:
    with closing(connect()) as con:
        for name, home in (("a", one), ("b", other)):
            con.execute(f"attach {quote_literal(str(Home(home).marts_file))} as {name} (read_only)")
        names = con.execute("select table_name from duckdb_tables() where database_name = 'a'").fetchall()
        assert names, "there are no marts"
        for (table,) in names:
            for left, right in ("ab", "ba"):
                rows = f"select * from {left}.marts.{table} except all select * from {right}.marts.{table}"
                assert con.execute(f"select count(*) from ({rows})").fetchone() == (0,), f"{table} differs"


def _count(spark: Any, what: str) -> int:
    return int(spark.sql(f"select count(*) from {what}").collect()[0][0])


def _footfall(*arguments: str) -> None:
    program = Path(sys.executable).with_name("footfall")
    subprocess.run([program, *arguments], check=True, env={**os.environ, **KEYS})


def main() -> int:
    moto = shutil.which("moto_server")
    names = ["hadoop", "jdbc", "rest", "hive", "connect", *(["jdbc-s3", "rest-s3", "glue"] if moto else [])]
    if not moto:
        print("Not tried: S3 and glue, for which moto_server is needed (pip install 'moto[server]==5.2.5').")
    parser = argparse.ArgumentParser()
    parser.add_argument("--catalogs", default=",".join(names), help=f"some of {', '.join(names)}")
    parser.add_argument("--nights", action="store_true", help="two whole nights with each")
    parser.add_argument("--one", nargs=2, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        two_builds(Home(Path(given.one[0])).ensure(), Settings(**json.loads(given.one[1])))
        return 0
    failed = []
    with tempfile.TemporaryDirectory() as place, Servers(Path(place), moto) as servers:
        folder = Path(place)
        settings = sections(servers, folder, given.catalogs.split(","))
        if given.nights:
            _make_sample(folder)
            two_nights(folder, "duckdb", {"warehouse": {"engine": "duckdb"}})
        for name, one in settings.items():
            start = time.monotonic()
            try:
                this = [sys.executable, "-m", "tests.spark.try_catalogs"]
                subprocess.run(
                    [*this, "--one", str(folder / f"home-{name}"), json.dumps(one)], check=True,
                    env={**os.environ, **KEYS},
                )
                if given.nights:
                    two_nights(folder, name, one)
            except (subprocess.CalledProcessError, AssertionError) as error:
                failed.append(name)
                print(f"{name}: FAILED: {error}", flush=True)
            else:
                print(f"{name}: passed in {time.monotonic() - start:.0f} s", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
