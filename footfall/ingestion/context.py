"""What the stages of one commit share."""

import hashlib
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import duckdb

from footfall.core.home import Home
from footfall.core.progress import Progress
from footfall.core.settings import Settings

if TYPE_CHECKING:
    from footfall.ingestion.exclusion.tombstones import Erased
    from footfall.ingestion.lake.commit_log import Commit
    from footfall.ingestion.landing.files import LandingFile
    from footfall.ingestion.problems import FileProblem


@dataclass
class LoadContext:
    """The commit that is being made.

    Attributes:
        commits: those in force, without the ones this commit replaces. withdrawn: the ones it replaces.
        erased: matches people who were erased; None: nobody was ever erased.
        suspects: files that may have ended the database before, by path: None to validate them alone, or their problem.
        entity_files: lake files of entities this commit has written so far.
        assumed_banners: workspaces whose cookie banner is taken to be on, since their settings cannot be read.
        warnings: sentences for people.
    """

    con: duckdb.DuckDBPyConnection
    home: Home
    settings: Settings
    load_date: str
    seq: int
    run_id: str
    commits: "list[Commit]"
    withdrawn: "list[Commit]"
    progress: Progress
    erased: "Erased | None" = None
    suspects: "dict[str, FileProblem | None]" = field(default_factory=dict)
    entity_files: dict[str, list[str]] = field(default_factory=dict)
    assumed_banners: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


@dataclass
class FileTally:
    """The outcome of one file's lines.

    Attributes:
        records: lines in. problem: why the whole file is quarantined.
        has_changed: it was written while it was read, so the next load reads it again.
        names_erased: it holds lines or names of people who were erased.
        outcomes: duplicates, no_consent, erased. reasons: quarantined lines by reason.
        repaired: loaded lines with a value that could not be used; repaired_values: lines by ``field: problem``.
    """

    file_no: int
    file: "LandingFile"
    records: int = 0
    problem: "FileProblem | None" = None
    has_changed: bool = False
    names_erased: bool = False
    outcomes: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    repaired: int = 0
    repaired_values: Counter[str] = field(default_factory=Counter)

    @property
    def is_trusted(self) -> bool:
        return self.problem is None and not self.has_changed

    @property
    def is_unreadable(self) -> bool:
        return self.problem is not None and self.problem.reason == "unreadable"

    @property
    def file_id(self) -> str:
        """First 16 hex digits of the content's SHA-256; a bad file's id depends on its name too."""
        if self.problem is None:
            return (self.file.sha256 or "")[:16]
        return hashlib.sha256(f"{self.file.sha256}:{self.file.path}".encode()).hexdigest()[:16]

    def row(self, run_id: str, load_date: str, committed_at: str) -> dict:
        """The file's ledger row (contract, section 5), with ``kind``, ``file_id`` and ``reasons`` besides."""
        trusted = self.problem is None
        quarantined = self.reasons.total() if trusted else 0
        counts = {name: self.outcomes[name] if trusted else 0 for name in ("duplicates", "no_consent", "erased")}
        lines = self.records if trusted else 0
        return {
            "load_date": load_date, "source": self.file.source, "kind": self.file.kind, "file": self.file.path,
            "file_id": self.file_id, "sha256": self.file.sha256, "bytes": self.file.size, "lines_in": lines,
            "loaded": lines - quarantined - sum(counts.values()), **counts, "quarantined": quarantined,
            "state": "loaded" if trusted else "quarantined",
            "reason": self.problem.reason if self.problem and not trusted else None,
            "reasons": dict(sorted(self.reasons.items())) if trusted else {},
            "repaired": self.repaired if trusted else 0,
            "repaired_values": dict(sorted(self.repaired_values.items())) if trusted else {},
            "loaded_at": committed_at, "run_id": run_id,
        }
