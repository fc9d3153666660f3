"""The history that outlives the warehouse: runs, restatements and resessionized visits, files below
``<home>/lake/history``.

::

    runs/<run_id>.json               one run: when, what, with which checks
    restatements/<version>.parquet   what replacing that version restated
    recuts/<version>.json            how many of that version's visits were cut differently

The last two have the name of the version that was replaced. A publication that was interrupted and starts again
writes the same file, so nothing is counted two times.
"""

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from footfall.core.home import Home
from footfall.core.state_files import read_json, write_json


@dataclass(frozen=True)
class RunRecord:
    """One run as ``ops.runs`` shows it; times are UTC, ``details`` is any JSON without personal data.

    ``details["seconds"]`` has the seconds of each stage. ``bytes``: of the published DuckDB file. ``version`` and
    ``reason`` (why it failed, redacted) are in the history only.
    """

    run_id: str
    kind: str
    started_at: datetime
    finished_at: datetime | None = None
    status: str = "running"
    load_date_from: date | None = None
    load_date_to: date | None = None
    lines_in: int = 0
    loaded: int = 0
    repaired: int = 0
    duplicates: int = 0
    quarantined: int = 0
    checks_failed: int = 0
    exports_made: int | None = None
    exports_failed: int | None = None
    bytes: int | None = None
    version: str | None = None
    reason: str | None = None
    details: dict[str, Any] | None = None


def history_folder(home: Home) -> Path:
    return home.lake / "history"


def record_run(home: Home, run: RunRecord, checks: Sequence[Any] = ()) -> Path:
    """Write what is known of a run, replacing what was written of it before.

    Args:
        checks: results as ``footfall.checks.result.CheckResult`` has them (``to_json`` gives a dict).
    """
    row = asdict(run)
    row["checks"] = [check.to_json() for check in checks]
    path = history_folder(home) / "runs" / f"{_file_name(run.run_id)}.json"
    write_json(path, row)
    return path


def close_dead_runs(home: Home) -> int:
    """Note of every run that is recorded as running that it was killed; return how many. Call it under the lock."""
    dead = [run for run in read_runs(home) if run.get("status") == "running"]
    for run in dead:
        write_json(history_folder(home) / "runs" / f"{_file_name(run['run_id'])}.json", {**run, "status": "cut_off"})
    return len(dead)


def forget_run(home: Home, run_id: str) -> None:
    """Remove the record of a run that did nothing."""
    (history_folder(home) / "runs" / f"{_file_name(run_id)}.json").unlink(missing_ok=True)


def is_run_since(home: Home, moment: datetime) -> bool:
    """Whether a run was recorded after a moment."""
    return any(_utc(datetime.fromisoformat(run["started_at"])) >= moment for run in read_runs(home)[-1:])


def read_runs(home: Home) -> list[dict[str, Any]]:
    """All recorded runs that can be read, oldest first; times as ISO text."""
    runs = [run for path in (history_folder(home) / "runs").glob("*.json") if _is_run(run := read_json(path) or {})]
    return sorted(runs, key=lambda run: (run["started_at"], run["run_id"]))


def _utc(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _is_run(document: dict[str, Any]) -> bool:
    """Whether a JSON object is a record of a run; the damage of others is named by the doctor."""
    try:
        finished = document["finished_at"]
        datetime.fromisoformat(document["started_at"])
        checks = document["checks"]
        return isinstance(document["run_id"], str) and (not finished or bool(datetime.fromisoformat(finished))) and (
            isinstance(checks, list) and all(isinstance(check, dict) for check in checks)
        )
    except (KeyError, TypeError, ValueError):
        return False


def _file_name(run_id: str) -> str:
    return re.sub(r"[^A-Za-z0-9_.-]", "_", run_id)[:120].lstrip(".") or "run"
