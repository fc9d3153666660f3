"""The ranges of an export: by name or by dates, cut to the dates that have data."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import duckdb

from footfall.core.errors import UsageError
from footfall.metrics.disclosure.published_answers import check_protected
from footfall.metrics.question import Question, limits, parameters
from footfall.metrics.scope import slice_days

_DAYS = {"last_7_days": 7, "last_30_days": 30}
_DATES = re.compile(r"(\d{4}-\d{2}-\d{2})_(\d{4}-\d{2}-\d{2})")
#: Days that a range keeps which has no data at all, and that the dates of an event may go beyond the data.
_YEAR = timedelta(days=366)


@dataclass(frozen=True)
class Range:
    """A range by name, with its dates; None: the data's own limit on that side.

    ``requested`` has the dates before they were cut to those with data; None: they were not cut.
    ``newest_days``: the range is about so many of the newest days, because the workspace has no dates; None: it is not.
    """

    name: str
    start: date | None
    end: date | None
    requested: tuple[date, date] | None = None
    newest_days: int | None = None


@dataclass(frozen=True)
class Dates:
    """The dates that ranges of a workspace depend on.

    Args:
        own: its own first and last date.
        last_load: the last load date of the installation.
        visited: the workspace's first and last local date with a visit.
        most_days: days of the range ``event`` of a workspace without a first or last date; None: all.
    """

    own: tuple[date | None, date | None]
    last_load: date | None = None
    visited: tuple[date | None, date | None] = (None, None)
    most_days: int | None = None


def wanted_ranges(
    con: duckdb.DuckDBPyConnection, question: Question, names: Sequence[str], dates: Dates
) -> list[Range]:
    """The ranges of one workspace, which may have more days than the data (``cut_to_data``).

    Args:
        con: the published tables.
        question: workspace and user; with a start or an end it is about these dates, and not about ``names``.
        names: ``event``, ``last_7_days``, ``last_30_days`` or ``<from>_<to>``.
        dates: what the ranges follow.

    Raises:
        UsageError: an unknown range, user or date; a reversed range.
    """
    if question.user_id is not None:
        parameters(con, Question(question.workspace_id, user_id=question.user_id))
    if question.start is None and question.end is None:
        found = [_named(name, dates) for name in dict.fromkeys(names)]
    elif question.start is not None and question.end is not None:
        found = [_between(question.start, question.end)]
    else:
        asked = parameters(con, question)
        found = [_between(asked["start"], asked["end"])]
    return found


def own_range(
    con: duckdb.DuckDBPyConnection, question: Question, own: tuple[date | None, date | None], names: Sequence[str],
    *, has_answers: bool = False,
) -> list[Range]:
    """The only range that a protected workspace has: of two, one could be subtracted from the other.

    ``has_answers``: whether it is known that there are answers about it.

    Raises:
        UsageError: another range, or a person who is protected.
        FootfallError: what is published has no answers about it.
    """
    if not has_answers or question != Question(question.workspace_id):
        check_protected(con, question)
    if question.user_id is not None:
        parameters(con, question)
    others = [name for name in names if name != "event"]
    if others:
        raise UsageError(
            f"This workspace is anonymized: it has the range `event` only, not {', '.join(others)}.",
            where=f"workspace {question.workspace_id}",
            hint="Leave the range out, or export the other workspaces.",
        )
    return [_named("event", Dates(own))]


def cut_to_data(con: duckdb.DuckDBPyConnection, workspace_id: str, wanted: Range) -> Range:
    """The part of a range that has data, so that work follows the days with data and not the days of the range.

    Ranges by name are kept where they are short; the dates of an event may be any. It follows from the rows of the
    whole range, and takes some questions: only a folder that is to be made needs it.
    """
    start, end = wanted.start, wanted.end
    if start is None or end is None or (wanted.name in ("event", *_DAYS) and end - start <= _YEAR):
        return wanted
    slice_days(con, workspace_id, start, end)
    found = limits(con, workspace_id)
    if found is None or found[1] < start or end < found[0]:
        cut = start, min(end, start + min(_YEAR, date.max - start))
    else:
        cut = max(start, found[0]), min(end, found[1])
    return wanted if cut == (start, end) else Range(wanted.name, *cut, requested=(start, end))


def _event(dates: Dates) -> Range:
    """The workspace's own dates; without both of them its newest days, so that a community that never ends is not
    exported whole every night."""
    start, end = dates.own
    if start and end and start <= end:
        return Range("event", start, end)
    if start and end:
        # Dates of an entity may be reversed; then the data's own limits are the better range.
        start = end = None
    first_visit, last_visit = dates.visited
    if dates.most_days is None or first_visit is None or last_visit is None:
        return Range("event", start, end)
    newest = min(end or last_visit, last_visit)
    oldest = newest - min(timedelta(days=dates.most_days - 1), newest - date.min)
    if (start or first_visit) >= oldest:
        return Range("event", start, end)
    return Range("event", oldest, end, newest_days=dates.most_days)


def _named(name: str, dates: Dates) -> Range:
    last = dates.last_load
    if name == "event":
        return _event(dates)
    if name in _DAYS:
        # The days before the last load, never before today: the same data gives the same range on any day.
        return Range(name, last - timedelta(days=_DAYS[name] - 1), last) if last else Range(name, None, None)
    match = _DATES.fullmatch(name)
    if match is None:
        raise UsageError(
            f"No range {name!r} is known.", hint="Known: event, last_7_days, last_30_days, or two dates: --from, --to."
        )
    try:
        return _between(*(date.fromisoformat(text) for text in match.groups()))
    except ValueError as error:
        raise UsageError(f"The range {name!r} has a date that does not exist.") from error


def _between(start: date, end: date) -> Range:
    if start > end:
        raise UsageError(
            f"The range is reversed: it starts on {start} and ends on {end}.", hint="Give the earlier date first."
        )
    return Range(f"{start}_{end}", start, end)
