"""What can be wrong with a file or a line."""

from dataclasses import dataclass

#: Part of an error's name -> what it means for a file.
_WORDS = (
    ("Memory", "it needs more memory than there is"), ("Conversion", "a value does not fit its column's type"),
    ("OutOfRange", "a number is too large"), ("Overflow", "a number is too large"),
    ("Unicode", "a text or a name is not UTF-8"), ("NotImplemented", "a column has a type that cannot be read"),
    ("Binder", "its columns do not fit the expressions over them"), ("Parser", "a column's name cannot be used"),
)


class FileProblem(Exception):
    """A file that cannot be trusted; it is quarantined whole.

    Args:
        reason: ``corrupt_file``, ``empty_archive`` or ``unreadable``.
        detail: one phrase for people.
    """

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail


def problem_of(error: Exception) -> FileProblem:
    """An unexpected error while a file was read or validated, in words that show none of its values."""
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
