"""Who may read a home: its owner, and others where the settings ``access.published`` and ``.exports`` allow it.

Every process of Footfall starts with `keep_private`, so its files are private from the first byte. `apply`
sets the modes of older homes, and opens the two folders that may be opened; files put there later get the folder's
mode (`copy_mode`) before their final name, so that a reader never finds an unreadable file in an open folder.
"""

import errno
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from footfall.core.home import Home

if TYPE_CHECKING:
    from footfall.core.settings import Access

#: Bits that an audience gets besides the owner's: of a folder, and of the home, which it passes but does not list.
_OPEN = {"owner": 0o000, "group": 0o050, "everyone": 0o055}
_PASS = {"owner": 0o000, "group": 0o010, "everyone": 0o011}
_OTHERS, _READ = 0o077, 0o044
#: The entries Footfall makes in a home; any other entry stays as it is.
_HOME_ENTRIES = (
    "landing", "lake", "quarantine", "warehouse", "published", "exports", "dagster", "logs", "metrics", "footfall.yml",
    "footfall.lock", "privacy.key",
)


@dataclass(frozen=True)
class WrongMode:
    """A file or folder whose mode is not the one it should have; both without the bits of the type."""

    path: Path
    mode: int
    wanted: int

    @property
    def is_wider(self) -> bool:
        """Whether others may do more than they should."""
        return bool(self.mode & ~self.wanted & _OTHERS)


def keep_private() -> None:
    """Let this process, and those it starts, make files of mode 0600 and folders of mode 0700."""
    os.umask(_OTHERS)


def apply(home: Home, access: "Access") -> list[Path]:
    """Set the mode of everything in the home; return the paths that could not be changed (other owner, read-only)."""
    left = []
    for found in wrong_modes(home, access):
        try:
            found.path.chmod(found.wanted)
        except FileNotFoundError:
            continue
        except OSError as error:
            # of another owner, or on a read-only file system
            if error.errno not in (errno.EPERM, errno.EACCES, errno.EROFS):
                raise
            left.append(found.path)
    return left


def wrong_modes(home: Home, access: "Access") -> Iterator[WrongMode]:
    """The paths with a wrong mode. Symbolic links are not followed, as they lead out of the home."""
    if home.root.is_dir():
        yield from _check(home.root, _PASS[access.published] | _PASS[access.exports])
    opened = {"published": _OPEN[access.published], "exports": _OPEN[access.exports]}
    for name in _HOME_ENTRIES:
        yield from _walk(home.root / name, opened.get(name, 0))


def copy_mode(root: Path, made: Path) -> None:
    """Give ``made``, everything in it and the folders between it and ``root`` the mode of the folder ``root``."""
    extra = stat.S_IMODE(root.stat().st_mode) & _OTHERS
    between = [root / parent for parent in made.relative_to(root).parents][:-1]
    found = [wrong for folder in between for wrong in _check(folder, extra)]
    for wrong in (*found, *_walk(made, extra)):
        wrong.path.chmod(wrong.wanted)


def _walk(path: Path, extra: int) -> Iterator[WrongMode]:
    if not path.is_symlink():
        yield from _check(path, extra)
        if path.is_dir():
            yield from _walk_inside(str(path), extra)


def _walk_inside(folder: str, extra: int) -> Iterator[WrongMode]:
    """By texts: a path object a file takes four times as long, and a home has hundreds of thousands of files."""
    try:
        with os.scandir(folder) as entries:
            found = [entry for entry in entries if not entry.is_symlink()]
    except (FileNotFoundError, NotADirectoryError, PermissionError):
        return
    for entry in found:
        try:
            bits = entry.stat(follow_symlinks=False).st_mode
        except (FileNotFoundError, PermissionError):
            continue
        if stat.S_IMODE(bits) != _wanted(bits, extra):
            yield WrongMode(Path(entry.path), stat.S_IMODE(bits), _wanted(bits, extra))
        if stat.S_ISDIR(bits):
            yield from _walk_inside(entry.path, extra)


def _check(path: Path, extra: int) -> Iterator[WrongMode]:
    try:
        bits = path.lstat().st_mode
    except (FileNotFoundError, PermissionError):
        return
    if stat.S_IMODE(bits) != _wanted(bits, extra):
        yield WrongMode(path, stat.S_IMODE(bits), _wanted(bits, extra))


def _wanted(bits: int, extra: int) -> int:
    """The mode that a path should have: the owner's own bits with ``extra`` (of a file: those to read)."""
    return (stat.S_IMODE(bits) & ~_OTHERS) | (extra if stat.S_ISDIR(bits) else extra & _READ)
