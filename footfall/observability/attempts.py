"""Starts that left no run in the history: nothing was new, or the run could not begin. The last of each day is kept.

In ``<home>/metrics/attempts.json``: it may be lost, and an empty night changes nothing in the lake.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from footfall.core.home import Home
from footfall.core.state_files import read_json, write_json

#: Days that are kept.
MOST_DAYS = 60


@dataclass(frozen=True)
class Attempt:
    """A start of a command.

    ``status``: `nothing_new`, `failed`, `refused` (another run was at work) or `stopped`. ``reason``: redacted.
    """

    command: str
    status: str
    started_at: datetime
    finished_at: datetime
    reason: str | None = None


def note_attempt(home: Home, attempt: Attempt) -> None:
    """Keep the attempt in place of an earlier one of its day (UTC) with the same status.

    Raises:
        OSError: no room, no permission.
    """
    row = asdict(attempt)
    for name in ("started_at", "finished_at"):
        row[name] = row[name].astimezone(UTC).isoformat(timespec="seconds")
    day = row["started_at"][:10]
    known = {name: rows for name, rows in (read_json(_path(home)) or {}).items() if isinstance(rows, dict)}
    known[day] = {**known.get(day, {}), attempt.status: row}
    write_json(_path(home), {name: known[name] for name in sorted(known)[-MOST_DAYS:]})


def read_attempts(home: Home) -> list[Mapping[str, Any]]:
    """All that are kept and can be read, oldest first."""
    rows = [
        row for by_status in (read_json(_path(home)) or {}).values() if isinstance(by_status, dict)
        for row in by_status.values() if isinstance(row, dict) and isinstance(row.get("started_at"), str)
    ]
    return sorted(rows, key=lambda row: row["started_at"])


def _path(home: Home):
    return home.metrics / "attempts.json"
