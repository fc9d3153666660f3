"""Update the ledger with a commit's decisions: tallies, adjustments of earlier files, conflicts in quarantine."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any

import duckdb

from footfall.ingestion.context import FileTally, LoadContext
from footfall.ingestion.database import parquet, sql, value, write
from footfall.ingestion.formats.raw_lines import raw_lines
from footfall.ingestion.landing.hashes import hash_file
from footfall.ingestion.ledger.repaired import count_repaired, repaired_changes

#: Texts of conflicting lines that are kept in Python before they go to the database in one statement.
_MOST_TEXTS = 2_000
_COLUMN = {"live": "loaded", "duplicate": "duplicates", "conflict": "quarantined"}


@dataclass
class EventsOutcome:
    """The events' share of a commit, as the log has it."""

    events: dict[str, Any] = field(default_factory=dict)
    adjustments: list[dict[str, Any]] = field(default_factory=list)
    by_workspace: list[dict[str, Any]] = field(default_factory=list)


def update_ledger(work: LoadContext, outcome: EventsOutcome, tallies: list[FileTally]) -> None:
    """Fill the tallies, adjustments and counts by workspace; conflicts join ``rejected`` with their exact text."""
    con = work.con
    _quarantine_conflicts(work)
    by_number = {tally.file_no: tally for tally in tallies}
    for no, lines in con.execute("select file_no, sum(lines)::bigint from without_consent group by file_no").fetchall():
        by_number[no].outcomes["no_consent"] = lines
    for no, lines in con.execute(
        "select file_no, count(*) from decisions where origin = 'new' and after = 'duplicate' group by file_no"
    ).fetchall():
        by_number[no].outcomes["duplicates"] = lines
    count_repaired(work, tallies)
    outcome.adjustments = _adjustments(work)
    outcome.by_workspace = _by_workspace(work, outcome.events)


def _adjustments(work: LoadContext) -> list[dict[str, Any]]:
    changes: dict[str, Counter[str]] = defaultdict(Counter)
    for file, before, after, lines in work.con.execute(
        "select file_id, before, after, count(*) from decisions where origin = 'old' and before <> after "
        "group by all order by all"
    ).fetchall():
        changes[file][_COLUMN[before]] -= lines
        changes[file][_COLUMN[after]] += lines
    repaired = repaired_changes(work.con)
    return [
        {
            "file_id": file,
            **{name: change[name] for name in ("loaded", "duplicates", "quarantined") if change[name]},
            **({"reasons": {"conflicting_duplicate": change["quarantined"]}} if change["quarantined"] else {}),
            **repaired.get(file, {}),
        }
        for file, change in changes.items()
    ]


def _quarantine_conflicts(work: LoadContext) -> None:
    """Conflicts were valid lines, so their text was not kept: read it again from landing.

    A line of an earlier file is in quarantine exactly when a commit in force names it after any that released it. A
    backfill therefore repeats what the commits it replaces recorded about other files.
    """
    con = work.con
    con.execute(sql("conflicts"))
    recorded = [path for commit in work.withdrawn for path in commit.quarantine]
    if recorded:
        con.execute(
            "insert into rejected by name select line_number, reason, detail, raw, raw_bytes, load_date, file as path, "
            f"file_id from {parquet(work.home, recorded)} semi join still_conflicts using (file_id, line_number)"
        )
    released = [path for commit in work.withdrawn for path in commit.released]
    if released:
        con.execute(
            f"insert into released select file_id, line_number from {parquet(work.home, released)} "
            "anti join still_conflicts using (file_id, line_number)"
        )
    found: list[tuple[str, int, str]] = []
    for path, file, numbers in con.execute(
        "select path, file_id, list(line_number order by line_number) from conflicts group by all order by path"
    ).fetchall():
        if hash_file(work.home.root / path, path).startswith(file):
            texts = raw_lines(work.home, path, numbers, work.settings.limits.max_line_bytes)
            found += [(file, number, text) for number, text in texts.items()]
        if len(found) >= _MOST_TEXTS:
            _keep_texts(con, found)
            found = []
    _keep_texts(con, found)
    con.execute(
        "insert into rejected by name select file_no, line_number, 'conflicting_duplicate' as reason, "
        "'other content than the line received first: ' || winner "
        "|| if(raw is null, '; its own file is gone from landing, so its text is not known', '') as detail, "
        "raw, load_date, path, file_id from conflicts left join conflict_texts using (file_id, line_number)"
    )


def _keep_texts(con: duckdb.DuckDBPyConnection, found: list[tuple[str, int, str]]) -> None:
    """Add rows (file_id, line_number, raw) to ``conflict_texts``."""
    if found:
        ids, numbers, texts = zip(*found, strict=True)
        con.execute(
            "insert into conflict_texts select unnest($ids), unnest($numbers), unnest($texts)",
            {"ids": ids, "numbers": numbers, "texts": texts},
        )


def _by_workspace(work: LoadContext, events: dict[str, Any]) -> list[dict[str, Any]]:
    """Lines loaded and without consent by workspace, of this commit's own files; and, with their ``load_date``, the
    changes to those of other commits in force. Late = received (else the end of the load date) minus
    happened, in classes that do not overlap."""
    names = ("load_date", "workspace_id", "loaded", "no_consent", "late_1h", "late_24h", "late_7d")
    own = [path for path in events["added"] if not path.endswith("-revived.parquet")] + events["kept"]
    revived = [path for path in events["added"] if path.endswith("-revived.parquet")]
    others = "semi join (from decisions where origin = 'old') as other using (file_id, line_number)"
    parts = [
        "select null::date as load_date, workspace_id, 0 as loaded, lines as no_consent, null::interval as late "
        "from without_consent"
    ]
    parts += [
        f"select {date}, workspace_id, {sign}, 0, coalesce(received_at, load_date + interval 1 day) - occurred_at "
        f"from {parquet(work.home, paths)} {those}"
        for paths, date, sign, those in (
            (own, "null", 1, ""), (revived, "load_date", 1, ""), (events["removed"], "load_date", -1, others),
        ) if paths
    ]
    rows = work.con.execute(
        "select load_date::varchar as day, workspace_id, sum(loaded)::bigint, sum(no_consent)::bigint, "
        "coalesce(sum(loaded) filter (late >= interval 1 hour and late < interval 24 hour), 0)::bigint, "
        "coalesce(sum(loaded) filter (late >= interval 24 hour and late < interval 7 day), 0)::bigint, "
        "coalesce(sum(loaded) filter (late >= interval 7 day), 0)::bigint "
        f"from ({' union all '.join(parts)}) group by all order by day nulls first, workspace_id"
    ).fetchall()
    totals = (dict(zip(names, row, strict=True)) for row in rows)
    return [{name: row[name] for name in names if name != "load_date" or row[name]} for row in totals]


def write_quarantine(work: LoadContext, tallies: list[FileTally]) -> tuple[list[str], list[str]]:
    """Write rejected lines and files, and which earlier lines are rejected no longer; return both files' paths.

    Columns: load_date, file, line_number (null: the whole file), reason, detail, raw, raw_bytes, file_id. ``raw`` is
    the exact text without its line end; of a line that is no UTF-8 it has ``\\x..`` for the bad bytes, and
    ``raw_bytes`` (else null) is exact. Of Parquet ``raw`` is the row as JSON. Fills the tallies' reasons.
    """
    con = work.con
    by_number = {tally.file_no: tally for tally in tallies}
    for no, reason, lines in con.execute(
        "select file_no, reason, count(*) from rejected where file_no is not null group by all order by all"
    ).fetchall():
        by_number[no].reasons[reason] = lines
    for tally in tallies:
        if tally.problem and not tally.has_changed:
            con.execute(
                "insert into rejected by name "
                "select $reason as reason, $detail as detail, $path as path, $id as file_id",
                {"reason": tally.problem.reason, "detail": tally.problem.detail, "path": tally.file.path,
                 "id": tally.file_id},
            )
    stem = f"quarantine/{work.load_date}/{work.seq:08d}"
    rejected = _write_if_any(work, f"{stem}.parquet", (
        "select coalesce(rejected.load_date, $date::date) as load_date, coalesce(rejected.path, files.path) as file, "
        "line_number, reason, detail, raw, raw_bytes, coalesce(rejected.file_id, files.file_id) as file_id "
        "from rejected left join files using (file_no) order by file, line_number"
    ), "rejected", {"date": work.load_date})
    released = _write_if_any(
        work, f"{stem}-released.parquet", "from released order by file_id, line_number", "released", {}
    )
    return rejected, released


def _write_if_any(work: LoadContext, path: str, query: str, table: str, parameters: dict[str, Any]) -> list[str]:
    if not value(work.con, f"select count(*) from {table}"):
        return []
    write(work.con, work.home, query, path, parameters)
    return [path]
