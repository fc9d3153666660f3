"""A folder is whole at every instant, and what a crash leaves is swept."""

import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from exports.folder import replace_folder as folders
from exports.folder.manifest import is_current, read_manifest, write_manifest
from exports.folder.replace_folder import remove_leftovers, replace_folder

FACTS = {"fingerprint": "f", "formats": ["csv"]}


def fill(target: Path, text: str) -> None:
    with replace_folder(target) as aside:
        for number in range(5):
            (aside / f"{number}.txt").write_text(text)
        write_manifest(aside, FACTS, {})


def texts(folder: Path) -> set[str]:
    return {path.read_text() for path in folder.glob("*.txt")}


def test_a_reader_finds_the_old_or_the_new_folder_and_never_half_of_one(tmp_path: Path) -> None:
    target, stop = tmp_path / "expo" / "event", threading.Event()
    listings: list[set[str]] = []
    fill(target, "0")

    def read() -> None:
        while not stop.is_set():
            try:
                listings.append({path.name for path in target.iterdir()})
            except FileNotFoundError:
                listings.append({"manifest.json"})

    reader = threading.Thread(target=read)
    reader.start()
    for number in range(200):
        fill(target, str(number))
    stop.set()
    reader.join()
    assert len(listings) > 100
    # A folder opened just before it was replaced may be emptied while it is listed, but then it has no manifest.
    assert all(len(names) == 6 for names in listings if "manifest.json" in names)
    assert texts(target) == {"199"}
    assert [path.name for path in target.parent.iterdir()] == ["event"]


def test_a_folder_is_replaced_where_names_cannot_be_exchanged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folders.sys, "platform", "other")
    fill(tmp_path / "event", "old")
    fill(tmp_path / "event", "new")
    assert texts(tmp_path / "event") == {"new"}
    assert [path.name for path in tmp_path.iterdir()] == ["event"]


def test_work_that_fails_leaves_the_old_folder_and_nothing_aside(tmp_path: Path) -> None:
    fill(tmp_path / "event", "old")
    with pytest.raises(OSError, match="disk full"), replace_folder(tmp_path / "event") as aside:
        (aside / "0.txt").write_text("new")
        raise OSError("disk full")
    assert texts(tmp_path / "event") == {"old"}
    assert [path.name for path in tmp_path.iterdir()] == ["event"]


def test_what_a_killed_process_left_is_swept_and_what_a_living_one_makes_is_not(tmp_path: Path) -> None:
    code = "import sys,os; from pathlib import Path; from exports.folder.replace_folder import replace_folder\n" \
           "with replace_folder(Path(sys.argv[1])) as aside: (aside / 'a').write_text('x'); os.kill(os.getpid(), 9)"
    subprocess.run([sys.executable, "-c", code, str(tmp_path / "expo" / "event")], check=False,
                   env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)})
    left = [path.name for path in (tmp_path / "expo").iterdir()]
    assert len(left) == 1
    assert left[0].startswith(".event.")
    living = tmp_path / "expo" / f".last_7_days.{os.getppid()}.tmp"
    living.mkdir()
    assert [path.name for path in remove_leftovers(tmp_path)] == left
    assert list((tmp_path / "expo").iterdir()) == [living]


def test_a_manifest_names_every_file_with_hash_bytes_and_rows(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "a.csv").write_bytes(b"abc")
    (tmp_path / "report.html").write_bytes(b"")
    write_manifest(tmp_path, FACTS, {"sub/a.csv": 7})
    manifest = read_manifest(tmp_path)
    assert manifest is not None
    assert manifest["files"] == {
        "report.html": {"sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "bytes": 0,
                        "rows": None},
        "sub/a.csv": {"sha256": "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", "bytes": 3,
                      "rows": 7},
    }


def test_a_folder_is_current_only_with_its_content_formats_and_files(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"abc")
    assert not is_current(tmp_path, "f", ["csv"])
    write_manifest(tmp_path, FACTS, {})
    assert is_current(tmp_path, "f", ["csv"])
    assert is_current(tmp_path, "f", [])
    assert not is_current(tmp_path, "other", ["csv"])
    assert not is_current(tmp_path, "f", ["csv", "xlsx"])
    (tmp_path / "a.csv").write_bytes(b"ab")
    assert not is_current(tmp_path, "f", ["csv"])
    (tmp_path / "a.csv").unlink()
    assert not is_current(tmp_path, "f", ["csv"])


@pytest.mark.parametrize("text", [
    "", "{", "[]", "null", json.dumps({"version": 99}), json.dumps({"version": 1}),
    json.dumps({"version": 1, "files": []}),
])
def test_a_manifest_that_cannot_be_read_is_no_manifest(tmp_path: Path, text: str) -> None:
    (tmp_path / "manifest.json").write_text(text)
    assert read_manifest(tmp_path) is None
    assert not is_current(tmp_path, "f", [])
