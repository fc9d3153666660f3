"""Force files to disk. Standard library only, since a run without new files imports it."""

import os
from pathlib import Path


def sync(path: Path) -> None:
    """Force a file, or a folder's entries, to disk.

    Raises:
        OSError: it does not exist, or the disk refuses.
    """
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
