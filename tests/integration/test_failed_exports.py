"""Exports that fail for one workspace: the others are made, the command says which failed, the next run tries again."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from footfall.core.home import Home
from footfall.core.settings import load_settings
from footfall.core.state_files import write_json
from orchestration.pending_work import find_pending_work
from tests.conftest import Answer

Command = Callable[..., Answer]


@pytest.fixture
def blocked(demo_copy: Home) -> Path:
    """A file where the folder of one workspace's exports belongs, so that nothing can be written there."""
    first, other = (path for path in sorted(demo_copy.exports.iterdir()) if path.is_dir())
    for path in (first, other):
        (path / "event" / "manifest.json").unlink()
    aside = demo_copy.root / "aside"
    first.rename(aside)
    first.write_text("not a folder")
    return first


def test_a_run_makes_the_other_exports_names_the_failed_one_and_the_next_run_tries_again(
    footfall: Command, demo_copy: Home, blocked: Path
):
    run = footfall("run", "--home", demo_copy.root, "--json")
    assert run.code == run.document["exit_code"] == 1
    assert run.document["outcome"] == "exports_failed"
    (failed,) = run.document["exports"]["failed"]
    assert failed["folder"] == f"{blocked.name}/event" and failed["workspace_id"] == blocked.name
    assert run.document["exports"]["folders_made"] == 1
    assert blocked.name in run.document["error"]["where"] and blocked.name in run.err
    assert [check["name"] for check in run.document["checks"]["not_passed"]] == ["made"]
    assert "Traceback" not in run.err

    status = footfall("status", "--home", demo_copy.root, "--json").document
    assert status["failed_exports"] == [f"{blocked.name}/event"]
    reasons = find_pending_work(demo_copy, load_settings(demo_copy)).reasons
    assert reasons == ("exports that failed in the last run",)

    blocked.unlink()
    again = footfall("run", "--home", demo_copy.root, "--json")
    assert again.code == 0, again.err
    assert json.loads((blocked / "event" / "manifest.json").read_text())["workspace_id"] == blocked.name
    assert find_pending_work(demo_copy, load_settings(demo_copy)).reasons == ()


def test_the_export_command_ends_with_1_and_names_what_failed(footfall: Command, demo_copy: Home, blocked: Path):
    answer = footfall("export", "--home", demo_copy.root, "--json")
    assert answer.code == answer.document["exit_code"] == 1
    assert [failed["workspace_id"] for failed in answer.document["failed"]] == [blocked.name]
    assert answer.document["error"]["kind"] == "ExportsFailed"
    text = footfall("export", "--home", demo_copy.root)
    assert text.code == 1 and "Exports that were not made" in text.out


def test_status_and_a_run_with_nothing_new_name_the_workspaces_that_are_held_back(footfall: Command, demo_copy: Home):
    current = json.loads(demo_copy.current.read_text())
    held = [{"workspace_id": "expo-2026", "load_date": current["load_date"], "source": "events"}]
    write_json(demo_copy.current.resolve(), {**current, "held_back": held})
    for command in ("status", "run"):
        assert footfall(command, "--home", demo_copy.root, "--json").document["held_back"] == held
        text = footfall(command, "--home", demo_copy.root)
        assert text.code == 0 and "Held back: too many lines of these workspaces were rejected" in text.out
        assert "expo-2026" in text.out


def test_a_held_back_export_is_named_apart_from_one_that_failed():
    from exports.build_all import Exported
    from exports.folder.failure import Failure, of_held_back
    from footfall_cli.summary import failed_exports

    held = of_held_back("expo", Path("expo/event"), "Half of the lines were rejected")
    error = failed_exports(Exported(failures=(held,)))
    assert error is not None and error.exit_code == 1
    assert error.message.startswith("One export was held back") and "footfall quarantine list" in (error.hint or "")
    failed = Failure("beta", "beta/event", "The disk is full.", hint="Free disk space.")
    error = failed_exports(Exported(failures=(held, failed)))
    assert error is not None and error.message.startswith("2 exports were not made")
    assert error.where == "workspaces beta, expo"
    assert failed_exports(Exported()) is None
