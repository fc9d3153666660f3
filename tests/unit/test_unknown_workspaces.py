"""Any event can name a workspace, but no file more of them than anybody can have."""

from pathlib import Path

from footfall.core.event_settings import Limits
from footfall.core.settings import Settings
from tests.support.lake import Lake, line


def _events(first: int, number: int) -> list[dict]:
    return [line(f"m{one}", context={"groupId": f"w{one}", "device": {"id": "d"}}) for one in range(first, number)]


def test_a_file_of_very_many_workspaces_is_quarantined_and_the_others_load(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    most = Limits().max_unknown_workspaces
    lake.land("a.jsonl", [line("good")])
    lake.land("hostile.jsonl", _events(0, most + 1))
    lake.land("many.jsonl", _events(10_000, 10_000 + most))
    result = lake.load()
    assert result.quarantined_files == {"landing/events/2026-11-02/hostile.jsonl": "too_many_workspaces"}
    assert len(lake.live()) == 1 + most
    (row,) = [row for row in lake.quarantine() if row["line_number"] is None]
    assert "`limits.max_unknown_workspaces`" in row["detail"]


def test_workspaces_that_an_extract_delivers_do_not_count_and_a_changed_limit_loads_the_file(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    lake.settings = Settings(limits=Limits(max_unknown_workspaces=2))
    lake.land("workspaces.jsonl", [{"workspace_id": f"w{one}", "name": "x"} for one in range(3)], kind="entities")
    lake.land("a.jsonl", _events(0, 5))
    lake.land("b.jsonl", _events(10, 13))
    assert lake.load().file_reasons == {"too_many_workspaces": 1}
    assert len(lake.live()) == 5
    lake.settings = Settings(limits=Limits(max_unknown_workspaces=0))
    lake.backfill()
    assert len(lake.live()) == 8


def test_the_workspaces_of_a_long_file_are_counted_over_its_slices(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    padding = {"note": "x" * 20_000}
    lake.settings = Settings(limits=Limits(max_unknown_workspaces=900))
    lake.land("long.jsonl", [{**one, "properties": padding} for one in _events(0, 1_000)])
    assert lake.load().file_reasons == {"too_many_workspaces": 1}
    assert lake.live() == {}
