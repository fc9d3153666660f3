"""The lake files of a commit's events: added, removed and unchanged rows, copies, keys."""

from dataclasses import dataclass
from typing import Any

from footfall.ingestion.context import LoadContext
from footfall.ingestion.database import EVENT_LIST, parquet, value, write
from footfall.ingestion.deduplication.deduplicate import fetch_rows, find_unchanged

_REVIVED = (
    "select seq, file_id, line_number from decisions "
    "where origin = 'old' and before <> 'live' and after = 'live'"
)
_REMOVED = (
    "select seq, file_id, line_number from decisions anti join unchanged using (file_id, line_number) "
    "where before = 'live' and after is distinct from 'live'"
)
_KEYS = (
    "select key_low, key_high, received_at, occurred_at, sent_at, content_hash, repaired, "
    "$load_date::date as load_date, path, file_id, line_number from lines inner join files using (file_no)"
)
_LEAVING = (
    "create or replace temp table leaving as "
    "select part, file_id, line_number, 'copies' as place from decisions where origin = 'new' and after <> 'live' "
    "union all select part, file_id, line_number, 'kept' from unchanged"
)


@dataclass
class Part:
    """One lake file of rows just validated, duplicates included."""

    number: int
    path: str
    rows: int


def write_events(work: LoadContext, parts: list[Part], *, has_bad_files: bool) -> dict[str, Any]:
    """Write the files that table ``decisions`` asks for and return the ``events`` of the commit.

    A part that no row leaves becomes a file of ``added`` as it is; only the others are written again.
    """
    con, home = work.con, work.home
    stem = f"lake/events/{work.load_date}/{work.seq:08d}"
    paths = [part.path for part in parts]
    find_unchanged(con, home, work.withdrawn, paths)
    con.execute(_LEAVING)
    added = _without_leaving(work, parts, has_bad_files=has_bad_files)
    moved = {place: _moved(work, paths, f"{stem}-{place}.parquet", place) for place in ("copies", "kept")}
    named = {path for path, _ in added}
    for path in paths:
        if path not in named:
            (home.root / path).unlink()
    earlier = [*work.commits, *work.withdrawn]
    if revived_rows := fetch_rows(con, home, earlier, _REVIVED, f"{stem}-revived.parquet"):
        added.append((f"{stem}-revived.parquet", revived_rows))
    removed_rows = fetch_rows(con, home, earlier, _REMOVED, f"{stem}-removed.parquet")
    keys = f"lake/keys/{work.seq:08d}.parquet"
    has_keys = value(con, "select count(*) from lines")
    if has_keys:
        write(con, home, _KEYS, keys, {"load_date": work.load_date})
    return {
        "added": [path for path, _ in added], "added_rows": sum(rows for _, rows in added),
        "removed": [f"{stem}-removed.parquet"] if removed_rows else [], "removed_rows": removed_rows, **moved,
        "keys": [keys] if has_keys else [],
    }


def _without_leaving(work: LoadContext, parts: list[Part], *, has_bad_files: bool) -> list[tuple[str, int]]:
    con = work.con
    leaving = dict(con.execute("select part, count(*) from leaving group by part").fetchall())
    trusted = dict(con.execute("select part, count(*) from lines group by part").fetchall())
    added = []
    for part in parts:
        rows = trusted.get(part.number, 0) - leaving.get(part.number, 0)
        if rows == part.rows and rows:
            added.append((part.path, rows))
        elif rows:
            path = part.path.replace(".parquet", "-added.parquet")
            query = (
                f"select {EVENT_LIST} from {parquet(work.home, [part.path])} as rows "
                f"{'semi join files using (file_id)' if has_bad_files else ''} "
                "anti join leaving using (file_id, line_number)"
            )
            added.append((path, write(con, work.home, query, path)))
    return added


def _moved(work: LoadContext, parts: list[str], path: str, place: str) -> list[str]:
    count = "select count(*) from leaving where place = $place"
    if not value(work.con, count, {"place": place}):
        return []
    query = (
        f"select {EVENT_LIST} from {parquet(work.home, parts)} as rows "
        "semi join (from leaving where place = $place) as leaving using (file_id, line_number)"
    )
    write(work.con, work.home, query, path, {"place": place})
    return [path]
