"""Plain words for codes, in the cells that people read; CSV and Parquet keep the codes."""

import re
from collections.abc import Iterable, Mapping

from footfall.core.vocabulary import titles, vocabulary

_WORDS = vocabulary()
_STATUSES = titles(_WORDS.meeting_statuses)
_COMBINED = {"other": "All others together", "unmapped": "Events that no functionality is named for"}
_WAYS_ON = {
    "item": "Next item", "exit": "Leaves", "continues": "Continues after step 10", **_COMBINED,
}
#: Words for what has no name of its own, where names from clients stand beside it.
OTHER, OTHERS, UNMAPPED, EXIT, CONTINUES = "(other)", "(others together)", "(unmapped)", "(exit)", "(continues)"
#: Codes of a column and their words, by the metric that the column shows.
CODES: Mapping[str, Mapping[str, str]] = {
    "frequency_measure": {
        "active_days": "Number of active days", "active_weeks": "Number of active weeks",
        "active_months": "Number of active months", "band": "How often people came back",
    },
    "frequency_bucket": titles(_WORDS.frequency_bands),
    "meeting_kind": {**titles(_WORDS.meeting_kinds), "all": "All meetings"},
    "meeting_status": _STATUSES,
    "status_after": _STATUSES,
    "path_level": {"module": "Functionalities", "content": "Content"},
    "target_kind": _WAYS_ON,
    "path_target_kind": _WAYS_ON,
    "path_source_kind": {**_WAYS_ON, "item": "Item"},
    "module_kind": {**_COMBINED, "named": "Functionality"},
    "item_kind": {**_COMBINED, "named": "Item"},
    "term_kind": {**_COMBINED, "named": "Search term"},
    "role": titles(_WORDS.roles),
    "os": titles(_WORDS.operating_systems),
    "content_type": titles(_WORDS.content_types),
}
#: Metrics whose values are names that an app gives to its functionalities, in the form of codes.
NAMES = frozenset({"module", "path_source", "path_target"})
_MARKERS = ("(other", UNMAPPED, EXIT, CONTINUES)
_NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")


def labels(metric: str, values: Iterable[str]) -> dict[str, str]:
    """The words for those of ``values`` that are codes; no two values get the same words.

    Args:
        metric: the metric that the values belong to.
        values: all values of a column.
    """
    if metric in CODES:
        return dict(CODES[metric])
    if metric not in NAMES:
        return {}
    known = set(values)
    words = {name: sentence(name) for name in known if _NAME.fullmatch(name)}
    return {name: word for name, word in words.items() if word == name or word not in known}


def client_name(text: str) -> str:
    """A name from a client; in quotation marks if it reads like a marker, so that the two differ."""
    return f"\u201c{text}\u201d" if text.startswith(_MARKERS) else text


def sentence(name: str) -> str:
    """``live_streams`` as ``Live streams``."""
    text = name.replace("_", " ")
    return text[:1].upper() + text[1:]
