"""The rejected lines and files: counted from the ledger, read from the quarantine's Parquet files."""

import base64
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from footfall.core.home import Home

if TYPE_CHECKING:
    import duckdb

    from footfall.ingestion.ledger.ledger import Lake

_COLUMNS = ("load_date", "file", "line_number", "reason", "detail", "raw", "raw_bytes")
# A line is rejected until a later commit releases it, or loads and validates its file again.
_QUERY = """
with
    rejected as (select * exclude (filename), filename as path from read_parquet($files, filename = true)),
    placed as (select rejected.*, commits.seq from rejected inner join commits using (path))
select load_date, file, line_number, reason, detail, raw, raw_bytes
from placed
left join loads using (file_id)
where
    (loads.seq is null or placed.seq >= loads.seq)
    and not exists (
        select 1 from released
        where released.file_id = placed.file_id and released.line_number = placed.line_number
            and released.seq > placed.seq
    )
    and ($reason is null or reason = $reason)
    and ($file is null or contains(file, $file))
    and ($first is null or load_date >= $first)
    and ($last is null or load_date <= $last)
order by load_date, file, line_number nulls first
limit $limit
"""


@dataclass(frozen=True)
class Filter:
    """Which rejected lines; None leaves a side open. `file` is a part of the path, the dates are load dates."""

    reason: str | None = None
    file: str | None = None
    first: date | None = None
    last: date | None = None

    def matches(self, load_date: str, file: str, reason: str) -> bool:
        return (
            (self.reason is None or reason == self.reason)
            and (self.file is None or self.file in file)
            and (self.first is None or load_date >= self.first.isoformat())
            and (self.last is None or load_date <= self.last.isoformat())
        )


def count(home: Home, wanted: Filter) -> list[dict[str, Any]]:
    """Rejected lines by load date, file and reason; `lines` is None for a file that was quarantined whole."""
    from footfall.ingestion.ledger.ledger import read_lake

    rows = []
    for file in read_lake(home).ledger:
        whole = {file["reason"]: None} if file["state"] == "quarantined" else {}
        for reason, lines in {**file["reasons"], **whole}.items():
            if lines != 0 and wanted.matches(file["load_date"], file["file"], reason):
                rows.append({"load_date": file["load_date"], "file": file["file"], "reason": reason, "lines": lines})
    return rows


def count_repaired(home: Home, wanted: Filter) -> list[dict[str, Any]]:
    """Loaded lines with a value that could not be used, by load date, file, field and problem; the filter's `reason` is
    the problem."""
    from footfall.ingestion.ledger.ledger import read_lake, repaired_values

    rows = repaired_values(read_lake(home))
    return [row for row in rows if wanted.matches(row["load_date"], row["file"], row["problem"])]


def fetch(home: Home, wanted: Filter, limit: int) -> list[dict[str, Any]]:
    """Rejected lines with their exact text, in order of load date, file and line number.

    `raw_base64` is there where the line is no text: the exact bytes, of which `raw` is a readable form.
    """
    from footfall.core.database import connect
    from footfall.ingestion.ledger.ledger import read_lake

    lake = read_lake(home)
    files = _paths(home, lake, "quarantine")
    if not files:
        return []
    with connect() as con:
        _register(con, "commits", "path varchar, seq bigint", files.items())
        loads = {row["file_id"]: commit.seq for commit in lake.commits for row in commit.files}
        _register(con, "loads", "file_id varchar, seq bigint", loads.items())
        con.execute("create temp table released(file_id varchar, line_number bigint, seq bigint)")
        for path, seq in _paths(home, lake, "released").items():
            con.execute("insert into released select file_id, line_number, ? from read_parquet(?)", [seq, path])
        found = con.execute(_QUERY, {"files": list(files), "limit": limit, **asdict(wanted)}).fetchall()
    return [_row(dict(zip(_COLUMNS, values, strict=True))) for values in found]


def _register(con: "duckdb.DuckDBPyConnection", table: str, columns: str, rows: Iterable[tuple[Any, ...]]) -> None:
    con.execute(f"create temp table {table}({columns})")
    values = list(rows)
    if values:
        con.executemany(f"insert into {table} values (?, ?)", values)


def _paths(home: Home, lake: "Lake", kind: str) -> dict[str, int]:
    return {str(home.root / Path(path)): commit.seq for commit in lake.commits for path in getattr(commit, kind)}


def _row(row: dict[str, Any]) -> dict[str, Any]:
    exact = row.pop("raw_bytes")
    return row if exact is None else {**row, "raw_base64": base64.b64encode(exact).decode()}
