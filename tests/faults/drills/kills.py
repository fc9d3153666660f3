"""kill -9 at random moments of a night, and at every boundary at which something becomes durable or visible."""

import json
import os
import random
import re
import signal
import sys
import time
from collections.abc import Callable
from functools import partial
from importlib import import_module
from pathlib import Path

from footfall.core.home import Home
from tests.faults.drills import processes
from tests.faults.drills.record import Record
from tests.faults.drills.watching import watch
from tests.faults.drills.world import World, find_problems

IN_A_ROW = 3
#: Every call of a night that makes something durable or visible, in the order of a night.
BOUNDARIES = (
    "orchestration.damage.VerifiedFiles.save",
    "orchestration.run_job.mark_started",
    "orchestration.dagster_instance.reconcile",
    "footfall.ingestion.commit._run_stages",
    "footfall.ingestion.commit.write_repaired",
    "footfall.ingestion.commit.write_commit",
    "footfall.core.durable.sync",
    "footfall.ingestion.load.sweep",
    "orchestration.defs.transform.assets.build",
    "footfall.publishing.publish.copy_database",
    "footfall.publishing.publish.read_content",
    "footfall.publishing.publish.compare",
    "footfall.publishing.publish.record_run",
    "footfall.publishing.publish.write_ops",
    "footfall.publishing.publish.write_parquet",
    "footfall.publishing.publish.validate",
    "footfall.publishing.publish.write_checksums",
    "footfall.publishing.versions.complete",
    "footfall.publishing.versions._point",
    "footfall.publishing.versions.swap",
    "footfall.publishing.versions.sweep",
    "exports.folder.write_folder.write_manifest",
    "exports.folder.replace_folder._put",
    "exports.build_all.write_index",
    "orchestration.run_context.mark_finished",
    "orchestration.run_context.verify_written",
)
TIMES = 5


def random_kills(world: World, record: Record, dose: int, seed: int = 15) -> None:
    """Groups of three kills in a row, each at a random moment of the night, then a night that nobody disturbs."""
    groups = -(-dose // IN_A_ROW)
    for trial in record.open([f"group {number}" for number in range(1, groups + 1)]):
        chance = random.Random(f"{seed} {trial}")
        moments = sorted(chance.random() for _ in range(IN_A_ROW))
        _try_group(world, record, trial, [partial(_kill_at_moment, world, share) for share in moments])


def boundary_kills(world: World, record: Record, dose: int, seed: int = 15) -> None:
    """Each boundary five times, before and after its calls; three in a row, in the order in which a night has them.

    A boundary that a repeated night does not reach, since the one before it had done that work, is not counted.
    """
    calls = _count_calls(world)
    chance = random.Random(seed)
    plans = [
        (place, name, chance.randint(1, calls[name]), number % 2 == 1)
        for place, name in enumerate(BOUNDARIES) for number in range(TIMES) if calls[name]
    ]
    chance.shuffle(plans)
    plans = plans[:dose]
    groups = [sorted(plans[start:start + IN_A_ROW]) for start in range(0, len(plans), IN_A_ROW)]
    names = {f"group {number} of boundaries": group for number, group in enumerate(groups, start=1)}
    for trial in record.open(list(names)):
        _try_group(world, record, trial, [partial(_kill_at_boundary, *plan[1:]) for plan in names[trial]])


def _count_calls(world: World) -> dict[str, int]:
    """How often an undisturbed night makes each call."""
    notes = world.root / "calls.json"
    if not notes.exists():
        home = world.home("calls")
        ended = processes.run(world.root / "output" / "calls", "run", "--home", home.root, before=partial(_note, notes))
        assert ended.code == 0, ended.err
    found = json.loads(notes.read_text())
    return {name: found.get(name, 0) for name in BOUNDARIES}


def _note(notes: Path) -> None:
    calls = dict.fromkeys(BOUNDARIES, 0)

    def note(name: str) -> None:
        calls[name] += 1
        notes.write_text(json.dumps(calls))

    for name in BOUNDARIES:
        wrap(name, lambda *_, name=name: note(name), lambda *_: None)


def _try_group(world: World, record: Record, trial: str, kills: list[Callable]) -> None:
    home = world.home(record.path.stem)
    output = world.root / "output" / record.path.stem
    moments, problems = [], []
    with watch(home, output.with_suffix(".watched")) as watched:
        for kill in kills:
            ended, name = kill(home, output)
            moments.append(f"{name}: {last_sentence(ended.err)}")
            if ended.code != -signal.SIGKILL:
                moments[-1] += f" (ended with {ended.code})"
                problems += [f"exit {ended.code}: {ended.err[-300:]}"] if ended.code else []
        night = processes.run(output, "run", "--home", home.root)
        if night.code:
            problems.append(f"the next run ends with {night.code}: {night.err[-400:]}")
    problems += watched.problems or find_problems(home, world.expected)
    killed = sum("(ended with" not in moment for moment in moments)
    record.add(trial, problems, dose=killed, moments=moments, reads=watched.reads, seconds=night.seconds)


def _kill_at_moment(world: World, share: float, home: Home, output: Path) -> tuple[processes.Ended, str]:
    running = processes.start(output, "run", "--home", home.root)
    moment = time.monotonic() + share * world.seconds
    while time.monotonic() < moment and not running.has_ended():
        time.sleep(0.002)
    running.send(signal.SIGKILL)
    return running.wait(), f"{share:.0%}"


def _kill_at_boundary(
    name: str, call: int, is_before: bool, home: Home, output: Path
) -> tuple[processes.Ended, str]:
    when = f"{'before' if is_before else 'after'} call {call} of {name}"
    ended = processes.run(output, "run", "--home", home.root, before=partial(die_at, name, call, is_before))
    return ended, when


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
