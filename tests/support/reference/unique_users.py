"""Distinct users of any range of dates: by key, how many users came on a date, and when they had come before."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import date

from tests.support.reference.model import Event, Visit


def agg_unique_users(
    workspace_id: str, events: Iterable[Event], visits: Iterable[Visit], views: Iterable[dict],
    searches: Iterable[dict], counts: Callable[[str | None], bool],
) -> list[dict]:
    """One row a dimension, key, date and date before, of the users who count.

    Args:
        views: rows of ``fct_content_views``.
        searches: rows of ``fct_searches``.
    """
    dates: dict[tuple[str, str, str], set[date]] = defaultdict(set)
    for user, dimension, key, day in _days(events, visits, views, searches):
        if user is not None and counts(user):
            dates[dimension, key, user].add(day)
    cells: Counter[tuple] = Counter()
    for (dimension, key, _), days in dates.items():
        before = None
        for day in sorted(days):
            cells[dimension, key, day, before] += 1
            before = day
    return [
        {"workspace_id": workspace_id, "dimension": dimension, "key": key, "local_date": day,
         "previous_local_date": before, "users": users}
        for (dimension, key, day, before), users in cells.items()
    ]


def _days(
    events: Iterable[Event], visits: Iterable[Visit], views: Iterable[dict], searches: Iterable[dict]
) -> Iterator[tuple[str | None, str, str, date]]:
    """User, dimension, key and date of everything that makes somebody one of the users of a date."""
    for visit in visits:
        if visit.interactions:
            yield visit.user_id, "all", "all", visit.first.local_date
    for event in events:
        if event.is_interaction:
            yield event.user_id, "module", event.module, event.local_date
            yield event.user_id, "os", event.os, event.local_date
    for view in views:
        kind, item = view["content_type"], view["content_id"]
        yield view["user_id"], "content_type", kind, view["local_date"]
        yield view["user_id"], "content", f"{kind}:{item}", view["local_date"]
    for search in searches:
        yield search["user_id"], "term", search["term"], search["local_date"]
