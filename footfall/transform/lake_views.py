"""The views of schema ``lake``, which dbt's sources name: typed scans over Parquet files of commits."""

from collections.abc import Iterable

import duckdb

from footfall.core.database import quote_literal
from footfall.core.errors import FootfallError
from footfall.core.home import Home
from footfall.ingestion.lake.commit_log import Commit, live_commits
from footfall.ingestion.retention_record import RetentionRecord

#: Columns of the lake's files.
ENTITIES = {
    "workspaces": (
        "workspace_id varchar, name varchar, timezone varchar, starts_on date, ends_on date, anonymization varchar, "
        "anonymized_domains varchar[], cookie_banner boolean, modules varchar[], target_groups varchar[], "
        "visit_timeout_minutes bigint, idle_cap_seconds bigint, min_group_size bigint, updated_at timestamp, "
        "is_unreadable boolean"
    ),
    "participants": (
        "workspace_id varchar, user_id varchar, first_name varchar, last_name varchar, email varchar, "
        "company varchar, job_title varchar, groups varchar[], role varchar, is_test boolean, profile_url varchar, "
        "created_at timestamp, updated_at timestamp, deleted_at timestamp"
    ),
    "content": (
        "workspace_id varchar, content_type varchar, content_id varchar, title varchar, url varchar, "
        "sponsor_id varchar, starts_at timestamp, ends_at timestamp, updated_at timestamp, deleted_at timestamp"
    ),
    "meetings": (
        "workspace_id varchar, meeting_id varchar, kind varchar, status varchar, scheduled_start timestamp, "
        "scheduled_end timestamp, created_at timestamp, updated_at timestamp"
    ),
    "meeting_participants": (
        "workspace_id varchar, meeting_id varchar, user_id varchar, response varchar, attended boolean, "
        "joined_at timestamp, left_at timestamp, updated_at timestamp"
    ),
}

#: Columns that every entity's files have besides; which line of which landing file says which of two rows came later.
LINE = "content_hash varchar, file varchar, line_number bigint"

EVENTS = (
    "load_date date, file_id varchar, line_number bigint, workspace_id varchar, message_id varchar, user_id varchar, "
    "anonymous_id varchar, device_id varchar, type varchar, event varchar, occurred_at timestamp, "
    "original_timestamp timestamp, sent_at timestamp, received_at timestamp, os varchar, os_version varchar, "
    "app_version varchar, timezone varchar, module varchar, content_type varchar, content_id varchar, "
    "content_title varchar, duration_seconds decimal(18,3), query varchar, results bigint, properties varchar, "
    "content_hash varchar"
)


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


def live_entity_files(commits: Iterable[Commit], entity: str) -> list[str]:
    """Paths of an entity's lake files, without those of commits that a backfill replaced."""
    return [path for commit in live_commits(commits) for path in commit.entities.get(entity, [])]


def _bind_events(
    connection: duckdb.DuckDBPyConnection, home: Home, commits: list[Commit], retention: RetentionRecord
) -> None:
    """``events_added``: rows live at the head that were not at the start; ``events_removed``: the other way round."""
    columns = f"{EVENTS}, seq bigint"

    def files(name: str) -> dict[int, list[str]]:
        named = {commit.seq: [
            path for path in commit.events.get(name, ())
            if not retention.is_lake_removed(commit.load_date) or (home.root / path).exists()
        ] for commit in commits}
        return {seq: paths for seq, paths in named.items() if paths}

    added, removed = files("added"), files("removed")
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
    typed = [column.split(" ", 1) for column in columns.split(", ")]
    empty = f"select {', '.join(f'null::{kind} as {name}' for name, kind in typed)} where false"
    if not files:
        return empty
    missing = next((path for path in files if not (home.root / path).exists()), None)
    if missing:
        raise FootfallError(
            "A committed lake file is missing.",
            where=str(home.root / missing),
            hint="Restore it from a backup, or run `footfall run`: it loads the landing zone again.",
        )
    paths = ", ".join(quote_literal(str((home.root / path).resolve())) for path in files)
    names = ", ".join(name for name, _ in typed)
    if by_name:
        files_as_they_are = f"select * from read_parquet([{paths}], hive_partitioning=false, union_by_name=true)"
        return f"select {names} from ({empty} union all by name {files_as_they_are})"
    return f"select {names} from read_parquet([{paths}], hive_partitioning=false)"
