"""Repaired values: optional values that could not be used, counted by what is live, and kept aside themselves."""

from collections import Counter, defaultdict
from typing import Any

import duckdb

from footfall.ingestion.context import FileTally, LoadContext
from footfall.ingestion.database import value, write

#: Lines with repaired values that this commit loads, by file.
_OWN = (
    "select file_no, repaired, count(*) as lines from lines where repaired is not null and (file_no, line_number) "
    "not in (select (file_no, line_number) from decisions where origin = 'new' and after <> 'live') group by all"
)
#: Lines of earlier files that are live now and were not, or were and are not.
_OTHERS = (
    "select file_id, repaired, sum(if(after = 'live', 1, -1))::bigint as lines from decisions "
    "where origin = 'old' and repaired is not null and before <> after and (before = 'live' or after = 'live') "
    "group by all having sum(if(after = 'live', 1, -1)) <> 0 order by all"
)


def count_repaired(work: LoadContext, tallies: list[FileTally]) -> None:
    """Fill ``repaired`` and ``repaired_values`` of the tallies of event files."""
    _tally(work.con, _OWN, tallies)


def count_repaired_entities(con: duckdb.DuckDBPyConnection, tallies: list[FileTally]) -> None:
    """The same for files of entities."""
    _tally(con, "from repaired_entities", tallies)


def _tally(con: duckdb.DuckDBPyConnection, query: str, tallies: list[FileTally]) -> None:
    by_number = {tally.file_no: tally for tally in tallies}
    for file_no, repaired, lines in con.execute(query).fetchall():
        if file_no in by_number:
            by_number[file_no].repaired += lines
            for one in repaired.split("\n"):
                by_number[file_no].repaired_values[one] += lines


def repaired_changes(con: duckdb.DuckDBPyConnection) -> dict[str, dict[str, Any]]:
    """By file_id, in the form of a commit's adjustments: what changes in ledger rows of earlier files."""
    changes = RepairedChanges()
    for file, repaired, lines in con.execute(_OTHERS).fetchall():
        changes.add(file, repaired, lines)
    return changes.as_adjustments()


class RepairedChanges:
    """Changes of ``repaired`` and ``repaired_values`` by file, collected."""

    def __init__(self) -> None:
        self._lines: Counter[str] = Counter()
        self._values: dict[str, Counter[str]] = defaultdict(Counter)

    def add(self, file: str, repaired: str, lines: int) -> None:
        self._lines[file] += lines
        for one in repaired.split("\n"):
            self._values[file][one] += lines

    def as_adjustments(self) -> dict[str, dict[str, Any]]:
        return {
            file: {"repaired": lines, "repaired_values": dict(self._values[file])}
            for file, lines in self._lines.items() if lines
        }


def write_repaired(work: LoadContext) -> list[str]:
    """Write the values of this commit's valid lines, live or not, to the private quarantine; return the file's path.

    Columns: load_date, file, line_number, field, problem, value, file_id.
    """
    if not value(work.con, "select count(*) from repaired_values"):
        return []
    path = f"quarantine/{work.load_date}/{work.seq:08d}-repaired.parquet"
    query = (
        "select $date::date as load_date, path as file, line_number, field, problem, value, file_id "
        "from repaired_values inner join files using (file_no) order by file, line_number, field"
    )
    write(work.con, work.home, query, path, {"date": work.load_date})
    return [path]
