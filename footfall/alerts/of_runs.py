"""Conditions of runs: the last one failed, none ran, damage that is left, an erasure that is open."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from footfall.alerts.alert import Alert
from footfall.alerts.facts import Facts
from footfall.core.moments import as_moment
from footfall.ingestion.exclusion.tombstones import erasure_is_pending

#: States of recorded runs that did not reach their end, and the class of error that stands for each.
_FAILURES: Mapping[str, str] = {"checks_failed": "CheckFailed", "stopped": "Stopped", "failed": "FootfallError"}
_AGAIN = "`footfall run` continues where it stopped; its message says what is wrong and what to do."
#: By class of error: what happened, and what to do.
_ERRORS = {
    "HomeLocked": (
        "A run could not start, because another process worked on the home.",
        "`footfall status` names the process. If it has hung, stop it; then `footfall run`.",
    ),
    "SettingsError": (
        "A run could not start, because settings cannot be used.", "`footfall doctor` names the setting.",
    ),
    "UsageError": ("A run could not start, because its command line makes no sense.", "Correct the command."),
    "CheckCrashed": ("A check of the last run could not be carried out, so nothing was published.", _AGAIN),
    "DiskFull": (
        "The last run failed, because the disk is full. What was published stays.",
        "Free disk space, then `footfall run`.",
    ),
    "NotEnoughMemory": (
        "The last run failed, because there was not enough memory. What was published stays.",
        "Free memory, or change `duckdb.memory_limit` in footfall.yml; then `footfall run`.",
    ),
    "Stopped": ("The last run was stopped by a signal. What was published stays.", _AGAIN),
}
_FAILED = ("The last run failed. What was published stays.", _AGAIN)


def last_run(facts: Facts) -> Alert | None:
    """The last run did not reach its end, or could not start."""
    if facts.holder is not None and not facts.holder.is_alive:
        since = as_moment(facts.holder.since) or facts.last_work or facts.now
        return Alert(
            "last_run", "The last run was killed. What was published stays.",
            "`footfall run` takes over and finishes the work.", since, "killed",
        )
    found = _last_failure(facts)
    if found is None:
        return None
    at, error = found
    return failure(error, at, _refusing_checks(facts) if error == "CheckFailed" else ())


def failure(error: str, at: datetime, checks: Sequence[str] = ()) -> Alert:
    """The alert of a run that failed at a moment.

    Args:
        error: name of the error's class, or ``Stopped``.
        checks: names of the checks that refused the load.
    """
    if error == "CheckFailed":
        named = f" ({', '.join(checks)})" if checks else ""
        return Alert(
            "last_run", f"A data check refused the last load{named}, so nothing was published.",
            "`footfall quarantine list` names rejected lines. Repair or remove the files, or change the mapping or the "
            "bound in footfall.yml; then `footfall run`.",
            at, f"CheckFailed {' '.join(checks)}",
        )
    summary, to_do = _ERRORS.get(error, _FAILED)
    return Alert("last_run", summary, to_do, at, error)


def _last_failure(facts: Facts) -> tuple[datetime, str] | None:
    """When the last run failed, and the class of its error; None where a run has reached its end since."""
    end, run = facts.end, _newest_run(facts.runs)
    failures = [(end.at, end.error)] if end is not None and end.error is not None else []
    if run is not None and run["status"] in _FAILURES:
        failures.append((as_moment(run["finished_at"]) or facts.now, _FAILURES[run["status"]]))
    ends = [facts.finished_at] if facts.finished_at is not None else []
    ends += [end.at] if end is not None and end.error is None else []
    # The end is noted after the record of the same run, and says more.
    last = max(failures, default=None)
    return last if last is not None and all(moment < last[0] for moment in ends) else None


def _newest_run(runs: Sequence[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """The record of the run that ended last, well or not."""
    ended = [run for run in runs if run.get("finished_at") and run.get("status")]
    return max(ended, key=lambda run: str(run["finished_at"]), default=None)


def _refusing_checks(facts: Facts) -> list[str]:
    """Names of the blocking checks that failed in the last refused run; the names are words of the code."""
    refused = [run for run in facts.runs if run.get("status") == "checks_failed"]
    checks = refused[-1].get("checks", []) if refused else []
    return sorted({str(one["name"]) for one in checks if one.get("is_blocking") and one.get("status") == "failed"})


def no_run(facts: Facts) -> Alert | None:
    """No run has worked on the home for longer than ``freshness.max_run_hours``; one that hangs counts too."""
    hours = facts.settings.freshness.max_run_hours
    if hours is None or facts.last_work is None or facts.now - facts.last_work <= timedelta(hours=hours):
        return None
    moment = f"{facts.last_work:%Y-%m-%d %H:%M} UTC"
    if facts.is_at_work:
        return Alert(
            "no_run", f"The run that began {moment} has not ended.",
            "`footfall status` names its process. If it has hung, stop it; then `footfall run`.", facts.last_work,
            "hung",
        )
    return Alert(
        "no_run", f"No run has worked on the home since {moment}.",
        "Look why the nightly run did not start (cron, timer, or Dagster's schedule and daemon); then `footfall run`.",
        facts.last_work, facts.last_work.isoformat(),
    )


def damage(facts: Facts) -> Alert | None:
    """Files are damaged, and what they were made from is gone."""
    if not facts.is_lost:
        return None
    return Alert(
        "damage", "Files of the lake are damaged, and the landing zone no longer has what they were made from. "
        "What was published stays.",
        "`footfall doctor` names the files, and the backup to take them from.", facts.now, "lost",
    )


def open_erasure(facts: Facts) -> Alert | None:
    """An erasure has begun and not ended, or its search found something. It names nobody."""
    folder = facts.home.lake / "erasures"
    if erasure_is_pending(facts.home):
        return Alert(
            "open_erasure", "An erasure was interrupted.", "`footfall run` finishes it first.",
            _changed_at(facts, folder / "pending.json"), "pending",
        )
    left = sorted(folder.glob("*.open.json"))
    if not left:
        return None
    return Alert(
        "open_erasure", f"{_count(len(left), 'erasure')} not finished: titles are not decided about, or the search "
        "found data that is left.",
        "`footfall erase --resume` says what is left and repeats the search.", _changed_at(facts, left[0]),
        " ".join(path.stem for path in left),
    )


def _count(number: int, thing: str) -> str:
    return f"One {thing} is" if number == 1 else f"{number:,} {thing}s are"


def _changed_at(facts: Facts, path: Path) -> datetime:
    try:
        return datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except OSError:
        return facts.now
