"""A disk, and a folder for temporary files, that become full during a night. Needs root, to mount file systems."""

import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from footfall.core.home import Home
from tests.faults.drills import processes
from tests.faults.drills.record import Record, spread
from tests.faults.drills.watching import watch
from tests.faults.drills.world import World, find_problems, remove

SHARES = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9)
LARGE = 2_000_000_000


@contextmanager
def small_disk(folder: Path, size: int) -> Iterator[None]:
    """A file system of so many bytes at a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "drill", folder], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", folder], check=True)


def enlarge(folder: Path) -> None:
    subprocess.run(["mount", "-o", f"remount,size={LARGE}", folder], check=True)


def full_disk(world: World, record: Record, dose: int) -> None:
    """So many percent of what the night needs at its peak are free, the rest of the disk is not."""
    mount, base = world.root / "mounts" / "disk", _bytes(world.base)
    peak = _peak(world, mount)
    for trial in record.open(spread([f"{share:.0%} of what is needed" for share in SHARES], dose)):
        share = int(trial.split("%")[0]) / 100
        output = world.root / "output" / "full_disk"
        with small_disk(mount, round(base + share * (peak - base))):
            home = Home(Path(shutil.copytree(world.base, mount / "home", symlinks=True)))
            with watch(home, output.with_suffix(".watched")) as watched:
                night = processes.run(output, "run", "--home", home.root)
            problems = watched.problems + _problems_of(night, "The disk is full")
            enlarge(mount)
            again = processes.run(output, "run", "--home", home.root)
            problems += [f"with space again, the run ends with {again.code}: {again.err[-300:]}"] if again.code else []
            problems += find_problems(home, world.expected)
        record.add(trial, problems, code=night.code, reads=watched.reads, err=night.err[-300:])


def full_temp(world: World, record: Record, dose: int) -> None:
    """The folder in which DuckDB spills, and that of the system, have so many bytes, and memory is short."""
    for trial in record.open(spread([f"{share:.0%} of 10 MB" for share in SHARES], dose)):
        size = round(int(trial.split("%")[0]) / 100 * 10_000_000)
        output, home = world.root / "output" / "full_temp", world.home("full_temp")
        home.settings_file.write_text(home.settings_file.read_text() + "duckdb: {memory_limit: 30MB, threads: 1}\n")
        system = world.root / "mounts" / "temp"
        home.temp.mkdir(exist_ok=True)
        with small_disk(home.temp, size), small_disk(system, 4096), watch(home, output.with_suffix(".watched")) as seen:
            (system / "full").write_bytes(b"x" * 4096)
            night = processes.run(output, "run", "--home", home.root, before=partial(_use_temp, system))
        problems = seen.problems + _problems_of(night, "disk is full", "not enough memory", "could not be")
        home.settings_file.write_text((world.base / "footfall.yml").read_text())
        again = processes.run(output, "run", "--home", home.root)
        problems += [f"with space again, the run ends with {again.code}: {again.err[-300:]}"] if again.code else []
        problems += find_problems(home, world.expected)
        record.add(trial, problems, code=night.code, reads=seen.reads, err=night.err[-300:])


def _use_temp(folder: Path) -> None:
    import tempfile

    os.environ["TMPDIR"] = str(folder)
    tempfile.tempdir = None


def _problems_of(night: processes.Ended, *texts: str) -> list[str]:
    """What is wrong with how a night reports that something is full; nothing if it had enough."""
    if night.code == 0:
        return []
    problems = []
    lines = [line for line in night.err.splitlines() if " s  " not in line[:12]]
    if night.code != 1 or "To do: " not in night.err or not any(text in night.err for text in texts):
        problems.append(f"it ends with {night.code}: {night.err[-400:]}")
    if len([line for line in lines if not line.startswith(("Error: ", "Where: ", "To do: "))]):
        problems.append(f"noise around the message: {lines[:6]}")
    return problems


def _bytes(folder: Path) -> int:
    """Bytes of a folder on a disk whose blocks have 4 kB."""
    return sum(-(-path.lstat().st_size // 4096) * 4096 for path in folder.rglob("*"))


def _peak(world: World, mount: Path) -> int:
    """The most bytes that the home has during a night."""
    notes = world.root / "peak.txt"
    if not notes.exists():
        most, has_ended = [0], threading.Event()
        with small_disk(mount, LARGE):
            shutil.copytree(world.base, mount / "home", symlinks=True)
            running = processes.start(world.root / "output" / "peak", "run", "--home", mount / "home")

            def look() -> None:
                while not has_ended.wait(0.05):
                    disk = os.statvfs(mount)
                    most[0] = max(most[0], (disk.f_blocks - disk.f_bfree) * disk.f_frsize)

            thread = threading.Thread(target=look)
            thread.start()
            ended = running.wait()
            has_ended.set()
            thread.join()
            assert ended.code == 0, ended.err
            remove(mount / "home")
        notes.write_text(str(most[0]))
    return int(notes.read_text())
