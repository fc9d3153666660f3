"""What an alert is, and every kind of condition there is."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

#: More workspaces than these are counted only.
MOST_WORKSPACES = 10


@dataclass(frozen=True)
class Alert:
    """A condition that holds. Its texts have numbers, dates, names of checks and ids of workspaces, and nothing else
    from files: no id of a person, no file name, no search term.

    Attributes:
        kind: a key of ``KINDS``.
        summary: what happened, in one or two sentences.
        to_do: what somebody should do.
        since: since when the condition holds, UTC.
        signature: changes where somebody should hear about the condition again.
        workspaces: ids of the workspaces concerned, if it is about some; those that no extract delivers are not named.
    """

    kind: str
    summary: str
    to_do: str
    since: datetime
    signature: str
    workspaces: tuple[str, ...] = ()


@dataclass(frozen=True)
class Kind:
    """A kind of condition: what it watches, and what is the case when it is over."""

    watches: str
    over: str


#: In the order in which alerts are listed.
KINDS: Mapping[str, Kind] = {
    "last_run": Kind("The last run reached its end.", "The last run reached its end."),
    "no_run": Kind("Runs work on the home.", "A run has worked on the home."),
    "damage": Kind("Damaged files can be made again.", "No damaged file is left that cannot be made again."),
    "open_erasure": Kind("No erasure is unfinished.", "No erasure is unfinished."),
    "disk": Kind("The disk has room.", "The disk has room."),
    "nothing_arrived": Kind("Event files arrive.", "Event files have arrived."),
    "old_data": Kind("Published data is new.", "Published data is new."),
    "unusual_volume": Kind("Loads have their usual number of lines.", "The last load has its usual number of lines."),
    "rejected_lines": Kind("Few lines are rejected.", "Few lines of the last load were rejected."),
    "repaired_values": Kind("Few lines lose a value.", "Few lines of the last load lost a value."),
    "quarantined_files": Kind("No file is quarantined whole.", "No file of the last load is quarantined whole."),
    "changed_files": Kind("Loaded files stay as they were.", "No loaded file waits to be loaded again."),
    "held_back": Kind("No workspace is held back.", "No workspace is held back."),
    "failed_exports": Kind("All exports are made.", "All exports are made."),
}


def plain(text: str, most: int = 60) -> str:
    """A text from outside for an alert: without control characters or line breaks, and short."""
    clean = "".join(character if character.isprintable() else "�" for character in text)
    return clean if len(clean) <= most else f"{clean[:most]}…"
