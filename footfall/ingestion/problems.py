"""What can be wrong with a file or a line."""

from dataclasses import dataclass


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
