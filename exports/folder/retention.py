"""Removing old export folders that no run writes again: custom ranges, and folders about one person."""

import shutil
from collections.abc import Collection
from datetime import date, datetime, timedelta
from datetime import time as clock
from pathlib import Path

from exports.folder.index import write_index
from exports.folder.manifest import NAME
from footfall.core import file_modes


def remove_old_exports(exports: Path, ranges: Collection[str], before: date) -> list[str]:
    """Remove folders made before ``before`` (UTC) that no nightly run writes, and update the index page.

    Args:
        exports: the folder ``<home>/exports``.
        ranges: names of the ranges that a run writes for every workspace; these are always kept.

    Returns:
        The removed folders, relative to ``exports``.
    """
    limit = (datetime.combine(before, clock.min) - datetime(1970, 1, 1)) / timedelta(seconds=1)
    removed = []
    for pattern in (f"*/*/{NAME}", f"*/users/*/*/{NAME}"):
        for manifest in sorted(exports.glob(pattern)):
            folder = manifest.parent
            is_planned = len(folder.relative_to(exports).parts) == 2 and folder.name in ranges
            if not is_planned and manifest.stat().st_mtime < limit:
                manifest.unlink()
                shutil.rmtree(folder)
                removed.append(folder.relative_to(exports).as_posix())
                for parent in (folder.parent, folder.parent.parent):
                    if parent != exports and exports in parent.parents and not any(parent.iterdir()):
                        parent.rmdir()
    if removed:
        file_modes.copy_mode(exports, write_index(exports))
    return removed
