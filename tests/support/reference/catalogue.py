"""What an event is: its kind, module, action and content, by the event catalogue and the event's own overrides."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

UNMAPPED = "(unmapped)"

#: An event these types carry without a catalogue row is a screen or page being looked at.
VIEWING_TYPES = frozenset({"screen", "page"})

#: These say who somebody is; they are nobody's tap. They need no name, so they stand in no catalogue.
IDENTITY_TYPES = frozenset({"identify", "group"})


@dataclass(frozen=True)
class CatalogueEntry:
    """One row of ``event_catalog.csv``; what is empty there is None here."""

    kind: str
    module: str | None
    content_type: str | None
    action: str | None
    module_kind: str = "named"


def read_catalogue(path: Path) -> dict[str, CatalogueEntry]:
    """Read ``event_catalog.csv`` (event, kind, module, content_type, action) by event name."""
    with path.open(encoding="utf-8", newline="") as file:
        return {
            row["event"]: CatalogueEntry(
                row["kind"], row["module"] or None, row["content_type"] or None, row.get("action") or None
            )
            for row in csv.DictReader(file)
        }


def classify(row: Mapping[str, object], catalogue: Mapping[str, CatalogueEntry]) -> CatalogueEntry:
    """Say what the event ``row`` (lake columns) is; the module is never None."""
    entry = catalogue.get(str(row["event"])) if row.get("event") is not None else None
    if entry is None:
        kind = "interaction"
        if row.get("type") in VIEWING_TYPES:
            kind = "view"
        elif row.get("type") in IDENTITY_TYPES:
            kind = "system"
        entry = CatalogueEntry(kind, None, None, None)
    module = row.get("module") or entry.module or UNMAPPED
    content_type = row.get("content_type") or entry.content_type
    return CatalogueEntry(
        entry.kind, str(module), None if content_type is None else str(content_type), entry.action,
        "named" if row.get("module") or entry.module else "unmapped",
    )
