"""Small JSON files that hold state: written so that a reader finds the old text or the new, read without a traceback.

Each holds a checksum of itself, so that a byte that rotted is found although the text is still JSON. Standard library
only, since a run without new files reads some of them.
"""

import errno
import hashlib
import json
import os
import shutil
import time
from collections.abc import Mapping
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path
from typing import Any

#: The member that holds the checksum of the others; files of older versions have none.
CHECKSUM = "checksum"


def read_json(path: Path) -> dict[str, Any] | None:
    """The object that a file holds, without its checksum; None where it is missing, cut, changed or something else.

    ``is_damaged`` distinguishes a damaged file from a missing one.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError):
        return None
    except OSError as error:
        if error.errno not in (errno.ENOENT, errno.ENOTDIR, errno.EISDIR, errno.ELOOP):
            raise
        return None
    return unsealed(document)


def read_number(path: Path, name: str) -> int:
    """A whole number of the object that a file holds; 0 where there is none."""
    value = (read_json(path) or {}).get(name)
    return value if isinstance(value, int) else 0


def is_damaged(path: Path) -> bool:
    """Whether something is there that is no JSON object, or not the one that was written."""
    return os.path.lexists(path) and read_json(path) is None


def remove(path: Path) -> None:
    """Remove a file, or a folder in its place, if one is there. A file in the place of a folder above it stays."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        with suppress(NotADirectoryError):
            path.unlink(missing_ok=True)


def sealed(document: Mapping[str, Any]) -> dict[str, Any]:
    """A JSON object with its checksum; one that it had before is replaced."""
    plain = {name: value for name, value in document.items() if name != CHECKSUM}
    return plain | {CHECKSUM: _checksum(json.loads(json.dumps(plain, default=_as_text)))}


def unsealed(document: Any) -> dict[str, Any] | None:
    """A JSON object without its checksum; None for anything else, and where the checksum is not the object's."""
    if not isinstance(document, dict):
        return None
    expected = document.pop(CHECKSUM, None)
    return document if expected is None or expected == _checksum(document) else None


def _checksum(document: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(document, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def write_json(path: Path, document: Any) -> None:
    """Write JSON aside, force it to disk and move it into place; a crash leaves the old text or the new.

    An object gets its checksum. A folder in the place of the file is set aside.

    Raises:
        OSError: no room, no permission; nothing is left behind, and the old text stays.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.tmp")
    try:
        with aside.open("w", encoding="utf-8") as file:
            whole = sealed(document) if isinstance(document, dict) else document
            json.dump(whole, file, indent=1, sort_keys=True, default=_as_text)
            file.write("\n")
            file.flush()
            os.fsync(file.fileno())
        put(aside, path)
    except OSError:
        aside.unlink(missing_ok=True)
        raise


def put(aside: Path, path: Path) -> None:
    """Move a finished file into its place; a folder that is there is set aside."""
    set_folder_aside(path)
    aside.replace(path)


def set_folder_aside(path: Path) -> None:
    """Give a folder that is in the place of a file another name; anything else stays."""
    if path.is_dir() and not path.is_symlink():
        path.rename(path.with_name(f"{path.name}.damaged-{time.time_ns()}"))


def _as_text(value: Any) -> str:
    if isinstance(value, date | datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} is no JSON value")
