"""Every kind of file of a home, damaged in every way: the doctor names it; a run makes it again or refuses clearly."""

import json
import re
import shutil
from pathlib import Path

from footfall.core.home import Home
from footfall.core.state_files import remove
from tests.faults.drills import processes
from tests.faults.drills.damage_kinds import DAMAGES, KINDS, Kind
from tests.faults.drills.record import Record
from tests.faults.drills.world import DAYS, World, find_problems, read_state, user_of


def damaged_files(world: World, record: Record, dose: int) -> None:
    """One trial a kind of file and kind of damage. Kinds of which none hides another share a home."""
    homes: dict[tuple[str, ...], dict[str, Kind]] = {}
    for damage in DAMAGES:
        for kind in KINDS:
            if damage in (kind.ways or DAMAGES):
                is_alone = not kind.shares or (kind.is_kept and damage == "a folder in its place")
                place = (damage, kind.name if is_alone else kind.shares)
                homes.setdefault(place, {})[f"{kind.name}, {damage}"] = kind
    person = ("--workspace", "expo", "--user", user_of("expo", 6), "--yes")
    bases = {
        "erased": _after(world, "erased", "erase", *person),
        "by_hand": _after(world, "by_hand", "export", "--workspace", "expo", "--from", DAYS[1], "--to", DAYS[1]),
    }
    expected = {name: processes.in_a_fork(read_state, Home(path)) for name, path in bases.items()}
    tried = 0
    # homes of many kinds first
    for (damage, _), kinds in sorted(homes.items(), key=lambda one: -len(one[1])):
        tried += len(kinds)
        if tried <= dose and any(record.open(list(kinds))):
            base = next(iter(kinds.values())).base
            _try_home(world, record, world.home("damaged", bases[base]), kinds, damage, expected[base])


def _after(world: World, name: str, command: str, *arguments: str) -> Path:
    """A home that loaded everything, after one more command and a run that found nothing new."""
    path = world.root / name
    if not path.exists():
        home = world.full_home(f"{name}_in_work")
        for one in ((command, "--home", home.root, *arguments), ("run", "--home", home.root)):
            ended = processes.run(world.root / "output" / name, *one)
            assert ended.code == 0, ended.err
        home.root.rename(path)
    return path


def _try_home(
    world: World, record: Record, home: Home, kinds: dict[str, Kind], damage: str, expected: dict
) -> None:
    """Damage one file of each kind; look, run, and compare."""
    output, kept = world.root / "output" / "damaged", world.root / "kept"
    paths = {trial: sorted(home.root.glob(kind.pattern))[0] for trial, kind in kinds.items()}
    before = home.current.read_bytes()
    shutil.rmtree(kept, ignore_errors=True)
    kept.mkdir()
    for number, path in enumerate(paths.values()):
        shutil.copy2(path, kept / str(number), follow_symlinks=False)
        DAMAGES[damage](path)
    doctor = processes.run(output, "doctor", "--home", home.root, "--deep", "--json")
    status = processes.run(output, "status", "--home", home.root, "--json")
    run = processes.run(output, "run", "--home", home.root, "--json")
    problems = _as_messages("doctor", doctor) + _as_messages("status", status) + _as_messages("run", run)
    is_kept = all(kind.is_kept for kind in kinds.values())
    if run.code == 0:
        outcome = "made again"
        problems += find_problems(home, expected)
    else:
        outcome = f"refused with {run.code}: {_message(run.err)}"
        problems += [] if is_kept else [f"the run did not make it again but {outcome}"]
        is_damaged = home.current.resolve() in paths.values()
        if home.current.is_file() and home.current.read_bytes() != before and not is_damaged:
            problems.append("a refused run changed what is published")
        problems += _try_backup(home, kept, list(paths.values()), output, expected)
    after = processes.run(output, "doctor", "--home", home.root, "--deep")
    problems += [f"the doctor ends with {after.code} after it: {after.out[-300:]}"] if after.code else []
    for trial, kind in kinds.items():
        name = paths[trial].relative_to(home.root).as_posix()
        is_named = doctor.code == 1 and _is_named(doctor, name if len(kinds) > 1 else paths[trial].name)
        may_be_silent = kind.is_cache and run.code == 0
        silent = [] if is_named or may_be_silent else [f"the doctor (exit {doctor.code}) does not name it"]
        record.add(trial, problems + silent, outcome=outcome, named=is_named, shares=len(kinds), seconds=run.seconds)


def _is_named(doctor: processes.Ended, name: str) -> bool:
    named = [one for one in json.loads(doctor.out or "{}").get("findings", ()) if not one["is_ok"]]
    return any(name in f"{one['name']} {one['found']} {one['hint']}" for one in named)


def _try_backup(home: Home, kept: Path, paths: list[Path], output: Path, expected: dict) -> list[str]:
    """Problems of a home whose run was refused: the files from a backup are the remedy."""
    for number, path in enumerate(paths):
        remove(path)
        shutil.copy2(kept / str(number), path, follow_symlinks=False)
    again = processes.run(output, "run", "--home", home.root)
    if again.code:
        return [f"with the file put back, the run ends with {again.code}: {_message(again.err)}"]
    return find_problems(home, expected)


def _as_messages(name: str, ended: processes.Ended) -> list[str]:
    """What is wrong with how a command reports: not JSON, a traceback, a bug, or more than one message."""
    problems = []
    try:
        json.loads(ended.out)
    except ValueError:
        problems.append(f"{name} prints no JSON: {ended.out[:80]!r}")
    if "Traceback" in ended.err or "because of a bug" in ended.err:
        problems.append(f"{name} has a bug: {ended.err[-300:]}")
    errors = re.findall(r"^Error: .*$", ended.err, re.MULTILINE)
    if len(errors) > 1 or (ended.code and name != "doctor" and (not errors or "To do: " not in ended.err)):
        problems.append(f"{name} has {len(errors)} messages: {ended.err[-300:]}")
    return problems


def _message(err: str) -> str:
    found = re.search(r"^Error: (.*)$", err, re.MULTILINE)
    return found[1] if found else err[-200:]
