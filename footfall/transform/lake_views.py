"""The views of schema ``lake``, which dbt's sources name: typed scans over Parquet files of commits."""

import duckdb

from footfall.core.database import quote_literal
from footfall.core.home import Home
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


def bind_views(
    connection: duckdb.DuckDBPyConnection, home: Home, commits: list[Commit], fresh: list[Commit],
    retention: RetentionRecord,
) -> None:
    """Make the views: events of the ``fresh`` commits (those to build), every version of entities of all ``commits``.

    Raises:
        FootfallError: a file that a commit names is missing.
    """
    _bind_events(connection, home, fresh, retention)
    for entity, columns in ENTITIES.items():
        scan = _scan(home, live_entity_files(commits, entity), f"load_date date, {columns}, {LINE}", by_name=True)
        connection.execute(f"create or replace view lake.{entity} as {scan}")


def _bind_events(
    connection: duckdb.DuckDBPyConnection, home: Home, commits: list[Commit], retention: RetentionRecord
) -> None:
    """``events_added``: rows live at the head that were not at the start; ``events_removed``: the other way round."""
    columns = f"{EVENTS}, seq bigint"
    added, removed = (event_files(home, commits, name, retention) for name in ("added", "removed"))
    connection.execute(f"create or replace view lake.all_added as {_scan_by_seq(home, added, columns)}")
    connection.execute(f"create or replace view lake.events_removed as {_scan_by_seq(home, removed, columns)}")
    survivors = (
        "select added.* from lake.all_added as added where not exists (select 1 from lake.events_removed as removed "
        "where removed.workspace_id = added.workspace_id and removed.message_id = added.message_id "
        "and removed.seq > added.seq)"
    )
    connection.execute(
        f"create or replace view lake.events_added as {survivors if removed else 'select * from lake.all_added'}"
    )


def _scan_by_seq(home: Home, files: dict[int, list[str]], columns: str) -> str:
    """One scan for each commit, so that the commit is a constant and not a string to be parsed on every row."""
    if not files:
        return _scan(home, [], columns)
    return " union all by name ".join(
        f"select *, {seq}::bigint as seq from ({_scan(home, paths, EVENTS)})" for seq, paths in sorted(files.items())
    )


def _scan(home: Home, files: list[str], columns: str, by_name: bool = False) -> str:
    """A query over Parquet files below the home, or one of no rows with the same columns.

    ``by_name``: a column that a file lacks, because an older version wrote it, is null.
    """
    typed = typed_columns(columns)
    empty = f"select {', '.join(f'null::{kind} as {name}' for name, kind in typed)} where false"
    if not files:
        return empty
    require_files(home, files)
    paths = ", ".join(quote_literal(str((home.root / path).resolve())) for path in files)
    names = ", ".join(name for name, _ in typed)
    if by_name:
        files_as_they_are = f"select * from read_parquet([{paths}], hive_partitioning=false, union_by_name=true)"
        return f"select {names} from ({empty} union all by name {files_as_they_are})"
    return f"select {names} from read_parquet([{paths}], hive_partitioning=false)"
