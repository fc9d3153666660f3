"""A folder that is always whole: written aside, swapped into place; the next run removes the leftovers of a crash."""

import ctypes
import errno
import os
import re
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from exports.folder.manifest import NAME, USERS
from exports.folder.places import folders

_ASIDE = re.compile(r"\.(?P<name>.+)\.(?P<pid>\d+)\.(tmp|old)")
_AT_FDCWD, _RENAME_EXCHANGE = -100, 2


@contextmanager
def replace_folder(target: Path) -> Iterator[Path]:
    """Give an empty folder to fill, and put it in the place of ``target`` when that went well.

    Where the file system can exchange two names, a reader finds the old folder or the new one at every instant;
    elsewhere there is a moment without either, but never half a folder.
    """
    aside = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir(parents=True)
    try:
        yield aside
        _put(aside, target)
    finally:
        _remove(aside)


def remove_leftovers(root: Path) -> list[Path]:
    """Remove the unfinished folders of killed exports below ``root``; folders of processes that still run stay.

    An unfinished folder is beside the finished one: in a workspace's folder, or in that of one person.
    """
    removed = []
    for parent in _parents(str(root)):
        for name in folders(parent, are_hidden=True):
            match = _ASIDE.fullmatch(name)
            if match and not _is_running(int(match["pid"])):
                shutil.rmtree(Path(parent, name), ignore_errors=True)
                removed.append(Path(parent, name))
    return removed


def _parents(root: str) -> Iterator[str]:
    yield root
    for workspace in folders(root):
        yield f"{root}/{workspace}"
        for user in folders(f"{root}/{workspace}/{USERS}"):
            yield f"{root}/{workspace}/{USERS}/{user}"


def _put(aside: Path, target: Path) -> None:
    if not target.exists():
        aside.rename(target)
    elif not _exchange(aside, target):
        old = target.with_name(f".{target.name}.{os.getpid()}.old")
        shutil.rmtree(old, ignore_errors=True)
        target.rename(old)
        aside.rename(target)
        _remove(old)


def _remove(folder: Path) -> None:
    """Remove a folder, its manifest first, so that a reader sees that it is not whole any more."""
    (folder / NAME).unlink(missing_ok=True)
    shutil.rmtree(folder, ignore_errors=True)


def _exchange(one: Path, other: Path) -> bool:
    """Swap two names in one step; False where this system or file system cannot."""
    if not sys.platform.startswith("linux"):
        return False
    libc = ctypes.CDLL(None, use_errno=True)
    if not hasattr(libc, "renameat2"):
        return False
    if libc.renameat2(_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), _RENAME_EXCHANGE) == 0:
        return True
    code = ctypes.get_errno()
    if code in (errno.EINVAL, errno.ENOSYS, errno.ENOTSUP):
        return False
    raise OSError(code, os.strerror(code), str(other))


def _is_running(pid: int) -> bool:
    """Whether another process of that number runs; leftovers with our own number are from an earlier process."""
    if pid == os.getpid():
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
