"""From the closed marts file to the file that is published: copied as cheaply as possible, and proved complete."""

import errno
import fcntl
import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from footfall.core.database import connect, quote_identifier, quote_literal, value
from footfall.core.durable import sync
from footfall.core.errors import FootfallError
from footfall.core.home import Home
from footfall.core.settings import Settings

#: The storage version that DuckDB 1.x clients open, and the number it has in a file's header.
STORAGE_VERSION = "v1.0.0"
_STORAGE_NUMBER = 64

#: What `copy_file_range` says where the two places or the file system cannot do it.
_NOT_HERE = {errno.EXDEV, errno.ENOSYS, errno.EOPNOTSUPP, errno.EINVAL, errno.EBADF, errno.ENOTTY}
#: Linux's request to let a file share all blocks of another one (`linux/fs.h`).
_FICLONE = 0x40049409


def clone(source: Path, target: Path) -> bool:
    """Let a new file share the blocks of ``source``; False, and no file, where the file system cannot do that.

    Raises:
        OSError: no room, no permission.
    """
    with source.open("rb") as reader, target.open("wb") as writer:
        try:
            fcntl.ioctl(writer, _FICLONE, reader.fileno())
        except OSError as error:
            if error.errno not in _NOT_HERE:
                raise
        else:
            return True
    target.unlink()
    return False


def copy_database(source: Path, target: Path) -> None:
    """Copy bytes inside the kernel.

    Raises:
        OSError: no room, no permission.
    """
    if not hasattr(os, "copy_file_range"):
        shutil.copyfile(source, target)
        return
    with source.open("rb") as reader, target.open("wb") as writer:
        left = os.fstat(reader.fileno()).st_size
        try:
            while left:
                copied = os.copy_file_range(reader.fileno(), writer.fileno(), min(left, 1 << 30))
                if copied == 0:
                    break
                left -= copied
        except OSError as error:
            if error.errno not in _NOT_HERE:
                raise
            left = -1
    if left:
        shutil.copyfile(source, target)


def rewrite(path: Path, settings: Settings, temp: Path) -> None:
    """Write a closed DuckDB file again from its rows: otherwise deleted rows stay in its bytes.

    Raises:
        OSError, duckdb.Error: no room, no permission; the file is as it was.
    """
    aside = path.with_name(path.name + ".tmp")
    aside.unlink(missing_ok=True)
    with connect(settings=settings.duckdb, temp=temp) as con:
        con.execute(f"attach {quote_literal(str(path))} as old (read_only)")
        options = f"storage_version {quote_literal(STORAGE_VERSION)}"
        con.execute(f"attach {quote_literal(str(aside))} as rewritten ({options})")
        con.execute("copy from database old to rewritten")
        con.execute("checkpoint rewritten")
        con.execute("detach rewritten")
    sync(aside)
    aside.replace(path)
    sync(path.parent)


def finished_marts(home: Home) -> Path:
    """The marts file, when it can be copied: there, closed, and in the published storage version.

    Raises:
        FootfallError: it cannot; says why and what to do.
    """
    marts = home.marts_file
    if not marts.exists():
        raise FootfallError(
            "There are no finished marts to publish.", where=str(marts), hint="Build them first: `footfall run`."
        )
    if _wal(marts).exists():
        raise FootfallError(
            "The marts are still being written, or their last writer crashed; a copy could be wrong.",
            where=str(_wal(marts)),
            hint="Run `footfall run` again: the build finishes the file, then it is published.",
        )
    with marts.open("rb") as file:
        header = file.read(20)
    if header[8:12] != b"DUCK" or int.from_bytes(header[12:20], "little") != _STORAGE_NUMBER:
        raise FootfallError(
            f"The marts are not in DuckDB storage version {STORAGE_VERSION}, so older clients could not open them.",
            where=str(marts), hint="Attach it with `storage_version: v1.0.0`: remove the file and run --full-refresh.",
        )
    return marts


def validate(path: Path, rows: Mapping[str, int]) -> None:
    """Open the copy as a reader will, and count every table of ``rows`` (``schema.table``: rows).

    Raises:
        FootfallError: a table is missing rows or has too many, or there is nothing at all.
    """
    again = "What was published stays. Run again; if it stays so, run with --full-refresh."
    if not any(name.startswith("marts.") for name in rows):
        raise FootfallError("The marts hold no tables.", where=str(path), hint=again)
    if _wal(path).exists():
        raise FootfallError("The new version was not closed cleanly.", where=str(path), hint=again)
    with connect(path, read_only=True) as con:
        for name, expected in rows.items():
            schema, table = (quote_identifier(part) for part in name.split(".", 1))
            found = value(con, f"select count(*) from {schema}.{table}")
            if found != expected:
                raise FootfallError(
                    f"The new version has {found} rows in {name} instead of {expected}.", where=str(path), hint=again
                )


def _wal(path: Path) -> Path:
    return path.with_name(path.name + ".wal")
