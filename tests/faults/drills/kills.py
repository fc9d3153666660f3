"""kill -9 at random moments of a night, and at every boundary at which something becomes durable or visible."""

import os
import random
import re
import signal
import sys
import time
from collections.abc import Callable
from functools import partial
from importlib import import_module

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
        moments = [chance.random() for _ in range(IN_A_ROW)]
        _try_group(world, record, trial, [partial(_kill_at_moment, world, share) for share in moments])


def boundary_kills(world: World, record: Record, dose: int, seed: int = 15) -> None:
    """Each boundary five times: before and after its first calls; in random order, three in a row."""
    plans = [(name, number) for name in BOUNDARIES for number in range(TIMES)]
    random.Random(seed).shuffle(plans)
    plans = plans[:dose]
    groups = [plans[start:start + IN_A_ROW] for start in range(0, len(plans), IN_A_ROW)]
    names = {f"group {number}": group for number, group in enumerate(groups, start=1)}
    for trial in record.open(list(names)):
        _try_group(world, record, trial, [partial(_kill_at_boundary, *plan) for plan in names[trial]])


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


def _kill_at_moment(world: World, share: float, home: Home, output) -> tuple[processes.Ended, str]:
    running = processes.start(output, "run", "--home", home.root)
    moment = time.monotonic() + share * world.seconds
    while time.monotonic() < moment and not running.has_ended():
        time.sleep(0.002)
    running.send(signal.SIGKILL)
    return running.wait(), f"{share:.0%}"


def _kill_at_boundary(name: str, number: int, home: Home, output) -> tuple[processes.Ended, str]:
    is_before, call = number % 2 == 1, number // 2 + 1
    when = f"{'before' if is_before else 'after'} call {call} of {name}"
    ended = processes.run(output, "run", "--home", home.root, before=partial(die_at, name, call, is_before))
    return ended, when


def die_at(name: str, call: int, is_before: bool) -> None:
    """Let this process kill itself before or after a call of a function."""
    path, attribute = name.rsplit(".", 1)
    if path.rsplit(".", 1)[1][:1].isupper():
        path, owner_name = path.rsplit(".", 1)
        owner = getattr(import_module(path), owner_name)
    else:
        owner = import_module(path)
    whole = getattr(owner, attribute)
    calls = []

    def then_die(*arguments, **more):
        calls.append(1)
        if is_before and len(calls) == call:
            os.kill(os.getpid(), signal.SIGKILL)
        result = whole(*arguments, **more)
        if not is_before and len(calls) == call:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    setattr(owner, attribute, then_die)
    for module in list(sys.modules.values()):
        # names that other modules have imported
        if getattr(module, "__dict__", {}).get(attribute) is whole and module is not owner:
            setattr(module, attribute, then_die)


def last_sentence(err: str) -> str:
    """What a command was doing when it ended, as it had printed."""
    found = re.findall(r"^ *[\d.]+ s  (.*)$", err, re.MULTILINE)
    return found[-1] if found else "before its first sentence"
