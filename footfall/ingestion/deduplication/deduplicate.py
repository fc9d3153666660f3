"""One live line a message, in any order of arrival (docs: contract, section 5).

All that is decided here follows from the set of valid lines alone: the winner of a message is the least by
(received_at nulls last, occurred_at, content_hash), then by (sent_at, load_date, path, line_number) so that it is one
line. Losers with the winner's content are duplicates, others conflicts. What was live before is worked out from the
lines before, so there is no state that could go stale.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from footfall.core.home import Home
from footfall.ingestion.database import EVENT_LIST, parquet, sql, value, write

if TYPE_CHECKING:
    from footfall.ingestion.lake.commit_log import Commit

KEY_COLUMNS = (
    "key_low, key_high, received_at, occurred_at, sent_at, content_hash, repaired, load_date, path, file_id, "
    "line_number"
)
#: Keys written by older versions lack it.
_LATER_COLUMNS = "repaired varchar"


def find_history(
    con: duckdb.DuckDBPyConnection, home: Home, commits: Iterable["Commit"], withdrawn: Iterable["Commit"]
) -> None:
    """Fill ``history``: lines of earlier commits with a key of ``lines`` or of a withdrawn commit; and ``withdrawn``.

    Only the 8-byte ``key_low`` is read of all history: 20 ns of CPU a line. The other columns are read of the commits
    where it matched.
    """
    con.execute(sql("history"))
    gone = [path for commit in withdrawn for path in commit.events.get("keys", ())]
    if gone:
        keys = parquet(home, gone, later=_LATER_COLUMNS)
        con.execute(f"insert into withdrawn select {KEY_COLUMNS}, {_seq_of_filename()} from {keys}")
    paths = [path for commit in commits for path in commit.events.get("keys", ())]
    if not paths:
        return
    wanted = "(select key_low from lines union all select key_low from withdrawn)" if gone else "lines"
    con.execute(
        "create or replace temp table matched as select distinct key_low, filename from "
        f"{parquet(home, paths)} semi join {wanted} as wanted using (key_low)"
    )
    files = [name for (name,) in con.execute("select distinct filename from matched order by 1").fetchall()]
    if files:
        names = [Path(name).relative_to(home.root).as_posix() for name in files]
        con.execute(
            f"insert into history select {KEY_COLUMNS}, {_seq_of_filename()} "
            f"from {parquet(home, names, later=_LATER_COLUMNS)} as keys "
            "where key_low in (select key_low from matched)"
        )


def _seq_of_filename() -> str:
    return r"regexp_extract(filename, '/(\d{8})[^/]*$', 1)::bigint as seq"


def decide(con: duckdb.DuckDBPyConnection, load_date: str, fixed_before: str | None = None) -> None:
    """Fill ``decisions``: every line in question with its state ``before`` and ``after`` (live, duplicate, conflict).

    Args:
        fixed_before: lines of earlier load dates are final, since their rows are gone: they win.
    """
    con.execute(sql("decisions"), {"load_date": load_date, "fixed_before": fixed_before})


def find_unchanged(con: duckdb.DuckDBPyConnection, home: Home, withdrawn: Iterable["Commit"], parts: list[str]) -> None:
    """Fill ``unchanged``: lines read again whose row was live, stays live and is the same in every column."""
    con.execute(sql("unchanged"))
    if not value(con, "select count(*) from still_live"):
        return
    con.execute(
        "insert into unchanged select still_live.part, file_id, line_number from still_live "
        f"inner join (select file_id, line_number, hash({EVENT_LIST}) as print from {parquet(home, parts)}) "
        "as fresh using (file_id, line_number) "
        f"inner join (select file_id, line_number, hash({EVENT_LIST}) as print "
        f"from ({rows_of_lines(home, withdrawn, 'still_live')})) as earlier using (file_id, line_number, print)"
    )


def fetch_rows(
    con: duckdb.DuckDBPyConnection, home: Home, commits: Iterable["Commit"], wanted: str, path: str
) -> int:
    """Write the lake rows of lines of earlier commits to ``path``; ``wanted``: query of seq, file_id, line_number."""
    con.execute(f"create or replace temp table wanted_rows as {wanted}")
    seqs = {seq for (seq,) in con.execute("select distinct seq from wanted_rows").fetchall()}
    if not seqs:
        return 0
    concerned = [commit for commit in commits if commit.seq in seqs]
    return write(con, home, rows_of_lines(home, concerned, "wanted_rows"), path)


def rows_of_lines(home: Home, commits: Iterable["Commit"], wanted: str) -> str:
    """Query of the lake rows of the lines in table ``wanted`` (seq, file_id, line_number)."""
    paths = [
        path for commit in commits for kind in ("added", "copies", "kept") for path in commit.events.get(kind, ())
    ]
    return (
        f"select * exclude (seq, filename) from (select *, {_seq_of_filename()} from {parquet(home, paths)}) as rows "
        f"semi join {wanted} using (seq, file_id, line_number) order by file_id, line_number"
    )
