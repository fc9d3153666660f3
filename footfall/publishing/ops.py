"""The `ops` tables of a version, made each time from the commit log and the history files."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

import duckdb

from footfall.core.database import quote_identifier, value
from footfall.core.home import Home
from footfall.ingestion.ledger.ledger import LATE, Lake, repaired_values
from footfall.publishing.compare import read_resessionized
from footfall.publishing.held_back import HeldBack
from footfall.publishing.history import read_runs
from footfall.publishing.restated_counts import READ, count_only, restatement_files

#: Columns of `ops.runs` with the seconds of a stage, by the name of the stage in the details of a run.
STAGE_SECONDS: Mapping[str, str] = {
    stage: f"{stage}_seconds" for stage in ("load", "build", "check", "publish", "export")
}
#: Column types of each table, in order (contract, section 6; grain in the comments).
TABLES: Mapping[str, Mapping[str, str]] = {
    # one row per landing file
    "load_ledger": {
        "load_date": "DATE", "source": "VARCHAR", "file": "VARCHAR", "sha256": "VARCHAR", "bytes": "BIGINT",
        "lines_in": "BIGINT", "loaded": "BIGINT", "repaired": "BIGINT", "duplicates": "BIGINT", "quarantined": "BIGINT",
        "no_consent": "BIGINT", "erased": "BIGINT", "state": "VARCHAR", "reason": "VARCHAR",
        "loaded_at": "TIMESTAMP", "run_id": "VARCHAR",
    },
    # one row per load date, file, reason
    "quarantine": {"load_date": "DATE", "file": "VARCHAR", "reason": "VARCHAR", "lines": "BIGINT"},
    # one row per load date, file, field, problem: loaded lines with an optional value that could not be used
    "repaired_values": {
        "load_date": "DATE", "file": "VARCHAR", "field": "VARCHAR", "problem": "VARCHAR", "lines": "BIGINT",
    },
    # one row per load date, workspace
    "load_by_workspace": {
        "load_date": "DATE", "workspace_id": "VARCHAR", "loaded": "BIGINT", "no_consent": "BIGINT",
        "late_1h": "BIGINT", "late_24h": "BIGINT", "late_7d": "BIGINT",
    },
    # one row per commit, of its lines that were live then; visits_* are those of the whole publication, at its last
    # commit, else null
    "late_events": {
        "load_date": "DATE", "seq": "BIGINT", "loaded": "BIGINT", "late_1h": "BIGINT", "late_24h": "BIGINT",
        "late_7d": "BIGINT", "visits_recut": "BIGINT", "visits_merged": "BIGINT", "visits_split": "BIGINT",
    },
    # one row per workspace, load date, source whose rejected lines hold the exports of the workspace back
    "held_back": {
        "workspace_id": "VARCHAR", "load_date": "DATE", "source": "VARCHAR", "lines": "BIGINT", "rejected": "BIGINT",
    },
    # one row per run; what comes after publishing (exports) is known of earlier runs only
    "runs": {
        "run_id": "VARCHAR", "kind": "VARCHAR", "started_at": "TIMESTAMP", "finished_at": "TIMESTAMP",
        "status": "VARCHAR", "load_date_from": "DATE", "load_date_to": "DATE", "lines_in": "BIGINT",
        "loaded": "BIGINT", "checks_failed": "BIGINT", "seconds": "DOUBLE", "details": "VARCHAR",
        "repaired": "BIGINT", "duplicates": "BIGINT", "quarantined": "BIGINT",
        **dict.fromkeys(STAGE_SECONDS.values(), "DOUBLE"),
        "exports_made": "BIGINT", "exports_failed": "BIGINT", "bytes": "BIGINT",
    },
    # one row per run, stage, check
    "checks": {
        "run_id": "VARCHAR", "stage": "VARCHAR", "name": "VARCHAR", "status": "VARCHAR", "is_blocking": "BOOLEAN",
        "rows": "BIGINT", "observed": "VARCHAR", "expected": "VARCHAR", "message": "VARCHAR",
    },
    # one row per run, workspace, local date, reason, metric; metric and values are null where somebody erased may be
    # read out of them: then `numbers` says how many changed
    "restatements": {
        "run_id": "VARCHAR", "restated_at": "TIMESTAMP", "workspace_id": "VARCHAR", "local_date": "DATE",
        "metric": "VARCHAR", "old_value": "DOUBLE", "new_value": "DOUBLE", "numbers": "BIGINT", "reason": "VARCHAR",
    },
}


def write_ops(
    con: duckdb.DuckDBPyConnection, home: Home, lake: Lake,
    hide: Callable[[duckdb.DuckDBPyConnection], None] | None = None, held: Sequence[HeldBack] = (),
) -> dict[str, int]:
    """Make the `ops` tables in the connection's database, let ``hide`` take from them; return their numbers of rows."""
    con.execute("create schema if not exists ops")
    for table, columns in TABLES.items():
        listed = ", ".join(f"{quote_identifier(name)} {kind}" for name, kind in columns.items())
        con.execute(f"create or replace table ops.{table} ({listed})")
    runs = read_runs(home)
    _fill(con, "load_ledger", lake.ledger)
    _fill(con, "quarantine", _quarantine(lake))
    _fill(con, "repaired_values", repaired_values(lake))
    _fill(con, "load_by_workspace", lake.by_workspace)
    _fill(con, "held_back", [asdict(one) for one in held])
    _fill(con, "late_events", _late_events(lake, read_resessionized(home)))
    _fill(con, "runs", [_run(run) for run in runs])
    _fill(con, "checks", [{"run_id": run["run_id"], **check} for run in runs for check in run["checks"]])
    count_only(con, home)
    restated = restatement_files(home)
    if restated:
        con.execute(
            f"insert into ops.restatements by name select * from {READ} "
            "order by restated_at, workspace_id, local_date, metric",
            {"files": restated},
        )
    if hide is not None:
        hide(con)
    return {table: value(con, f"select count(*) from ops.{table}") for table in TABLES}


def _fill(con: duckdb.DuckDBPyConnection, table: str, rows: Iterable[Mapping[str, Any]]) -> None:
    """Insert rows in one statement (one parameter of JSON; `executemany` takes a millisecond a row)."""
    columns = TABLES[table]
    complete = [{name: row.get(name) for name in columns} for row in rows]
    con.execute(
        f"insert into ops.{table} select unnest(from_json_strict($rows, $structure), recursive := true)",
        {"rows": json.dumps(complete), "structure": json.dumps([dict(columns)])},
    )


def _quarantine(lake: Lake) -> list[dict[str, Any]]:
    """Rejected lines by reason; a file quarantined whole has no lines, since nothing in it can be trusted to be one."""
    rows = []
    for file in lake.ledger:
        whole = {file["reason"]: 0} if file["state"] == "quarantined" else {}
        for reason, lines in sorted({**whole, **file["reasons"]}.items()):
            if lines or reason in whole:
                rows.append({"load_date": file["load_date"], "file": file["file"], "reason": reason, "lines": lines})
    return rows


def _late_events(lake: Lake, resessionized: Mapping[int, Mapping[str, int]]) -> list[dict[str, Any]]:
    return [
        {
            "load_date": commit.load_date, "seq": commit.seq,
            **{
                count: sum(row[count] for row in commit.by_workspace if "load_date" not in row)
                for count in ("loaded", *LATE)
            },
            **resessionized.get(commit.seq, {}),
        }
        for commit in lake.commits
    ]


def _run(run: Mapping[str, Any]) -> dict[str, Any]:
    times = (run["started_at"], run["finished_at"])
    started, finished = (datetime.fromisoformat(text) if text else None for text in times)
    details = run.get("details")
    by_stage = details.get("seconds") if isinstance(details, dict) else None
    return {
        **run,
        **{column: (by_stage or {}).get(stage) for stage, column in STAGE_SECONDS.items()},
        "seconds": (finished - started).total_seconds() if started and finished else None,
        "details": json.dumps(details, sort_keys=True) if details else None,
    }
