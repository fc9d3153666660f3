"""One writer a home: a lock file that names who holds it.

The kernel holds the lock (`flock`), so a killed process never leaves a home locked; the text in the file only
names the holder. Text without a lock means that the last writer was killed.
"""

import contextlib
import fcntl
import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from footfall.core.errors import HomeLocked, SettingsError
from footfall.core.home import Home


@dataclass(frozen=True)
class Holder:
    """Who holds a lock, or held it when it was killed."""

    pid: int
    since: str
    command: str

    @property
    def is_alive(self) -> bool:
        return is_process(self.pid)


def is_process(pid: int) -> bool:
    """Whether a process with this number runs on this machine."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


#: Lock files this process holds: nested stages of one run ask again and get it.
_held: dict[Path, Holder | None] = {}


@contextlib.contextmanager
def hold(home: Home, command: str) -> Iterator[Holder | None]:
    """Hold the home's lock for as long as the block runs.

    Args:
        home: the installation to write to.
        command: what the holder does, shown to others who ask for the lock.

    Yields:
        The holder before, if it was killed (its work may lie half done); else None.

    Raises:
        HomeLocked: another process holds it; names its pid and since when.
        SettingsError: the lock file cannot be written.
    """
    path = home.lock_file.resolve()
    if path in _held:
        yield _held[path]
        return
    try:
        home.root.mkdir(parents=True, exist_ok=True)
        handle = path.open("a+", encoding="utf-8")
    except OSError as error:
        raise SettingsError(
            f"The home folder cannot be written: {error.strerror}.", where=str(home.root),
            hint="Choose another folder with --home or FOOTFALL_HOME, or repair its permissions.",
        ) from error
    with handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise _locked(path) from None
        before = _read(path)
        handle.truncate(0)
        handle.write(json.dumps(asdict(_myself(command))))
        handle.flush()
        _held[path] = before
        try:
            yield before
        finally:
            # Emptied, not removed: a file removed while another process waits on it would be locked twice.
            handle.truncate(0)
            del _held[path]


def holder(home: Home) -> Holder | None:
    """Who writes to the home now, or was killed doing so; None when the last writer ended by itself."""
    return _read(home.lock_file)


def _myself(command: str) -> Holder:
    return Holder(os.getpid(), datetime.now(UTC).isoformat(timespec="seconds"), command)


def _read(path: Path) -> Holder | None:
    try:
        with path.open(encoding="utf-8") as file:
            return Holder(**json.loads(file.read(4096)))
    except (OSError, ValueError, TypeError):
        return None


def _locked(path: Path) -> HomeLocked:
    other = _read(path)
    if other is None:
        return HomeLocked(
            "Another process is writing to this home.", where=str(path), hint="Try again when it has ended.",
        )
    ended = "" if other.is_alive else ", which has ended, but processes it started are still at work"
    return HomeLocked(
        f"Another process is writing to this home: pid {other.pid} ({other.command}) since {other.since}{ended}.",
        where=str(path), hint=f"Wait until it has ended, or stop it with `kill {other.pid}`.",
    )
