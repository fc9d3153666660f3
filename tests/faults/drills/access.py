"""Modes, owners and places: odd umasks, folders that cannot be written or read, other users. Needs root."""

import ctypes
import os
import re
import shutil
import subprocess
from collections.abc import Callable
from functools import partial
from pathlib import Path

from footfall.core.home import Home
from tests.faults.drills import processes
from tests.faults.drills.record import Record, spread
from tests.faults.drills.watching import read_once
from tests.faults.drills.world import World, find_problems

NOBODY = 65534


class _Plan:
    """A fault of access: `before` is done to the home, `within` in the process, `after` repairs it."""

    def __init__(
        self, before: Callable[[Home], None] = lambda home: None, within: Callable[[], None] | None = None,
        after: Callable[[Home], None] = lambda home: None, *, must_work: bool = False,
    ) -> None:
        self.before, self.within, self.after, self.must_work = before, within, after, must_work


def without_privileges() -> None:
    """Let this process obey modes and owners although it is root's."""
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)
    nothing = (ctypes.c_uint32 * 6)()
    assert ctypes.CDLL(None).capset(ctypes.byref(header), ctypes.byref(nothing)) == 0


def _change_mode(pattern: str, mode: int) -> Callable[[Home], None]:
    def change(home: Home) -> None:
        for path in [home.root] if pattern == "." else sorted(home.root.glob(pattern), reverse=True):
            if not path.is_symlink():
                path.chmod(mode if not path.is_dir() or mode & 0o111 or not mode else mode | 0o111)

    return change


def _give(user: int) -> Callable[[Home], None]:
    return lambda home: subprocess.run(["chown", "-R", f"{user}:{user}", home.root], check=True)  # type: ignore[return-value]


def _read_only_mount(folder: str) -> Callable[[Home], None]:
    def mount(home: Home) -> None:
        place = home.root / folder
        subprocess.run(["mount", "--bind", place, place], check=True)
        subprocess.run(["mount", "-o", "remount,bind,ro", place], check=True)

    return mount


def _unmount(folder: str) -> Callable[[Home], None]:
    return lambda home: subprocess.run(["umount", "-l", home.root / folder], check=True)  # type: ignore[return-value]


def _elsewhere(folder: Path, home_variable: str | None) -> None:
    """Work in a folder that is gone, and with a home folder of the user that cannot be used."""
    folder.mkdir(parents=True, exist_ok=True)
    os.chdir(folder)
    shutil.rmtree(folder)
    os.environ.pop("HOME", None)
    if home_variable is not None:
        os.environ["HOME"] = home_variable
    without_privileges()


def _plans(world: World) -> dict[str, _Plan]:
    own = _Plan
    capless = without_privileges
    plans = {f"umask {mask:03o}": own(within=partial(os.umask, mask), must_work=True) for mask in (0, 0o077, 0o777)}
    return plans | {
        "landing folders without the right to write": own(_change_mode("landing/**/*", 0o400), capless, must_work=True),
        "landing on a read-only file system": own(
            _read_only_mount("landing"), after=_unmount("landing"), must_work=True),
        "home on a read-only file system": own(_read_only_mount("."), after=_unmount(".")),
        "home without the right to write": own(_change_mode(".", 0o500), capless, _change_mode(".", 0o700)),
        "warehouse without the right to write": own(
            _change_mode("warehouse", 0o500), capless, _change_mode("warehouse", 0o700)),
        "published without the right to write": own(
            _change_mode("published", 0o500), capless, _change_mode("published", 0o700)),
        "exports on a read-only file system": own(_read_only_mount("exports"), after=_unmount("exports")),
        "lake on a read-only file system": own(_read_only_mount("lake"), after=_unmount("lake")),
        "Dagster's folder on a read-only file system": own(_read_only_mount("dagster"), after=_unmount("dagster")),
        "a landing file without the right to read": own(
            _change_mode("landing/*/2026-09-08/*", 0), capless, _change_mode("landing/*/2026-09-08/*", 0o600)),
        "a landing folder without the right to read": own(
            _change_mode("landing/events/2026-09-08", 0), capless, _change_mode("landing/events/2026-09-08", 0o700)),
        "settings without the right to read": own(
            _change_mode("footfall.yml", 0), capless, _change_mode("footfall.yml", 0o600)),
        "the home of another user": own(_give(NOBODY), capless, _give(0)),
        "no home folder of the user, and the working folder gone": own(
            within=partial(_elsewhere, world.root / "gone", "/nonexistent"), must_work=True),
        "no HOME, and the working folder gone": own(
            within=partial(_elsewhere, world.root / "gone", None), must_work=True),
    }


TRIALS = len(_plans(World(Path(), Path(), {}, 0))) + 1


def access(world: World, record: Record, dose: int) -> None:
    """A night under each; then one without it."""
    plans = _plans(world)
    for trial in record.open(spread([*plans, "published for everyone, read by another user"], dose)):
        if trial not in plans:
            record.add(trial, _read_as_nobody(world))
            continue
        plan, home, output = plans[trial], world.home("access"), world.root / "output" / "access"
        plan.before(home)
        try:
            night = processes.run(output, "run", "--home", home.root, before=plan.within)
            status = processes.run(output, "status", "--home", home.root, "--json", before=plan.within)
            doctor = processes.run(output, "doctor", "--home", home.root, "--json", before=plan.within)
        finally:
            plan.after(home)
        problems = _problems_of(night, plan)
        problems += [f"{name} prints {one.out[:80]!r} {one.err[-300:]}" for name, one in (
            ("status", status), ("doctor", doctor)) if not one.out.startswith("{") or "Traceback" in one.err]
        again = processes.run(output, "run", "--home", home.root)
        problems += [f"without the fault, the run ends with {again.code}: {again.err[-300:]}"] if again.code else []
        problems += find_problems(home, world.expected)
        problems += _open_files(home)
        record.add(trial, problems, code=night.code, err=night.err[-300:], codes=[status.code, doctor.code])


def _problems_of(night: processes.Ended, plan: _Plan) -> list[str]:
    if night.code == 0:
        return []
    errors = re.findall(r"^Error: .*$", night.err, re.MULTILINE)
    if plan.must_work or night.code not in (1, 2) or len(errors) != 1 or "To do: " not in night.err:
        return [f"it ends with {night.code}: {night.err[-400:]}"]
    return ["it has a bug: " + night.err[-300:]] if "because of a bug" in night.err or "Traceback" in night.err else []


def _open_files(home: Home) -> list[str]:
    """Files that others may read, besides those of the landing zone."""
    found = [
        path for path in home.root.rglob("*")
        if not path.is_symlink() and path.lstat().st_mode & 0o077 and home.landing not in (path, *path.parents)
    ]
    return [f"{len(found)} files are open to others, such as {found[0].relative_to(home.root)}"] if found else []


def _read_as_nobody(world: World) -> list[str]:
    """What another user can read: all of it where the settings open it, else nothing."""
    place = Path("/tmp/footfall_drill_access")
    shutil.rmtree(place, ignore_errors=True)
    home, problems = Home(place / "home"), []
    try:
        shutil.copytree(world.base, home.root, symlinks=True)
        place.chmod(0o755)
        for access_setting in ("owner", "everyone"):
            text = (world.base / "footfall.yml").read_text()
            home.settings_file.write_text(f"{text}access: {{published: {access_setting}}}\n")
            night = processes.run(world.root / "output" / "access", "run", "--home", home.root)
            problems += [f"the run ends with {night.code}: {night.err[-300:]}"] if night.code else []
            can_read = processes.in_a_fork(_try_as_nobody, home)
            if can_read != (access_setting == "everyone"):
                problems.append(f"access.published: {access_setting}, and another user can read: {can_read}")
    finally:
        shutil.rmtree(place, ignore_errors=True)
    return problems


def _try_as_nobody(home: Home) -> bool:
    import duckdb

    from footfall.core.database import connect

    connect().close()
    os.setresgid(NOBODY, NOBODY, NOBODY)
    os.setresuid(NOBODY, NOBODY, NOBODY)
    try:
        return read_once(home) > 0
    except (OSError, duckdb.Error):
        return False
