"""The record of what retention has removed: ``<home>/lake/retention.json``."""

from dataclasses import dataclass
from pathlib import Path

from footfall.core.errors import FootfallError
from footfall.core.home import Home
from footfall.core.state_files import is_damaged, read_json


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
    values = read_json(record_file(home))
    if values is None and is_damaged(record_file(home)):
        raise FootfallError(
            "The record of what retention removed cannot be read.", where=str(record_file(home)),
            hint="Put the file back from a backup of the home; nothing was changed.",
        )
    if values is None:
        return RetentionRecord()
    return RetentionRecord(values["landing"], values["lake"], tuple(values["emptied"]))


def record_file(home: Home) -> Path:
    """Where the record is."""
    return home.lake / "retention.json"
