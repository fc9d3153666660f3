"""The figures of one run, as log, metrics file and history have them. No personal data: numbers, dates and names of
stages, models and tables."""

from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

#: Lines by result, in the order of the ledger.
LINES = ("lines_in", "loaded", "repaired", "duplicates", "quarantined", "no_consent", "erased")


@dataclass(frozen=True)
class RunFacts:
    """What one run did.

    Attributes:
        status: `running`, `published`, `failed`, `checks_failed`, `stopped` or `nothing_new`.
        exit_code: as the command ended; None where the run was not started by a command or has not ended.
        reason: why it failed, redacted; None where it did not.
        lines: lines by result (``LINES``); empty where nothing was loaded.
        files: landing files by state.
        stages, models: seconds by name.
        checks: number of results by status (`passed`, `warned`, `failed`, `crashed`).
        exports: folders `made`, `unchanged`, `failed`; `workspaces`, `bytes`; empty where there were none.
        tables: rows by published table.
        restated: published numbers that changed.
        published_bytes: size of the DuckDB file; None where nothing was published.
        is_of_few: lines and files may be about few people of an anonymised workspace, so nobody but the ledger
            has them.
    """

    run_id: str
    command: str
    status: str
    started_at: datetime
    finished_at: datetime | None = None
    exit_code: int | None = None
    reason: str | None = None
    lines: dict[str, int] = field(default_factory=dict)
    files: dict[str, int] = field(default_factory=dict)
    stages: dict[str, float] = field(default_factory=dict)
    models: dict[str, float] = field(default_factory=dict)
    checks: dict[str, int] = field(default_factory=dict)
    exports: dict[str, int] = field(default_factory=dict)
    tables: dict[str, int] = field(default_factory=dict)
    restated: int = 0
    published_bytes: int | None = None
    is_of_few: bool = False

    @property
    def seconds(self) -> float | None:
        """Wall time; None before the end."""
        return None if self.finished_at is None else round((self.finished_at - self.started_at).total_seconds(), 3)

    def shown(self) -> "RunFacts":
        """Without the numbers that may be about few people."""
        return replace(self, lines={}, files={}) if self.is_of_few else self

    def to_json(self) -> dict[str, Any]:
        """As JSON has it; times as ISO text, UTC."""
        document = {**asdict(self), "seconds": self.seconds}
        for name in ("started_at", "finished_at"):
            moment = document[name]
            document[name] = moment.astimezone(UTC).isoformat(timespec="seconds") if moment else None
        return document
