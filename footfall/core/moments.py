"""Moments in files of state."""

from datetime import UTC, datetime


def as_moment(text: object) -> datetime | None:
    """A moment in UTC of an ISO text, one without an offset counting as UTC; None where it is none."""
    try:
        moment = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
