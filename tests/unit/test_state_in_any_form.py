"""Small state files that are cut, of another type, folders or links to themselves: never a traceback."""

import gzip
import json
import os
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from footfall.core import file_modes, lock
from footfall.core.home import HOME_VERSION, Home
from footfall.core.home_version import write_version
from footfall.core.settings import Access
from footfall.core.state_files import is_damaged, read_json, read_number, remove
from tests.conftest import Answer

Command = Callable[..., Answer]


def _replace_by_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def _link_to_itself(path: Path) -> None:
    path.unlink()
    path.symlink_to(path.name)


FORMS: dict[str, Callable[[Path], object]] = {
    "cut": lambda path: path.write_bytes(path.read_bytes()[:-3]),
    "empty": lambda path: path.write_bytes(b""),
    "garbage": lambda path: path.write_bytes(bytes(range(256))),
    "a list": lambda path: path.write_text("[1]"),
    "other types": lambda path: path.write_text('{"lake_seq": "a", "tables": 3, "files": [1], "pid": "x"}'),
    "nested too deeply": lambda path: path.write_text("[" * 50_000),
    "a folder": _replace_by_folder,
    "a link to itself": _link_to_itself,
}
FILES = (
    "published/current.json", "warehouse/finished.json", "warehouse/verified.json", "metrics/attempts.json",
    "metrics/last_run.json", "lake/history/runs/one.json", "lake/version", "footfall.lock", "footfall.yml",
    "dagster/dagster.yaml", "exports/expo/event/manifest.json",
)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "home").ensure()
    for name in FILES:
        path = home.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("{}\n")
    write_version(home)
    return home


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", FILES)
def test_status_is_json_and_the_doctor_ends_whatever_a_state_file_holds(
    footfall: Command, home: Home, name: str, form: str
) -> None:
    FORMS[form](home.root / name)
    answer = footfall("status", "--home", home.root, "--json")
    assert answer.code in (0, 2)
    assert "bug" not in answer.out
    assert answer.document["exit_code"] == answer.code
    doctor = footfall("doctor", "--home", home.root, "--json").document
    assert doctor["findings"] and "bug" not in json.dumps(doctor)


@pytest.mark.parametrize("form", [form for form in FORMS if form != "other types"])
def test_a_state_file_of_another_form_is_damaged_and_holds_nothing(tmp_path: Path, form: str) -> None:
    path = tmp_path / "state.json"
    assert not is_damaged(path)
    path.write_text('{"lake_seq": 7}\n')
    assert (read_number(path, "lake_seq"), is_damaged(path)) == (7, False)
    FORMS[form](path)
    assert (read_json(path), read_number(path, "lake_seq"), is_damaged(path)) == (None, 0, True)


def _plant(home: Home, fault: str) -> None:
    landing = home.landing / "events" / "2026-11-27"
    landing.mkdir(parents=True)
    if fault == "a pipe in landing":
        os.mkfifo(landing / "pipe.jsonl")
    elif fault == "a link loop in landing":
        (landing / "loop.jsonl").symlink_to("loop.jsonl")
    elif fault == "a name that is not read":
        (landing / "events.docx").write_text("x")
    elif fault == "an archive that grows a thousand times":
        (landing / "lines.jsonl.gz").write_bytes(gzip.compress(b"\n" * 20_000_000))
    elif fault == "a log that is a folder":
        (home.logs / "footfall.log").mkdir(parents=True)
    elif fault == "metrics that cannot be written":
        home.settings_file.write_text("observability:\n  prometheus_file: footfall.yml/x/footfall.prom\n")
    elif fault == "a state file cut":
        (home.warehouse / "finished.json").write_text("{")
    elif fault == "Dagster's settings cut":
        (home.dagster / "dagster.yaml").write_text("a: [")
    elif fault == "a newer home":
        (home.lake / "version").write_text(f"{HOME_VERSION + 1}\n")
    elif fault == "a record of a run cut":
        (home.lake / "history" / "runs").mkdir(parents=True)
        (home.lake / "history" / "runs" / "x.json").write_text("{")
    elif fault == "a run that blocks Dagster's queue":
        _block_queue(home)


def _block_queue(home: Home) -> None:
    (home.dagster / "history").mkdir(parents=True)
    with sqlite3.connect(home.dagster / "history" / "runs.db") as con:
        con.execute("create table runs (run_id text, status text)")
        con.execute("create table run_tags (run_id text, key text, value text)")
        con.execute("insert into runs values ('0123456789', 'STARTED')")
        # a number above the largest of Linux, which no process has
        con.execute("insert into run_tags values ('0123456789', 'footfall/pid', '4194305')")
    con.close()


@pytest.mark.parametrize(("fault", "words"), [
    ("a pipe in landing", "pipe.jsonl"), ("a link loop in landing", "loop.jsonl"),
    ("a name that is not read", "events.docx"), ("an archive that grows a thousand times", "unpack to 20,000,000"),
    ("a log that is a folder", "it is no file"), ("metrics that cannot be written", "footfall.prom"),
    ("a state file cut", "finished.json"), ("Dagster's settings cut", "dagster.yaml"),
    ("a newer home", f"version {HOME_VERSION + 1}"), ("a record of a run cut", "x.json"),
    ("a run that blocks Dagster's queue", "01234567"),
])
def test_the_doctor_names_the_fault_and_what_to_do(footfall: Command, tmp_path: Path, fault: str, words: str) -> None:
    home = Home(tmp_path / "home").ensure()
    home.settings_file.write_text("{}\n")
    file_modes.apply(home, Access())
    assert footfall("doctor", "--home", home.root).code == 0
    _plant(home, fault)
    answer = footfall("doctor", "--home", home.root, "--json")
    wrong = [one for one in answer.document["findings"] if not one["is_ok"]]
    assert answer.code == 1
    assert any(words in one["found"] and len(one["hint"]) > 20 for one in wrong), wrong
    assert lock.holder(home) is None


def test_a_file_in_the_place_of_a_folder_has_nothing_in_it_to_remove(tmp_path: Path) -> None:
    (tmp_path / "expo").write_text("not a folder")
    remove(tmp_path / "expo" / "event" / "manifest.json")
    assert (tmp_path / "expo").read_text() == "not a folder"
