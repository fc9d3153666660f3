"""Sizes and checksums of files, and which files were verified already: an unchanged file is not read again.

A file's manifest (a commit, a published version, an export folder) holds its size and SHA-256. The nightly look
compares size and time of change with those of the last verification (``<home>/warehouse/verified.json``, a cache that
may be lost); only files that are new there or changed are read.
"""

import hashlib
from collections.abc import Callable
from functools import partial
from pathlib import Path

from footfall.core.folder_state import folder_state
from footfall.core.home import Home
from footfall.core.state_files import read_json, remove, write_json

_CACHE = "verified.json"
#: Bytes, and SHA-256 as hex digits.
Checksum = tuple[int, str]


def checksum(path: Path) -> Checksum:
    """Size in bytes and SHA-256 of a file.

    Raises:
        OSError: it cannot be read.
    """
    with path.open("rb") as file:
        return path.stat().st_size, hashlib.file_digest(file, "sha256").hexdigest()


def find_problem(path: Path, expected: Checksum) -> str | None:
    """What is wrong with a file whose size and SHA-256 are known, as a phrase; None where it is as expected."""
    problem = _size_problem(path, expected)
    try:
        return problem or _content_problem(path, expected)
    except OSError as error:
        return f"it cannot be read: {error.strerror}"


def _size_problem(path: Path, expected: Checksum) -> str | None:
    try:
        size = path.stat().st_size
    except OSError:
        return "it is missing"
    return None if size == expected[0] else f"it has {size:,} bytes instead of {expected[0]:,}"


def _content_problem(path: Path, expected: Checksum) -> str | None:
    return None if checksum(path) == expected else "its content changed"


class FileInUse(Exception):
    """A file that another program holds; nothing is known about its content."""


class VerifiedFiles:
    """The cache of verified files of a home: size and time of change by path relative to the home; of some folders, one
    state for all their files."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._path = home.warehouse / _CACHE
        self._known: dict[str, list[int | str]] = read_json(self._path) or {}
        self._seen: dict[str, list[int | str]] = {}

    def find_problem(self, path: Path, expected: Checksum, *, deep: bool) -> str | None:
        """As the function; with ``deep``, the file is read even if it did not change since it was verified."""
        problem = _size_problem(path, expected)
        return problem or self.check(path, partial(_content_problem, path, expected), deep=deep)

    def check(self, path: Path, look: Callable[[], str | None], *, deep: bool) -> str | None:
        """The problem that ``look`` finds; it is not asked where the file did not change since it found none.

        ``look`` may raise ``FileInUse``; then the file counts neither as damaged nor as verified.
        """
        name = path.relative_to(self._home.root).as_posix()
        try:
            stat = path.stat()
            state: list[int | str] = [stat.st_size, stat.st_mtime_ns]
            problem = look() if deep or self._known.get(name) != state else None
        except FileInUse:
            return None
        except OSError as error:
            return f"it cannot be read: {error.strerror}"
        if problem is None:
            self._seen[name] = state
        return problem

    def check_folder(
        self, folder: str, look: Callable[[], tuple[Path, str] | None], *, deep: bool
    ) -> tuple[Path, str] | None:
        """The damaged file that ``look`` finds, and its problem; not asked where no file of the folder changed.

        Args:
            folder: relative to the home, with ``/``.
        """
        state = folder_state(f"{self._home.root}/{folder}")
        is_known = state is not None and self._known.get(folder) == [state]
        found = look() if deep or not is_known else None
        if found is None and state is not None:
            self._seen[folder] = [state]
        return found

    def keep(self, name: str) -> bool:
        """Let a file or folder count as verified in the state of the last verification, without a look at it.

        Returns:
            Whether there was one.
        """
        if name in self._known:
            self._seen[name] = self._known[name]
        return name in self._known

    def save(self) -> None:
        """Keep what was verified by this object; files it did not see are forgotten."""
        if self._seen != self._known:
            write_json(self._path, self._seen)

    @classmethod
    def forget(cls, home: Home) -> None:
        """Let every file be read again by whoever looks next.

        Raises:
            OSError: the cache cannot be removed.
        """
        remove(home.warehouse / _CACHE)

    @classmethod
    def note(cls, home: Home, paths: list[Path]) -> None:
        """Remember files that Footfall has just closed and that need no verification."""
        verified = cls(home)
        verified._seen = dict(verified._known)
        for path in paths:
            if path.exists():
                verified.check(path, lambda: None, deep=False)
        verified.save()
