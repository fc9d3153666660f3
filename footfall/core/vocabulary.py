"""The lists of words that more than one part of Footfall knows. They are in ``dbt_project/vars.yml``."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

#: The one place of the lists. dbt reads it too, as the file of its variables.
PATH = Path(__file__).resolve().parents[2] / "dbt_project" / "vars.yml"


@dataclass(frozen=True)
class Word:
    """A word of a list and what people read for it."""

    name: str
    title: str


@dataclass(frozen=True)
class ContentType(Word):
    """A content type. ``sheet`` is a title; ``page`` and ``graph`` are the keys of its page and of its graph's file."""

    plural: str
    sheet: str
    page: str
    graph: str
    graph_title: str

    @property
    def sheet_key(self) -> str:
        """Name of the sheet's CSV and Parquet file."""
        return _key(self.sheet)


@dataclass(frozen=True)
class OperatingSystem(Word):
    """An operating system and how clients write it, in lower case."""

    spellings: tuple[str, ...]


@dataclass(frozen=True)
class Band(Word):
    """Users whose median gap between active days is more than ``over_days`` and at most ``up_to_days``.

    Both are None for users with one active day; ``up_to_days`` is None for the last band.
    """

    over_days: int | None
    up_to_days: int | None

    @property
    def least_gap(self) -> int:
        """The fewest days between the ends of a range that can contain the band."""
        return 0 if self.over_days is None else self.over_days + 1


@dataclass(frozen=True)
class Vocabulary:
    """All lists, in the order in which they are shown; anonymizations from the least protection to the most."""

    content_types: tuple[ContentType, ...]
    operating_systems: tuple[OperatingSystem, ...]
    frequency_bands: tuple[Band, ...]
    table_formats: tuple[str, ...]
    report_formats: tuple[str, ...]
    picture_formats: tuple[str, ...]
    anonymizations: tuple[str, ...]
    workspace_defaults: Mapping[str, int]
    roles: tuple[Word, ...]
    meeting_kinds: tuple[Word, ...]
    meeting_statuses: tuple[Word, ...]
    meeting_responses: tuple[str, ...]

    @property
    def export_formats(self) -> tuple[str, ...]:
        """All formats of exports."""
        return self.table_formats + self.report_formats + self.picture_formats


@cache
def vocabulary() -> Vocabulary:
    """The lists of ``vars.yml``, read once a process."""
    return read_vocabulary(PATH)


def read_vocabulary(path: Path) -> Vocabulary:
    """Read the lists of a file.

    Raises:
        KeyError: the file lacks a list, or a word lacks its name.
    """
    # libyaml where the package has it: 1 ms instead of 17
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    lists: Mapping[str, Any] = yaml.load(path.read_text(encoding="utf-8"), loader)["vars"]
    return Vocabulary(
        content_types=tuple(_content_type(**line) for line in lists["content_types"]),
        operating_systems=tuple(
            OperatingSystem(line["name"], line["title"], tuple(line["spellings"]))
            for line in lists["operating_systems"]
        ),
        frequency_bands=_bands(lists["frequency_bands"]),
        table_formats=tuple(lists["export_formats"]["tables"]),
        report_formats=tuple(lists["export_formats"]["report"]),
        picture_formats=tuple(lists["export_formats"]["pictures"]),
        anonymizations=tuple(lists["anonymizations"]),
        workspace_defaults=lists["workspace_defaults"],
        roles=_words(lists["roles"]),
        meeting_kinds=_words(lists["meeting_kinds"]),
        meeting_statuses=_words(lists["meeting_statuses"]),
        meeting_responses=tuple(lists["meeting_responses"]),
    )


def names(words: tuple[Word, ...]) -> tuple[str, ...]:
    """The words themselves."""
    return tuple(word.name for word in words)


def titles(words: tuple[Word, ...]) -> dict[str, str]:
    """What people read, by word."""
    return {word.name: word.title for word in words}


def _words(lines: list[dict[str, str]]) -> tuple[Word, ...]:
    return tuple(Word(line["name"], line["title"]) for line in lines)


def _content_type(name: str, title: str, plural: str, **given: str) -> ContentType:
    key = _key(plural)
    derived = {"sheet": plural, "page": key, "graph": f"top_{key}", "graph_title": f"Most viewed {plural.lower()}"}
    return ContentType(name, title, plural, **derived | given)


def _bands(lines: list[dict[str, Any]]) -> tuple[Band, ...]:
    limits = [line.get("up_to_days") for line in lines]
    over = [None, 0, *limits[1:]]
    return tuple(
        Band(line["name"], line["title"], low, high) for line, low, high in zip(lines, over, limits, strict=False)
    )


def _key(title: str) -> str:
    return title.lower().replace(" ", "_")
