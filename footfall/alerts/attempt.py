"""How the last run ended, where its record does not say it: ``<home>/lake/history/attempt.json``.

The record of a run (``footfall.publishing.history``) does not say why it failed, and there is none of a run that could
not start, or found nothing to do. Of an error only its class is kept: messages may hold names of files.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from footfall.core.home import Home
from footfall.core.state_files import read_json, write_json
from footfall.publishing.history import history_folder, read_runs

#: States of recorded runs that did not reach their end, and the class of error that stands for each.
FAILED: Mapping[str, str] = {"checks_failed": "CheckFailed", "stopped": "Stopped", "failed": "FootfallError"}


@dataclass(frozen=True)
class Attempt:
    """When a run ended, and the name of the error's class (``footfall.core.errors``), or ``Stopped``; None: well."""

    at: datetime
    error: str | None


def note_failure(home: Home, error: str, at: datetime | None = None) -> None:
    """Remember a run that failed.

    Args:
        at: when; default: now.

    Raises:
        OSError: it cannot be written.
    """
    _write(home, error, at)


def note_end(home: Home) -> None:
    """A run has reached its end: what failed before is over. Writes nothing where nothing had failed.

    Raises:
        OSError: it cannot be written.
    """
    attempt, run = read_attempt(home), newest_run(read_runs(home))
    failed_at = as_moment(run["finished_at"]) if run is not None and run["status"] in FAILED else None
    if failed_at is not None:
        if attempt is None or attempt.error is not None or attempt.at < failed_at:
            _write(home, None)
    elif attempt is not None:
        _path(home).unlink(missing_ok=True)


def read_attempt(home: Home) -> Attempt | None:
    """How the last run ended; None where only its record says it, or the file is cut."""
    document = read_json(_path(home)) or {}
    at, error = as_moment(document.get("at")), document.get("error")
    return Attempt(at, None if error is None else str(error)) if at else None


def newest_run(runs: Sequence[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """The record of the run that ended last, well or not."""
    ended = [run for run in runs if run.get("finished_at") and run.get("status")]
    return max(ended, key=lambda run: str(run["finished_at"]), default=None)


def as_moment(text: object) -> datetime | None:
    """A moment in UTC of an ISO text; None where it is none."""
    try:
        moment = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _write(home: Home, error: str | None, at: datetime | None = None) -> None:
    write_json(_path(home), {"at": (at or datetime.now(UTC)).isoformat(), "error": error})


def _path(home: Home) -> Path:
    return history_folder(home) / "attempt.json"
