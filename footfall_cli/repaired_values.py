"""Values of loaded lines that could not be used: read from the private quarantine."""

from dataclasses import asdict
from typing import Any

from footfall.core.home import Home
from footfall_cli.rejected_lines import Filter

_COLUMNS = ("load_date", "file", "line_number", "field", "problem", "value")
#: Of the lines that a commit validated only those are loaded that are live: copies and conflicts are not.
_QUERY = """
with
    kept as (select * exclude (filename), filename as path from read_parquet($files, filename = true)),
    placed as (
        select kept.* from kept
        inner join commits using (path)
        left join loads using (file_id)
        where loads.seq is null or commits.seq >= loads.seq
    )
select load_date, file, line_number, field, problem, value
from placed
where
    (file_id in (from entity_files) or (file_id, line_number) in (select (file_id, line_number) from live))
    and ($reason is null or problem = $reason)
    and ($file is null or contains(file, $file))
    and ($first is null or load_date >= $first)
    and ($last is null or load_date <= $last)
order by load_date, file, line_number, field
limit $limit
"""


def fetch_repaired(home: Home, wanted: Filter, limit: int) -> list[dict[str, Any]]:
    """The values that could not be used, of lines that are loaded, by load date, file, line and field.

    The filter's `reason` is the problem. `value` is the beginning of the text, or null where retention or an erasure
    took it.
    """
    from footfall.core.database import connect
    from footfall.ingestion.database import parquet
    from footfall.ingestion.lake.commit_log import read_commits
    from footfall.ingestion.ledger.ledger import read_lake

    lake = read_lake(home)
    files = {
        str(home.root / path): commit.seq for commit in lake.commits for path in commit.repaired
        if (home.root / path).exists()
    }
    if not files:
        return []
    with connect() as con:
        loads = {row["file_id"]: commit.seq for commit in lake.commits for row in commit.files}
        for table, key, rows in (("commits", "path", files), ("loads", "file_id", loads)):
            con.execute(
                f"create temp table {table} as"
                f" select unnest($keys::varchar[]) as {key}, unnest($seqs::bigint[]) as seq",
                {"keys": list(rows), "seqs": list(rows.values())},
            )
        entities = [row["file_id"] for row in lake.ledger if row["kind"] != "events"]
        con.execute("create temp table entity_files as select unnest($ids::varchar[]) as file_id", {"ids": entities})
        con.execute("create temp table moves(file_id varchar, line_number bigint, lines integer)")
        con.execute("create temp table wanted as select distinct file_id from read_parquet($files)",
                    {"files": list(files)})
        for name, lines in (("added", 1), ("removed", -1)):
            paths = [
                path for commit in read_commits(home) for path in commit.events.get(name, ())
                if (home.root / path).exists()  # retention may have removed it
            ]
            if paths:
                con.execute(f"insert into moves select file_id, line_number, $lines from {parquet(home, paths)}"
                            " where file_id in (from wanted)", {"lines": lines})
        con.execute("create temp table live as select file_id, line_number from moves group by all"
                    " having sum(lines) > 0")
        found = con.execute(_QUERY, {"files": list(files), "limit": limit, **asdict(wanted)}).fetchall()
    return [dict(zip(_COLUMNS, values, strict=True)) for values in found]
