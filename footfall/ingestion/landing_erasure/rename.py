"""Landing files whose name has an id, e-mail or name of an erased person in it: that part of the name is replaced."""

import os
import re
from pathlib import Path, PurePosixPath

from footfall.core.durable import sync
from footfall.core.home import Home
from footfall.ingestion.exclusion.mentions import mentions
from footfall.ingestion.exclusion.tombstones import ANYWHERE, Erased

_PIECE = re.compile(r"[^\W_]+")
#: Folders above the files, by date: `landing/events/2026-11-02`.
_FIXED = re.compile(r"landing|events|entities|\d{4}-\d{2}-\d{2}")
#: Runs of letters and digits of the longest part that is replaced.
_LONGEST = 16
#: Parts of a name that are replaced.
_MOST_PARTS = 20


def clean_path(path: str, erased: Erased) -> str:
    """The path without erased people: the same one for the same path, and another one for each other path."""
    return PurePosixPath(*(
        part if _FIXED.fullmatch(part) else _clean_name(part, erased) for part in PurePosixPath(path).parts
    )).as_posix()


def _clean_name(name: str, erased: Erased) -> str:
    for _ in range(_MOST_PARTS):
        if not _is_named(name, erased):
            break
        found = list(_PIECE.finditer(name))
        spans = (
            (found[first].start(), found[first + length - 1].end())
            for length in range(1, min(_LONGEST, len(found)) + 1) for first in range(len(found) - length + 1)
        )
        start, end = next(
            (span for span in spans if _is_named(name[slice(*span)], erased)), (0, len(name))
        )
        name = name[:start] + erased.stand_in(name[start:end]) + name[end:]
    return name


def _is_named(text: str, erased: Erased) -> bool:
    return mentions(text, erased, [ANYWHERE])


def rename_files(home: Home, erased: Erased) -> int:
    """Give files and folders of the landing zone names without erased people; returns how many got another one.

    Only files that lie in the landing zone itself are renamed, and the name of a link. A file that was delivered again
    takes the place of the one that was renamed before. Doing it again changes nothing.
    """
    renamed = 0
    for folder, folders, names in os.walk(home.landing, topdown=False):
        for name in (*names, *folders):
            new = name if _FIXED.fullmatch(name) else _clean_name(name, erased)
            if new != name:
                _move(Path(folder) / name, Path(folder) / new)
                renamed += 1
    if renamed:
        sync(home.landing)
    return renamed


def _move(old: Path, new: Path) -> None:
    if not (old.is_dir() and new.is_dir()):
        old.replace(new)
        return
    for path in list(old.iterdir()):
        _move(path, new / path.name)
    old.rmdir()
