"""Small JSON files that hold state: written so that a reader finds the old text or the new, read without a traceback.

Standard library only, since a run without new files reads some of them.
"""

import json
import os
from datetime import date, datetime
from pathlib import Path
from typing import Any


def read_json(path: Path) -> dict[str, Any] | None:
    """The object that a file holds; None where the file is missing, cut, a folder, or holds something else.

    ``is_damaged`` distinguishes a damaged file from a missing one.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError, ValueError, RecursionError):
        return None
    return document if isinstance(document, dict) else None


def is_damaged(path: Path) -> bool:
    """Whether something is there that is no file with a JSON object."""
    return (path.exists() or path.is_symlink()) and read_json(path) is None


def write_json(path: Path, document: Any) -> None:
    """Write JSON aside, force it to disk and move it into place; a crash leaves the old text or the new.

    Raises:
        OSError: no room, no permission; nothing is left behind, and the old text stays.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.tmp")
    try:
        with aside.open("w", encoding="utf-8") as file:
            json.dump(document, file, indent=1, sort_keys=True, default=_as_text)
            file.write("\n")
            file.flush()
            os.fsync(file.fileno())
        aside.replace(path)
    except OSError:
        aside.unlink(missing_ok=True)
        raise


def _as_text(value: Any) -> str:
    if isinstance(value, date | datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} is no JSON value")
