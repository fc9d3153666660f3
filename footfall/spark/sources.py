"""dbt's sources as views of the session over the lake's Parquet files, which Spark reads itself; nothing is copied.

A view of a session has no namespace: ``lake.events_added`` of dbt is ``lake__events_added`` here (macro ``source``).
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import reduce
from pathlib import Path
from typing import TYPE_CHECKING

from footfall.core.home import Home
from footfall.core.zones import known_zones
from footfall.ingestion.lake.commit_log import Commit
from footfall.ingestion.lake.contents import (
    ENTITIES,
    EVENTS,
    LINE,
    event_files,
    live_entity_files,
    require_files,
    typed_columns,
)
from footfall.ingestion.retention_record import RetentionRecord
from footfall.spark.timezones import bind_timezones

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

#: Columns of `lake.build`.
BUILD = "build_no bigint, built_no bigint, since_seq bigint, head_seq bigint, as_of timestamp"
#: Commits to read one by one, each with its number as a constant; more are read at once, numbered by their files.
_ONE_BY_ONE = 8


def bind_views(
    session: "SparkSession", home: Home, commits: Sequence[Commit], fresh: Sequence[Commit],
    retention: RetentionRecord, build: tuple[int, int, int, int, datetime | None],
    state: Mapping[str, tuple[str, str]], built_branch: str | None,
) -> None:
    """Make the views: events of the ``fresh`` commits, entities of all ``commits``, and the state of the last build;
    also let the session know the clocks of the workspaces' time zones.

    Args:
        build: the row of ``lake.build`` (``BUILD``).
        state: by name of ``state.*``, the table of the last complete build that has it, and its columns.
        built_branch: branch of the last complete build; None before the first, and for one from scratch.

    Raises:
        FootfallError: a file that a commit names is missing.
    """
    _bind_events(session, home, fresh, retention)
    for entity, columns in ENTITIES.items():
        files = live_entity_files(commits, entity)
        _view(_scan(session, home, files, f"load_date date, {columns}, {LINE}"), "lake", entity)
    _view(session.createDataFrame([build], _schema(BUILD)), "lake", "build")
    zones = session.createDataFrame([(name,) for name in known_zones()], "name string")
    _view(zones, "lake", "timezones")
    for name, (table, columns) in state.items():
        rows = session.createDataFrame([], _schema(columns))
        if built_branch is not None:
            names = ", ".join(column for column, _ in typed_columns(columns))
            rows = session.sql(f"select {names} from {table} version as of '{built_branch}'")
        _view(rows, "state", name)
    own_zones = session.sql("select timezone from lake__workspaces union select timezone from state__workspaces")
    bind_timezones(session, [row[0] for row in own_zones.collect() if row[0] is not None])


def _bind_events(session: "SparkSession", home: Home, fresh: Sequence[Commit], retention: RetentionRecord) -> None:
    """``events_added``: rows live at the head that were not at the start; ``events_removed``: the other way round."""
    added, removed = (event_files(home, fresh, name, retention) for name in ("added", "removed"))
    live, gone = _scan_by_seq(session, home, added), _scan_by_seq(session, home, removed)
    if removed:
        is_later = [gone[name] == live[name] for name in ("workspace_id", "message_id")] + [gone["seq"] > live["seq"]]
        live = live.join(gone, is_later, "left_anti")
    _view(live, "lake", "events_added")
    _view(gone, "lake", "events_removed")


def _scan_by_seq(session: "SparkSession", home: Home, files: dict[int, list[str]]) -> "DataFrame":
    """Rows of the events' files with the number of their commit, `seq`."""
    from pyspark.sql import functions

    if not files:
        return session.createDataFrame([], _schema(f"{EVENTS}, seq bigint"))
    if len(files) <= _ONE_BY_ONE:
        scans = [
            _scan(session, home, paths, EVENTS).withColumn("seq", functions.lit(seq).cast("bigint"))
            for seq, paths in files.items()
        ]
        return reduce(lambda some, one: some.unionByName(one), scans)
    # a union of a thousand scans takes longer to plan than to read: each file's commit is looked up instead
    numbers = session.createDataFrame(
        [(_key(path), seq) for seq, paths in files.items() for path in paths], "file_key string, seq bigint",
    )
    rows = _scan(session, home, [path for paths in files.values() for path in paths], EVENTS)
    key = functions.substring_index(functions.col("_metadata.file_path"), "/", -2)
    names = [name for name, _ in typed_columns(EVENTS)]
    return rows.withColumn("file_key", key).join(functions.broadcast(numbers), "file_key").select(*names, "seq")


def _key(path: str) -> str:
    """Folder and name of a lake file, as the last parts of its address."""
    return "/".join(Path(path).parts[-2:])


def _scan(session: "SparkSession", home: Home, files: Iterable[str], columns: str) -> "DataFrame":
    """Rows of Parquet files below the home; a column that a file lacks is null."""
    files = list(files)
    schema = _schema(columns)
    if not files:
        return session.createDataFrame([], schema)
    require_files(home, files)
    addresses = [(home.root / path).resolve().as_uri() for path in files]
    return session.read.schema(schema).parquet(*addresses)


def _view(rows: "DataFrame", source: str, name: str) -> None:
    rows.createOrReplaceTempView(f"{source}__{name}")


def _schema(columns: str) -> str:
    """Columns with DuckDB's types as Spark's."""
    return ", ".join(f"{name} {_type(kind)}" for name, kind in typed_columns(columns))


def _type(kind: str) -> str:
    if kind.endswith("[]"):
        return f"array<{_type(kind[:-2])}>"
    return {"varchar": "string", "timestamp": "timestamp_ntz", "integer": "int"}.get(kind, kind)
