"""Every kind of file of a home, damaged in every way: the doctor names it; a run makes it again or refuses clearly."""

import json
import os
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from footfall.core.home import Home
from tests.faults.drills import processes
from tests.faults.drills.record import Record
from tests.faults.drills.world import DAYS, World, find_problems, read_state, user_of


@dataclass(frozen=True)
class Kind:
    """A kind of file.

    Attributes:
        pattern: its files below the home; the last one is damaged.
        is_kept: nothing can make it again, so a run may refuse until it is put back.
        is_cache: losing it costs time only, so the doctor need not name it.
        base: the home it is damaged in: `full`, `erased` with an erased person, or `by_hand` with a folder of exports
            of dates that no nightly run writes.
        ways: the only damages that make it another file than people may have written; all without any.
    """

    name: str
    pattern: str
    is_kept: bool = False
    is_cache: bool = False
    base: str = "full"
    ways: tuple[str, ...] = ()


#: A link has no bytes of its own; settings that are gone or cut may be the ones that somebody wanted.
_OF_LINKS, _OF_SETTINGS = ("deleted", "a folder in its place"), ("a byte flipped", "garbage", "a folder in its place")
#: Text that people read, without a checksum.
_OF_TEXTS = ("deleted", "emptied", "a folder in its place")
KINDS = (
    Kind("events of the lake", "lake/events/*/*added.parquet"),
    Kind("copies in the lake", "lake/events/*/*copies.parquet"),
    Kind("keys", "lake/keys/*.parquet"),
    Kind("entities", "lake/entities/participants/*/*.parquet"),
    Kind("quarantine", "quarantine/*/*.parquet"),
    Kind("commit", "lake/commits/*.json"),
    Kind("record of a run", "lake/history/runs/*.json", is_cache=True),
    Kind("version of the home", "lake/version", is_kept=True, is_cache=True),
    Kind("tombstones", "lake/tombstones/*.parquet", is_kept=True, base="erased"),
    Kind("checksums of tombstones", "lake/tombstones/*.json", is_cache=True, base="erased"),
    Kind("restated numbers", "lake/history/restatements/*.parquet", base="erased"),
    Kind("receipt", "lake/erasures/*.json", is_kept=True, is_cache=True, base="erased"),
    Kind("privacy.key", "privacy.key", is_kept=True, base="erased"),
    Kind("footfall.yml", "footfall.yml", is_kept=True, ways=_OF_SETTINGS),
    Kind("lock file", "footfall.lock", is_cache=True),
    Kind("warehouse.duckdb", "warehouse/warehouse.duckdb", is_cache=True),
    Kind("marts.duckdb", "warehouse/marts.duckdb", is_cache=True),
    Kind("finished.json", "warehouse/finished.json", is_cache=True),
    Kind("verified.json", "warehouse/verified.json", is_cache=True),
    Kind("export_hashes.parquet", "warehouse/export_hashes.parquet", is_cache=True),
    Kind("dbt's manifest", "warehouse/dbt/manifest.json", is_cache=True),
    Kind("dbt's partial parse", "warehouse/dbt/partial_parse.msgpack", is_cache=True),
    Kind("published file", "published/versions/*/footfall.duckdb"),
    Kind("published Parquet", "published/versions/*/marts/fct_visits/*.parquet"),
    Kind("current.json", "published/versions/*/current.json"),
    Kind("state.json", "published/versions/*/state.json"),
    Kind("files.json", "published/versions/*/files.json"),
    Kind("link footfall.duckdb", "published/footfall.duckdb", is_kept=True, ways=_OF_LINKS),
    Kind("link current", "published/current", is_kept=True, ways=_OF_LINKS),
    Kind("link current.json", "published/current.json", is_kept=True, ways=_OF_LINKS),
    Kind("link marts", "published/marts", is_kept=True, ways=_OF_LINKS),
    Kind("page of checks", "published/checks.html", is_cache=True),
    Kind("exported CSV", "exports/expo/*/interaction_stats/*.csv"),
    Kind("export manifest", "exports/expo/*/manifest.json"),
    Kind("CSV exported by hand", "exports/expo/2026-09-08_2026-09-08/interaction_stats/*.csv", base="by_hand"),
    Kind("manifest of a folder exported by hand", "exports/expo/2026-09-08_2026-09-08/manifest.json", base="by_hand"),
    Kind("index of exports", "exports/index.html", is_cache=True),
    Kind("Dagster's runs", "dagster/history/runs.db", is_cache=True),
    Kind("Dagster's events of a run", "dagster/history/runs/*-*.db", is_cache=True),
    Kind("Dagster's index", "dagster/history/runs/index.db", is_cache=True),
    Kind("Dagster's schedules", "dagster/schedules/schedules.db", is_cache=True),
    Kind("dagster.yaml", "dagster/dagster.yaml", is_cache=True),
    Kind("figures of the last run", "metrics/last_run.json", is_cache=True),
    Kind("metrics file", "metrics/footfall.prom", is_cache=True, ways=_OF_TEXTS),
    Kind("log file", "logs/footfall.log", is_cache=True, ways=_OF_TEXTS),
)


def _cut(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def _flip(path: Path) -> None:
    """Another bit in a byte within the file, of a DuckDB file in many, since some of its blocks are free.

    Size and time of change stay, as they do where a disk rots.
    """
    before = path.stat()
    size = before.st_size
    with path.open("r+b") as file:
        for tenth in range(1, 10) if path.suffix == ".duckdb" else (5,):
            file.seek(size * tenth // 10)
            byte = file.read(1)
            file.seek(size * tenth // 10)
            file.write(bytes([byte[0] ^ 1]) if byte else b"")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def _make_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


DAMAGES: dict[str, Callable[[Path], None]] = {
    "deleted": Path.unlink,
    "cut to half": _cut,
    "a byte flipped": _flip,
    "emptied": lambda path: os.truncate(path, 0),
    "garbage": lambda path: path.write_bytes(os.urandom(2000)),
    "a folder in its place": _make_folder,
}


TRIALS = sum(damage in (kind.ways or DAMAGES) for kind in KINDS for damage in DAMAGES)


def damaged_files(world: World, record: Record, dose: int) -> None:
    """One trial a kind of file and kind of damage."""
    plans = {
        f"{kind.name}, {damage}": (kind, damage) for damage in DAMAGES for kind in KINDS
        if damage in (kind.ways or DAMAGES)
    }
    person = ("--workspace", "expo", "--user", user_of("expo", 6), "--yes")
    bases = {
        "full": world.root / "full",
        "erased": _after(world, "erased", "erase", *person),
        "by_hand": _after(world, "by_hand", "export", "--workspace", "expo", "--from", DAYS[1], "--to", DAYS[1]),
    }
    expected = {name: processes.in_a_fork(read_state, Home(path)) for name, path in bases.items()}
    for trial in record.open(list(plans)[:dose]):
        kind, damage = plans[trial]
        home = world.home("damaged", bases[kind.base])
        _try_one(world, record, trial, home, kind, damage, expected[kind.base])


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


def _try_one(
    world: World, record: Record, trial: str, home: Home, kind: Kind, damage: str, expected: dict
) -> None:
    output = world.root / "output" / "damaged"
    path = sorted(home.root.glob(kind.pattern))[-1]
    before = home.current.read_bytes()
    kept = world.root / "kept"
    kept.unlink(missing_ok=True)
    shutil.copy2(path, kept, follow_symlinks=False)
    DAMAGES[damage](path)
    problems = []
    doctor = processes.run(output, "doctor", "--home", home.root, "--deep", "--json")
    named = [one for one in json.loads(doctor.out or "{}").get("findings", ()) if not one["is_ok"]]
    is_named = doctor.code == 1 and any(path.name in f"{one['name']} {one['found']} {one['hint']}" for one in named)
    problems += _as_messages("doctor", doctor)
    status = processes.run(output, "status", "--home", home.root, "--json")
    problems += _as_messages("status", status)
    run = processes.run(output, "run", "--home", home.root, "--json")
    problems += _as_messages("run", run)
    if run.code == 0:
        outcome = "made again"
        problems += find_problems(home, expected)
    else:
        outcome = f"refused with {run.code}: {_message(run.err)}"
        problems += _try_backup(home, kept, path, output, expected, before)
        if not kind.is_kept:
            problems.append(f"the run did not make it again but {outcome}")
    if not is_named and not (kind.is_cache and run.code == 0):
        problems.append(f"the doctor (exit {doctor.code}) does not name it")
    after = processes.run(output, "doctor", "--home", home.root, "--deep")
    problems += [f"the doctor ends with {after.code} after it: {after.out[-300:]}"] if after.code else []
    record.add(trial, problems, outcome=outcome, named=is_named, seconds=run.seconds)


def _try_backup(home: Home, kept: Path, path: Path, output: Path, expected: dict, before: bytes) -> list[str]:
    """Problems of a home whose run was refused: what was published stays, and the file from a backup is the remedy."""
    problems = []
    if path.name != "current.json" and home.current.exists() and home.current.read_bytes() != before:
        problems.append("a refused run changed what is published")
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    path.unlink(missing_ok=True)
    shutil.copy2(kept, path, follow_symlinks=False)
    again = processes.run(output, "run", "--home", home.root)
    if again.code:
        return [*problems, f"with the file put back, the run ends with {again.code}: {_message(again.err)}"]
    return problems + find_problems(home, expected)


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
