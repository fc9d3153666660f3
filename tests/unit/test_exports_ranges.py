"""The range `event`: the workspace's own dates, and its newest days where it has no first or no last date."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from exports.plan.plan import AROUND, Job, Loads
from exports.plan.ranges import Dates, Range, wanted_ranges
from footfall.metrics.question import Question
from tests.support.published import event, published_from

FIRST, LAST = date(2026, 1, 1), date(2026, 12, 31)
OLDEST = date(2026, 10, 3)  # 90 days, both ends included


def own_dates(start: date | None, end: date | None, most_days: int | None = 90, last: date = LAST) -> Range:
    dates = Dates((start, end), last, (FIRST, last), most_days)
    con = published_from([event("2026-06-01T10:00:00", "Session Viewed", "u1")])
    (found,) = wanted_ranges(con, Question("expo"), ["event"], dates)
    return found


@pytest.mark.parametrize("start, end, expected", [
    (None, None, (OLDEST, None)),
    (date(2026, 2, 1), None, (OLDEST, None)),
    (date(2026, 11, 1), None, (date(2026, 11, 1), None)),
    (None, date(2026, 6, 30), (date(2026, 4, 2), date(2026, 6, 30))),
    (None, date(2027, 6, 30), (OLDEST, date(2027, 6, 30))),
    (date(2026, 6, 30), date(2026, 1, 1), (OLDEST, None)),
])
def test_a_workspace_without_a_first_or_last_date_has_its_newest_days(start, end, expected):
    found = own_dates(start, end)
    assert (found.start, found.end) == expected
    assert found.newest_days == (None if start == found.start else 90)


def test_own_dates_are_kept_however_long_they_are():
    found = own_dates(date(2026, 1, 5), date(2026, 12, 30))
    assert (found.start, found.end, found.newest_days) == (date(2026, 1, 5), date(2026, 12, 30), None)


def test_a_short_history_and_a_setting_of_null_have_all_days():
    assert own_dates(None, None, last=date(2026, 3, 31)) == Range("event", None, None)
    assert own_dates(None, None, most_days=None) == Range("event", None, None)


def job(span: Range, **changes: object) -> Job:
    facts = {"anonymization": "none", "user_id": None, **changes}
    folder = Path("expo", span.name)
    return Job("expo", "Expo", "UTC", facts["anonymization"], 5, (), False, span, facts["user_id"], folder, Loads())


def test_the_report_of_the_event_has_a_month_before_and_after_and_no_more():
    span = Range("event", date(2026, 6, 1), date(2026, 6, 3))
    assert job(span).report_days == (date(2026, 6, 1) - AROUND, date(2026, 6, 3) + AROUND)
    assert job(Range("event", OLDEST, None)).report_days == (OLDEST - AROUND, None)
    assert job(Range("event", date.min + timedelta(days=1), date.max)).report_days == (date.min, date.max)
    week = Range("last_7_days", span.start, span.end)
    for other in (job(span, anonymization="full"), job(span, user_id="u1"), job(week)):
        assert other.report_days == (span.start, span.end)
