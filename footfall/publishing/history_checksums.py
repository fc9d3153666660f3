"""Checksums of the history's Parquet files, in ``files.json`` beside them; its JSON files hold their own."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from footfall.core.checksums import VerifiedFiles, checksum
from footfall.core.home import Home
from footfall.core.state_files import is_damaged, read_json, write_json
from footfall.publishing.history import history_folder

NAME = "files.json"


def note_checksum(target: Path, content: Path) -> None:
    """Write down the checksum that a file is about to have; the one it had stays valid until it is replaced.

    Args:
        target: the file of the history.
        content: the file that is then moved to its place.
    """
    known = read_json(target.parent / NAME) or {}
    before = [list(checksum(target))] if target.is_file() else []
    write_json(target.parent / NAME, known | {target.name: [*before, list(checksum(content))]})


def forget_checksum(target: Path) -> None:
    """Let a file of the history be gone without being missed."""
    known = read_json(target.parent / NAME) or {}
    if target.name in known:
        write_json(target.parent / NAME, {name: known[name] for name in known if name != target.name})


def find_damaged_history(home: Home, verified: VerifiedFiles, *, deep: bool) -> Iterator[tuple[Path, str]]:
    """Path and problem of JSON files that are damaged, and of Parquet files that are missing or changed.

    Parquet files that a version before checksums wrote are not looked at.
    """
    for path in sorted(history_folder(home).glob("*/*.json")):
        if is_damaged(path):
            yield path, "it is cut, changed or not JSON"
    for listed in sorted(history_folder(home).glob(f"*/{NAME}")):
        for name, checksums in sorted((read_json(listed) or {}).items()):
            path = listed.parent / name
            look = partial(_look, path, checksums)
            problem = verified.check(path, look, deep=deep) if path.exists() else "it is missing"
            if problem is not None:
                yield path, problem


def set_aside(path: Path) -> None:
    """Put a damaged file of the history out of the way; what it recorded is lost."""
    if path.exists():
        path.replace(path.with_name(f"{path.name}.damaged"))
    if path.name == NAME:
        write_json(path, {one.name: [list(checksum(one))] for one in sorted(path.parent.glob("*.parquet"))})
    else:
        forget_checksum(path)


def _look(path: Path, checksums: list) -> str | None:
    return None if list(checksum(path)) in checksums else "its content changed"
