"""The `ops` tables of a version, made anew each time from the commit log and the history files."""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import duckdb

from footfall.duck import quote_identifier
from footfall.home import Home
from publishing.compare import read_recuts
from publishing.history import history_folder, read_runs
from publishing.lake import Lake

#: Column types of each table, in order (contract, section 6; grain in the comments).
TABLES: Mapping[str, Mapping[str, str]] = {
    # one row per landing file
    "load_ledger": {
        "load_date": "DATE", "source": "VARCHAR", "file": "VARCHAR", "sha256": "VARCHAR", "bytes": "BIGINT",
        "lines_in": "BIGINT", "loaded": "BIGINT", "duplicates": "BIGINT", "quarantined": "BIGINT",
        "no_consent": "BIGINT", "erased": "BIGINT", "state": "VARCHAR", "reason": "VARCHAR",
        "loaded_at": "TIMESTAMP", "run_id": "VARCHAR",
    },
    # one row per load date, file, reason
    "quarantine": {"load_date": "DATE", "file": "VARCHAR", "reason": "VARCHAR", "lines": "BIGINT"},
    # one row per load date, workspace
    "load_by_workspace": {
        "load_date": "DATE", "workspace_id": "VARCHAR", "loaded": "BIGINT", "no_consent": "BIGINT",
        "late_1h": "BIGINT", "late_24h": "BIGINT", "late_7d": "BIGINT",
    },
    # one row per commit; visits_* are those of the whole publication, at its last commit, else null
    "late_events": {
        "load_date": "DATE", "seq": "BIGINT", "loaded": "BIGINT", "late_1h": "BIGINT", "late_24h": "BIGINT",
        "late_7d": "BIGINT", "visits_recut": "BIGINT", "visits_merged": "BIGINT", "visits_split": "BIGINT",
    },
    # one row per run
    "runs": {
        "run_id": "VARCHAR", "kind": "VARCHAR", "started_at": "TIMESTAMP", "finished_at": "TIMESTAMP",
        "status": "VARCHAR", "load_date_from": "DATE", "load_date_to": "DATE", "lines_in": "BIGINT",
        "loaded": "BIGINT", "checks_failed": "BIGINT", "seconds": "DOUBLE", "details": "VARCHAR",
    },
    # one row per run, stage, check
    "checks": {
        "run_id": "VARCHAR", "stage": "VARCHAR", "name": "VARCHAR", "status": "VARCHAR", "is_blocking": "BOOLEAN",
        "rows": "BIGINT", "observed": "VARCHAR", "expected": "VARCHAR", "message": "VARCHAR",
    },
    # one row per run, workspace, local date, metric
    "restatements": {
        "run_id": "VARCHAR", "restated_at": "TIMESTAMP", "workspace_id": "VARCHAR", "local_date": "DATE",
        "metric": "VARCHAR", "old_value": "DOUBLE", "new_value": "DOUBLE", "reason": "VARCHAR",
    },
}
LATE = ("late_1h", "late_24h", "late_7d")


def write_ops(con: duckdb.DuckDBPyConnection, home: Home, lake: Lake) -> dict[str, int]:
    """Make the `ops` tables in the connection's database; return their numbers of rows."""
    con.execute("create schema if not exists ops")
    for table, columns in TABLES.items():
        listed = ", ".join(f"{quote_identifier(name)} {kind}" for name, kind in columns.items())
        con.execute(f"create or replace table ops.{table} ({listed})")
    runs = read_runs(home)
    _fill(con, "load_ledger", lake.ledger)
    _fill(con, "load_by_workspace", _by_workspace(lake))
    _fill(con, "late_events", _late_events(lake, read_recuts(home)))
    _fill(con, "runs", [_run(run) for run in runs])
    _fill(con, "checks", [{"run_id": run["run_id"], **check} for run in runs for check in run["checks"]])
    _fill_quarantine(con, lake)
    restated = sorted(str(path) for path in (history_folder(home) / "restatements").glob("*.parquet"))
    if restated:
        con.execute(
            "insert into ops.restatements by name select * from read_parquet(?) "
            "order by restated_at, workspace_id, local_date, metric",
            [restated],
        )
    return {table: con.execute(f"select count(*) from ops.{table}").fetchone()[0] for table in TABLES}


def _fill(con: duckdb.DuckDBPyConnection, table: str, rows: Iterable[Mapping[str, Any]]) -> None:
    """Insert rows in one statement (one parameter of JSON; `executemany` takes a millisecond a row)."""
    columns = TABLES[table]
    complete = [{name: row.get(name) for name in columns} for row in rows]
    con.execute(
        f"insert into ops.{table} select unnest(from_json_strict($rows, $structure), recursive := true)",
        {"rows": json.dumps(complete), "structure": json.dumps([dict(columns)])},
    )


def _fill_quarantine(con: duckdb.DuckDBPyConnection, lake: Lake) -> None:
    """Count rejected lines; a file rejected whole counts the lines that the ledger has for it."""
    files = [str(path) for path in lake.quarantine if path.exists()]
    if not files:
        return
    con.execute(
        "insert into ops.quarantine "
        "with rejected as ("
        "  select load_date, file, reason, count(line_number) as lines, count(*) > count(line_number) as is_whole "
        "  from read_parquet(?, hive_partitioning = false, union_by_name = true) group by load_date, file, reason"
        ") "
        "select rejected.load_date, rejected.file, rejected.reason, "
        "case when rejected.is_whole then coalesce(max(ledger.quarantined), 0) else max(rejected.lines) end "
        "from rejected left join ops.load_ledger as ledger using (load_date, file) "
        "group by rejected.load_date, rejected.file, rejected.reason, rejected.is_whole order by all",
        [files],
    )


def _by_workspace(lake: Lake) -> list[dict[str, Any]]:
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for commit in lake.commits:
        for row in commit.get("by_workspace", ()):
            key = (commit["load_date"], row["workspace_id"])
            total = found.setdefault(key, {
                "load_date": key[0], "workspace_id": key[1], "loaded": 0, "no_consent": 0, **dict.fromkeys(LATE, 0)
            })
            total["loaded"] += row.get("loaded", 0)
            total["no_consent"] += row.get("no_consent", 0)
            for bucket in LATE:
                total[bucket] += row.get("late", {}).get(bucket, 0)
    return [found[key] for key in sorted(found, key=lambda key: (key[0], str(key[1])))]


def _late_events(lake: Lake, recuts: Mapping[int, Mapping[str, int]]) -> list[dict[str, Any]]:
    rows = []
    for commit in lake.commits:
        spread = commit.get("by_workspace", ())
        rows.append({
            "load_date": commit["load_date"], "seq": commit["seq"],
            "loaded": sum(row.get("loaded", 0) for row in spread),
            **{bucket: sum(row.get("late", {}).get(bucket, 0) for row in spread) for bucket in LATE},
            **recuts.get(commit["seq"], {}),
        })
    return rows


def _run(run: Mapping[str, Any]) -> dict[str, Any]:
    times = (run["started_at"], run["finished_at"])
    started, finished = (datetime.fromisoformat(text) if text else None for text in times)
    return {
        **run,
        "seconds": (finished - started).total_seconds() if finished else None,
        "details": json.dumps(run["details"], sort_keys=True) if run["details"] else None,
    }
