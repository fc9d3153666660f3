"""One database of time zones: DuckDB's."""

import ast
import zoneinfo
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from pathlib import Path

import pytest

from footfall.core.database import connect
from footfall.core.zones import clocks_at, instants, moment_of, offsets, zones_that_differ
from tests.conftest import REPOSITORY

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


@pytest.mark.parametrize("zone", [
    "Europe/Vienna", "America/New_York", "Australia/Lord_Howe", "America/St_Johns", "Asia/Kathmandu", "Pacific/Apia",
    "Europe/Dublin", "UTC",
])
def test_clock_times_become_instants_as_python_does_it_also_where_clocks_change(zone: str) -> None:
    place = zoneinfo.ZoneInfo(zone)
    clocks = [datetime(2025, 1, 1) + timedelta(minutes=15 * quarter) for quarter in range(35_040)]
    found = instants(zone, [micros(str(clock)) for clock in clocks])
    wanted = [clock.replace(tzinfo=place).astimezone(UTC) for clock in clocks]
    assert found == [int(moment.timestamp()) * 1_000_000 for moment in wanted]
    assert moment_of(zone, clocks[0]) == wanted[0]
    assert clocks_at(zone, wanted[:9]) == [moment.astimezone(place).replace(tzinfo=None) for moment in wanted[:9]]


def test_nothing_else_reads_the_systems_files_of_zones_which_a_container_does_not_have() -> None:
    """What Arrow has of zones fails there: `make image` is where this was seen."""
    of_arrow = {"assume_timezone", "local_timestamp", "strftime", "is_dst"}
    found = []
    for folder in ("footfall", "footfall_cli", "exports", "orchestration"):
        for path in sorted((REPOSITORY / folder).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                is_zoneinfo = isinstance(node, ast.ImportFrom) and node.module == "zoneinfo"
                name = node.attr if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) else ""
                if is_zoneinfo or (name in of_arrow and node.value.id == "pc"):
                    found.append(path.relative_to(REPOSITORY).as_posix())
    assert found == ["footfall/core/zones.py"]
