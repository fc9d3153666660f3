"""The one way to open Spark here: UTC, times without zone, one catalog of Iceberg, nothing open to other machines.

A process has one session at a time. It stays open until ``close_session``, since starting one costs seconds; a second
home in the same process (tests) gets a catalog of its own in the same Spark.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from footfall.core import stop
from footfall.core.errors import FootfallError
from footfall.core.home import Home
from footfall.core.settings import Settings
from footfall.spark import installed, java, reach, remote
from footfall.spark.catalogs import catalog_name, catalog_options, warehouse_address
from footfall.spark.damage import local_path
from footfall.spark.faults import catalog_refused, is_lost, spark_refused
from footfall.spark.java_options import java_options

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

#: Options that decide values: with others the same models give other rows.
MEANING = {
    "spark.sql.timestampType": "TIMESTAMP_NTZ",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.ansi.enabled": "true",
}
_EXTENSIONS = "org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions"
_CURRENT = "spark.sql.defaultCatalog"
#: Namespaces of the tables.
NAMESPACES = ("lake", "staging", "intermediate", "marts")


def session_options(home: Home, settings: Settings) -> dict[str, str]:
    """Options that can be set in a running session."""
    name = f"spark.sql.catalog.{catalog_name(home, settings)}"
    options = {f"{name}.{key}": value for key, value in catalog_options(home, settings).items()}
    return {
        **MEANING, name: "org.apache.iceberg.spark.SparkCatalog", f"{name}.cache-enabled": "false", **options,
        _CURRENT: catalog_name(home, settings),
    }


def start_options(home: Home, settings: Settings) -> dict[str, str]:
    """Options of a Spark that this process starts; those of ``spark.conf`` win where they may."""
    logs = home.logs.resolve() / "spark.log"
    options = {
        "spark.app.name": "footfall",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.sql.catalogImplementation": "in-memory",
        "spark.sql.extensions": _EXTENSIONS,
        "spark.sql.warehouse.dir": str(home.temp.resolve() / "spark"),
        "spark.local.dir": str(java.own_folder(home).resolve()),
        "spark.sql.shuffle.partitions": "200",
        "spark.log.level": "WARN",
        "spark.driver.memory": "2g",
        **_sized_for_this_machine(settings),
        **settings.spark.conf,
    }
    given = options.get("spark.driver.extraJavaOptions", "")
    options["spark.driver.extraJavaOptions"] = java_options(logs, given)
    return {**options, **_jar(settings)}


def _sized_for_this_machine(settings: Settings) -> dict[str, str]:
    """For a Spark on this machine alone: only itself can reach it, and few parts, since each costs milliseconds."""
    if not settings.spark.master.startswith("local"):
        return {}
    return {
        "spark.driver.bindAddress": "127.0.0.1", "spark.driver.host": "127.0.0.1",
        "spark.sql.shuffle.partitions": "4", "spark.pyspark.python": sys.executable,
    }


def _jar(settings: Settings) -> dict[str, str]:
    """Where the jar of Iceberg comes from: ``spark.conf``, Maven's local repository, else Spark's own resolver."""
    given = settings.spark.conf
    named = " ".join(given.get(key, "") for key in ("spark.jars", "spark.jars.packages"))
    if "iceberg-spark-runtime" in named:
        return {}
    path = installed.local_jar()
    key, value = ("spark.jars", str(path)) if path else ("spark.jars.packages", installed.coordinates())
    return {key: ",".join(filter(None, (given.get(key), value)))}


def open_session(home: Home, settings: Settings) -> "SparkSession":
    """The session of this process with the home's catalog as its current one; started if there is none.

    Raises:
        FootfallError: a package, Java or the jar is missing or of another version; Spark or the catalog cannot be
            reached or refuses.
    """
    installed.require_packages()

    session = remote.connected(settings) if settings.spark.remote else _started(home, settings)
    require_version(session)
    if session.conf.get(_CURRENT, "") == catalog_name(home, settings) and not _is_removed(home, settings):
        return session
    reach.require_catalog(settings)
    reach.require_warehouse(home, settings)
    with catalog_refused(settings):
        _use_catalog(session, home, settings)
    return session


def _is_removed(home: Home, settings: Settings) -> bool:
    """Whether the folder of the catalog was removed, as a change to DuckDB does; its namespaces are then made again."""
    catalog = settings.iceberg.catalog
    return catalog.type == "hadoop" and not (local_path(warehouse_address(home, settings)) or home.iceberg).is_dir()


def _use_catalog(session: "SparkSession", home: Home, settings: Settings) -> None:
    options = session_options(home, settings)
    name = options.pop(_CURRENT)
    for key, value in options.items():
        session.conf.set(key, value)
    session.conf.unset("spark.wap.branch")
    session.catalog.setCurrentCatalog(name)
    for namespace in NAMESPACES:
        session.sql(f"create namespace if not exists {namespace}")
    session.conf.set(_CURRENT, name)  # by this the next call sees that all is done


def close_session() -> None:
    """Stop the Spark that this process started, or leave the server it was connected to; also one that has ended."""
    if "pyspark" not in sys.modules:
        return
    from pyspark.sql import SparkSession

    process = java.process()
    if stop.signals and process is not None:
        process.kill()  # in the middle of a statement, it would not answer in time
        process.wait()
    try:
        session = SparkSession.getActiveSession()
        if session is not None:
            session.stop()
    except Exception as error:
        if not is_lost(error):
            raise
    if not java.answers():
        java.forget()
    os.environ.pop("SPARK_REMOTE", None)


@contextmanager
def spark_session(home: Home, settings: Settings) -> Iterator["SparkSession"]:
    """A session that is closed at the end, if it was opened here."""
    was_open = is_open()
    try:
        yield open_session(home, settings)
    finally:
        if not was_open:
            close_session()


def require_version(session: "SparkSession") -> None:
    """Raise FootfallError where a running Spark is of another version than the jar of Iceberg is for."""
    wanted = installed.PACKAGES["pyspark"]
    if not session.version.startswith(wanted):
        raise FootfallError(
            f"Spark has version {session.version}; Footfall works with {wanted}*.", where="footfall.yml, spark",
            hint="Use a Spark of that version: the jar of Iceberg is made for one version of Spark.",
        )


def is_open() -> bool:
    """Whether this process has a session."""
    if "pyspark" not in sys.modules or not java.answers():
        return False
    from pyspark.sql import SparkSession

    return SparkSession.getActiveSession() is not None


def _started(home: Home, settings: Settings) -> "SparkSession":
    installed.require_java()
    from pyspark.sql import SparkSession

    if not java.answers():
        java.forget()
    active = SparkSession.getActiveSession()
    if active is not None:
        if active.conf.get("spark.master") == settings.spark.master:
            return active
        active.stop()
    java.remove_left_over(home)
    for folder in (java.own_folder(home), home.logs):
        folder.mkdir(parents=True, exist_ok=True)
    # pyspark reads this, not `spark.pyspark.python`, where it starts Spark in its own process
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    builder = SparkSession.builder.master(settings.spark.master)
    for key, value in start_options(home, settings).items():
        builder = builder.config(key, value)
    with spark_refused(settings), java.own_interrupts(), java.stderr_in(home.logs / "spark.log"):
        session = builder.getOrCreate()
    java.end_without_trace()
    stop.helpers[:] = filter(None, [java.process()])
    return session
