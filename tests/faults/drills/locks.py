"""What the lock file may name after a crash: an ended process, one that got its number, one of another machine."""

import json
import os
import subprocess
from collections.abc import Callable
from functools import partial

from footfall.core.home import Home
from tests.faults.drills import processes
from tests.faults.drills.record import Record
from tests.faults.drills.world import World, find_problems


def _dead() -> int:
    with subprocess.Popen(["true"]) as process:
        process.wait()
        return process.pid


#: Holder: the number of its process, and more of what the file says.
HOLDERS: dict[str, tuple[Callable[[], int], dict[str, str]]] = {
    "an ended process": (_dead, {}),
    "an ended process whose number another one got": (os.getppid, {}),
    "the first process of the machine": (lambda: 1, {}),
    "a process of another machine": (os.getpid, {"host": "another-machine.example"}),
    "an ended process of another machine": (_dead, {"host": "another-machine.example"}),
}


def lock_holders(world: World, record: Record, dose: int) -> None:
    """A home whose lock file names a holder that does not hold it: status, doctor and Dagster do not wait for it."""
    for trial in record.open(list(HOLDERS)[:dose]):
        make_pid, more = HOLDERS[trial]
        home = world.home("locks")
        text = {"pid": make_pid(), "since": "2026-09-09T02:15:00+00:00", "command": "footfall run", **more}
        home.lock_file.write_text(json.dumps(text))
        problems = _look(world, home, is_held=False)
        night = processes.run(world.root / "output" / "locks", "run", "--home", home.root)
        problems += [f"the run ends with {night.code}: {night.err[-300:]}"] if night.code else []
        problems += find_problems(home, world.expected)
        record.add(trial, problems)


def _look(world: World, home: Home, *, is_held: bool) -> list[str]:
    run = partial(processes.run, world.root / "output" / "locks")
    status = json.loads(run("status", "--home", home.root, "--json").out)
    doctor = json.loads(run("doctor", "--home", home.root, "--json").out)
    (lock,) = [one for one in doctor["findings"] if one["name"] == "lock"]
    problems = []
    if status["lock"]["is_alive"] is not is_held:
        problems.append("status says that the holder is at work" if not is_held else "status says that nobody holds it")
    if lock["is_ok"] is not is_held:
        problems.append(f"the doctor says: {lock['found']}")
    return problems
