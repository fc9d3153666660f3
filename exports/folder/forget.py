"""A damaged folder loses its manifest, so that the next night makes it again.

The night makes every folder of the settings' ranges that has no manifest. In a folder that no night writes
(`footfall export --from`), a note keeps what only the manifest has; the rest of the command is in the folder's path.
"""

import re
from collections.abc import Collection
from pathlib import Path

from exports.folder.manifest import NAME, USERS, read_manifest
from footfall.core.state_files import remove, write_json
from footfall.core.vocabulary import vocabulary

NOTE = ".again.json"
_DATES = re.compile(r"\d{4}-\d{2}-\d{2}_\d{4}-\d{2}-\d{2}")


def is_of_dates(folder: Path) -> bool:
    """Whether a folder's name is a first and a last date, as `footfall export --from` makes them."""
    return _DATES.fullmatch(folder.name) is not None


def forget_folder(exports: Path, path: Path, ranges: Collection[str]) -> None:
    """Let the next night make the folder of a damaged file again.

    Args:
        exports: the folder ``<home>/exports``.
        path: a file of the folder, or its manifest.
        ranges: those that a night writes for every workspace.
    """
    parts = path.relative_to(exports).parts
    depth = 4 if parts[1] == USERS else 2
    folder = exports.joinpath(*parts[:depth])
    if folder.is_dir() and (depth == 4 or folder.name not in ranges):
        write_json(folder / NOTE, {"formats": _formats_of(folder)})
    remove(folder / NAME)


def _formats_of(folder: Path) -> list[str]:
    """The formats of a folder: those of its manifest, or of the files that are there."""
    manifest = read_manifest(folder)
    found = manifest.get("formats") if manifest is not None else None
    if not isinstance(found, list):
        found = [path.suffix.removeprefix(".") for path in folder.rglob("*") if path.is_file()]
    return [name for name in vocabulary().export_formats if name in found]
