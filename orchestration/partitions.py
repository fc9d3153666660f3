"""One partition a load date. Never one a workspace and day: their number would follow the customers."""

import re
from datetime import UTC, date, datetime

import dagster as dg

from footfall.core.home import Home

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def load_dates(first: date, last: date, today: date) -> dg.DailyPartitionsDefinition:
    """Partitions from the first load date to the later of the last one and today.

    A landing folder may be dated in the future (a collector ahead of this machine's clock), so the offset follows it.
    """
    return dg.DailyPartitionsDefinition(start_date=first.isoformat(), end_offset=max(1, (last - today).days + 1))


def landing_span(home: Home, today: date | None = None) -> tuple[date, date]:
    """First and last arrival date that the landing zone has a folder for; today where it has none."""
    today = today or datetime.now(UTC).date()
    days = [
        date.fromisoformat(folder.name)
        for kind in ("events", "entities")
        for folder in _folders(home, kind)
        if _is_day(folder.name)
    ]
    return min(days, default=today), max(days, default=today)


def _folders(home: Home, kind: str):
    folder = home.landing / kind
    return folder.iterdir() if folder.is_dir() else ()


def _is_day(name: str) -> bool:
    if not _DAY.fullmatch(name):
        return False
    try:
        date.fromisoformat(name)
    except ValueError:
        return False
    return True
