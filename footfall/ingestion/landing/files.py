"""Which files are in landing, and the source, load date and format of each. Opens no file."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import PurePosixPath

from footfall.core.errors import SettingsError
from footfall.core.home import Home
from footfall.core.settings import EntitySource, EventSource, Settings
from footfall.ingestion.landing.scan import TEMPORARY, Entry, printable, scan, state_of, walk, walk_folder

FORMATS = {".jsonl": "jsonl", ".jsonl.gz": "jsonl", ".csv": "csv", ".csv.gz": "csv", ".parquet": "parquet"}
ENTITIES = ("meeting_participants", "workspaces", "participants", "content", "meetings")
#: Name of the source that needs no settings: the Segment spec, in the default folder.
SEGMENT = "segment"
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}$")
_ENTITY_NAME = re.compile(rf"({'|'.join(ENTITIES)})(?:[._-].*)?$")


@dataclass(frozen=True)
class LandingFile:
    """One file in landing. ``path`` is relative to the home; ``sha256`` is None until the file was read.

    ``problem`` says why it must not or cannot be opened: it is quarantined as `unreadable`.
    """

    path: str
    load_date: str
    kind: str  # events | entities
    source: str
    format: str
    size: int
    mtime_ns: int
    sha256: str | None = None
    problem: str | None = None


def discover(home: Home, settings: Settings) -> tuple[list[LandingFile], list[str]]:
    """List the landing files of every source, by load date, entities before events, then path; and warnings.

    Raises:
        SettingsError: a source's ``path`` is no glob below the home with ``{load_date}``.
    """
    warnings: list[str] = []
    found: dict[str, LandingFile] = {}
    sources: tuple[EntitySource | EventSource, ...] = (*settings.sources.entities, *settings.sources.events)
    for source in sources:
        for file in _of_source(home, source, warnings):
            found.setdefault(file.path, file)
    configured = {source.name for source in settings.sources.entities}
    for load_date, entry in _default_files(home, "entities", warnings):
        named = _ENTITY_NAME.match(_stem(entry.path))
        if entry.path in found or (named and named[1] in configured):
            continue
        if format_of(entry.path) is None:
            warnings.append(_not_read(entry, entry.problem or f"its name ends in none of {', '.join(FORMATS)}"))
        elif named is None:
            warnings.append(_not_read(entry, f"its name is not one of {', '.join(sorted(ENTITIES))}"))
        else:
            found[entry.path] = _landing_file(entry, load_date, "entities", named[1], format_of(entry.path))
    for load_date, entry in _default_files(home, "events", warnings):
        if entry.path in found:
            continue
        if format_of(entry.path) is None:
            warnings.append(_not_read(entry, entry.problem or f"its name ends in none of {', '.join(FORMATS)}"))
        elif settings.sources.events:
            warnings.append(_not_read(entry, "no source of footfall.yml has a path that matches it"))
        else:
            found[entry.path] = _landing_file(entry, load_date, "events", SEGMENT, format_of(entry.path))
    ordered = sorted(found.values(), key=lambda file: (file.load_date, file.kind, file.path))
    return ordered, list(dict.fromkeys(warnings))


def _default_files(home: Home, kind: str, warnings: list[str]) -> Iterator[tuple[str, Entry]]:
    for entry in scan(home, f"{home.landing.name}/{kind}", warnings):
        if entry.problem is not None:
            warnings.append(_not_read(entry, entry.problem))
        elif not entry.is_folder:
            warnings.append(_not_read(entry, "files belong into a folder named by their arrival date"))
        elif not is_date(entry.name):
            warnings.append(_not_read(entry, "the folder's name is not a date (YYYY-MM-DD)"))
        else:
            for file in walk_folder(home, entry, warnings):
                if not _is_temporary(file, warnings):
                    yield entry.name, file


def _is_temporary(entry: Entry, warnings: list[str]) -> bool:
    """Whether the file is a temporary one of another tool; markers such as ``_SUCCESS`` need no warning."""
    if entry.name.startswith("_") and format_of(entry.name) is not None:
        warnings.append(_not_read(entry, TEMPORARY))
    return entry.name.startswith("_")


def _not_read(entry: Entry, reason: str) -> str:
    return f"{printable(entry.path)} is not read: {reason}."


def _of_source(home: Home, source: EventSource | EntitySource, warnings: list[str]) -> Iterator[LandingFile]:
    pattern = PurePosixPath(source.path)
    if pattern.is_absolute() or ".." in pattern.parts or "{load_date}" not in source.path:
        raise SettingsError(
            f"The path of source `{source.name}` is not a glob below the home with {{load_date}}.",
            where=f"{home.settings_file}: {source.path}",
            hint="Write it like landing/events/{load_date}/*.csv.",
        )
    expression = _expression(source.path)
    fixed = "/".join(_fixed_parts(pattern))
    has_own_names = pattern.name.startswith("_")
    kind = "entities" if isinstance(source, EntitySource) else "events"
    for entry in walk(home, fixed, warnings if fixed else []):
        matched = expression.fullmatch(entry.path)
        if matched and is_date(matched["load_date"]) and (has_own_names or not _is_temporary(entry, warnings)):
            yield _landing_file(entry, matched["load_date"], kind, source.name, source.format)


def has_changed(home: Home, file: LandingFile) -> bool:
    """Whether the file has changed since it was listed: somebody is still writing it."""
    return file.problem is None and state_of(home.root / file.path) != (file.size, file.mtime_ns)


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
    return re.compile("".join(parts), re.DOTALL)


def _landing_file(entry: Entry, load_date: str, kind: str, source: str, form: str | None) -> LandingFile:
    return LandingFile(
        entry.path, load_date, kind, source, form or "", entry.size, entry.mtime_ns, problem=entry.problem
    )


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
