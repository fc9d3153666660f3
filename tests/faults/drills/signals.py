"""SIGTERM and Ctrl-C at random moments of a night: one line, the right exit code, within ten seconds."""

import json
import random
import signal
import time

from tests.faults.drills import processes
from tests.faults.drills.kills import last_sentence, measure_night
from tests.faults.drills.record import Record
from tests.faults.drills.world import World, find_problems

SECONDS = 10
LINE = "Error: Stopped. What was published stays."


def signals(world: World, record: Record, dose: int, seed: int = 15) -> None:
    """Each signal in turn; every second command has ``--json``."""
    for trial in record.until(dose, "signal {}"):
        number = int(trial.split()[1])
        kind = (signal.SIGTERM, signal.SIGINT)[number % 2]
        share = random.Random(f"{seed} {trial}").random()
        home, output = world.home("signals"), world.root / "output" / "signals"
        as_json = ("--json",) if number % 4 < 2 else ()
        running = processes.start(output, "run", "--home", home.root, *as_json)
        running.wait_for_share(share, measure_night(world))
        sent = time.monotonic()
        running.send(kind)
        ended = running.wait()
        seconds = round(time.monotonic() - sent, 2)
        has_stopped = ended.code != 0
        problems = _problems_of(ended, kind, seconds, bool(as_json)) if has_stopped else []
        night = processes.run(output, "run", "--home", home.root)
        problems += [f"the next run ends with {night.code}: {night.err[-300:]}"] if night.code else []
        problems += find_problems(home, world.expected)
        record.add(
            trial, problems, dose=int(has_stopped), kind=kind.name, seconds=seconds, moment=last_sentence(ended.err)
        )


def _problems_of(ended: processes.Ended, kind: signal.Signals, seconds: float, as_json: bool) -> list[str]:
    lines = [line for line in ended.err.splitlines() if " s  " not in line[:12]]
    problems = []
    if ended.code != 128 + kind:
        problems.append(f"{kind.name} ends with {ended.code}: {ended.err[-300:]}")
    if seconds > SECONDS:
        problems.append(f"it ended after {seconds} s")
    if lines[:1] != [LINE] or len(lines) > 2:
        problems.append(f"it printed {lines}")
    if as_json and json.loads(ended.out or "{}").get("exit_code") != ended.code:
        problems.append(f"its JSON is {ended.out[:200]!r}")
    return problems
