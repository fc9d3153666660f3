"""Restatements without names and values of numbers: what of the history may be about somebody who was erased."""

from collections.abc import Collection, Sequence
from datetime import date
from pathlib import Path

import duckdb

from footfall.core.database import connect, quote_literal, value
from footfall.core.durable import sync
from footfall.core.home import Home
from footfall.publishing.history import history_folder
from footfall.publishing.history_checksums import note_checksum

#: SQL of the rows of history files ``$files``; those of older versions have no column ``numbers``.
READ = """(
    select * replace (coalesce(numbers, 1) as numbers) from (
        select cast(null as bigint) as numbers where false
        union all by name
        select * from read_parquet($files, union_by_name = true)
    )
)"""
_IS_TO_COUNT = """metric is not null and (reason = 'erasure' or exists (
    from counted_days
    where counted_days.workspace_id = history.workspace_id
        and coalesce(counted_days.local_date = history.local_date, counted_days.local_date is null)
))"""
_COUNTED = f"""
with marked as (select *, coalesce({_IS_TO_COUNT}, false) as is_counted from history)
select * exclude (is_counted) from marked where not is_counted
union all by name
select run_id, restated_at, workspace_id, local_date, sum(numbers)::bigint as numbers, reason
from marked where is_counted group by all
order by restated_at, workspace_id, local_date, metric"""


def restatement_files(home: Home) -> list[str]:
    """The history's files of restatements, oldest first."""
    return sorted(str(path) for path in (history_folder(home) / "restatements").glob("*.parquet"))


def count_only(con: duckdb.DuckDBPyConnection, home: Home, days: Collection[tuple[str, date | None]] = ()) -> int:
    """Write the history again so that rows of reason `erasure`, and of ``days``, say only how many numbers changed.

    A restatement of another reason on a day of an erased person may be that person's visit: it arrived late, or a
    backfill changed it. Doing it again changes nothing.

    Args:
        days: (workspace, local date); date None: all of the workspace.

    Returns:
        How many files were written again.
    """
    con.execute("create or replace temp table counted_days(workspace_id varchar, local_date date)")
    if days:
        con.execute(
            "insert into counted_days select unnest($workspaces), unnest($dates)",
            {"workspaces": [workspace for workspace, _ in days], "dates": [day for _, day in days]},
        )
    changed = 0
    files = restatement_files(home)
    if files and not days:
        # Most nights find nothing: one look at all files, of which there is one a night.
        files = _with_values_of_erasures(con, files)
    for name in files:
        con.execute(f"create or replace temp table history as select * from {READ}", {"files": [name]})
        if not value(con, f"select count(*) from history where {_IS_TO_COUNT}"):
            continue
        new = f"{name}.tmp"
        con.execute(f"copy ({_COUNTED}) to {quote_literal(new)} (format parquet)")
        path = history_folder(home) / "restatements" / new.rpartition("/")[2]
        sync(path)
        note_checksum(path.with_suffix(""), path)
        path.replace(path.with_suffix(""))
        sync(path.parent)
        changed += 1
    con.execute("drop table if exists history")
    con.execute("drop table counted_days")
    return changed


def _with_values_of_erasures(con: duckdb.DuckDBPyConnection, files: Sequence[str]) -> list[str]:
    found = con.execute(
        "select distinct filename from read_parquet($files, filename = true, union_by_name = true) "
        "where metric is not null and reason = 'erasure' order by filename", {"files": list(files)},
    ).fetchall()
    return [name for (name,) in found]


def names_erased_numbers(file: Path) -> bool:
    """Whether a published file, of a version of Footfall before this one, names numbers that an erasure changed."""
    try:
        with connect(file, read_only=True) as con:
            return value(con, "select exists (from ops.restatements where reason = 'erasure' and metric is not null)")
    except duckdb.Error:
        # not a version that can be read, and so nothing that anybody is shown
        return False
