"""Lines of others that had lost to a line of an erased person: what the loader would have decided without it."""

from collections.abc import Sequence
from itertools import groupby
from typing import Any

import duckdb

from footfall.core.home import Home
from footfall.ingestion.database import parquet
from footfall.ingestion.exclusion.match_erased import IS_ERASED, find_erased_ids
from footfall.ingestion.exclusion.tombstones import Erased
from footfall.ingestion.lake.commit_log import Commit, live_commits

_COLUMNS = (
    "workspace_id, message_id, received_at, occurred_at, content_hash, sent_at, load_date, file_id, line_number"
)
#: Live lines that come or go, for the counts by workspace.
MOVED_COLUMNS = "file_id varchar, line_number bigint, load_date date, workspace_id varchar, late interval"
MOVED = "file_id, line_number, load_date, workspace_id, coalesce(received_at, load_date + interval 1 day) - occurred_at"


def find_revived(
    con: duckdb.DuckDBPyConnection, home: Home, commits: Sequence[Commit], erased: Erased
) -> list[tuple[int, str, int, str]]:
    """(seq, file_id, line_number, state after) of lines in quarantine as conflicts that are no longer.

    Needs table ``gone`` (plan): a message whose live line goes, and of which other lines stay. The least of these in
    the order of docs/decisions/0002 becomes live (``loaded``), its copies are ``duplicates``. Fills ``now_live``.
    """
    paths_of = {row["file_id"]: row["file"] for commit in commits for row in commit.files}
    rows: list[tuple[tuple[Any, ...], int, str]] = []
    con.execute(f"create temp table now_live({MOVED_COLUMNS})")
    for commit in live_commits(commits):
        for kind in ("added", "copies", "kept"):
            for path in commit.events.get(kind, ()):
                if path.endswith("-revived.parquet"):
                    continue
                scan = parquet(home, [path])
                find_erased_ids(con, scan, erased, with_texts=False)
                found = con.execute(
                    f"select {_COLUMNS} from {scan} where not {IS_ERASED} and (workspace_id, message_id) in "
                    "(select (workspace_id, message_id) from gone where state = 'loaded')"
                ).fetchall()
                rows += [(row, commit.seq, scan) for row in found]
    revived = []
    for _, lines in groupby(sorted(rows, key=lambda one: one[0][:2]), key=lambda one: one[0][:2]):
        ranked = sorted(lines, key=lambda one: _place(one[0], paths_of))
        content = ranked[0][0][4]
        for place, (row, seq, scan) in enumerate(ranked):
            if row[4] == content:
                revived.append((seq, row[7], row[8], "duplicates" if place else "loaded"))
            if not place:
                con.execute(
                    f"insert into now_live select {MOVED} from {scan} where file_id = $file and line_number = $line",
                    {"file": row[7], "line": row[8]},
                )
    return revived


def _place(row: tuple[Any, ...], paths_of: dict[str, str]) -> tuple[Any, ...]:
    _, _, received_at, occurred_at, content_hash, sent_at, load_date, file, line = row
    return (
        received_at is None, received_at or 0, occurred_at, content_hash, sent_at is None, sent_at or 0, load_date,
        paths_of.get(file, ""), line,
    )
