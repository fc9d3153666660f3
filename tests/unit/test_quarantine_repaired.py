"""``footfall quarantine show --repaired``: the values kept of loaded lines, those that ``list`` counts."""

from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from footfall.ingestion.ledger.ledger import read_lake, repaired_values
from footfall_cli.rejected_lines import Filter
from footfall_cli.repaired_values import fetch_repaired
from tests.support.lake import DAY, Lake, line

ALL = Filter()


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    made = Lake(tmp_path)
    made.land("a.jsonl", [
        line("m1", properties={"duration_seconds": 90_000, "results": -1}), line("m2", properties="none"),
        line("m1", properties={"duration_seconds": 90_000, "results": -1}), line("m3"),
        line("m4", properties={"duration_seconds": "long"}), line("m4", properties={"duration_seconds": "other"}),
    ])
    made.land("participants.jsonl", [{"workspace_id": "expo", "user_id": "u1", "deleted_at": "0000-00-00"}],
              kind="entities")
    made.load()
    return made


def counted(lake: Lake) -> Counter[tuple]:
    return Counter({
        (row["load_date"], row["file"], row["field"], row["problem"]): row["lines"]
        for row in repaired_values(read_lake(lake.home))
    })


def shown(lake: Lake, wanted: Filter = ALL, limit: int = 99) -> list[dict]:
    return fetch_repaired(lake.home, wanted, limit)


def test_every_value_of_a_loaded_line_is_shown_once_and_no_other(lake: Lake) -> None:
    found = shown(lake)
    assert Counter((str(row["load_date"]), row["file"], row["field"], row["problem"]) for row in found) == counted(lake)
    assert [(row["line_number"], row["field"], row["problem"], row["value"]) for row in found] == [
        (1, "deleted_at", "bad_timestamp", "0000-00-00"), (1, "duration_seconds", "out_of_range", "90000"),
        (1, "results", "out_of_range", "-1"), (2, "properties", "bad_type", '"none"'),
        (5, "duration_seconds", "not_a_number", "long"),
    ]


def test_a_file_a_problem_a_date_and_a_limit_narrow_it_down(lake: Lake) -> None:
    assert [row["field"] for row in shown(lake, Filter(reason="out_of_range"))] == ["duration_seconds", "results"]
    assert [row["field"] for row in shown(lake, Filter(file="participants"))] == ["deleted_at"]
    assert len(shown(lake, limit=2)) == 2
    assert shown(lake, Filter(last=date(2026, 11, 1))) == []


def test_a_backfill_shows_the_values_of_the_new_version_alone(lake: Lake) -> None:
    lake.land("a.jsonl", [line("m1", properties={"duration_seconds": 5}), line("m2", properties="none")])
    lake.backfill(DAY)
    assert [(row["field"], row["line_number"]) for row in shown(lake)] == [("deleted_at", 1), ("properties", 2)]


def test_a_home_without_such_values_shows_none(tmp_path: Path) -> None:
    assert fetch_repaired(Lake(tmp_path).home, ALL, 9) == []
