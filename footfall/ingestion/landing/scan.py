"""Walking a landing folder. Nothing is opened; what cannot be read safely is found here and reported.

A link, to a file or to a folder, is followed where it stays inside the landing zone: whoever may write there must not
be able to show Footfall any other file of the machine.
"""

import errno
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path

from footfall.core.home import Home

UNFINISHED = (".tmp", ".part", ".partial", ".crdownload", ".swp", "~")
TEMPORARY = "names that begin with _ are temporary files of other tools"
_KINDS = (
    (stat.S_ISFIFO, "a named pipe"), (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"), (stat.S_ISBLK, "a device"),
)


@dataclass(frozen=True)
class Entry:
    """A file or folder of the landing zone.

    Attributes:
        path: relative to the home, with slashes.
        size, mtime_ns: 0 where ``problem`` is set.
        problem: why it must not or cannot be opened.
        folders: real paths of the folders above it, to find links that lead back.
    """

    path: str
    name: str
    is_folder: bool
    size: int = 0
    mtime_ns: int = 0
    problem: str | None = None
    folders: tuple[str, ...] = ()


def walk(home: Home, folder: str, warnings: list[str]) -> Iterator[Entry]:
    """Every file below ``folder`` (relative to the home), in order; folders that are not read add a warning."""
    for entry in scan(home, folder, warnings):
        yield from _files(home, entry, warnings)


def walk_folder(home: Home, entry: Entry, warnings: list[str]) -> Iterator[Entry]:
    """`walk` below a folder that `scan` found."""
    for below in scan(home, entry.path, warnings, entry.folders):
        yield from _files(home, below, warnings)


def scan(home: Home, folder: str, warnings: list[str], folders: tuple[str, ...] = ()) -> list[Entry]:
    """The files and folders directly in ``folder``, in order, without hidden and unfinished ones."""
    path = home.root / folder
    zones = _zones(home, folder)
    try:
        with os.scandir(path) as found:
            names = sorted(found, key=lambda entry: entry.name)
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        warnings.append(f"{printable(folder)} is not read: {error.strerror}.")
        return []
    above = folders or (os.path.realpath(path),)
    return [
        _entry(f"{folder}/{entry.name}" if folder else entry.name, entry, zones, above) for entry in names
        if not _is_left_out(entry.name, f"{folder}/{entry.name}", warnings)
    ]


def state_of(path: Path) -> tuple[int, int]:
    """Size and time of change now; zeros where there is no file."""
    try:
        state = path.stat()
    except OSError:
        return 0, 0
    return state.st_size, state.st_mtime_ns


def open_file(path: Path) -> BufferedReader:
    """Open a regular file for reading, without waiting for anybody (a pipe may have taken its place since the scan).

    Raises:
        OSError: it cannot be opened, or is not a regular file.
    """
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY)
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise OSError(errno.EINVAL, "Not a regular file")
    return os.fdopen(handle, "rb")


def printable(name: str) -> str:
    """A file name for a message: bytes that are not UTF-8 and control characters are escaped."""
    text = name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)


def _files(home: Home, entry: Entry, warnings: list[str]) -> Iterator[Entry]:
    if not entry.is_folder:
        yield entry
    elif entry.problem is not None:
        warnings.append(f"{printable(entry.path)} is not read: {entry.problem}.")
    else:
        yield from walk_folder(home, entry, warnings)


def _zones(home: Home, folder: str) -> tuple[str, ...]:
    """Real paths of the folders that links may lead into: ``landing``, ``landing/events`` and ``landing/entities``
    (each may itself be a link), or the first folder of a source elsewhere in the home."""
    first = folder.split("/", 1)[0]
    roots = [first] if first != home.landing.name else [first, f"{first}/events", f"{first}/entities"]
    return tuple(os.path.realpath(home.root / root) for root in roots)


def _is_left_out(name: str, path: str, warnings: list[str]) -> bool:
    try:
        name.encode("utf-8")
    except UnicodeEncodeError:
        warnings.append(f"{printable(path)} is not read: its name is not UTF-8. Rename it.")
        return True
    return name.startswith(".") or name.endswith(UNFINISHED)


def _entry(path: str, entry: "os.DirEntry[str]", zones: tuple[str, ...], above: tuple[str, ...]) -> Entry:
    try:
        state = entry.stat()
    except OSError as error:
        return Entry(path, entry.name, is_folder=False, problem=_in_words(entry, error, zones))
    is_folder = stat.S_ISDIR(state.st_mode)
    folders = above
    problem = None
    if is_folder or entry.is_symlink():
        real = os.path.realpath(entry.path)
        if entry.is_symlink() and not _is_inside(real, zones):
            problem = "it is a link to a place outside the landing zone"
        elif is_folder and real in above:
            problem = "it is a link to a folder above it"
        folders = (*above, real)
    if is_folder and problem is None and entry.name.startswith("_"):
        problem = TEMPORARY
    if not is_folder and problem is None and not stat.S_ISREG(state.st_mode):
        problem = f"it is {next((words for test, words in _KINDS if test(state.st_mode)), 'not a regular file')}"
    if problem is not None:
        return Entry(path, entry.name, is_folder, problem=problem)
    return Entry(path, entry.name, is_folder, state.st_size, state.st_mtime_ns, folders=folders)


def _in_words(entry: "os.DirEntry[str]", error: OSError, zones: tuple[str, ...]) -> str:
    if entry.is_symlink() and not _is_inside(os.path.realpath(entry.path), zones):
        return "it is a link to a place outside the landing zone"
    return f"it cannot be opened: {error.strerror}"


def _is_inside(real: str, zones: tuple[str, ...]) -> bool:
    return any(os.path.commonpath((real, zone)) == zone for zone in zones)
