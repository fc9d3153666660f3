"""Two commands at once: one waits or is refused with the holder named, and nothing is broken."""

import json
import os
import random
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from footfall.core.home import Home
from tests.faults.drills import processes
from tests.faults.drills.record import ROOT, Record
from tests.faults.drills.watching import watch
from tests.faults.drills.world import DAYS, World, find_problems, read_state, user_of

COMMANDS = {
    "run": ("run",),
    "full refresh": ("run", "--full-refresh"),
    "backfill": ("backfill", "--from", DAYS[0], "--to", DAYS[0]),
    "replay": ("quarantine", "replay"),
    "export": ("export", "--workspace", "expo"),
    "erase": ("erase", "--workspace", "expo", "--user", user_of("expo", 6), "--yes"),
    "doctor": ("doctor", "--deep"),
    "status": ("status", "--json"),
}
#: The second begins while the first works.
PAIRS = (
    ("run", "run"), ("run", "erase"), ("run", "export"), ("run", "doctor"), ("dagster", "run"), ("run", "dagster"),
    ("erase", "dagster"), ("run", "backfill"), ("erase", "run"), ("dagster", "erase"), ("backfill", "run"),
    ("dagster", "dagster"), ("run", "replay"), ("export", "erase"), ("dagster", "status"), ("full refresh", "export"),
    ("run", "status"), ("erase", "erase"), ("dagster", "export"), ("export", "run"), ("doctor", "run"),
    ("erase", "status"), ("backfill", "export"), ("export", "export"),
)
_REFUSED = re.compile(r"Another process is writing to this home: pid (\d+)")


def pairs(world: World, record: Record, dose: int, seed: int = 15) -> None:
    """Each pair in turn, with another head start each time, while ``status`` is called again and again."""
    erased = _expect_erased(world)
    for trial in record.open([f"pair {number}" for number in range(1, dose + 1)]):
        number = int(trial.split()[1]) - 1
        first, second = PAIRS[number % len(PAIRS)]
        share = random.Random(f"{seed} {trial}").random()
        home, output = world.home("pairs"), world.root / "output"
        has_erasure = "erase" in (first, second)
        with watch(home, output / "pairs.watched") as watched:
            one = _start(home, output / "pairs_1", first)
            _wait(one, share * world.seconds)
            other = _start(home, output / "pairs_2", second)
            problems = _look_on(home, output, (one, other))
            ended = (_wait_for_end(one), _wait_for_end(other))
            problems += _problems_of(first, second, ended, (one.pid, other.pid))
            for command in (("run",), COMMANDS["erase"]) if has_erasure else (("run",),):
                last = processes.run(output / "pairs_3", *command, "--home", home.root)
                problems += [f"{command} after both ends with {last.code}: {last.err[-300:]}"] if last.code else []
        problems += watched.problems + find_problems(home, erased if has_erasure else world.expected)
        record.add(
            trial, problems, pair=f"{first} and {second}", codes=[one.code for one in ended],
            head_start=round(share * world.seconds, 1), reads=watched.reads, err=[one.err[-150:] for one in ended],
        )


def _expect_erased(world: World) -> dict[str, Any]:
    notes = world.root / "erased.json"
    if not notes.exists():
        home = world.full_home("erased_full")
        ended = processes.run(world.root / "output" / "erased", *COMMANDS["erase"], "--home", home.root)
        assert ended.code == 0, ended.err
        notes.write_text(json.dumps(processes.in_a_fork(read_state, home)))
    found = json.loads(notes.read_text())
    # Lines that an erasure removes from landing before they are loaded are in no count.
    return {name: part for name, part in found.items() if name != "ledger"}


def _start(home: Home, output: Path, name: str) -> "processes.Running | subprocess.Popen[bytes]":
    if name != "dagster":
        return processes.start(output, *COMMANDS[name], "--home", home.root)
    environment = os.environ | {
        "FOOTFALL_HOME": str(home.root), "DAGSTER_HOME": str(home.dagster), "PYTHONPATH": str(ROOT),
    }
    tags = {
        "dagster/asset_partition_range_start": DAYS[1], "dagster/asset_partition_range_end": DAYS[2],
    }
    command = [
        str(Path(sys.executable).with_name("dagster")), "job", "execute", "-m", "orchestration.definitions", "-j",
        "nightly", "--tags", json.dumps(tags),
    ]
    with output.with_suffix(".out").open("wb") as out, output.with_suffix(".err").open("wb") as err:
        process = subprocess.Popen(command, env=environment, stdout=out, stderr=err, cwd=ROOT)
    process.output = output  # type: ignore[attr-defined]
    return process


def _has_ended(one: Any) -> bool:
    return one.poll() is not None if isinstance(one, subprocess.Popen) else one.has_ended()


def _wait(one: Any, seconds: float) -> None:
    moment = time.monotonic() + seconds
    while time.monotonic() < moment and not _has_ended(one):
        time.sleep(0.01)


def _look_on(home: Home, output: Path, both: tuple[Any, Any]) -> list[str]:
    """Call ``status`` until both have ended; its problems."""
    problems = []
    while not all(map(_has_ended, both)):
        status = processes.run(output / "pairs_status", "status", "--home", home.root, "--json")
        if status.code or not status.out.startswith("{"):
            problems.append(f"status during both ends with {status.code}: {status.err[-300:]}")
        elif json.loads(status.out)["damage"]:
            problems.append(f"status during both names damage: {json.loads(status.out)['damage']}")
        time.sleep(1)
    return problems


def _wait_for_end(one: Any) -> processes.Ended:
    if not isinstance(one, subprocess.Popen):
        return one.wait()
    out, err = (one.output.with_suffix(end).read_text(errors="replace") for end in (".out", ".err"))
    return processes.Ended(one.wait(), out, err, 0)


def _problems_of(
    first: str, second: str, ended: tuple[processes.Ended, processes.Ended], pids: tuple[int, int]
) -> list[str]:
    problems = []
    for name, one, other in ((first, ended[0], pids[1]), (second, ended[1], pids[0])):
        text = one.out + one.err
        refused = _REFUSED.search(text)
        if "because of a bug" in text or (name != "dagster" and "Traceback" in text):
            problems.append(f"{name} has a bug: {text[-300:]}")
        elif one.code and not refused and name not in ("doctor",):
            problems.append(f"{name} ends with {one.code}: {text[-300:]}")
        elif refused and int(refused[1]) != other:
            problems.append(f"{name} names process {refused[1]} instead of {other}")
    return problems
