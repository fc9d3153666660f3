"""What the command line answers where it cannot do what is wanted: exit codes, places and remedies."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from footfall.core import lock
from footfall.core.explain import explain
from footfall.core.home import Home
from tests.conftest import Answer, in_a_process
from tests.support.commands import commands

Command = Callable[..., Answer]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("run", "--nonsense"), "No such option"),
        (("run", "--through", "yesterday"), "write it as YYYY-MM-DD"),
        (("backfill", "--from", "2026-01-02", "--to", "2026-01-01"), "reversed"),
        (("backfill", "--from", "2026-01-02"), "Missing option '--to'"),
        (("export", "--formats", "docx"), "There is no format docx"),
        (("export", "--user", "u1"), "--user needs a workspace"),
        (("sample", "--dirty", "7"), "0.5"),
        (("quarantine", "show", "--limit", "0"), "--limit"),
        (("erase", "--user", "x"), "No person to erase"),
        (("forget", "--user", "x"), "No such command"),
    ],
)
def test_bad_usage_ends_with_2_and_says_what_to_do(
    footfall: Command, tmp_path: Path, arguments: tuple[str, ...], says: str
):
    home = () if arguments[0] == "forget" else ("--home", Home(tmp_path / "home").ensure().root)
    answer = footfall(*arguments, *home, "--json")
    assert answer.code == 2
    assert says in answer.err
    assert "Traceback" not in answer.err
    assert answer.document["exit_code"] == 2
    assert says in answer.document["error"]["message"]


def test_an_unknown_workspace_ends_with_2_and_names_it(footfall: Command, demo_copy: Home):
    answer = footfall("export", "--home", demo_copy.root, "--workspace", "nowhere")
    assert answer.code == 2
    assert "nowhere" in answer.err


@pytest.mark.parametrize(
    ("text", "says", "where"),
    [
        (b"limits: [", "cannot be read", "footfall.yml, line 1"),
        (b"limits:\n  max_late_day: 3\n", "max_late_day", "footfall.yml"),
        (b"\xff\xfe\x00limits", "cannot be read", "footfall.yml"),
        (b"- just\n- a list\n", "not a list of `key: value`", "footfall.yml"),
        (b"limits:\n  max_late_days: many\n", "limits.max_late_days", "footfall.yml"),
    ],
)
def test_settings_that_cannot_be_used_end_with_2_and_name_file_and_place(
    footfall: Command, tmp_path: Path, text: bytes, says: str, where: str
):
    (tmp_path / "footfall.yml").write_bytes(text)
    for command in ("run", "status"):
        answer = footfall(command, "--home", tmp_path)
        assert answer.code == 2
        assert says in answer.err
        assert where in answer.err
        assert "To do:" in answer.err


@pytest.mark.parametrize("command", ["init", "sample"])
def test_a_home_that_cannot_be_written_ends_with_2(footfall: Command, tmp_path: Path, command: str):
    (tmp_path / "file").write_text("no folder")
    answer = footfall(command, "--home", tmp_path / "file" / "home")
    assert answer.code == 2
    assert "cannot be written" in answer.err
    assert "--home" in answer.err


def test_an_empty_landing_zone_is_no_error_and_says_where_files_belong(footfall: Command, tmp_path: Path):
    footfall("init", "--home", tmp_path / "home")
    answer = footfall("run", "--home", tmp_path / "home")
    assert answer.code == 0
    assert "nothing to load" in answer.out
    assert str(tmp_path / "home" / "landing") in answer.out
    assert footfall("status", "--home", tmp_path / "home").code == 0
    assert footfall("quarantine", "list", "--home", tmp_path / "home").code == 0


@pytest.mark.parametrize("name", sorted(set(commands()) - {"init", "sample", "doctor"}))
@pytest.mark.parametrize("makes_folder", [False, True])
def test_a_home_that_does_not_exist_ends_with_2_and_nothing_is_made(
    footfall: Command, tmp_path: Path, name: str, makes_folder: bool
):
    """Neither a path with a typing mistake nor a folder that is something else becomes a home."""
    wrong = tmp_path / "typo"
    if makes_folder:
        wrong.mkdir()
    needed = {
        "backfill": ("--from", "2026-01-01", "--to", "2026-01-01"), "erase": ("--workspace", "w", "--user", "u"),
        "export": ("--workspace", "w"), "migrate": ("--to", "spark"),
    }
    answer = footfall(*name.split(), *needed.get(name, ()), "--home", wrong, *(() if name == "ui" else ("--json",)))
    assert answer.code == 2
    assert "There is no home here" in answer.err and "footfall init --home DIR" in answer.err
    assert name == "ui" or answer.document["error"]["where"] == str(wrong)
    assert [path.name for path in tmp_path.rglob("*")] == (["typo"] if makes_folder else [])


def test_the_doctor_of_a_home_that_does_not_exist_names_the_command_that_makes_it(footfall: Command, tmp_path: Path):
    answer = footfall("doctor", "--home", tmp_path / "typo", "--json")
    assert answer.code == answer.document["exit_code"] == 2
    (home,) = (finding for finding in answer.document["findings"] if finding["name"] == "home")
    assert not home["is_ok"] and "footfall init" in home["hint"]
    assert not list(tmp_path.iterdir())


def test_without_a_command_json_is_still_one_document(footfall: Command):
    answer = footfall("quarantine", "--json")
    assert answer.code == answer.document["exit_code"] == 2


def test_a_bug_is_three_lines_and_a_document_and_its_traceback_is_in_a_private_file(
    footfall: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """The message of the exception may hold personal data, so it is only in the file."""
    from footfall_cli import quarantine, rejected_lines

    home = Home(tmp_path / "home").ensure()
    monkeypatch.setattr(rejected_lines, "count", lambda *_: {}["anna@example.com"])
    answer = footfall("quarantine", "list", "--home", home.root, "--json")
    assert answer.code == answer.document["exit_code"] == 1
    assert [line.split(":")[0] for line in answer.err.splitlines()] == ["Error", "Where", "To do"]
    assert "KeyError" in answer.document["error"]["message"]
    assert Path(quarantine.__file__).name in answer.document["error"]["where"]
    assert "anna" not in answer.err + answer.out
    (log,) = home.logs.iterdir()
    assert str(log) in answer.err
    assert "anna@example.com" in log.read_text() and "Traceback" in log.read_text()
    assert log.stat().st_mode & 0o077 == 0


def test_exports_before_anything_is_published_say_what_to_run_first(footfall: Command, tmp_path: Path):
    footfall("init", "--home", tmp_path / "home")
    answer = footfall("export", "--home", tmp_path / "home")
    assert answer.code == 1
    assert "footfall run" in answer.err


def test_a_second_writer_is_turned_away_and_told_who_writes(footfall: Command, demo_copy: Home):
    with lock.hold(demo_copy, "footfall run"):
        answer = in_a_process("run", "--home", demo_copy.root)
        assert answer.code == 1
        assert f"pid {os.getpid()} (footfall run) since 20" in answer.err
        assert footfall("status", "--home", demo_copy.root, "--json").document["lock"]["is_alive"]
    assert lock.holder(demo_copy) is None


def test_a_full_disk_in_the_middle_of_a_run_is_said_so_and_what_was_published_stays(
    footfall: Command, demo_copy: Home
):
    before = demo_copy.current.read_bytes()
    landed = next((demo_copy.landing / "events").glob("*/*.gz"))
    shutil.copy(landed, landed.with_name("again.jsonl.gz"))
    landed.with_name("new.jsonl").write_text('{"messageId": "m1"}\n')
    # The loader notes the file it knows already under another name: on this path, every byte finds the disk full.
    (demo_copy.lake / ".seen.json.tmp").symlink_to("/dev/full")
    answer = footfall("run", "--home", demo_copy.root, "--json")
    assert answer.code == answer.document["exit_code"] == 1
    assert "The disk is full. What was published stays." in answer.err
    assert "To do: " in answer.err
    assert "Free disk space" in answer.err
    assert "Traceback" not in answer.err
    assert demo_copy.current.read_bytes() == before


def test_a_full_disk_that_no_stage_explains_is_explained_by_the_command():
    with pytest.raises(OSError, match="No space left") as caught, Path("/dev/full").open("w") as full:
        full.write("x")
    outer = RuntimeError("something went wrong")
    outer.__cause__ = caught.value
    found = explain(outer)
    assert found.exit_code == 1
    assert found.message.startswith("The disk is full.")
    assert found.hint.startswith("Free disk space")


def test_a_bug_is_not_explained_away_and_a_ring_of_errors_ends():
    one, other = ValueError("one"), ValueError("other")
    one.__cause__, other.__cause__ = other, one
    assert explain(one) is None
