"""Restated numbers are in Parquet files that nothing can make again: a damaged one is named and set aside."""

import os
import shutil
from pathlib import Path

import duckdb
import pytest

from footfall.core.home import Home
from footfall.core.settings import Settings
from footfall.publishing.history import history_folder
from footfall.publishing.history_checksums import NAME
from footfall.publishing.restated_counts import count_only, restatement_files
from orchestration.damage import Damage, find_damage, heal
from tests.support.marts import rows
from tests.support.nights import Nights, make_nights, visit


def _flip(path: Path) -> None:
    before, text = path.stat(), path.read_bytes()
    path.write_bytes(text[:60] + bytes([text[60] ^ 1]) + text[61:])
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Nights:
    """Three nights, the last two of which restate numbers of the first."""
    nights = make_nights(tmp_path_factory.mktemp("history"), people=4)
    nights.publish([one for user in range(3) for one in visit(user, 0, "Home", workspace_id="open")])
    for hour in (12, 14):
        nights.publish(visit(1, 0, "Map", hour=hour, workspace_id="open"))
    return nights


def _damage(nights: Nights) -> list[Damage]:
    return [one for one in find_damage(nights.home, deep=True) if one.part == "history"]


def test_what_publishing_writes_is_as_its_checksums_say(made: Nights) -> None:
    assert len(restatement_files(made.home)) == 2
    assert _damage(made) == []


@pytest.mark.parametrize("damage", [Path.unlink, _flip, lambda path: os.truncate(path, 40)])
def test_a_damaged_file_is_named_and_set_aside_and_publishing_goes_on(made: Nights, tmp_path: Path, damage) -> None:
    shutil.copytree(made.home.root, tmp_path / "home", symlinks=True)
    nights = Nights(Home(tmp_path / "home"), made.settings, made.entities, list(made.events), made.night)
    path = Path(restatement_files(nights.home)[0])
    damage(path)
    (found,) = _damage(nights)
    assert found.path == path and "backup" in found.remedy
    heal(nights.home, Settings(), [found])
    assert _damage(nights) == []
    nights.publish(visit(2, 0, "Map", hour=14, workspace_id="open"))
    assert _damage(nights) == []
    assert rows(nights.home.published_file, "select count(*) > 0 from ops.restatements") == [(True,)]


def test_lost_checksums_are_written_again(made: Nights) -> None:
    listed = history_folder(made.home) / "restatements" / NAME
    listed.write_text("{")
    assert [one.path for one in _damage(made)] == [listed]
    heal(made.home, Settings(), _damage(made))
    assert _damage(made) == []
    _flip(Path(restatement_files(made.home)[0]))
    assert len(_damage(made)) == 1
    _flip(Path(restatement_files(made.home)[0]))


def test_a_file_that_an_erasure_writes_again_has_its_new_checksum(made: Nights) -> None:
    with duckdb.connect() as con:
        assert count_only(con, made.home, [("open", None)]) == 2
    assert _damage(made) == []
