"""One writer a home: a lock file that names who holds it.

The kernel holds the lock (`flock`), so a killed process never leaves a home locked; the text in the file only
names the holder. Text without a lock means that the last writer was killed. Whether somebody holds it is asked of the
kernel too: the number of an ended process may have been given to another one, or be that of another machine.
"""

import contextlib
import fcntl
import json
import os
import platform
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from footfall.core.errors import HomeLocked, SettingsError
from footfall.core.home import Home
from footfall.core.state_files import set_folder_aside

#: Seconds in which a lock is tried again: those who ask who holds it have it for an instant.
_PATIENCE = 0.5


@dataclass(frozen=True)
class Holder:
    """Who holds a lock, or held it when it was killed.

    Attributes:
        host: the machine of the process; empty in texts of older versions.
        is_alive: whether the lock is held; False where the process was killed.
    """

    pid: int
    since: str
    command: str
    host: str = ""
    is_alive: bool = True

    @property
    def is_here(self) -> bool:
        """Whether it is a process of this machine."""
        return self.host in ("", platform.node())


def is_process(pid: int, since: datetime | None = None) -> bool:
    """Whether a process with this number runs on this machine.

    Args:
        since: not one that started later, which got the number of an ended process; needs Linux.
    """
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    started = _started_at(pid) if since is not None else None
    return started is None or since is None or started <= since.timestamp() + 1


def _started_at(pid: int) -> float | None:
    """When a process started, in seconds since 1970; None where this system does not say."""
    try:
        ticks = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19])
        uptime = float(Path("/proc/uptime").read_text().split()[0])
    except (OSError, ValueError, IndexError):
        return None
    return time.time() - uptime + ticks / os.sysconf("SC_CLK_TCK")


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
        set_folder_aside(path)
        handle = path.open("a+", encoding="utf-8")
    except OSError as error:
        raise SettingsError(
            f"The home folder cannot be written: {error.strerror}.", where=str(home.root),
            hint="Choose another folder with --home or FOOTFALL_HOME, or repair its permissions.",
        ) from error
    with handle:
        if not _take(handle):
            raise _locked(path)
        before = _read(path)
        handle.truncate(0)
        handle.write(json.dumps(_myself(command)))
        handle.flush()
        _held[path] = before
        try:
            yield before
        finally:
            # Emptied, not removed: a file removed while another process waits on it would be locked twice.
            handle.truncate(0)
            del _held[path]


def is_held_here(home: Home) -> bool:
    """Whether this process holds the lock."""
    return home.lock_file.resolve() in _held


def holder(home: Home) -> Holder | None:
    """Who writes to the home now, or was killed doing so; None when the last writer ended by itself."""
    return _read(home.lock_file)


def _take(handle: IO[str]) -> bool:
    end = time.monotonic() + _PATIENCE
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > end:
                return False
            time.sleep(0.02)
        else:
            return True


def _is_held(handle: IO[str]) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    fcntl.flock(handle, fcntl.LOCK_UN)
    return False


def _myself(command: str) -> dict[str, str | int]:
    since = datetime.now(UTC).isoformat(timespec="seconds")
    return {"pid": os.getpid(), "since": since, "command": command, "host": platform.node()}


def _read(path: Path) -> Holder | None:
    try:
        with path.open(encoding="utf-8") as file:
            found = Holder(**json.loads(file.read(4096)), is_alive=_is_held(file))
            return found if isinstance(found.pid, int) else None
    except (OSError, ValueError, TypeError, RecursionError):
        return None


def _locked(path: Path) -> HomeLocked:
    other = _read(path)
    if other is None:
        return HomeLocked(
            "Another process is writing to this home.", where=str(path), hint="Try again when it has ended.",
        )
    has_ended = other.is_here and not is_process(other.pid)
    ended = ", which has ended, but processes it started are still at work" if has_ended else ""
    place, there = ("", "") if other.is_here else (f" on {other.host}", " there")
    name = f"pid {other.pid}{place} ({other.command}) since {other.since}"
    return HomeLocked(
        f"Another process is writing to this home: {name}{ended}.",
        where=str(path), hint=f"Wait until it has ended, or stop it{there} with `kill {other.pid}`.",
    )
