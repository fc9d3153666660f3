"""Homes whose path means something else in addresses, patterns, SQL or YAML work, or are refused with one line.

That a whole night works in such a home is in test_every_start.py.
"""

import os
from collections.abc import Callable
from pathlib import Path

import dagster as dg
import pytest

from footfall.core.home import Home
from orchestration.dagster_instance import open_instance
from orchestration.instance_file import instance_folder, write_instance_file
from tests.conftest import Answer

ODD = ("%41", "sp ace", "[1]", "#", "'q'", "*", '"dq"', "ünï\u0301", "a" * 200, "x: {y}")


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(os, "environ", {**os.environ, "XDG_CACHE_HOME": str(tmp_path / "cache")})


@pytest.mark.parametrize("name", ODD)
def test_runs_and_settings_of_dagster_are_in_the_home_whatever_it_is_called(tmp_path: Path, name: str) -> None:
    home = Home(tmp_path / "homes" / name / "home").ensure()

    @dg.job
    def idle() -> None:
        """Does nothing."""

    with open_instance(home) as instance:
        run = instance.create_run_for_job(idle)
        # Read from dagster.yaml, which Dagster looks for with a pattern.
        assert instance.run_monitoring_enabled and not instance.telemetry_enabled
        with open_instance(home) as again:
            assert again.get_run_by_id(run.run_id) is not None
    assert {path.name for path in home.dagster.rglob("*.db")} >= {"runs.db", "schedules.db"}
    assert [path.name for path in (tmp_path / "homes").iterdir()] == [name], "nothing is written elsewhere"


def test_a_home_that_was_moved_is_found_by_its_new_link(tmp_path: Path) -> None:
    home = Home(tmp_path / "%41").ensure()
    first = write_instance_file(home).read_text()
    moved = Home(home.root.rename(tmp_path / "%42"))
    assert write_instance_file(moved).read_text() != first
    assert instance_folder(moved).resolve() == moved.dagster.resolve()


def test_where_no_link_can_be_made_the_message_says_so(
    tmp_path: Path, footfall: Callable[..., Answer], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "cache").write_text("a file")
    answer = footfall("init", "--home", tmp_path / "%41")
    assert (answer.code, answer.err.count("\n")) == (2, 3)
    assert "no link to it can be made" in answer.err and "Traceback" not in answer.err


@pytest.mark.parametrize("name", ["what?", "back\\slash", "line\nfeed"])
@pytest.mark.parametrize("command", ["init", "run", "status", "doctor", "export", "ui", "sample"])
def test_a_path_that_duckdb_reads_as_another_one_is_refused(
    tmp_path: Path, footfall: Callable[..., Answer], name: str, command: str
) -> None:
    home = tmp_path / name
    is_made = command not in ("init", "sample")
    if is_made:
        (home / "landing").mkdir(parents=True)
    answer = footfall(command, "--home", home)
    assert answer.code == 2
    assert "reads as something else" in answer.err + answer.out
    assert home.exists() == is_made and not (home / "published").exists()
