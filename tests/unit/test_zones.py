"""One database of time zones: DuckDB's."""

import zoneinfo
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path

import pytest

from footfall.core.database import connect
from footfall.core.zones import offsets, zones_that_differ

HOUR = 3_600_000_000


def micros(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) * 1_000_000


def test_offsets_are_those_of_the_models_at_a_change_of_clocks() -> None:
    moments = [micros(text) for text in ("2026-03-29 00:59:59", "2026-03-29 01:00:00", "2026-10-25 01:00:00")]
    assert offsets("Europe/Vienna", moments) == [HOUR, 2 * HOUR, HOUR]
    with connect() as con:
        (local,) = con.execute("select timezone('Asia/Kathmandu', timestamptz '2026-01-01 00:00:00+00')").fetchone()
    assert offsets("Asia/Kathmandu", [micros("2026-01-01")]) == [(local.hour * 60 + local.minute) * 60_000_000]


def test_offsets_come_in_the_order_of_the_moments() -> None:
    moments = [micros("2030-01-01") - day * 24 * HOUR for day in range(3000)]
    found = offsets("Australia/Lord_Howe", moments)
    assert len(found) == 3000 and set(found) == {10.5 * HOUR, 11 * HOUR}
    assert found[::-1] == offsets("Australia/Lord_Howe", moments[::-1])


@pytest.fixture
def older_system(tmp_path: Path) -> Iterator[None]:
    """The system's database has the clock of Toronto for Vancouver."""
    target = tmp_path / "America" / "Vancouver"
    target.parent.mkdir()
    target.write_bytes(files("tzdata.zoneinfo.America").joinpath("Toronto").read_bytes())
    before = zoneinfo.TZPATH
    zoneinfo.reset_tzpath(to=[tmp_path])
    zoneinfo.ZoneInfo.clear_cache()
    yield
    zoneinfo.reset_tzpath(to=before)
    zoneinfo.ZoneInfo.clear_cache()


def test_a_zone_whose_rules_differ_from_the_systems_is_named(older_system: None) -> None:
    assert "America/Vancouver" in zones_that_differ(datetime(2026, 11, 28, tzinfo=UTC))
    assert offsets("America/Vancouver", [micros("2026-07-01")]) == [-7 * HOUR], "the tables do not follow it"
