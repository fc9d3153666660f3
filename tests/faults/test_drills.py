"""The drills of `make faults`: their processes, their records, and a table without a figure that nobody measured."""

import json
import signal
import time
from functools import partial
from pathlib import Path

import pytest

from footfall.core.state_files import read_json, write_json
from tests.faults.drills import __main__ as drills
from tests.faults.drills import boundaries, kills, processes, record, table
from tests.faults.drills.damage_kinds import DAMAGES


def test_a_command_in_a_forked_process_ends_as_it_does_alone(tmp_path: Path) -> None:
    ended = processes.run(tmp_path / "output", "--version")
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.startswith("footfall ")
    lost = processes.run(tmp_path / "output", "status", "--home", tmp_path / "nowhere", "--json")
    assert lost.code == json.loads(lost.out)["exit_code"] == 2
    assert "Error: There is no home here" in lost.err


def _write_twice(path: Path) -> None:
    from footfall.core import state_files

    kills.die_at("footfall.core.state_files.write_json", 2, is_before=True)
    for number in (1, 2, 3):
        state_files.write_json(path, {"number": number})


def test_a_process_dies_at_the_call_that_was_chosen_and_at_no_other(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    ended = processes.run(tmp_path / "output", "--version", before=partial(_write_twice, path))
    assert ended.code == -signal.SIGKILL
    assert read_json(path) == {"number": 1}


def test_every_boundary_is_a_function_of_the_code() -> None:
    for name in (*boundaries.NIGHT, *boundaries.ERASURE):
        processes.in_a_fork(_wraps, name)


def _wraps(name: str) -> None:
    kills.wrap(name, lambda *_: None, lambda *_: None)


def test_what_was_tried_is_not_tried_again_unless_it_failed_at_another_commit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(record, "commit", lambda: "aaaaaaa")
    first = record.Record(tmp_path / "kills.jsonl", is_quiet=True)
    first.add("one", [], dose=3)
    first.add("two", ["the ledger differs"])
    again = record.Record(tmp_path / "kills.jsonl", is_quiet=True)
    assert (again.dose, len(again.failed)) == (4, 1)
    assert list(again.open(["one", "two", "three"])) == ["three"]
    monkeypatch.setattr(record, "commit", lambda: "bbbbbbb")
    assert list(again.open(["one", "two", "three"])) == ["two", "three"]


@pytest.mark.parametrize(("dose", "expected"), [(1, "a"), (2, "ac"), (3, "abd"), (9, "abcde")])
def test_a_part_of_a_dose_is_spread_over_it(dose: int, expected: str) -> None:
    assert "".join(record.spread("abcde", dose)) == expected


def test_the_table_holds_what_was_recorded_and_says_where_nothing_was(tmp_path: Path) -> None:
    doses = {name: dose for name, (_, dose) in drills.DRILLS.items()}
    kept = record.Record(tmp_path / "random_kills.jsonl", is_quiet=True)
    kept.add("group 1", [], dose=3)
    kept.add("group 2", ["tables differ: fct_visits"], dose=2)
    document = tmp_path / "reliability.md"
    document.write_text(f"# Before\n{table.BEGIN}\noutdated\n{table.END}\nafter\n")
    table.write(document, table.render(tmp_path, doses))
    text = document.read_text()
    assert text.startswith("# Before\n") and text.endswith("after\n") and "outdated" not in text
    assert "| 200 kills | 5 | 1 |" in text
    assert text.count("| not yet |") == len(doses) - 1


@pytest.mark.parametrize("damage", DAMAGES)
def test_every_damage_changes_a_file(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "state.json"
    write_json(path, {"number": 1})
    before = path.read_bytes()
    DAMAGES[damage](path)
    assert not path.is_file() or path.read_bytes() != before


def test_a_command_that_hangs_is_killed_and_reported(tmp_path: Path) -> None:
    running = processes.start(tmp_path / "output", "--version", before=partial(time.sleep, 30))
    ended = running.wait(timeout=0.3)
    assert (ended.code, ended.err) == (-9, "it hangs: killed after 0.3 s")


def test_trials_go_on_until_the_dose_is_reached(tmp_path: Path) -> None:
    kept = record.Record(tmp_path / "kills.jsonl", is_quiet=True)
    made = []
    for trial in kept.until(5, "group {}"):
        made.append(trial)
        kept.add(trial, [], dose=0 if trial == "group 1" else 3)
    assert made == ["group 1", "group 2", "group 3"]
    assert list(record.Record(tmp_path / "kills.jsonl", is_quiet=True).until(5, "group {}")) == []
