"""From any error to what happened, where and what to do; the traceback of a bug goes to a private file."""

import errno
import os
import re
import traceback
from collections.abc import Iterator
from pathlib import Path

from footfall.core.errors import DiskFull, FootfallError, HomeLocked, NotEnoughMemory
from footfall.core.home import Home
from footfall.core.tracebacks import write_traceback

#: Texts of errors that say that a disk is full: of the system, of DuckDB and of SQLite.
_DISK_FULL = ("no space left on device", "disk quota exceeded", "database or disk is full")
#: What SQLite says of a file or folder that it may not write to; it names no file.
_NOT_WRITABLE = ("readonly database", "unable to open database file")
#: What DuckDB says where memory is short, in the errors of other libraries.
_NO_MEMORY = "out of memory error"
#: Numbers of the system's errors that may be over by themselves: a disk or a network that does not answer for a while.
_PASSING = frozenset({
    errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.ESTALE, errno.ETIMEDOUT, errno.EAGAIN, errno.EBUSY, errno.EMFILE,
    errno.ENFILE, errno.ECONNRESET, errno.ECONNREFUSED, errno.ENETUNREACH, errno.EHOSTUNREACH,
})
#: The same as texts, where a library's error has no number.
_PASSING_TEXTS = (*_DISK_FULL, "database is locked", "disk i/o error", "input/output error", "timed out")
#: The folder that the code is in, and its folders.
_ROOT = Path(__file__).resolve().parents[2]
_CODE = ("footfall", "footfall_cli", "orchestration", "exports")


def explain(error: BaseException, home: Home | None = None) -> FootfallError | None:
    """Find what the reader can act on in an error or in what caused it; None for a bug.

    Args:
        home: the place of an error that names no file.
    """
    for one in causes(error):
        found = _explain_one(one)
        if found is not None and not found.where and found is not one and home is not None:
            found.where = str(home.root)
        if found is not None:
            return found
    return None


def find_shortage(error: BaseException, home: Home | None = None) -> FootfallError | None:
    """``DiskFull`` or ``NotEnoughMemory`` where an error, or what caused it, is one; None for every other."""
    found = explain(error, home)
    return found if isinstance(found, DiskFull | NotEnoughMemory) else None


def as_bug(error: BaseException, home: Home) -> FootfallError:
    """An error of the code itself. Its traceback, which may hold personal data, goes to a private file.

    The file is ``<home>/logs/<time>.log``; without a home, one in the system's temporary folder.
    """
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if any(Path(frame.filename).is_relative_to(_ROOT / folder) for folder in _CODE)]
    where = None
    for frame in (own or list(frames))[-1:]:
        path = Path(frame.filename)
        where = f"{path.relative_to(_ROOT) if own else path.name}, line {frame.lineno}"
    try:
        hint = f"Report it with the traceback in {write_traceback(error, home)}. What was published stays."
    except OSError as failure:
        hint = f"Report it. The traceback could not be written to a file: {failure.strerror}."
    return FootfallError(f"Footfall failed because of a bug ({type(error).__name__}).", where=where, hint=hint)


def _explain_one(error: BaseException) -> FootfallError | None:
    if isinstance(error, FootfallError):
        return error
    text = str(error).lower()
    if getattr(error, "errno", None) in (errno.ENOSPC, errno.EDQUOT) or any(part in text for part in _DISK_FULL):
        return DiskFull(
            "The disk is full. What was published stays.", where=_file_of(error),
            hint="Free disk space and run the command again; it continues where it stopped.",
        )
    if isinstance(error, PermissionError) or (isinstance(error, OSError) and error.errno == errno.EROFS):
        return FootfallError(
            f"A file or folder cannot be used: {error.strerror}.", where=error.filename,
            hint="Change its permissions, or choose another home with --home or FOOTFALL_HOME.",
        )
    if any(part in text for part in _NOT_WRITABLE):
        return FootfallError(
            "A database of the home, such as Dagster's history of runs in dagster/, cannot be written to.",
            where=_file_of(error), hint="Give the user of Footfall the right to write there, then run again.",
        )
    if isinstance(error, FileNotFoundError | NotADirectoryError | IsADirectoryError):
        return FootfallError(
            f"A file is missing or of the wrong kind: {error.strerror}.", where=error.filename,
            hint="Another program changed the home while Footfall worked; run the command again.",
        )
    if _is_corruption_one(error):
        return FootfallError(
            "A database of the home is damaged. What was published stays.", where=_file_of(error),
            hint="Run `footfall doctor --deep`, which reads every file and names what is damaged; the next `footfall "
            "run` repairs it.",
        )
    if isinstance(error, MemoryError) or type(error).__name__ == "OutOfMemoryException" or _NO_MEMORY in text:
        return NotEnoughMemory(
            "There was not enough memory.", where="footfall.yml, duckdb.memory_limit",
            hint="Raise the limit, free memory, or load fewer dates at once with --through.",
        )
    return None


def _file_of(error: BaseException) -> str | None:
    """The file that an error is about; libraries name it in their text only, in quotes."""
    name = getattr(error, "filename", None)
    if name is None:
        quoted = re.search(r"[\"'](/[^\"']+)[\"']", str(error))
        name = quoted[1] if quoted else None
    return os.fsdecode(name) if isinstance(name, str | bytes) else None


def may_pass(error: BaseException) -> bool:
    """Whether the same work may succeed later by itself: the home is locked, a disk is full or does not answer."""
    return any(_may_pass_one(one) for one in causes(error))


def _may_pass_one(error: BaseException) -> bool:
    if isinstance(error, HomeLocked | ConnectionError | TimeoutError):
        return True
    text = str(error).lower()
    return getattr(error, "errno", None) in _PASSING or any(part in text for part in _PASSING_TEXTS)


def is_corruption(error: BaseException | None) -> bool:
    """Whether an error, or one of its causes, is that of a damaged DuckDB file of the home."""
    return any(_is_corruption_one(one) for one in causes(error))


def _is_corruption_one(error: BaseException) -> bool:
    text = str(error).lower()
    return "corrupt database file" in text or ("checksum" in text and "block" in text)


def causes(error: BaseException | None) -> Iterator[BaseException]:
    """The error and what caused it, one after the other; an error raised again inside the handling of itself once."""
    seen: list[BaseException] = []
    while error is not None and not any(error is one for one in seen):
        yield error
        seen.append(error)
        error = error.__cause__ or error.__context__
