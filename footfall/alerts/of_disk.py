"""The disk of the home is full soon: free space now, and how it changed over the last runs."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from statistics import median

from footfall.alerts.alert import Alert
from footfall.alerts.facts import Facts
from footfall.core.moments import as_moment

#: With less, a run may not have enough room: it needs space for a copy of the marts besides its own data.
FREE_BYTES = 2_000_000_000
#: The runs that show the growth: the last ones, within so many days; fewer runs or a shorter time show nothing.
_MOST_RUNS, _MOST_DAYS = 15, 30
_FEWEST_RUNS, _FEWEST_DAYS = 3, 2.0
_DAY = timedelta(days=1)
#: An alert is repeated when fewer days are left than these.
_STEPS = (7, 3, 1)


def disk(facts: Facts) -> Alert | None:
    """Less than 2 GB are free, or less than ``alerts.min_disk_days`` are left at the present growth."""
    free = f"{facts.free_bytes / 1e9:,.1f} GB"
    to_do = (
        "Free space or make the disk larger. With `retention.*` and `publishing.keep_versions` in footfall.yml, runs "
        "keep less."
    )
    if facts.free_bytes < FREE_BYTES:
        return Alert("disk", f"The disk has {free} free; a run needs 2 GB.", to_do, facts.now, "full")
    left = days_left(facts)
    if left is None or left >= facts.settings.alerts.min_disk_days:
        return None
    days = "less than a day" if left < 1 else f"about {left:.0f} days" if left >= 1.5 else "about a day"
    step = sum(left < one for one in _STEPS)
    return Alert(
        "disk", f"The disk is full in {days} at the present growth: {free} are free.", to_do, facts.now, f"step {step}"
    )


def days_left(facts: Facts) -> float | None:
    """Days until the disk is full; None where it does not fill, or too few runs show how it changed."""
    found = [
        (at, free) for run in facts.runs
        if (at := as_moment(run.get("finished_at"))) is not None and facts.now - at <= _MOST_DAYS * _DAY
        and isinstance(free := (run.get("details") or {}).get("disk_free_bytes"), int)
    ]
    growth = _bytes_a_day(sorted(found)[-_MOST_RUNS:])
    return facts.free_bytes / growth if growth is not None and growth > 0 else None


def _bytes_a_day(points: Sequence[tuple[datetime, int]]) -> float | None:
    """Bytes used more each day: the median of the slopes between all pairs, so that one odd night changes little."""
    if len(points) < _FEWEST_RUNS or (points[-1][0] - points[0][0]) / _DAY < _FEWEST_DAYS:
        return None
    slopes = [
        (free - later_free) / ((later - at) / _DAY)
        for place, (at, free) in enumerate(points) for later, later_free in points[place + 1:] if later > at
    ]
    return median(slopes) if slopes else None
