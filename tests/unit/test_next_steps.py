"""The last lines of a summary say what somebody should do, and nothing where nobody has to."""

from pathlib import Path

from footfall.core import lock
from footfall.core.settings import Settings
from footfall_cli.next_steps import as_text, next_steps
from tests.support.lake import Lake, line


def _document(**more: object) -> dict:
    return {"outcome": "done", "lines": {"quarantined": 0}, "warnings": [], **more}


def test_a_run_in_which_all_is_well_has_no_next_step(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    lake.land("a.jsonl", [line("m1")])
    lake.load()
    assert next_steps(lake.home, Settings(), _document()) == []
    assert as_text([]) == ""


def test_quarantine_changed_files_and_warnings_each_have_a_step_while_the_run_still_holds_its_lock(
    tmp_path: Path
) -> None:
    lake = Lake(tmp_path)
    lake.land("a.jsonl", [*(line(f"m{number}") for number in range(19)), "{"])
    lake.land("b.jsonl.gz", []).write_bytes(b"no gzip")
    lake.load()
    lake.land("a.jsonl", [line("m1"), line("m2")])
    with lock.hold(lake.home, "a test"):
        steps = next_steps(lake.home, Settings(), _document(lines={"quarantined": 1}, warnings=["x is not read"]))
    assert {step["about"] for step in steps} == {"quarantined_files", "changed_files", "rejected_lines", "warnings"}
    text = as_text(steps)
    assert text.startswith("Next\n") and text.count("To do: ") == 4
    assert "One line was rejected." in text and "`footfall quarantine replay`" in text


def test_a_run_that_failed_says_what_to_do_in_its_error_alone(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    lake.land("a.jsonl", ["{"])
    lake.load()
    assert next_steps(lake.home, Settings(), _document(outcome="failed", lines={"quarantined": 1})) == []


def test_names_from_files_reach_the_terminal_without_control_characters() -> None:
    step = {"about": "held_back", "what": "One workspace is held back", "to_do": "x", "workspaces": ["\x1b[31mred"]}
    assert "\x1b" not in as_text([step])
