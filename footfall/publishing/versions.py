"""The versions of what is published, and the one link whose replacement publishes the next.

::

    published/current          -> versions/000012-20261123T021500       the only thing a publication replaces
    published/footfall.duckdb  -> current/footfall.duckdb
    published/marts            -> current/marts
    published/current.json     -> current/current.json
    published/versions/<version>/{footfall.duckdb, marts/, current.json, state.json}

The three public names resolve through the same link, so the DuckDB file, the Parquet files and
``current.json`` always belong together. A folder ending in ``.tmp`` is a publication that was interrupted.
"""

import os
import re
import shutil
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime
from pathlib import Path
from typing import Any

from footfall.core.durable import sync
from footfall.core.errors import FootfallError
from footfall.core.home import Home
from footfall.core.state_files import read_json

#: What the stable names below ``published/`` are called inside a version.
NAMES = ("footfall.duckdb", "marts", "current.json")
_VERSION = re.compile(r"^(\d{6,})-\d{8}T\d{6}$")


def versions_folder(home: Home) -> Path:
    """The folder that holds one folder a published version."""
    return home.published / "versions"


def current_version(home: Home) -> Path | None:
    """The folder of the version that readers see now, or None while nothing is published."""
    link = home.published / "current"
    folder = home.published / link.readlink() if link.is_symlink() else None
    return folder if folder is not None and (folder / "current.json").exists() else None


def list_versions(home: Home) -> list[Path]:
    """The folders of all complete versions, oldest first."""
    folder = versions_folder(home)
    found = [entry for entry in folder.iterdir() if _VERSION.match(entry.name)] if folder.is_dir() else []
    return sorted(found, key=_number)


def new_version(home: Home, published_at: datetime) -> Path:
    """A path that no version has had: DuckDB caches files by path, so no path is used again."""
    number = max((_number(folder) for folder in list_versions(home)), default=0) + 1
    return versions_folder(home) / f"{number:06d}-{published_at:%Y%m%dT%H%M%S}"


def aside(version: Path) -> Path:
    """Where ``version`` is built before it is complete."""
    return version.with_name(version.name + ".tmp")


def complete(version: Path) -> None:
    """Make everything written aside durable, then give the folder its final name."""
    folder = aside(version)
    paths = (Path(parent) / name for parent, _, names in os.walk(folder) for name in names)
    # A file with another name is shared with an older version, and was made durable with it (365 dates: 0.4 s a night).
    files = [path for path in paths if path.stat().st_nlink == 1]
    folders = [Path(parent) for parent, _, _ in os.walk(folder)]
    # Eight at a time: the file system then commits them together (300 files: 2.1 s one by one, 0.3 s so).
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(sync, files))
    for path in reversed(folders):
        sync(path)
    folder.rename(version)
    sync(version.parent)


def swap(home: Home, version: Path) -> None:
    """Let readers see ``version`` from now on: one rename, so every reader gets the old or the new.

    Raises:
        FootfallError: the file system has no symbolic links, or a stable name is taken by something else.
    """
    for name in NAMES:
        _point(home.published / name, Path("current") / name)
    _point(home.published / "current", version.relative_to(home.published))
    sync(home.published)


def sweep(home: Home, keep: int) -> list[str]:
    """Remove what an interrupted publication left and all but the newest ``keep`` versions.

    A complete folder newer than the current one was never seen by readers: its publication ended
    before the swap. Returns the names of the removed folders.
    """
    folder = versions_folder(home)
    current = current_version(home)
    kept: set[str] = set()
    if current is not None:
        older = [entry.name for entry in list_versions(home) if _number(entry) < _number(current)]
        kept = {current.name, *older[len(older) - (keep - 1):]} if keep > 1 else {current.name}
    removed = []
    for entry in sorted(folder.iterdir()) if folder.is_dir() else []:
        ours = _VERSION.match(entry.name.removesuffix(".tmp"))
        if ours and entry.name not in kept:
            shutil.rmtree(entry)
            removed.append(entry.name)
    for name in ("current", *NAMES):
        (home.published / f".{name}.tmp").unlink(missing_ok=True)
    return removed


def kept_documents(home: Home) -> list[dict[str, Any]]:
    """The ``current.json`` of each complete version, oldest first."""
    return [document for folder in list_versions(home) if (document := read_json(folder / "current.json"))]


def remove_old_versions(home: Home, before: date) -> list[str]:
    """Remove the versions published before ``before`` (UTC), never the one readers see; return their names."""
    current = current_version(home)
    old = [
        folder for folder in list_versions(home)
        if folder != current and folder.name.split("-")[1][:8] < f"{before:%Y%m%d}"
    ]
    for folder in old if current is not None else []:
        shutil.rmtree(folder)
    return [folder.name for folder in old if current is not None]



def _number(folder: Path) -> int:
    return int(folder.name.split("-", 1)[0])


def _point(link: Path, target: Path) -> None:
    """Make ``link`` a relative symbolic link to ``target``, replacing an older link at one instant."""
    if link.is_symlink() and link.readlink() == target:
        return
    if link.exists() and not link.is_symlink():
        raise FootfallError(
            "A published name is taken by a file that Footfall did not make.", where=str(link),
            hint="Move it elsewhere; publishing puts a link there.",
        )
    new = link.with_name(f".{link.name}.tmp")
    new.unlink(missing_ok=True)
    try:
        new.symlink_to(target)
    except OSError as error:
        raise FootfallError(
            f"The published tables cannot be swapped in: {error.strerror}.", where=str(link),
            hint="Keep the home on a file system with symbolic links.",
        ) from error
    new.replace(link)
