"""Damaged export folders: the next night makes them again, also those that no night writes."""

import hashlib
import json
import os
import shutil
from datetime import date
from pathlib import Path

import pytest

from exports.again import export_night
from exports.build_all import export_all
from exports.folder.forget import NOTE
from footfall.core.settings import Settings
from orchestration.damage import find_damage, heal
from orchestration.defs.exports.checks import FILES, check
from orchestration.run_context import RunContext
from tests.support.nights import Nights, make_nights, visit

DATES = {"start": date(2026, 6, 1), "end": date(2026, 6, 2)}
NIGHTLY, BY_HAND, OF_ONE = "open/event", "open/2026-06-01_2026-06-02", "open/users/u1/event"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Nights:
    """A night's exports, a folder of two dates, and one about a person."""
    nights = make_nights(tmp_path_factory.mktemp("again"), people=4)
    nights.settings = Settings.model_validate({"exports": {"formats": ["csv"], "ranges": ["event"], "workers": 1}})
    for night in range(2):
        nights.publish([one for user in range(3) for one in visit(user, night, "Home", "Map", workspace_id="open")])
    export_night(nights.home, nights.settings, run_id="run-1")
    for more in (DATES, {"user": "u1"}):
        exported = export_all(
            nights.home, nights.settings, run_id="run-1", workspaces=["open"], formats=["csv", "parquet"], **more)
        assert len(exported.made) == 1
    return nights


@pytest.fixture
def nights(made: Nights, tmp_path: Path) -> Nights:
    shutil.copytree(made.home.root, tmp_path / "home", symlinks=True)
    return Nights(type(made.home)(tmp_path / "home"), made.settings, made.entities, made.events, made.night)


def _contents(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*") if path.is_file() and path.name not in ("manifest.json", "about.csv")
    }


def _flip(folder: Path) -> Path:
    """Another byte in a CSV file; its size and its time of change stay."""
    path = next(folder.rglob("summary.csv"))
    before = path.stat()
    text = path.read_bytes()
    path.write_bytes(text[:-3] + bytes([text[-3] ^ 1]) + text[-2:])
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    return path


def _cut(folder: Path) -> Path:
    os.truncate(folder / "manifest.json", 40)
    return folder / "manifest.json"


def _next_night(nights: Nights, path: Path) -> object:
    damage = [one for one in find_damage(nights.home, deep=True) if one.part == "exports"]
    assert [one.path for one in damage] == [path]
    heal(nights.home, nights.settings, damage)
    return export_night(nights.home, nights.settings, run_id="run-2")


@pytest.mark.parametrize("damage", [_flip, _cut])
@pytest.mark.parametrize("name", [NIGHTLY, BY_HAND, OF_ONE])
def test_a_damaged_folder_is_made_again_with_the_same_files(nights: Nights, name: str, damage) -> None:
    folder = nights.home.exports / name
    before = _contents(folder)
    exported = _next_night(nights, damage(folder))
    assert exported.made == (name,)
    assert _contents(folder) == before
    assert json.loads((folder / "manifest.json").read_text())["run_id"] == "run-2"
    assert not (folder / NOTE).exists()
    assert [one for one in find_damage(nights.home, deep=True) if one.part == "exports"] == []
    assert export_night(nights.home, nights.settings, run_id="run-3").made == ()


@pytest.mark.parametrize(("name", "sentence"), [
    ("open/2031-01-01_2031-01-02", "have none of its dates any more"),
    ("gone/2026-06-01_2026-06-02", "its workspace is not published any more"),
    ("open/users/u9/event", "its participant is not published any more"),
])
def test_of_a_folder_that_cannot_be_made_again_one_sentence_says_why(
    nights: Nights, name: str, sentence: str
) -> None:
    folder = nights.home.exports / name
    folder.parent.mkdir(parents=True, exist_ok=True)
    shutil.copytree(nights.home.exports / BY_HAND, folder)
    exported = _next_night(nights, _cut(folder))
    assert [sentence in one for one in exported.warnings] == [True]
    assert "u9" not in exported.warnings[0]
    assert (exported.made, exported.failures) == ((), ())
    assert not (folder / NOTE).exists()


def test_a_folder_of_dates_that_somebody_removed_is_not_damaged(nights: Nights) -> None:
    finished = {"exports": [f"exports/{BY_HAND}/manifest.json", f"exports/{NIGHTLY}/manifest.json"]}
    (nights.home.warehouse / "finished.json").write_text(json.dumps(finished))
    for name in (BY_HAND, NIGHTLY):
        shutil.rmtree(nights.home.exports / name)
    damage = [one.path for one in find_damage(nights.home, deep=True) if one.part == "exports"]
    assert damage == [nights.home.exports / NIGHTLY / "manifest.json"]


def test_the_check_of_the_exports_names_what_is_lost_of_any_folder(nights: Nights) -> None:
    run = RunContext(nights.home, nights.settings)
    lost = f"{BY_HAND}/interaction_stats/summary.csv"
    missing = f"Missing or of another size than in their manifest: {lost}."
    for night, message in ((1, "3 folders are complete."), (2, missing)):
        run.exported = export_night(nights.home, nights.settings, run_id=f"run-{night}")
        (found,) = check(run)[FILES]
        assert (found.status, found.message) == ("passed" if night == 1 else "failed", message)
        (nights.home.exports / lost).unlink(missing_ok=True)


def test_the_end_of_a_run_looks_only_at_the_folders_it_made(nights: Nights) -> None:
    find_damage(nights.home)
    lost = [nights.home.exports / name / "interaction_stats" / "summary.csv" for name in (NIGHTLY, BY_HAND)]
    for path in lost:
        path.write_bytes(b"other")
    assert [one.path for one in find_damage(nights.home, exports={NIGHTLY}) if one.part == "exports"] == lost[:1]
    assert [one.path for one in find_damage(nights.home) if one.part == "exports"] == sorted(lost)
