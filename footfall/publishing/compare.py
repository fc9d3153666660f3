"""Changes to what was published before: restated daily numbers, and visits that are cut differently now."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb

from footfall.core.database import quote_identifier, quote_literal, value
from footfall.core.home import Home
from footfall.core.progress import Progress, quiet
from footfall.core.sql_files import read_sql
from footfall.core.state_files import read_json, write_json
from footfall.ingestion.lake.commit_log import Commit
from footfall.publishing.content import UNDATED, Content
from footfall.publishing.history import history_folder
from footfall.publishing.history_checksums import forget_checksum, note_checksum

_DAILY = ("agg_workspace_daily", "agg_interactions_by_os", "agg_path_links")


@dataclass(frozen=True)
class Previous:
    """The version being replaced."""

    folder: Path
    current: Mapping[str, Any]
    content: Content

    @property
    def load_date(self) -> str | None:
        return self.current["load_date"]

    @property
    def file(self) -> Path:
        return self.folder / "footfall.duckdb"


def compare(
    con: duckdb.DuckDBPyConnection,
    home: Home,
    previous: Previous,
    content: Content,
    commits: Sequence[Commit],
    *,
    run_id: str,
    restated_at: datetime,
    is_redefined: bool,
    progress: Progress = quiet,
) -> int:
    """Write the history files of replacing ``previous`` by the tables of ``con``.

    Only the dates on which tables differ are read, so the cost is that of what changed.

    Args:
        con: connection on the new version's file.
        commits: those that came since the previous version.
        is_redefined: the definitions (models, seeds) changed since.

    Returns:
        How many published numbers of finished days were restated.
    """
    try:
        con.execute(f"attach {quote_literal(str(previous.file))} as previous (read_only)")
    except duckdb.Error:
        # Somebody opened it for writing, or damaged it. That must not keep the next version from its readers.
        progress("The previous version cannot be read any more, so what this one restates is not known.")
        return 0
    try:
        if previous.load_date is None:
            return 0
        restated = _restate(con, home, previous, content, commits, run_id, restated_at, is_redefined)
        if not is_redefined and commits and not any(commit.kind == "erasure" for commit in commits):
            _count_resessionized(con, home, previous, content, commits[-1].seq)
        return restated
    finally:
        con.execute("detach previous")


def _restate(
    con: duckdb.DuckDBPyConnection, home: Home, previous: Previous, content: Content,
    commits: Sequence[Commit], run_id: str, restated_at: datetime, is_redefined: bool,
) -> int:
    dates = _changed_dates(content, previous.content, _DAILY)
    target = history_folder(home) / "restatements" / f"{previous.folder.name}.parquet"
    if not dates:
        forget_checksum(target)
        target.unlink(missing_ok=True)
        return 0
    _in_both(con, "numbers", _sql("daily_numbers"), dates)
    con.execute("create or replace temp table old_workspaces as select workspace_id from previous.marts.dim_workspaces")
    con.execute(
        "create or replace temp table old_families as select column_name as family from duckdb_columns() "
        "where database_name = 'previous' and table_name = 'agg_workspace_daily' "
        "union all values ('interactions_by_os'), ('path_links')"
    )
    _touch(con, home, commits)
    con.execute(
        f"create or replace temp table restated as {_sql('restatements')}",
        {
            "old_load_date": previous.load_date, "run_id": run_id, "restated_at": restated_at,
            "is_redefined": is_redefined, "has_entities": any(any(commit.entities.values()) for commit in commits),
        },
    )
    target.parent.mkdir(parents=True, exist_ok=True)
    new = target.with_name(target.name + ".tmp")
    con.execute(f"copy restated to {quote_literal(str(new))} (format parquet)")
    note_checksum(target, new)
    new.replace(target)
    return value(con, "select coalesce(sum(numbers), 0)::bigint from restated where reason <> 'open_day'")


def _touch(con: duckdb.DuckDBPyConnection, home: Home, commits: Sequence[Commit]) -> None:
    """Make the temporary table ``touched``: which workspace and UTC date each kind of commit brought events of."""
    con.execute("create or replace temp table touched (workspace_id varchar, utc_date date, kind varchar)")
    for commit in commits:
        if commit.kind == "erasure":
            # Its rows are gone, and so are their dates; nothing else changes a finished day in its publication.
            con.execute("insert into touched select workspace_id, null, 'erasure' from marts.dim_workspaces")
        paths = [home.root / path for key in ("added", "removed") for path in commit.events[key]]
        files = [str(path) for path in paths if path.exists()]
        if files:
            con.execute(
                "insert into touched select distinct workspace_id, cast(occurred_at as date), ? "
                "from read_parquet(?, hive_partitioning = false)",
                [commit.kind, files],
            )


def _count_resessionized(
    con: duckdb.DuckDBPyConnection, home: Home, previous: Previous, content: Content, seq: int
) -> None:
    dates = _changed_dates(content, previous.content, ("fct_visits",))
    found = (0, 0, 0)
    if dates:
        _in_both(con, "visits", _sql("dated_visits"), dates)
        con.execute(_sql("without_recounted"))
        found = con.execute(_sql("recut_visits"), {"old_load_date": previous.load_date}).fetchall()[0]
    write_json(
        history_folder(home) / "recuts" / f"{previous.folder.name}.json",
        {"seq": seq, **dict(zip(("visits_recut", "visits_merged", "visits_split"), found, strict=True))},
    )


def read_resessionized(home: Home) -> dict[int, dict[str, int]]:
    """By commit number, how many published visits it resessionized."""
    files = (history_folder(home) / "recuts").glob("*.json")
    return {row["seq"]: row for path in files if (row := read_json(path))}


def _in_both(con: duckdb.DuckDBPyConnection, name: str, query: str, dates: list[date]) -> None:
    """Run ``query`` on the marts of both versions, into the temporary tables ``old_<name>`` and ``new_<name>``."""
    own = quote_identifier(value(con, "select current_database()"))
    for age, database in (("old", "previous"), ("new", own)):
        con.execute(f"use {database}.marts")
        con.execute(f"create or replace temp table {age}_{name} as {query}", {"dates": dates})
    con.execute(f"use {own}.main")
    # What is hidden now, or visible again, because a workspace protects people was not restated.
    for age in ("old", "new"):
        con.execute(f"""
            delete from {age}_{name} where workspace_id in (
                select workspace_id from marts.dim_workspaces where anonymization <> 'none'
                union select workspace_id from previous.marts.dim_workspaces where anonymization <> 'none'
            )""")


def _changed_dates(new: Content, old: Content, tables: Sequence[str]) -> list[date]:
    """Dates on which any of ``tables`` differs; none when a version lacks one of them, so nothing can be compared."""
    days: set[str] = set()
    if any(table not in content.tables for table in tables for content in (new, old)):
        return []
    for table in tables:
        before = old.tables[table]
        comparable = before if new.engine == old.engine else None
        days |= new.tables[table].changed_since(comparable) | (set() if comparable else set(before.parts))
    return [date.fromisoformat(day) for day in sorted(days - {UNDATED})]


def _sql(name: str) -> str:
    return read_sql("footfall.publishing", name)
