"""Repaired values of erased people: taken out of the private quarantine, and out of the counts of the ledger."""

from collections.abc import Sequence

import duckdb

from footfall.core.home import Home
from footfall.erasure.file_names import rename_in_rows
from footfall.erasure.ledger import Changes
from footfall.ingestion.database import parquet, value
from footfall.ingestion.exclusion.mentions import names_erased_person
from footfall.ingestion.exclusion.tombstones import Erased
from footfall.ingestion.lake.commit_log import Commit, live_commits

_LINE = "file_id, line_number"


def count_repaired_events(
    con: duckdb.DuckDBPyConnection, home: Home, commits: Sequence[Commit], revived: Sequence[tuple[int, str, int, str]],
    changes: Changes,
) -> None:
    """Add to ``changes`` the repaired lines that are live no longer (table ``gone``), and those that are live now."""
    paths = [path for commit in live_commits(commits) for path in commit.events.get("keys", ())]
    if not paths:
        return
    con.execute("create temp table moved_lines(file_id varchar, line_number bigint, lines bigint)")
    con.execute(f"insert into moved_lines select distinct {_LINE}, -1 from gone where state = 'loaded'")
    for _, file, line, after in revived:
        if after == "loaded":
            con.execute("insert into moved_lines values (?, ?, 1)", [file, line])
    keys = parquet(home, paths, later="repaired varchar")
    for file, repaired, lines in con.execute(
        "select file_id, repaired, sum(lines)::bigint from moved_lines inner join "
        f"(select distinct {_LINE}, repaired from {keys} where repaired is not null) as keys using ({_LINE}) "
        "group by all order by all"
    ).fetchall():
        changes.repaired.add(file, repaired, lines)


def remaining_repairs(
    con: duckdb.DuckDBPyConnection, home: Home, path: str, erased: Erased, workspaces: list[str]
) -> str | None:
    """Query of what stays of a file of repaired values; None where all of it does.

    Lines of tables ``lost`` (events) and ``lost_rows`` (entities) go; a value of others that names an erased person
    becomes null.
    """
    if not (home.root / path).exists():
        return None
    con.execute(f"create or replace temp table repairs as select * exclude (filename) from {parquet(home, [path])}")
    is_lost = (
        f"(({_LINE}) in (select ({_LINE}) from lost) or (file, line_number) in "
        "(select (file, line_number) from lost_rows))"
    )
    named = [
        rowid for rowid, text in con.execute("select rowid, value from repairs where value is not null").fetchall()
        if names_erased_person(text, erased, workspaces)
    ]
    lost = value(con, f"select count(*) from repairs where {is_lost}")
    con.execute(f"delete from repairs where {is_lost}")
    con.execute("update repairs set value = null where rowid in (select unnest($named::bigint[]))", {"named": named})
    is_renamed = rename_in_rows(con, "repairs", erased) > 0
    return "select * from repairs" if named or lost or is_renamed else None
