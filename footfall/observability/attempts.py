"""What the history of runs does not say of starts and ends, in one file: ``<home>/metrics/attempts.json``.

``days`` has starts that left no run in the history: nothing was new, or the run could not begin; the last of each day
and status. ``last`` says how the last run or start ended: the record of a run (``footfall.publishing.history``) has no
kind of error. Of an error only the class is kept, as messages may hold names of files. The file may be lost, and an
empty night changes nothing in the lake.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from footfall.core.home import Home
from footfall.core.moments import as_moment
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


@dataclass(frozen=True)
class End:
    """When a run ended, and the name of the error's class (``footfall.core.errors``), or ``Stopped``; None: well."""

    at: datetime
    error: str | None


def note_attempt(home: Home, attempt: Attempt) -> None:
    """Keep the attempt in place of an earlier one of its day (UTC) with the same status.

    Raises:
        OSError: no room, no permission.
    """
    row = asdict(attempt)
    for name in ("started_at", "finished_at"):
        row[name] = row[name].astimezone(UTC).isoformat(timespec="milliseconds")  # two may be of one second
    day = row["started_at"][:10]
    document = _read(home)
    known = {name: rows for name, rows in document["days"].items() if isinstance(rows, dict)}
    known[day] = {**known.get(day, {}), attempt.status: row}
    write_json(_path(home), {**document, "days": {name: known[name] for name in sorted(known)[-MOST_DAYS:]}})


def read_attempts(home: Home) -> list[Mapping[str, Any]]:
    """All that are kept and can be read, oldest first."""
    rows = [
        row for by_status in _read(home)["days"].values() if isinstance(by_status, dict)
        for row in by_status.values() if isinstance(row, dict) and isinstance(row.get("started_at"), str)
    ]
    return sorted(rows, key=lambda row: row["started_at"])


def note_end(home: Home, error: str | None = None, at: datetime | None = None) -> None:
    """Remember how a run ended.

    Args:
        error: as ``End`` has it; None: it reached its end.
        at: when; default: now.

    Raises:
        OSError: no room, no permission.
    """
    end = {"at": (at or datetime.now(UTC)).isoformat(), "error": error}
    write_json(_path(home), {**_read(home), "last": end})


def read_end(home: Home) -> End | None:
    """How the last run ended; None where this is not known."""
    last = _read(home)["last"]
    at, error = as_moment(last.get("at")), last.get("error")
    return End(at, None if error is None else str(error)) if at else None


def _read(home: Home) -> dict[str, dict[str, Any]]:
    document = read_json(_path(home)) or {}
    parts = {name: document.get(name) for name in ("days", "last")}
    return {name: part if isinstance(part, dict) else {} for name, part in parts.items()}


def _path(home: Home) -> Path:
    return home.metrics / "attempts.json"
