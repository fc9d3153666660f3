"""What can be wrong with a file or a line."""

import errno
import re
from dataclasses import dataclass

from footfall.core.errors import FootfallError
from footfall.core.stop import raise_if_stopped

#: Part of an error's name -> what it means for a file.
_WORDS = (
    ("Memory", "it needs more memory than there is"), ("Conversion", "a value does not fit its column's type"),
    ("OutOfRange", "a number is too large"), ("Overflow", "a number is too large"),
    ("Unicode", "a text or a name is not UTF-8"), ("NotImplemented", "a column has a type that cannot be read"),
    ("Binder", "its columns do not fit the expressions over them"), ("Parser", "a column's name cannot be used"),
)


#: Errors of the system that say nothing about the file that was read.
_OF_THE_MACHINE = frozenset({
    errno.EIO, errno.ENOMEM, errno.EMFILE, errno.ENFILE, errno.ENOSPC, errno.EDQUOT, errno.ESTALE, errno.ETIMEDOUT,
    errno.ENOTCONN, errno.EHOSTUNREACH,
})
#: No sound file makes the readers ask for so much memory at once; a damaged or hostile one may.
_MOST_ASKED_BYTES = 1 << 30
_ASKED = re.compile(r"size (\d+)")


class FileProblem(Exception):
    """A file that cannot be trusted; it is quarantined whole.

    Args:
        reason: ``corrupt_file``, ``empty_archive``, ``too_many_workspaces`` or ``unreadable``.
        detail: one phrase for people.
    """

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail


def machine_error(error: Exception, path: str) -> FootfallError | None:
    """The error of a night in which the machine failed to read a sound file; None where the file is at fault.

    The file is not quarantined, as it would be for good: the next run reads it.
    """
    if isinstance(error, MemoryError):
        asked = _ASKED.search(str(error))
        if asked and int(asked[1]) > _MOST_ASKED_BYTES:
            return None
        return FootfallError(
            "There was not enough memory to read a landing file.", where=path,
            hint="Nothing of this load date was committed. Free memory, or lower `duckdb.memory_limit` in footfall.yml,"
            " then run again.",
        )
    if isinstance(error, OSError) and error.errno in _OF_THE_MACHINE:
        return FootfallError(
            f"The machine could not read a landing file: {error.strerror}.", where=path,
            hint="Nothing of this load date was committed. Check the disk, its mount and the limit of open files, then"
            " run again.",
        )
    return None


def problem_of(error: Exception) -> FileProblem:
    """An unexpected error while a file was read or validated, in words that show none of its values."""
    raise_if_stopped(error)
    words = next((words for kind, words in _WORDS if kind in type(error).__name__), "it cannot be read")
    return FileProblem("corrupt_file", f"{words} ({type(error).__name__})")


@dataclass(frozen=True)
class RejectedLine:
    """A line rejected before its content was parsed.

    Attributes:
        number: physical line number, from 1.
        text: the exact text; where that is not UTF-8, a readable form with ``\\x..`` for the bad bytes.
        exact: the exact bytes where ``text`` is not exact.
        is_whole: ``text`` is all of the line, not only its beginning.
    """

    number: int
    reason: str
    detail: str
    text: str
    exact: bytes | None = None
    is_whole: bool = True
