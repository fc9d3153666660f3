"""Checksums of the tombstones, in ``lake/tombstones/files.json``: without a file of them erased people would return.

Nothing can make tombstones again, so a damaged one stops every command that loads, and names the backup.
"""

from collections.abc import Iterator
from pathlib import Path

from footfall.core.checksums import checksum
from footfall.core.errors import SettingsError
from footfall.core.home import Home
from footfall.core.state_files import is_damaged, read_json, write_json

NAME = "files.json"


def note_checksum(target: Path, content: Path) -> None:
    """Write down the checksum that a file of tombstones has, or is about to have; the one it had stays valid.

    Args:
        target: the file of tombstones.
        content: the file that is moved to its place, or the file itself: then no other checksum stays.
    """
    known = read_json(target.parent / NAME) or {}
    before = known.get(target.name, []) if content != target else []
    write_json(target.parent / NAME, known | {target.name: [*before, list(checksum(content))]})


def find_damaged_tombstones(home: Home) -> Iterator[tuple[Path, str]]:
    """Files of tombstones that are missing or changed, with the problem; those of older versions have no checksum."""
    folder = home.lake / "tombstones"
    if is_damaged(folder / NAME):
        yield folder / NAME, "it is cut, changed or not JSON"
    for name, checksums in (read_json(folder / NAME) or {}).items():
        try:
            found = list(checksum(folder / name))
        except OSError:
            yield folder / name, "it is missing or cannot be read"
            continue
        if found not in checksums:
            yield folder / name, "its content changed"


def note_all(home: Home) -> None:
    """Write the checksums again, of the files that are there."""
    folder = home.lake / "tombstones"
    write_json(folder / NAME, {path.name: [list(checksum(path))] for path in sorted(folder.glob("*.parquet"))})


def require_whole(home: Home) -> None:
    """Refuse to go on with damaged tombstones.

    Raises:
        SettingsError: a file is missing or changed.
    """
    for path, problem in find_damaged_tombstones(home):
        if path.name != NAME:
            raise SettingsError(
                f"A file that keeps erased people out is damaged: {problem}.", where=str(path),
                hint="Put lake/tombstones/ back from a backup of the home. Nothing was loaded or changed.",
            )
