"""Bytes that rot in small state files, commits and tombstones are found, although the file can still be read."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from footfall.core.checksums import VerifiedFiles
from footfall.core.errors import FootfallError, SettingsError
from footfall.core.home import Home
from footfall.core.home_version import require_known
from footfall.core.settings import Settings
from footfall.core.state_files import is_damaged, read_json, write_json
from footfall.ingestion.damage import empty_lake, find_lake_damage
from footfall.ingestion.exclusion.tombstone_checksums import NAME, find_damaged_tombstones, note_all
from footfall.ingestion.exclusion.tombstones import home_key, read_tombstones, write_tombstones
from footfall.ingestion.lake.commit_log import read_commits
from orchestration.damage import find_damage, heal
from tests.support.lake import Lake, line


def _flip(path: Path, place: int) -> None:
    content = bytearray(path.read_bytes())
    content[place] ^= 1
    path.write_bytes(content)


def test_no_bit_of_a_state_file_changes_what_is_read(tmp_path: Path) -> None:
    path, document = tmp_path / "state.json", {"seq": 12, "tables": {"fct_visits": 310}, "name": "Straße", "none": None}
    write_json(path, document)
    assert read_json(path) == document
    for place in range(path.stat().st_size):
        _flip(path, place)
        found = read_json(path)
        # in the name of the checksum's own member a bit adds a member, and changes none
        assert found is None or found.items() >= document.items()
        _flip(path, place)


def test_a_file_of_an_older_version_has_no_checksum_and_is_read(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    path.write_text('{"seq": 12}')
    assert (read_json(path), is_damaged(path)) == ({"seq": 12}, False)


def test_a_folder_in_the_place_of_a_state_file_is_damage_and_is_set_aside(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    path.mkdir()
    assert (read_json(path), is_damaged(path)) == (None, True)
    write_json(path, {"seq": 1})
    assert read_json(path) == {"seq": 1}
    assert len(list(tmp_path.glob("state.json.damaged-*"))) == 1


@pytest.mark.parametrize(("part", "name"), [
    ("warehouse", "warehouse/marts.duckdb"), ("dagster", "dagster/history/runs.db"),
    ("exports", "exports/expo/event/manifest.json"),
])
def test_a_folder_in_the_place_of_a_file_is_repaired_like_a_damaged_file(tmp_path: Path, part: str, name: str) -> None:
    home = Home(tmp_path).ensure()
    (home.root / name / "inside").mkdir(parents=True)
    found = find_damage(home)
    assert [(one.part, one.path) for one in found] == [(part, home.root / name)]
    heal(home, Settings(), found)
    assert find_damage(home) == [] and not (home.root / name).exists()


@pytest.fixture
def loaded(tmp_path: Path) -> Lake:
    lake = Lake(tmp_path)
    lake.land("a.jsonl", [line("m1"), line("m2")])
    lake.load()
    return lake


def test_a_number_that_rotted_in_a_commit_is_found(loaded: Lake) -> None:
    (path,) = loaded.home.commits.glob("*.json")
    _flip(path, path.read_bytes().index(b'"lines_in":2') + len('"lines_in":'))
    assert [one for one, _ in find_lake_damage(loaded.home, VerifiedFiles(loaded.home), 1, deep=False)] == [path]
    with pytest.raises(FootfallError, match="commit of the lake cannot be read"):
        read_commits(loaded.home)


def test_a_folder_in_the_place_of_a_lake_file_is_swept(loaded: Lake) -> None:
    path = next(loaded.home.lake.glob("events/*/*.parquet"))
    path.unlink()
    path.mkdir()
    empty_lake(loaded.home)
    assert not path.exists()
    loaded.load()
    assert path.is_file()


@pytest.mark.parametrize("damage", [Path.unlink, lambda path: (path.unlink(), path.mkdir())], ids=["gone", "a folder"])
def test_a_home_with_data_whose_version_is_lost_is_refused(loaded: Lake, damage: Callable[[Path], object]) -> None:
    require_known(loaded.home)
    damage(loaded.home.lake / "version")
    with pytest.raises(SettingsError, match="version of the home cannot be read"):
        require_known(loaded.home)


@pytest.mark.parametrize("damage", [
    Path.unlink, lambda path: os.truncate(path, 100), lambda path: _flip(path, 200), lambda path: os.truncate(path, 0),
], ids=["gone", "cut", "flipped", "empty"])
def test_damaged_tombstones_stop_loading_and_are_named(loaded: Lake, damage: Callable[[Path], object]) -> None:
    home, key = loaded.home, home_key(loaded.home, loaded.settings)
    first = write_tombstones(home, key, 1, [("user", "expo", f"u{number}") for number in range(50)])
    write_tombstones(home, key, 2, [("user", "expo", "anna")])
    assert list(find_damaged_tombstones(home)) == []
    damage(first)
    assert [path for path, _ in find_damaged_tombstones(home)] == [first]
    loaded.land("b.jsonl", [line("m3")])
    with pytest.raises(SettingsError, match="keeps erased people out is damaged") as caught:
        loaded.load()
    assert "backup" in str(caught.value.hint)


def test_tombstones_whose_checksums_are_lost_stay_valid(loaded: Lake) -> None:
    home = loaded.home
    path = write_tombstones(home, home_key(home, loaded.settings), 1, [("user", "expo", "anna")])
    path.with_name(NAME).write_text("{")
    assert [one.name for one, _ in find_damaged_tombstones(home)] == [NAME]
    assert read_tombstones(home, loaded.settings).includes("user", "expo", "anna")
    note_all(home)
    assert list(find_damaged_tombstones(home)) == []


def test_tombstones_that_are_written_again_after_a_kill_are_whole_at_every_step(loaded: Lake) -> None:
    home, key = loaded.home, home_key(loaded.home, loaded.settings)
    path = write_tombstones(home, key, 1, [("user", "expo", "anna")])
    before, replace = path.read_bytes(), Path.replace

    def killed(self: Path, target: Path) -> Path:
        if target == path:
            raise KeyboardInterrupt
        return replace(self, target)

    with pytest.MonkeyPatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(Path, "replace", killed)
        write_tombstones(home, key, 1, [("user", "expo", "anna"), ("user", "expo", "bea")])
    assert path.read_bytes() == before
    assert list(find_damaged_tombstones(home)) == []
    write_tombstones(home, key, 1, [("user", "expo", "anna"), ("user", "expo", "bea")])
    assert list(find_damaged_tombstones(home)) == []
