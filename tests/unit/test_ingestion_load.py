"""Which files a load reads, in which commits, and which it ignores."""

import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from footfall.core.settings import Limits, Settings
from footfall.ingestion.lake.commit_log import read_commits
from footfall.ingestion.landing.pending import pending
from tests.support.lake import DAY, Lake, line

NEXT = "2026-11-03"


def test_an_empty_landing_zone_loads_nothing_and_commits_nothing(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    result = lake.load()
    assert result.is_empty
    assert read_commits(lake.home) == []
    assert pending(lake.home, lake.settings).is_empty


def test_looking_for_new_files_imports_nothing_heavy(tmp_path: Path) -> None:
    Lake(tmp_path).land("a.jsonl", [line()])
    code = (
        "import sys; from pathlib import Path; from footfall.core.home import Home\n"
        "from footfall.core.settings import Settings\n"
        "from footfall.ingestion.landing.pending import pending\n"
        f"assert len(pending(Home(Path({str(tmp_path)!r})), Settings()).files) == 1\n"
        "heavy = {'duckdb', 'pandas', 'pyarrow', 'numpy'} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", code], check=True, env={**os.environ, "PYTHONPATH": str(Path.cwd())})


def test_missed_nights_are_caught_up_one_commit_a_load_date_in_order(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    for day in (NEXT, DAY, "2026-11-04"):
        lake.land("a.jsonl", [line(day)], day)
    first = lake.load(through=NEXT)
    assert first.load_dates == [DAY, NEXT]
    assert pending(lake.home, lake.settings, date.fromisoformat(NEXT)).is_empty
    assert pending(lake.home, lake.settings).load_dates == ["2026-11-04"]
    assert lake.load().load_dates == ["2026-11-04"]
    assert [commit.load_date for commit in read_commits(lake.home)] == [DAY, NEXT, "2026-11-04"]
    assert lake.load().is_empty


def test_a_file_that_comes_later_to_a_loaded_date_is_another_commit_of_that_date(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    lake.land("a.jsonl", [line("m1")])
    lake.load()
    lake.land("b.jsonl", [line("m2")])
    assert lake.load().load_dates == [DAY]
    assert len(lake.live()) == 2


def test_a_file_with_known_content_is_not_loaded_again_under_any_name(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    lake.land("a.jsonl", [line("m1")])
    lake.land("copy.jsonl", [line("m1")])
    assert lake.load().already_loaded == [f"landing/events/{DAY}/copy.jsonl"]
    lake.land("again.jsonl", [line("m1")], NEXT)
    result = lake.load()
    assert result.is_empty
    assert result.already_loaded == [f"landing/events/{DAY}/copy.jsonl", f"landing/events/{NEXT}/again.jsonl"]
    assert set(lake.ledger()) == {"a.jsonl"}


def test_a_file_touched_but_unchanged_is_not_loaded_again(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    path = lake.land("a.jsonl", [line("m1")])
    lake.load()
    os.utime(path, (1, 1))
    assert lake.load().is_empty


def test_a_file_that_grew_replaces_what_was_loaded_of_it(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    lake.land("a.jsonl", [line("m1"), b'{"messageId": "m2", "use'])
    lake.land("other.jsonl", [line("m0")])
    lake.load()
    lake.land("a.jsonl", [line("m1"), line("m2")])
    result = lake.load()
    assert (result.loaded, result.duplicates, result.quarantined, result.warnings) == (3, 0, 0, [])
    assert set(lake.ledger()) == {"a.jsonl", "other.jsonl"}
    assert lake.quarantine() == []
    assert read_commits(lake.home)[-1].events["added_rows"] == 2, "other.jsonl was read again and not written again"
    assert lake.load().is_empty


@pytest.mark.parametrize(("name", "warns"), [
    (".a.jsonl", False), ("a.jsonl.tmp", False), ("a.jsonl.part", False), ("_SUCCESS", False),
    ("readme.txt", True), ("a.json", True),
])
def test_unfinished_files_are_ignored_and_unknown_ones_are_reported(tmp_path: Path, name: str, warns: bool) -> None:
    lake = Lake(tmp_path)
    lake.land(name, [line()])
    result = lake.load()
    assert result.is_empty
    assert [name in warning for warning in result.warnings] == ([True] if warns else [])


def test_names_that_are_not_a_date_and_not_an_entity_are_reported(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    lake.land("a.jsonl", [line()], "2026-02-30")
    lake.land("rooms.jsonl", [{}], kind="entities")
    (tmp_path / "landing" / "events" / "a.jsonl").write_text("{}")
    warnings = lake.load().warnings
    assert len(warnings) == 3
    assert [text for text in ("2026-02-30", "rooms.jsonl", "arrival date") if any(text in w for w in warnings)] == [
        "2026-02-30", "rooms.jsonl", "arrival date",
    ]


def test_files_in_folders_below_the_date_load(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    lake.land("a/b/c.jsonl", [line()])
    assert lake.load().loaded == 1


def test_raised_limits_load_quarantined_lines_once_after_a_backfill(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    lake.land("a.jsonl", [line("new"), line("old", timestamp="2026-01-01T00:00:00Z")])
    assert lake.load().reasons == {"too_late": 1}
    lake.settings = Settings(limits=Limits(max_late_days=0))
    result = lake.backfill()
    assert (result.loaded, result.reasons) == (2, {})
    assert {message for _, message in lake.live()} == {"new", "old"}
    assert lake.quarantine() == []
    assert read_commits(lake.home)[-1].events["added_rows"] == 1


def test_a_corrected_file_replaces_the_bad_one_in_a_backfill(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    lake.land("a.jsonl", [line("m1", event="Wrong"), line("m2")])
    lake.load()
    lake.land("a.jsonl", [line("m1", event="Right")])
    lake.backfill()
    assert {message: row["event"] for (_, message), row in lake.live().items()} == {"m1": "Right"}
    assert lake.load().is_empty


def test_a_backfill_leaves_dates_alone_whose_landing_folder_is_archived(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    path = lake.land("a.jsonl", [line("m1")])
    lake.land("a.jsonl", [line("m2")], NEXT)
    lake.load()
    path.unlink()
    path.parent.rmdir()
    result = lake.backfill(DAY, NEXT)
    assert result.warnings == [f"{DAY} was left as it is: it has no folder in landing any more."]
    assert result.load_dates == [NEXT]
    assert len(lake.live()) == 2


def test_a_backfill_of_some_dates_leaves_those_between_as_they_are(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    days = [DAY, NEXT, "2026-11-04"]
    paths = [lake.land("a.jsonl", [line(f"m{number}")], day) for number, day in enumerate(days)]
    lake.load()
    paths[1].unlink()
    result = lake.backfill(days[0], days[2], only=[days[0], days[2]])
    assert (result.load_dates, result.warnings) == ([days[0], days[2]], [])
    assert len(lake.live()) == 3


def test_a_backfill_of_dates_never_loaded_loads_them(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    lake.land("a.jsonl", [line("m1")])
    assert lake.backfill().loaded == 1
    assert lake.load().is_empty


def test_the_same_landing_zone_gives_the_same_lake_bytes(tmp_path: Path) -> None:
    found = []
    for name in ("one", "two"):
        lake = Lake(tmp_path / name)
        lake.land("a.jsonl", [line(f"m{n % 700}", event=f"E{n % 3}") for n in range(2000)])
        lake.load()
        root = lake.root / "lake"
        files = (path for path in sorted(root.rglob("*.parquet")))
        found.append({path.relative_to(root).as_posix(): path.read_bytes() for path in files})
    assert found[0] == found[1]


def test_a_result_adds_up_with_the_ledger(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    refused = {"consent": {"categoryPreferences": {"Analytics": False}}}
    lake.land("a.jsonl", [line("m1"), line("m1"), "bad", line("m2", context=refused), "", line("m3")])
    lake.land("workspaces.jsonl", [{"workspace_id": "expo"}], kind="entities")
    result = lake.load()
    assert (result.lines_in, result.loaded, result.duplicates, result.quarantined, result.no_consent) == (6, 3, 1, 1, 1)
    assert (result.files, result.entities) == ({"loaded": 2, "quarantined": 0}, {"workspaces": 1})
    assert sum(row["lines_in"] for row in lake.ledger().values()) == result.lines_in
