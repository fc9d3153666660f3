"""A partition a load date."""

from datetime import date
from pathlib import Path

from footfall.core.home import Home
from orchestration.partitions import landing_span, load_dates

TODAY = date(2026, 11, 23)


def test_there_is_a_partition_from_the_first_load_date_to_today():
    keys = load_dates(date(2026, 11, 20), date(2026, 11, 21), TODAY).get_partition_keys(current_time=_noon(TODAY))
    assert keys == ["2026-11-20", "2026-11-21", "2026-11-22", "2026-11-23"]


def test_a_landing_folder_dated_in_the_future_has_its_partition():
    keys = load_dates(date(2026, 11, 22), date(2026, 11, 25), TODAY).get_partition_keys(current_time=_noon(TODAY))
    assert keys[-1] == "2026-11-25"


def test_the_span_is_that_of_all_landing_folders_named_by_a_date(tmp_path: Path):
    for folder in ("events/2026-09-09", "events/2026-09-31", "events/backup", "entities/2026-09-07"):
        (tmp_path / "landing" / folder).mkdir(parents=True)
    assert landing_span(Home(tmp_path), TODAY) == (date(2026, 9, 7), date(2026, 9, 9))


def test_the_span_of_an_empty_landing_zone_is_today(tmp_path: Path):
    assert landing_span(Home(tmp_path), TODAY) == (TODAY, TODAY)


def _noon(day: date):
    from datetime import UTC, datetime

    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
