"""A home as small as a home can be that still has everything in it: three load dates, two workspaces, 200 lines."""

import json
import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from footfall.core.home import Home
from tests.faults.drills import processes
from tests.support.lake import Lake, line

DAYS = ("2026-09-07", "2026-09-08", "2026-09-09")
WORKSPACES = {"expo": "Europe/Berlin", "forum": "America/St_Johns"}
SETTINGS = "exports:\n  formats: [csv]\n  ranges: [event]\n  workers: 1\n"
#: Of a ledger row, what says by which run and when it was loaded.
_OF_THE_RUN = {"run_id", "loaded_at"}


@dataclass(frozen=True)
class World:
    """What all drills share.

    Attributes:
        root: folder of the drills; each makes its homes below.
        base: a home whose first load date is published, and whose other two wait in the landing zone.
        expected: `read_state` of a home that loaded all three in one undisturbed run.
        seconds: how long the night takes that loads the two.
    """

    root: Path
    base: Path
    expected: dict[str, Any]
    seconds: float

    def home(self, name: str, base: Path | None = None) -> Home:
        """A fresh copy of a home, the base by default."""
        target = self.root / "homes" / name
        remove(target)
        return Home(Path(shutil.copytree(base or self.base, target, symlinks=True)))

    def full_home(self, name: str) -> Home:
        """A fresh copy of a home that loaded everything."""
        return self.home(name, self.root / "full")


def remove(folder: Path) -> None:
    """Remove a home, whatever its modes are."""
    for parent, folders, _ in os.walk(folder):
        for name in (".", *folders):
            if not Path(parent, name).is_symlink():
                Path(parent, name).chmod(0o700)
    shutil.rmtree(folder, ignore_errors=True)


def make_world(root: Path) -> World:
    """Make the homes, or read what was made before."""
    root.mkdir(parents=True, exist_ok=True)
    os.environ |= processes.CALM
    notes, base, full = root / "world.json", root / "base", root / "full"
    if not notes.exists():
        for folder in (base, full):
            remove(folder)
        first = root / "first"
        _must_succeed(root, "run", _write_landing(first, DAYS), before=lambda: _note_modules(root))
        known = json.loads((root / "modules.json").read_text())
        processes.import_all(known)
        shutil.move(first, full)
        _must_succeed(root, "run", _write_landing(base, DAYS[:1]))
        _write_landing(base, DAYS)
        night = root / "night"
        shutil.copytree(base, night, symlinks=True)
        seconds = _must_succeed(root, "run", night)
        expected = processes.in_a_fork(read_state, Home(full))
        assert processes.in_a_fork(read_state, Home(night)) == expected, "a night and a build from scratch differ"
        remove(night)
        notes.write_text(json.dumps({"expected": expected, "seconds": seconds, "modules": known}))
    found = json.loads(notes.read_text())
    processes.import_all(found["modules"])
    return World(root, base, found["expected"], found["seconds"])


def _must_succeed(root: Path, command: str, home: Path, **more: Any) -> float:
    ended = processes.run(root / "output" / "world", command, "--home", home, **more)
    assert ended.code == 0, ended.err
    return ended.seconds


def _note_modules(root: Path) -> None:
    """At the end of this process, write down which modules a night has imported."""
    whole = os._exit

    def note(code: int) -> None:
        names = [name for name in sys.modules if not name.startswith(("__", "tests."))]
        (root / "modules.json").write_text(json.dumps(names))
        whole(code)

    os._exit = note


def _write_landing(root: Path, days: tuple[str, ...]) -> Path:
    root.mkdir(exist_ok=True)
    (root / "footfall.yml").write_text(SETTINGS)
    lake = Lake(root)
    workspaces = [
        {"workspace_id": name, "name": name.title(), "timezone": zone, "starts_on": DAYS[0], "ends_on": DAYS[-1],
         "updated_at": f"{DAYS[0]}T00:00:00Z"}
        for name, zone in WORKSPACES.items()
    ]
    people = [
        {"workspace_id": name, "user_id": user_of(name, number), "first_name": f"Given{number}{name}",
         "last_name": f"Family{number}{name}"}
        for name in WORKSPACES for number in range(1, 7)
    ]
    for number, day in enumerate(days):
        if not (root / "landing" / "events" / day).exists():
            lake.land("events.jsonl.gz", [one for name in WORKSPACES for one in _lines(name, number)], day)
    lake.land("workspaces.jsonl", workspaces, DAYS[0], "entities")
    lake.land("participants.jsonl", people, DAYS[0], "entities")
    if len(days) > 1:
        later = [people[0] | {"job_title": "Chair", "updated_at": f"{DAYS[1]}T08:00:00Z"}]
        lake.land("participants.jsonl", later, DAYS[1], "entities")
    return root


def user_of(workspace: str, number: int) -> str:
    """The id of a participant; no two workspaces share one, so an erasure of one leaves no doubt."""
    return f"{workspace}-user-100{number}"


def _lines(workspace: str, number: int) -> list[Any]:
    """One load date: visits of five people, a late line and a duplicate of the date before, and lines to reject."""
    def one(day: str, user: int, minute: int, name: str, **more: Any) -> dict[str, Any]:
        phone = f"phone-{workspace}-77{user}"
        at = f"{day}T{8 + minute // 60:02}:{minute % 60:02}:00.000Z"
        return line(
            f"{day}-{minute}-of-{workspace}-{user}", type="screen", event=None, name=name,
            userId=user_of(workspace, user), anonymousId=phone, timestamp=at, originalTimestamp=at, sentAt=at,
            receivedAt=None, context={"groupId": workspace, "device": {"id": phone}, "os": {"name": "iOS"}},
            properties={"module": name}, **more,
        )

    day, before = DAYS[number], DAYS[max(number - 1, 0)]
    names = ("Home", "Agenda", "Speakers", "Documents")
    found: list[Any] = [
        one(day, user, 10 * user + 3 * step + 90 * visit, names[(user + step) % 4])
        for user in range(1, 6) for visit in range(2) for step in range(2 + user % 3)
    ]
    cut = f'{{"messageId": "cut {workspace}'.encode()
    return [*found, one(before, 6, 200 + number, "Map"), one(before, 1, 10, names[1]), cut]


# --- what is compared -------------------------------------------------------------------------------------------------


def read_state(home: Home) -> dict[str, Any]:
    """Rows and hash of every published table of `marts`, the ledger without runs, and the exported files."""
    from footfall.core.database import connect, quote_identifier

    with connect(home.published_file.resolve(), read_only=True) as con:
        names = [name for (name,) in con.execute(
            "select table_name from duckdb_tables() where schema_name = 'marts' order by all").fetchall()]
        tables = {}
        for name in names:
            columns = [column for (column,) in con.execute(
                "select column_name from duckdb_columns() where schema_name = 'marts' and table_name = ? order by all",
                [name]).fetchall()]
            listed = ", ".join(f"coalesce({quote_identifier(column)}::varchar, '~')" for column in columns)
            tables[name] = list(map(str, con.execute(
                f"select count(*), coalesce(sum(md5_number(concat_ws('|', {listed})) % 1000000007), 0) "
                f"from marts.{quote_identifier(name)}").fetchall()[0]))
        rows = con.execute("select * from ops.load_ledger order by load_date, file")
        ledger = [
            [str(value) for column, value in zip(rows.description, row, strict=True) if column[0] not in _OF_THE_RUN]
            for row in rows.fetchall()
        ]
        sums = "loaded + duplicates + quarantined + no_consent + erased"
        wrong = con.execute(f"select count(*) from ops.load_ledger where lines_in <> {sums}").fetchall()[0][0]
    files = {}
    for manifest in sorted(home.exports.glob("*/*/manifest.json")):
        folder = manifest.parent.relative_to(home.exports).as_posix()
        found = json.loads(manifest.read_text())["files"]
        files |= {f"{folder}/{name}": one["sha256"] for name, one in found.items() if "about." not in name}
    return {"tables": tables, "ledger": ledger, "wrong_rows": wrong, "exports": files}


def find_problems(home: Home, expected: dict[str, Any]) -> list[str]:
    """How a home differs from one that never saw a fault; empty where it does not."""
    return processes.in_a_fork(_find_problems, home, expected)


def _find_problems(home: Home, expected: dict[str, Any]) -> list[str]:
    from footfall.core import lock
    from orchestration.damage import find_damage

    found = [f"damaged: {one.path.relative_to(home.root)}: {one.problem}" for one in find_damage(home, deep=True)]
    state = read_state(home)
    for part in ("tables", "exports"):
        differ = [name for name in {*state[part], *expected[part]} if state[part].get(name) != expected[part].get(name)]
        found += [f"{part} differ: {name}" for name in sorted(differ)]
    found += ["the ledger differs"] if state["ledger"] != expected.get("ledger", state["ledger"]) else []
    found += ["the ledger does not add up"] if state["wrong_rows"] else []
    if lock.holder(home) is not None:
        found.append("the lock names a holder")
    return found + [f"left over: {name}" for name in leftovers(home)]


def leftovers(home: Home) -> list[str]:
    """Files and folders that an interrupted command left and nothing has removed."""
    return sorted(
        path.relative_to(home.root).as_posix() for path in home.root.rglob("*")
        if path.name.endswith((".tmp", ".old")) or path.name.startswith("duckdb_temp_") or path.suffix == ".wal"
    )
