"""The last nights at a glance: of each date the run that decided it, and dates on which nothing ran."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from footfall.core import lock
from footfall.core.home import Home
from footfall.core.moments import as_moment
from footfall.core.zones import clocks_at
from footfall.observability.attempts import read_attempts
from footfall.publishing.history import read_runs

MISSED = "missed"
CUT_OFF = "cut_off"
#: They say nothing about a run of the same date that failed or published.
_UNDECIDED = ("nothing_new", "refused")


@dataclass(frozen=True)
class Night:
    """One date in the time zone of the schedule.

    Attributes:
        status: as in ``ops.runs``; `cut_off` for a run whose process was killed, `missed` where nothing ran.
        runs: how many runs began on that date.
        exports_failed: folders and files that could not be made or were held back.
        lines, rejected: of the run; None where it loaded nothing or did not run.
        version: name of the version that it published.
        reason: why it failed, without personal data.
        is_over: a later start of that date found that nothing is left to do.
    """

    night: date
    status: str
    runs: int = 0
    lines: int | None = None
    rejected: int | None = None
    exports_failed: int = 0
    seconds: float | None = None
    version: str | None = None
    reason: str | None = None
    run_id: str | None = None
    is_over: bool = False


def last_nights(home: Home, zone: str = "UTC", number: int = 14, now: datetime | None = None) -> list[Night]:
    """The last dates, oldest first, from the first run of the home on; today only if something ran.

    Args:
        zone: IANA name; UTC where DuckDB does not know it.
    """
    begun = [(moment, run) for run in (*read_attempts(home), *read_runs(home))
             if (moment := as_moment(run.get("started_at"))) is not None]
    if not begun:
        return []
    today, *dates = _dates(zone, [now or datetime.now(UTC), *(moment for moment, _ in begun)])
    by_night: dict[date, list[Mapping[str, Any]]] = {}
    for night, (_, run) in zip(dates, begun, strict=True):
        by_night.setdefault(night, []).append(run)
    wanted = [today - timedelta(days=days) for days in reversed(range(number))]
    is_working = (holder := lock.holder(home)) is not None and holder.is_alive
    return [
        _night(night, by_night.get(night, ()), is_working) for night in wanted
        if night in by_night or min(by_night) < night < today
    ]


def _night(night: date, runs: Sequence[Mapping[str, Any]], is_working: bool) -> Night:
    if not runs:
        return Night(night, MISSED)
    run = max(runs, key=lambda run: (run.get("status") not in _UNDECIDED, str(run.get("started_at"))))
    status = str(run.get("status") or "failed")
    if status == "running" and not is_working:
        status = CUT_OFF
    lines = _number(run.get("lines_in"))
    return Night(
        night, status, runs=len(runs), lines=lines or None, rejected=_number(run.get("quarantined")) if lines else None,
        exports_failed=_number(run.get("exports_failed")) or 0, seconds=_seconds(run),
        version=_text(run.get("version")), reason=_text(run.get("reason")),
        run_id=_text(run.get("run_id")), is_over=any(_is_over(run, one) for one in runs),
    )


def _is_over(run: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    began, later = as_moment(run.get("started_at")), as_moment(other.get("started_at"))
    return other.get("status") == "nothing_new" and began is not None and later is not None and later > began


def _seconds(run: Mapping[str, Any]) -> float | None:
    started, finished = as_moment(run.get("started_at")), as_moment(run.get("finished_at"))
    return round((finished - started).total_seconds(), 1) if started and finished else None


def _number(value: Any) -> int | None:
    return value if isinstance(value, int) else None


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _dates(zone: str, moments: Sequence[datetime]) -> list[date]:
    if zone == "UTC":
        return [moment.astimezone(UTC).date() for moment in moments]
    import duckdb  # not needed in UTC; a third of a second

    try:
        return [clock.date() for clock in clocks_at(zone, moments)]
    except duckdb.Error:
        return [moment.astimezone(UTC).date() for moment in moments]
