"""The one small family of errors that the command line turns into exit codes.

Every error says what happened, where, and what to do next; ``footfall_cli.errors`` prints those three lines and exits
with ``exit_code``. Anything that is not a ``FootfallError`` is a bug; its traceback goes to a file.
"""


class FootfallError(Exception):
    """A run that cannot go on (exit code 1).

    Args:
        message: what happened, one sentence without personal data.
        where: file, line, table or setting concerned, if any.
        hint: what the reader can do about it.
    """

    exit_code = 1

    def __init__(self, message: str, *, where: str | None = None, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.where = where
        self.hint = hint


class UsageError(FootfallError):
    """Bad usage of a command: an unknown workspace, a reversed range (exit code 2)."""

    exit_code = 2


class SettingsError(FootfallError):
    """Settings that cannot be used: unreadable ``footfall.yml``, a home that is not writable (exit code 2)."""

    exit_code = 2


class CheckFailed(FootfallError):
    """A blocking data check failed, so nothing was published (exit code 3)."""

    exit_code = 3


class CheckCrashed(FootfallError):
    """A check could not be carried out; that says nothing about the data (exit code 1)."""


class ExportsFailed(FootfallError):
    """Some exports could not be made; all others were, and the data is published (exit code 1)."""


class DiskFull(FootfallError):
    """There is no room on the disk (exit code 1)."""


class NotEnoughMemory(FootfallError):
    """There is not enough memory (exit code 1)."""


class HomeLocked(FootfallError):
    """Another process is writing to this home (exit code 1)."""
