"""kill -9 at random moments of a night, and at every boundary at which something becomes durable or visible."""

import json
import os
import random
import re
import signal
import sys
from collections import Counter
from collections.abc import Callable
from functools import partial
from importlib import import_module
from pathlib import Path

from footfall.core.home import Home
from tests.faults.drills import processes
from tests.faults.drills.boundaries import NIGHT
from tests.faults.drills.record import Record
from tests.faults.drills.watching import watch
from tests.faults.drills.world import World, find_problems

IN_A_ROW = 3
TIMES = 5
#: A boundary is given up after this many groups in which a repeated night did not come to it.
_TRIES = 4


def random_kills(world: World, record: Record, dose: int, seed: int = 15) -> None:
    """Groups of three kills in a row, each at a random moment of the night, then a night that nobody disturbs."""
    for trial in record.until(dose, "group {}"):
        chance = random.Random(f"{seed} {trial}")
        moments = sorted(chance.random() for _ in range(IN_A_ROW))
        kills = [partial(_kill_at_moment, share, measure_night(world)) for share in moments]
        _try_group(world, record, trial, kills)


def measure_night(world: World) -> float:
    """Seconds of processor time of an undisturbed night."""
    notes = world.root / "night.json"
    if not notes.exists():
        home = world.home("measured")
        ended = processes.run(world.root / "output" / "measured", "run", "--home", home.root)
        assert ended.code == 0, ended.err
        notes.write_text(json.dumps(ended.cpu_seconds))
    return json.loads(notes.read_text())


def boundary_kills(world: World, record: Record, dose: int, seed: int = 15) -> None:
    """Each boundary five times, before and after its calls; three in a row, in the order in which a night has them.

    A boundary that a repeated night does not reach, since the one before it had done that work, is not counted: it is
    tried again in another group.
    """
    calls = _count_calls(world)
    number = 0
    while record.dose < dose and (group := _choose(record, calls, number, random.Random(f"{seed} {number}"))):
        number += 1
        trial = f"group {number} of boundaries"
        if any(record.open([trial])):
            _try_group(world, record, trial, [partial(_kill_at_boundary, *plan) for plan in group])


def _choose(
    record: Record, calls: dict[str, int], number: int, chance: random.Random
) -> list[tuple[str, int, bool]]:
    """Up to three boundaries that need more kills: name, number of the call, whether before it; in a night's order."""
    earlier = [one for trial, one in record.trials.items() if int(trial.split()[1]) <= number]
    killed = Counter(name for one in earlier for name in one["killed"])
    tried = Counter(name for one in earlier for name in one["planned"])
    needs = [
        (killed[name], place) for place, name in enumerate(NIGHT)
        if calls[name] and killed[name] < TIMES and tried[name] < TIMES + _TRIES
    ]
    chance.shuffle(needs)
    places = sorted(place for _, place in sorted(needs, key=lambda need: need[0])[:IN_A_ROW])
    # Which calls a repeated night makes again is not known, so only the first kill is at any of them.
    return [
        (NIGHT[place], chance.randint(1, calls[NIGHT[place]]) if not row else 1, (tried[NIGHT[place]] + row) % 2 == 1)
        for row, place in enumerate(places)
    ]


def _count_calls(world: World) -> dict[str, int]:
    """How often an undisturbed night makes each call."""
    notes = world.root / "calls.json"
    if not notes.exists():
        home = world.home("calls")
        ended = processes.run(world.root / "output" / "calls", "run", "--home", home.root, before=partial(_note, notes))
        assert ended.code == 0, ended.err
    found = json.loads(notes.read_text())
    return {name: found.get(name, 0) for name in NIGHT}


def _note(notes: Path) -> None:
    calls = dict.fromkeys(NIGHT, 0)

    def note(name: str) -> None:
        calls[name] += 1
        notes.write_text(json.dumps(calls))

    for name in NIGHT:
        wrap(name, lambda *_, name=name: note(name), lambda *_: None)


def _try_group(world: World, record: Record, trial: str, kills: list[Callable]) -> None:
    home = world.home(record.path.stem)
    output = world.root / "output" / record.path.stem
    moments, planned, killed, problems = [], [], [], []
    with watch(home, output.with_suffix(".watched")) as watched:
        for kill in kills:
            ended, name, moment = kill(home, output)
            planned.append(name)
            moments.append(f"{moment}: {last_sentence(ended.err)}")
            if ended.code != -signal.SIGKILL:
                moments[-1] += f" (ended with {ended.code})"
                problems += [f"exit {ended.code}: {ended.err[-300:]}"] if ended.code else []
                break  # the night is over: there is nothing left to disturb
            killed.append(name)
        night = processes.run(output, "run", "--home", home.root)
        if night.code:
            problems.append(f"the next run ends with {night.code}: {night.err[-400:]}")
    problems += watched.problems or find_problems(home, world.expected)
    record.add(
        trial, problems, dose=len(killed), planned=planned, killed=killed, moments=moments, reads=watched.reads,
        seconds=night.seconds, cpu_seconds=night.cpu_seconds,
    )


def _kill_at_moment(
    share: float, cpu_seconds: float, home: Home, output: Path
) -> tuple[processes.Ended, str, str]:
    running = processes.start(output, "run", "--home", home.root)
    running.wait_for_share(share, cpu_seconds)
    running.send(signal.SIGKILL)
    return running.wait(), "random", f"{share:.0%}"


def _kill_at_boundary(
    name: str, call: int, is_before: bool, home: Home, output: Path
) -> tuple[processes.Ended, str, str]:
    when = f"{'before' if is_before else 'after'} call {call} of {name}"
    ended = processes.run(output, "run", "--home", home.root, before=partial(die_at, name, call, is_before))
    return ended, name, when


def die_at(name: str, call: int, is_before: bool) -> None:
    """Let this process kill itself before or after a call of a function."""
    calls: list[int] = []

    def die(*_: object) -> None:
        if len(calls) == call:
            os.kill(os.getpid(), signal.SIGKILL)

    def before(*_: object) -> None:
        calls.append(1)
        if is_before:
            die()

    wrap(name, before, lambda *_: None if is_before else die())


def wrap(name: str, before: Callable, after: Callable) -> None:
    """Call something before and after every call of a function in this process, whoever has imported it."""
    path, attribute = name.rsplit(".", 1)
    parent, last = path.rsplit(".", 1)
    owner = getattr(import_module(parent), last) if last[0].isupper() else import_module(path)
    whole = getattr(owner, attribute)

    def wrapped(*arguments: object, **more: object) -> object:
        before(*arguments)
        result = whole(*arguments, **more)
        after(*arguments)
        return result

    setattr(owner, attribute, wrapped)
    for module in list(sys.modules.values()):
        if getattr(module, "__dict__", {}).get(attribute) is whole:
            setattr(module, attribute, wrapped)


def last_sentence(err: str) -> str:
    """What a command was doing when it ended, as it had printed."""
    found = re.findall(r"^ *[\d.]+ s  (.*)$", err, re.MULTILINE)
    return found[-1] if found else "before its first sentence"
