"""Bytes on disk of the parts of a home."""

import os
import shutil
from pathlib import Path

from footfall.core.home import Home

PARTS = ("landing", "lake", "quarantine", "warehouse", "published", "exports", "dagster", "logs")


def bytes_by_part(home: Home) -> dict[str, int]:
    """Bytes that each folder takes on disk; a file with several names counts once."""
    seen: set[tuple[int, int]] = set()
    return {part: _size(home.root / part, seen) for part in PARTS}


def free_bytes(home: Home) -> int:
    """Bytes free on the home's disk."""
    return shutil.disk_usage(home.root).free


def _size(folder: Path, seen: set[tuple[int, int]]) -> int:
    total = 0
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    total += _size(Path(entry.path), seen)
                    continue
                state = entry.stat(follow_symlinks=False)
                if (state.st_dev, state.st_ino) not in seen:
                    seen.add((state.st_dev, state.st_ino))
                    total += state.st_blocks * 512
    except OSError:
        return total  # removed or closed while it was looked at
    return total
