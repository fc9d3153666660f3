"""Which files are in landing, and the source, load date and format of each. Opens no file."""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path, PurePosixPath

from footfall.core.errors import SettingsError
from footfall.core.home import Home
from footfall.core.settings import EntitySource, EventSource, Settings

FORMATS = {".jsonl": "jsonl", ".jsonl.gz": "jsonl", ".csv": "csv", ".csv.gz": "csv", ".parquet": "parquet"}
ENTITIES = ("meeting_participants", "workspaces", "participants", "content", "meetings")
#: Name of the source that needs no settings: the Segment spec, in the default folder.
SEGMENT = "segment"
_UNFINISHED = (".tmp", ".part", ".partial", ".crdownload", ".swp", "~")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}$")
_ENTITY_NAME = re.compile(rf"({'|'.join(ENTITIES)})(?:[._-].*)?$")


@dataclass(frozen=True)
class LandingFile:
    """One file in landing. ``path`` is relative to the home; ``sha256`` is None until the file was read."""

    path: str
    load_date: str
    kind: str  # events | entities
    source: str
    format: str
    size: int
    mtime_ns: int
    sha256: str | None = None


def discover(home: Home, settings: Settings) -> tuple[list[LandingFile], list[str]]:
    """List the landing files of every source, by load date, entities before events, then path; and warnings.

    Raises:
        SettingsError: a source's ``path`` is no glob below the home with ``{load_date}``.
    """
    warnings: list[str] = []
    found: dict[str, LandingFile] = {}
    sources: tuple[EntitySource | EventSource, ...] = (*settings.sources.entities, *settings.sources.events)
    for source in sources:
        for file in _of_source(home, source):
            found.setdefault(file.path, file)
    configured = {source.name for source in settings.sources.entities}
    for path, load_date, entry in _default_files(home, "entities", warnings):
        named = _ENTITY_NAME.match(_stem(path))
        if path in found or (named and named[1] in configured):
            continue
        if format_of(path) is None:
            warnings.append(_not_a_format(path))
        elif named is None:
            warnings.append(f"{path} is not read: its name is not one of {', '.join(sorted(ENTITIES))}.")
        else:
            found[path] = _landing_file(path, load_date, "entities", named[1], entry)
    for path, load_date, entry in _default_files(home, "events", warnings):
        if path in found:
            continue
        if settings.sources.events:
            warnings.append(f"{path} is not read: no source of footfall.yml has a path that fits it.")
        elif format_of(path) is None:
            warnings.append(_not_a_format(path))
        else:
            found[path] = _landing_file(path, load_date, "events", SEGMENT, entry)
    return sorted(found.values(), key=lambda file: (file.load_date, file.kind, file.path)), warnings


def _default_files(home: Home, kind: str, warnings: list[str]) -> Iterator[tuple[str, str, os.stat_result | None]]:
    root = home.landing / kind
    for folder in sorted(_children(root)):
        path = root / folder
        relative = path.relative_to(home.root).as_posix()
        if _is_unfinished(folder):
            continue
        if not path.is_dir():
            warnings.append(f"{relative} is not read: files belong into a folder named by their arrival date.")
        elif not is_date(folder):
            warnings.append(f"{relative} is not read: the folder's name is not a date (YYYY-MM-DD).")
        else:
            for name, state in _walk(path):
                yield f"{relative}/{name}", folder, state


def _not_a_format(path: str) -> str:
    return f"{path} is not read: its name ends in none of {', '.join(FORMATS)}."


def _of_source(home: Home, source: EventSource | EntitySource) -> Iterator[LandingFile]:
    pattern = PurePosixPath(source.path)
    if pattern.is_absolute() or ".." in pattern.parts or "{load_date}" not in source.path:
        raise SettingsError(
            f"The path of source `{source.name}` is not a glob below the home with {{load_date}}.",
            where=f"{home.settings_file}: {source.path}",
            hint="Write it like landing/events/{load_date}/*.csv.",
        )
    expression = _expression(source.path)
    fixed = PurePosixPath(*_fixed_parts(pattern))
    kind = "entities" if isinstance(source, EntitySource) else "events"
    for name, state in _walk(home.root / fixed):
        path = f"{fixed.as_posix()}/{name}" if fixed.parts else name
        matched = expression.fullmatch(path)
        if matched and is_date(matched["load_date"]):
            yield LandingFile(path, matched["load_date"], kind, source.name, source.format, *_size_and_time(state))


def has_changed(home: Home, file: LandingFile) -> bool:
    """Whether the file has changed since it was listed: somebody is still writing it."""
    return _size_and_time(_state(home.root / file.path)) != (file.size, file.mtime_ns)


def _fixed_parts(pattern: PurePosixPath) -> Iterator[str]:
    for part in pattern.parts[:-1]:
        if any(sign in part for sign in "*?[{"):
            return
        yield part


def _expression(glob: str) -> re.Pattern[str]:
    parts = []
    is_first = True
    for token in re.split(r"(\{load_date\}|\*\*/|\*|\?)", glob):
        if token == "{load_date}":
            parts.append(r"(?P<load_date>\d{4}-\d{2}-\d{2})" if is_first else "(?P=load_date)")
            is_first = False
        else:
            parts.append({"**/": "(?:.*/)?", "*": "[^/]*", "?": "[^/]"}.get(token, re.escape(token)))
    return re.compile("".join(parts))


def _landing_file(path: str, load_date: str, kind: str, source: str, stat: os.stat_result | None) -> LandingFile:
    return LandingFile(path, load_date, kind, source, format_of(path) or "", *_size_and_time(stat))


def _size_and_time(stat: os.stat_result | None) -> tuple[int, int]:
    """Size and time of change; zeros for a file without a readable state, which will be `unreadable`."""
    return (stat.st_size, stat.st_mtime_ns) if stat else (0, 0)


def _children(folder: Path) -> list[str]:
    try:
        return [path.name for path in folder.iterdir()]
    except (FileNotFoundError, NotADirectoryError):
        return []


def _walk(folder: Path | str, below: str = "") -> Iterator[tuple[str, os.stat_result | None]]:
    """Files below ``folder``, relative to it, in order, with their state; hidden and unfinished ones left out."""
    try:
        with os.scandir(folder) as found:
            entries = sorted(found, key=lambda entry: entry.name)
    except (FileNotFoundError, NotADirectoryError):
        return
    for entry in entries:
        if entry.is_dir(follow_symlinks=False):
            if not entry.name.startswith("."):
                yield from _walk(entry.path, f"{below}{entry.name}/")
        elif not entry.is_dir() and not _is_unfinished(entry.name):
            yield below + entry.name, _state(entry)


def _state(entry: "os.DirEntry[str] | Path") -> os.stat_result | None:
    try:
        return entry.stat()
    except OSError:
        return None


def _is_unfinished(name: str) -> bool:
    return name.startswith((".", "_SUCCESS")) or name.endswith(_UNFINISHED)


def format_of(path: str) -> str | None:
    """``jsonl``, ``csv`` or ``parquet`` by the name's ending; None for any other name."""
    name = path.lower()
    return next((form for ending, form in FORMATS.items() if name.endswith(ending)), None)


def reading_of(path: str) -> str:
    """The ending that says how a file is read, such as ``.jsonl.gz``; of other names the last suffix."""
    return next((ending for ending in FORMATS if path.lower().endswith(ending)), PurePosixPath(path).suffix)


def is_gzip(path: str) -> bool:
    return path.lower().endswith(".gz")


def _stem(path: str) -> str:
    name = path.rpartition("/")[2]
    return next((name[: -len(ending)] for ending in FORMATS if name.lower().endswith(ending)), name)


def is_date(text: str) -> bool:
    """Whether ``text`` is a day of the calendar written YYYY-MM-DD."""
    if not _DATE.match(text):
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
