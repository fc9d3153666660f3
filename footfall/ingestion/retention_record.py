"""The record of what retention has removed: ``<home>/lake/retention.json``."""

import json
from dataclasses import dataclass
from pathlib import Path

from footfall.core.home import Home


@dataclass(frozen=True)
class RetentionRecord:
    """What may be gone. ``landing``, ``lake``: ISO dates; files of load dates before them may be gone."""

    landing: str | None = None
    lake: str | None = None
    emptied: tuple[str, ...] = ()

    def is_lake_removed(self, load_date: str) -> bool:
        return self.lake is not None and load_date < self.lake


def read_retention_record(home: Home) -> RetentionRecord:
    """What was removed so far; empty where no retention was ever set."""
    try:
        values = json.loads(record_file(home).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return RetentionRecord()
    return RetentionRecord(values["landing"], values["lake"], tuple(values["emptied"]))


def record_file(home: Home) -> Path:
    """Where the record is."""
    return home.lake / "retention.json"
