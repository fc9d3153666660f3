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
from datetime import date, datetime
from pathlib import Path
from typing import Any

from footfall.core.home import Home
from footfall.core.state_files import read_json, write_json


@dataclass(frozen=True)
class RunRecord:
    """One run as ``ops.runs`` shows it; times are UTC, ``details`` is any JSON without personal data."""

    run_id: str
    kind: str
    started_at: datetime
    finished_at: datetime | None = None
    status: str = "running"
    load_date_from: date | None = None
    load_date_to: date | None = None
    lines_in: int = 0
    loaded: int = 0
    checks_failed: int = 0
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


def read_runs(home: Home) -> list[dict[str, Any]]:
    """All recorded runs that can be read, oldest first; times as ISO text."""
    runs = [run for path in (history_folder(home) / "runs").glob("*.json") if (run := read_json(path))]
    return sorted(runs, key=lambda run: (run["started_at"], run["run_id"]))


def _file_name(run_id: str) -> str:
    return re.sub(r"[^A-Za-z0-9_.-]", "_", run_id)[:120].lstrip(".") or "run"
