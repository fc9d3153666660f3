"""Colours, font, titles and dates that every graph shares, on the page and in files."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from exports.tables.labels import OTHER as OTHER_WORD
from exports.tables.labels import UNMAPPED, client_name
from footfall.core.vocabulary import titles, vocabulary

#: The converter carries this font inside; browsers without it fall back to a font of the same widths.
FONT = "Liberation Sans, Arial, Helvetica, sans-serif"

INK = "#1f2933"
MUTED = "#52606d"
GRID = "#e1e5ea"
SURFACE = "#ffffff"

#: Okabe and Ito's colour-blind-safe set, the members with a contrast of about 3:1 on white and on near-black.
CATEGORY = ("#0072b2", "#d55e00", "#009e73", "#b8579a", "#3d9bd6", "#b07d00", "#7a68c4", "#6b8e23")
#: Items of paths: none of them is the colour of an operating system.
PATHS = ("#7a68c4", "#a8791a", "#1b8a99", "#c2456b", "#5c8a2e", "#4b5fa5", "#a0603a", "#94649e")
#: What a column is compared with.
MARK = "#444c56"
REST = "#8593a1"
OTHER = "#a9b3bd"
LEAVING = "#6b7280"

#: Operating systems in the order they are stacked and named, with their colours.
OS_TITLES = titles(vocabulary().operating_systems)
OS_ORDER = tuple(OS_TITLES)
OS_COLOURS = dict(zip(OS_ORDER, ("#0072b2", "#d55e00", "#009e73", "#b8579a", "#808893"), strict=True))
#: Statuses of meetings in stacking order.
MEETING_COLOURS = {
    "accepted": CATEGORY[2], "requested": CATEGORY[0], "declined": CATEGORY[3], "cancelled": CATEGORY[1],
    "expired": CATEGORY[5], "unknown": REST,
}

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


#: Where a sentence ends and the next one starts.
_SENTENCE_END = re.compile(r"(?<=[.!?]) (?=[A-Z(])")


def first_sentence(text: str) -> str:
    """The first sentence of a definition: the caption of a graph. The others say how a number is computed."""
    return _SENTENCE_END.split(text, maxsplit=1)[0]


def date_title(day: date) -> str:
    """``2026-06-03`` as ``3 Jun 2026``: the same in every locale, never mistaken for another day."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def range_title(start: date, end: date) -> str:
    """A date range in words, both ends included."""
    return date_title(start) if start == end else f"{date_title(start)} \u2013 {date_title(end)}"


def item_colours(items: Sequence[Any]) -> dict[Any, str]:
    """Give each item of ``items`` (most frequent first) its colour: eight distinct ones, then one for the rest."""
    return {item: PATHS[place] if place < len(PATHS) else REST for place, item in enumerate(items)}


def module_title(module: str) -> str:
    """``live_streams`` as ``Live streams``; names in brackets stay as they are."""
    text = module.replace("_", " ").strip()
    return text[:1].upper() + text[1:]


def functionality_title(row: Mapping[str, Any]) -> str:
    """The label of a row of the answer ``by_functionality``: a name from a client differs from a marker."""
    if row["module_kind"] == "named":
        return client_name(module_title(row["module"]))
    return UNMAPPED if row["module_kind"] == "unmapped" else OTHER_WORD


def safe_url(url: str | None) -> str | None:
    """``url`` where it is one that is safe to open from the report (http, https, mailto), else None."""
    text = (url or "").strip()
    return text if text.lower().startswith(("https://", "http://", "mailto:")) else None
