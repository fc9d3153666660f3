"""Files and folders of a home are private to their owner, also in older homes; two folders can be opened."""

import os
import stat
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from footfall.core import file_modes
from footfall.core.home import Home
from footfall.core.settings import Access

NOBODY = 65534


@pytest.fixture
def home() -> Iterator[Home]:
    """A home made with the widest modes there are, where another user could reach it."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o711)
        before = os.umask(0)
        try:
            found = Home(Path(folder, "home")).ensure()
            for path in (
                "footfall.yml", "privacy.key", "landing/events/2026-01-01/a.jsonl", "lake/events/a.parquet",
                "warehouse/marts.duckdb", "published/versions/1/footfall.duckdb", "exports/expo/event/report.html",
                "mine/notes.txt",
            ):
                (found.root / path).parent.mkdir(parents=True, exist_ok=True)
                (found.root / path).write_text("secret")
            (found.published / "footfall.duckdb").symlink_to("versions/1/footfall.duckdb")
            yield found
        finally:
            os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def modes(folder: Path) -> tuple[set[int], set[int]]:
    """Modes of the folders and of the files at and below ``folder``."""
    paths = [folder, *folder.rglob("*")]
    return {mode(p) for p in paths if p.is_dir()}, {mode(p) for p in paths if p.is_file()}


def can_read(path: Path) -> bool:
    """Whether a user who is neither owner nor in the group can read the file; without root, by the modes on the way."""
    if os.geteuid() == 0:
        command = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", "cat", str(path)]
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    way = [parent for parent in path.resolve().parents if parent.is_relative_to(tempfile.gettempdir())]
    return bool(mode(path) & 0o004) and all(mode(folder) & 0o001 for folder in way)


def test_a_wide_home_becomes_its_owners_alone(home: Home) -> None:
    assert any(wrong.is_wider for wrong in file_modes.wrong_modes(home, Access()))
    assert can_read(home.settings_file)
    assert file_modes.apply(home, Access()) == []
    assert not any(file_modes.wrong_modes(home, Access()))
    for folder in (home.landing, home.lake, home.warehouse, home.published, home.exports, home.dagster):
        folders, files = modes(folder)
        assert folders == {0o700} and files <= {0o600}, folder
    assert {mode(home.root), mode(home.settings_file), mode(home.key_file)} == {0o700, 0o600}
    assert not can_read(home.published_file)


def test_what_footfall_did_not_make_keeps_its_mode(home: Home) -> None:
    file_modes.apply(home, Access())
    assert mode(home.root / "mine" / "notes.txt") == 0o666


@pytest.mark.parametrize("folder", ["published", "exports"])
def test_a_folder_opened_to_everyone_is_reached_and_nothing_else_is(home: Home, folder: str) -> None:
    file_modes.apply(home, Access(**{folder: "everyone"}))
    opened = {"published": home.published_file, "exports": home.exports / "expo/event/report.html"}
    assert {name for name, path in opened.items() if can_read(path)} == {folder}
    assert modes(home.root / folder) == ({0o755}, {0o644})
    assert mode(home.root) == 0o711, "passed, but not listed"
    for path in (home.settings_file, home.key_file, home.marts_file, home.lake / "events/a.parquet"):
        assert not can_read(path)


def test_a_folder_opened_to_the_group_is_closed_to_everyone_else(home: Home) -> None:
    file_modes.apply(home, Access(published="group"))
    assert modes(home.published) == ({0o750}, {0o640})
    assert mode(home.root) == 0o710
    assert not can_read(home.published_file)


def test_a_folder_is_closed_again_when_the_setting_goes(home: Home) -> None:
    file_modes.apply(home, Access(published="everyone", exports="everyone"))
    file_modes.apply(home, Access())
    assert not can_read(home.published_file)
    assert (mode(home.root), modes(home.exports)) == (0o700, ({0o700}, {0o600}))


def test_what_is_made_later_takes_the_mode_of_its_folder_before_it_is_seen(home: Home) -> None:
    file_modes.apply(home, Access(exports="everyone"))
    os.umask(0o077)
    made = home.exports / "other" / "event"
    (made / "graphs").mkdir(parents=True)
    (made / "graphs" / "days.svg").write_text("<svg/>")
    file_modes.copy_mode(home.exports, made)
    assert can_read(made / "graphs" / "days.svg")
    assert mode(made.parent) == 0o755


def test_a_link_to_elsewhere_is_not_followed(home: Home, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "file").write_text("another's")
    before = mode(outside / "file")
    (home.landing / "link").symlink_to(outside)
    file_modes.apply(home, Access())
    assert mode(outside / "file") == before
