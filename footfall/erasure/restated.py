"""The history of restated numbers without what it says about the days of erased people."""

from datetime import date, timedelta

from footfall.core.database import connect
from footfall.core.home import Home
from footfall.erasure.intent import Intent, Plan
from footfall.publishing.restated_counts import count_only

#: A zone shifts a date by one, and a visit of up to a day belongs to the date of its start.
_LOCAL_DATES = range(-2, 2)


def count_restatements(home: Home, intent: Intent, plan: Plan) -> int:
    """Keep only counts of restated numbers on the people's days; returns how many files were written again."""
    days = [(workspace, None) for workspace in intent.workspaces] if plan.days is None else plan.days
    local: set[tuple[str, date | None]] = set()
    for workspace, day in days:
        if day is None:
            local.add((workspace, None))
        else:
            local |= {(workspace, date.fromisoformat(day) + timedelta(days=shift)) for shift in _LOCAL_DATES}
    with connect() as con:
        return count_only(con, home, sorted(local, key=str))
