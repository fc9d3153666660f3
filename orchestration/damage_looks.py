"""What is damaged of a home besides the lake and what is published: the parts that only a run knows all of."""

import os
import time
from collections.abc import Collection, Iterator
from functools import partial
from pathlib import Path

from footfall.core.checksums import VerifiedFiles, find_problem
from footfall.core.home import Home
from footfall.core.state_files import read_json
from footfall.spark.damage import find_table_damage
from orchestration.pending_work import FINISHED

#: Path and problem, as a phrase, of each damaged file.
Found = Iterator[tuple[Path, str]]
#: So often, and with so many seconds between, a file is looked at that seems to be damaged while it changes.
_LOOKS, _PAUSE = 40, 0.05


def look_at_dagster(home: Home, verified: VerifiedFiles, *, deep: bool) -> Found:
    for path in sorted(home.dagster.rglob("*.db")):
        problem = verified.check(path, partial(_look_at_sqlite, path), deep=deep)
        if problem is not None:
            yield path, problem


def _look_at_sqlite(path: Path) -> str | None:
    """What is wrong with an SQLite file. Without its locks it is looked at first, which leaves no files beside it.

    What Dagster is writing to can look damaged so: damaged is only what looks so twice without having changed.
    """
    if path.is_dir():
        return "it is a folder"
    alone, shared = f"{path.as_uri()}?mode=ro&immutable=1", f"{path.as_uri()}?mode=ro"
    seen = None
    for _ in range(_LOOKS):
        state = _state_of(path)
        problem = _check_sqlite(alone) and _check_sqlite(shared if _log_of(path).exists() else alone)
        if problem is None or state == seen == _state_of(path):
            return problem
        seen = state
        time.sleep(_PAUSE)
    return None  # it is written to all the time; who writes reports what is wrong


def _log_of(path: Path) -> Path:
    return path.with_name(f"{path.name}-wal")


def _state_of(path: Path) -> list[tuple[int, int, int] | None]:
    """Inode, bytes and time of change of the file and of its log; None where one is not there."""
    found: list[tuple[int, int, int] | None] = []
    for one in (path, _log_of(path)):
        try:
            status = one.stat()
            found.append((status.st_ino, status.st_size, status.st_mtime_ns))
        except OSError:
            found.append(None)
    return found


def _check_sqlite(address: str) -> str | None:
    import sqlite3

    try:
        con = sqlite3.connect(address, uri=True)
        try:
            result = con.execute("pragma quick_check(1)").fetchone()[0]
        finally:
            con.close()
    except sqlite3.OperationalError:
        return None  # in use; whoever uses it reports what is wrong
    except sqlite3.DatabaseError as error:
        result = str(error)
    return None if result == "ok" else f"SQLite cannot read it: {result.splitlines()[0]}"


def look_at_warehouse(home: Home, verified: VerifiedFiles, *, deep: bool) -> Found:
    from footfall.publishing.damage import read_every_row

    for path in (home.warehouse_file, home.marts_file):
        if path.exists():
            problem = verified.check(path, partial(read_every_row, path), deep=deep)
            if problem is not None:
                yield path, problem
    yield from find_table_damage(home, verified, deep=deep)


def look_at_exports(
    home: Home, verified: VerifiedFiles, *, deep: bool, only: Collection[str] | None = None
) -> Found:
    """``only``: of the folders that were verified before, only these are looked at; relative to ``exports/``."""
    from exports.folder.forget import is_of_dates
    from exports.folder.places import manifests

    for name in (read_json(home.warehouse / FINISHED) or {}).get("exports", ()):
        if os.path.exists(f"{home.root}/{name}"):  # noqa: PTH110 - of thousands of folders
            continue
        manifest = home.root / name
        # a whole folder of dates is not lost but removed by the person who had it made
        if not (is_of_dates(manifest.parent) and not manifest.parent.exists()):
            yield manifest, "it is missing"
    for name in manifests(str(home.exports)):
        place = name.rpartition("/")[0]
        folder = f"{home.exports.name}/{place}"
        if only is not None and place not in only and verified.keep(folder):
            continue
        found = verified.check_folder(folder, partial(_look_at_folder, home.exports / name), deep=deep)
        if found is not None:
            yield found


def _look_at_folder(manifest: Path) -> tuple[Path, str] | None:
    """The first damaged file of an export folder, and its problem."""
    document = read_json(manifest)
    files = document.get("files") if document else None
    if not isinstance(files, dict):
        return manifest, "it is cut, changed or not a manifest"
    found = ((manifest.parent / name, find_problem(manifest.parent / name, (file["bytes"], file["sha256"])))
             for name, file in files.items())
    return next(((path, problem) for path, problem in found if problem is not None), None)
