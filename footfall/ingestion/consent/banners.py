"""Workspaces whose cookie banner is on, so that a browser's event needs a clear yes."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

import duckdb

from footfall.core.home import Home
from footfall.ingestion.context import LoadContext
from footfall.ingestion.database import parquet, sql

if TYPE_CHECKING:
    from footfall.ingestion.lake.commit_log import Commit

_LATER_COLUMNS = "repaired varchar, is_unreadable boolean"


def find_banners(work: LoadContext) -> None:
    """Set the variables ``banners`` and ``all_have_banner`` by the settings known so far, and ``assumed_banners``."""
    paths = [path for commit in work.commits for path in commit.entities.get("workspaces", ())]
    _fill(work.con, work.home, [*paths, *work.entity_files.get("workspaces", ())])
    work.con.execute("set variable banners = (select list(workspace_id) from banners where is_on)")
    work.con.execute("set variable all_have_banner = (select coalesce(bool_and(is_on), false) from banners)")
    work.assumed_banners = _names(work.con, "is_on and is_assumed")


def dates_to_validate_again(con: duckdb.DuckDBPyConnection, home: Home, commits: "Iterable[Commit]") -> list[str]:
    """Load dates of ``commits`` (those in force) whose events were refused by a banner that was assumed to be on, and
    by settings that can be read now is off."""
    commits = list(commits)
    if not any(commit.assumed_banners for commit in commits):
        return []
    con.execute("create or replace temp table banners(workspace_id varchar, is_on boolean, is_assumed boolean)")
    _fill(con, home, [path for commit in commits for path in commit.entities.get("workspaces", ())])
    off = set(_names(con, "not is_on"))
    return sorted({commit.load_date for commit in commits if off & set(commit.assumed_banners)})


def _fill(con: duckdb.DuckDBPyConnection, home: Home, paths: list[str]) -> None:
    if paths:
        con.execute(sql("banners").replace("{versions}", parquet(home, paths, later=_LATER_COLUMNS)))


def _names(con: duckdb.DuckDBPyConnection, where: str) -> list[str]:
    rows = con.execute(f"select workspace_id from banners where {where} order by workspace_id").fetchall()
    return [workspace for (workspace,) in rows]
