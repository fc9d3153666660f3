"""What is known of finished export folders is never believed where their files are not as they were."""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from exports.folder.known_folders import CACHE, KnownFolders
from exports.folder.manifest import is_current, write_manifest
from exports.folder.places import manifests, places
from footfall.core.folder_state import folder_state

PLACES = ("expo/event", "expo/users/u1/event", "fair/event")


@pytest.fixture
def exports(tmp_path: Path) -> Path:
    root = tmp_path / "exports"
    for place in PLACES:
        folder = root / place
        (folder / "graphs").mkdir(parents=True)
        (folder / "graphs" / "days.svg").write_text("<svg/>")
        (folder / "report.html").write_text("report")
        write_manifest(folder, {"fingerprint": "f", "formats": ["html", "svg"]}, {})
    (root / "expo" / ".event.1.tmp").mkdir()
    (root / "expo" / "unfinished").mkdir()
    return root


def known(exports: Path) -> KnownFolders:
    return KnownFolders(exports, exports.parent / "warehouse" / CACHE)


def look_at_all(exports: Path) -> dict[str, dict]:
    folders = known(exports)
    found = {place: dict(facts) for place, facts in folders.all()}
    folders.save()
    return found


def rewrite(path: Path, text: str) -> None:
    """Another text of the same length at the same time of change, which only a deep look finds."""
    before = path.stat()
    assert len(text) == before.st_size
    path.write_text(text)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def test_every_finished_folder_is_found_and_no_other(exports: Path) -> None:
    assert set(look_at_all(exports)) == set(PLACES)
    assert sorted(places(str(exports))) == sorted([*PLACES, "expo/unfinished"])
    assert manifests(str(exports)) == [f"{place}/manifest.json" for place in PLACES]
    assert manifests(str(exports), are_of_users=False) == ["expo/event/manifest.json", "fair/event/manifest.json"]
    assert list(places(str(exports / "nothing"))) == []


def test_a_manifest_is_not_read_again_while_no_file_of_its_folder_changed(exports: Path) -> None:
    before = look_at_all(exports)
    manifest = exports / "fair" / "event" / "manifest.json"
    rewrite(manifest, "x" * manifest.stat().st_size)
    assert look_at_all(exports) == before
    assert before["fair/event"]["parts"] == ["graphs", "report.html"]
    manifest.touch()
    assert set(look_at_all(exports)) == {*PLACES} - {"fair/event"}


def _lose(folder: Path) -> None:
    (folder / "graphs" / "days.svg").unlink()


def _cut(folder: Path) -> None:
    (folder / "report.html").write_text("rep")


def _cut_back_in_time(folder: Path) -> None:
    before = (folder / "report.html").stat()
    (folder / "report.html").write_text("rep")
    os.utime(folder / "report.html", ns=(before.st_atime_ns, before.st_mtime_ns))


def _cut_manifest(folder: Path) -> None:
    os.truncate(folder / "manifest.json", 20)


def _replace(folder: Path) -> None:
    shutil.rmtree(folder)
    folder.write_text("a file")


def _name_what_is_no_file(folder: Path) -> None:
    path = folder / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"files": {"a\0b": {"bytes": 1}, "report.html": [1]}}))


def _mark_failed(folder: Path) -> None:
    path = folder / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"failed": [{"file": "a", "reason": "b"}]}))


@pytest.mark.parametrize("damage", [
    _lose, _cut, _cut_back_in_time, _cut_manifest, shutil.rmtree, _replace, _mark_failed, _name_what_is_no_file,
])
def test_a_damaged_folder_is_not_current_whatever_is_known(exports: Path, damage: Callable[[Path], object]) -> None:
    look_at_all(exports)
    assert known(exports).is_current("fair/event", "f", ["html"])
    damage(exports / "fair" / "event")
    assert not known(exports).is_current("fair/event", "f", ["html"])
    look_at_all(exports)
    assert not known(exports).is_current("fair/event", "f", ["html"])
    assert known(exports).is_current("expo/event", "f", ["html"])


@pytest.mark.parametrize(("fingerprint", "formats"), [("f", ["html"]), ("f", []), ("f", ["png"]), ("other", ["html"])])
def test_what_is_known_and_what_the_manifest_says_is_the_same(exports: Path, fingerprint: str, formats: list) -> None:
    expected = is_current(exports / "fair" / "event", fingerprint, formats)
    for _ in range(2):
        folders = known(exports)
        assert folders.is_current("fair/event", fingerprint, formats) == expected
        folders.save()


def test_a_folder_written_meanwhile_is_looked_at_again_once_it_is_forgotten(exports: Path) -> None:
    folders = known(exports)
    assert folders.is_current("fair/event", "f", [])
    (exports / "fair" / "event" / "manifest.json").unlink()
    write_manifest(exports / "fair" / "event", {"fingerprint": "new", "formats": []}, {})
    folders.forget("fair/event")
    assert folders.is_current("fair/event", "new", [])
    shutil.rmtree(exports / "expo")
    assert [place for place, _ in folders.all()] == ["fair/event"]


def _flip(path: Path) -> None:
    data = path.read_bytes()
    path.write_bytes(data.replace(b'"fingerprint":"f"', b'"fingerprint":"g"'))


@pytest.mark.parametrize("damage", [
    _flip, lambda path: path.write_bytes(b""), lambda path: path.write_bytes(b"\xff\n[]"), Path.unlink,
    lambda path: os.truncate(path, 200), lambda path: (path.unlink(), path.mkdir()),
])
def test_a_damaged_list_is_made_again(exports: Path, damage: Callable[[Path], object]) -> None:
    before = look_at_all(exports)
    cache = exports.parent / "warehouse" / CACHE
    whole = cache.read_bytes()
    damage(cache)
    assert look_at_all(exports) == before
    assert cache.read_bytes() == whole


def test_the_state_of_a_folder_changes_with_its_files_and_only_then(exports: Path) -> None:
    folder = exports / "fair" / "event"
    before = folder_state(str(folder))
    assert folder_state(str(folder)) == before
    (folder / "report.html").rename(folder / "report2.html")
    after = folder_state(str(folder))
    assert after not in (before, None)
    (folder / "report2.html").rename(folder / "report.html")
    assert folder_state(str(folder)) == before
    (folder / "link").symlink_to("nowhere")
    assert folder_state(str(folder)) is None
    assert folder_state(str(exports / "nothing")) is None
