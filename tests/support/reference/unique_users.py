"""Distinct users of any range of dates: by key, how many users came on a date, and when they had come before."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import date

from tests.support.reference.model import Event, Visit


def agg_unique_users(
    workspace_id: str, events: Iterable[Event], visits: Iterable[Visit], views: Iterable[dict],
    searches: Iterable[dict], counts: Callable[[str | None], bool],
) -> list[dict]:
    """One row a dimension, key, its kind, date and date before, of the users who count.

    Args:
        views: rows of ``fct_content_views``.
        searches: rows of ``fct_searches``.
    """
    dates: dict[tuple[str, str, str, str], set[date]] = defaultdict(set)
    for user, dimension, key, kind, day in _days(events, visits, views, searches):
        if user is not None and counts(user):
            dates[dimension, key, kind, user].add(day)
    cells: Counter[tuple] = Counter()
    for (dimension, key, kind, _), days in dates.items():
        before = None
        for day in sorted(days):
            cells[dimension, key, kind, day, before] += 1
            before = day
    return [
        {"workspace_id": workspace_id, "dimension": dimension, "key": key, "key_kind": kind, "local_date": day,
         "previous_local_date": before, "users": users}
        for (dimension, key, kind, day, before), users in cells.items()
    ]


def _days(
    events: Iterable[Event], visits: Iterable[Visit], views: Iterable[dict], searches: Iterable[dict]
) -> Iterator[tuple[str | None, str, str, str, date]]:
    """User, dimension, key, its kind and date of everything that makes somebody one of the users of a date."""
    for visit in visits:
        if visit.interactions:
            yield visit.user_id, "all", "all", "named", visit.first.local_date
    for event in events:
        if event.is_interaction:
            yield event.user_id, "module", event.module, event.module_kind, event.local_date
            yield event.user_id, "os", event.os, "named", event.local_date
    for view in views:
        kind, item = view["content_type"], view["content_id"]
        yield view["user_id"], "content_type", kind, "named", view["local_date"]
        yield view["user_id"], "content", f"{kind}:{item}", "named", view["local_date"]
    for search in searches:
        yield search["user_id"], "term", search["term"], "named", search["local_date"]
