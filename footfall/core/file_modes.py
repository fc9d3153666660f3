"""Who may read a home: its owner alone, and others what the settings ``access.published`` and ``.exports`` open.

Every process of Footfall starts with `keep_private`, so what it makes is the owner's from the first byte. `apply`
brings older homes to the same, and opens the two folders that may be opened; what is put into these later takes their
mode (`like`) before it gets its name, so that no reader ever meets a closed door in an open folder.
"""

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
#: What Footfall makes in a home. Whatever else lies there is not its own, and stays as it is.
_OURS = (
    "landing", "lake", "quarantine", "warehouse", "published", "exports", "dagster", "footfall.yml", "footfall.lock",
    "privacy.key",
)


@dataclass(frozen=True)
class Misfit:
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
    """Give everything of the home the mode it should have; return what could not be changed (another owner's)."""
    left = []
    for misfit in misfits(home, access):
        try:
            misfit.path.chmod(misfit.wanted)
        except FileNotFoundError:
            continue
        except PermissionError:
            left.append(misfit.path)
    return left


def misfits(home: Home, access: "Access") -> Iterator[Misfit]:
    """What does not have the mode it should have. Symbolic links are not followed: elsewhere is not the home."""
    if home.root.is_dir():
        yield from _look(home.root, _PASS[access.published] | _PASS[access.exports])
    opened = {"published": _OPEN[access.published], "exports": _OPEN[access.exports]}
    for name in _OURS:
        yield from _walk(home.root / name, opened.get(name, 0))


def like(root: Path, made: Path) -> None:
    """Give ``made``, everything in it and the folders between it and ``root`` the mode of the folder ``root``."""
    extra = stat.S_IMODE(root.stat().st_mode) & _OTHERS
    between = [root / parent for parent in made.relative_to(root).parents][:-1]
    found = [misfit for folder in between for misfit in _look(folder, extra)]
    for misfit in (*found, *_walk(made, extra)):
        misfit.path.chmod(misfit.wanted)


def _walk(path: Path, extra: int) -> Iterator[Misfit]:
    if path.is_symlink():
        return
    yield from _look(path, extra)
    try:
        with os.scandir(path) as entries:
            names = [Path(entry) for entry in entries if not entry.is_symlink()]
    except (FileNotFoundError, NotADirectoryError, PermissionError):
        return
    for one in names:
        yield from _walk(one, extra)


def _look(path: Path, extra: int) -> Iterator[Misfit]:
    """The path, where its mode is not the owner's own bits with ``extra`` (of a file: those to read)."""
    try:
        state = path.lstat()
    except (FileNotFoundError, PermissionError):
        return
    mode = stat.S_IMODE(state.st_mode)
    wanted = (mode & ~_OTHERS) | (extra if stat.S_ISDIR(state.st_mode) else extra & _READ)
    if mode != wanted:
        yield Misfit(path, mode, wanted)
