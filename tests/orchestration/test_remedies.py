"""What the message of a failed check tells people to do works, without a build: load, checks, gate."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import duckdb
import pytest

from footfall.checks.batch import check_batch
from footfall.checks.gate import blocking_error
from footfall.core.errors import CheckFailed, FootfallError
from footfall.core.home import Home
from footfall.core.settings import load_settings
from footfall.ingestion.lake.commit_log import read_commits
from footfall.ingestion.load import backfill, load
from orchestration.pending_work import find_pending_work, mark_refused

DAY = date(2026, 9, 1)
MAPPING = """
sources:
  events:
    - name: legacy
      path: landing/events/{load_date}/*.csv
      format: csv
      mapping: {message_id: seq, workspace_id: "'expo'", user_id: uid, device_id: uid, event: name,
                occurred_at: "try_cast(WHEN_ as timestamp)"}
"""


def run(home: Home) -> FootfallError | None:
    """The part of `footfall run` up to the gate: load dates again where that may help, load what is new, check."""
    settings = load_settings(home)
    work = find_pending_work(home, settings)
    if work.reload:
        days = {day.isoformat() for day in work.reload}
        backfill(home, settings, run_id="run", start=work.reload[0], end=work.reload[-1], only=days)
    load(home, settings, run_id="run")
    error = blocking_error(check_batch(home, settings))
    if error is not None:
        mark_refused(home, settings)
    return error


def lines(good: int, bad: int) -> str:
    found = [json.dumps({"messageId": f"m{number}", "type": "screen", "name": "Home", "userId": "u1",
                         "timestamp": f"{DAY}T10:00:{number:02}Z", "context": {"groupId": "expo"}})
             for number in range(good)]
    return "\n".join([*found, *["{"] * bad]) + "\n"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "home").ensure()
    (home.landing / "events" / str(DAY)).mkdir()
    return home


@pytest.fixture
def bad(home: Home) -> Path:
    """A file whose rejected lines make a load unusable; the check has refused it."""
    path = home.landing / "events" / str(DAY) / "bad.jsonl"
    path.write_text(lines(2, 5))
    error = run(home)
    assert isinstance(error, CheckFailed) and "quarantined_share" in error.message
    assert [word for word in ("Repair", "remove", "mapping", "raise", "footfall run") if word not in error.hint] == []
    assert run(home) is not None, "nothing was done about it"
    return path


def repair(home: Home, path: Path) -> None:
    path.write_text(lines(7, 0))


def remove(home: Home, path: Path) -> None:
    path.unlink()


def raise_bound(home: Home, path: Path) -> None:
    home.settings_file.write_text("checks: {max_quarantined_share: 0.8}\n")


@pytest.mark.parametrize("remedy", [repair, remove, raise_bound])
def test_each_remedy_for_rejected_lines_works(home: Home, bad: Path, remedy: Callable[[Home, Path], None]) -> None:
    remedy(home, bad)
    assert run(home) is None


def test_a_changed_mapping_loads_the_rejected_lines(home: Home) -> None:
    rows = "\n".join(f"{number},u1,Home,{DAY}T10:00:0{number}" for number in range(3))
    (home.landing / "events" / str(DAY) / "a.csv").write_text(f"seq,uid,name,ts\n{rows}\n")
    home.settings_file.write_text(MAPPING.replace("WHEN_", "name"))
    assert isinstance(run(home), CheckFailed)
    home.settings_file.write_text(MAPPING.replace("WHEN_", "ts"))
    assert run(home) is None
    assert sum(commit.events["added_rows"] - commit.events["removed_rows"] for commit in read_commits(home)) == 3


def lake_file_of(home: Home) -> Path:
    (lake_file,) = [home.root / path for commit in read_commits(home) for path in commit.events["added"]]
    return lake_file


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:200])


def lose_rows(path: Path) -> None:
    with duckdb.connect() as con:
        con.execute(f"create table kept as from '{path}' limit 1")
        con.execute(f"copy kept to '{path}' (format parquet)")


@pytest.mark.parametrize("harm", [lose_rows, cut, Path.unlink])
def test_a_damaged_lake_file_is_put_back_from_a_backup(home: Home, harm: Callable[[Path], None]) -> None:
    (home.landing / "events" / str(DAY) / "a.jsonl").write_text(lines(5, 0))
    assert run(home) is None
    lake_file = lake_file_of(home)
    backup = lake_file.read_bytes()
    harm(lake_file)
    error = run(home)
    assert error is not None and "from a backup" in (error.hint or "")
    lake_file.write_bytes(backup)
    assert run(home) is None
