"""What a load returns to its caller."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from footfall.ingestion.lake.commit_log import Commit

_LINES = ("lines_in", "loaded", "duplicates", "quarantined", "no_consent", "erased")


@dataclass
class LoadResult:
    """The outcome of `load` or `backfill`; all counts are lines of this run's files.

    Attributes:
        kind: ``load`` or ``backfill``. run_id: as given by the caller.
        load_dates: ISO dates committed, in order. commits: their numbers in the commit log.
        files: number of files by state, ``loaded`` and ``quarantined``.
        already_loaded: landing files whose content is in the lake under another name.
        lines_in, loaded, duplicates, quarantined, no_consent, erased: add up, lines_in being the sum of the others.
        reasons: quarantined lines by reason. file_reasons: quarantined files by reason.
        quarantined_files: reason by path.
        repaired: loaded lines with an optional value that could not be used; repaired_values: by `field: problem`.
        landing_files_rewritten: landing files that were rewritten without erased people after they were read.
        displaced: rows loaded earlier that were replaced by a line of this run received before them.
        entities: rows loaded by entity (part of ``loaded``).
        cleaned_ids: lines with an id that was trimmed, was a number with a fraction of zero, or is a word for nothing.
        warnings: sentences for people.
        seconds: wall time.
    """

    kind: str
    run_id: str
    load_dates: list[str] = field(default_factory=list)
    commits: list[int] = field(default_factory=list)
    files: dict[str, int] = field(default_factory=lambda: {"loaded": 0, "quarantined": 0})
    already_loaded: list[str] = field(default_factory=list)
    lines_in: int = 0
    loaded: int = 0
    duplicates: int = 0
    quarantined: int = 0
    no_consent: int = 0
    erased: int = 0
    repaired: int = 0
    repaired_values: dict[str, int] = field(default_factory=dict)
    reasons: dict[str, int] = field(default_factory=dict)
    file_reasons: dict[str, int] = field(default_factory=dict)
    quarantined_files: dict[str, str] = field(default_factory=dict)
    displaced: int = 0
    landing_files_rewritten: int = 0
    entities: dict[str, int] = field(default_factory=dict)
    cleaned_ids: int = 0
    warnings: list[str] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def is_empty(self) -> bool:
        """Nothing was committed."""
        return not self.commits

    def extend(self, later: "LoadResult") -> None:
        """Add the outcome of a second load of the same run."""
        for name in ("load_dates", "commits", "already_loaded", "warnings"):
            setattr(self, name, [*getattr(self, name), *getattr(later, name)])
        for name in ("files", "reasons", "file_reasons", "entities", "repaired_values"):
            own, more = getattr(self, name), getattr(later, name)
            setattr(self, name, {key: own.get(key, 0) + more.get(key, 0) for key in {**own, **more}})
        self.quarantined_files |= later.quarantined_files
        self.quarantined_files = {**self.quarantined_files, **later.quarantined_files}
        for name in (*_LINES, "repaired", "displaced", "landing_files_rewritten", "seconds"):
            setattr(self, name, getattr(self, name) + getattr(later, name))

    def add(self, commit: "Commit") -> None:
        """Add the counts of a commit of this run."""
        self.commits.append(commit.seq)
        self.load_dates.append(commit.load_date)
        for row in commit.files:
            self.files[row["state"]] += 1
            for name in _LINES:
                setattr(self, name, getattr(self, name) + row[name])
            self.repaired += row.get("repaired", 0)
            for value, lines in row.get("repaired_values", {}).items():
                self.repaired_values[value] = self.repaired_values.get(value, 0) + lines
            for reason, lines in row["reasons"].items():
                self.reasons[reason] = self.reasons.get(reason, 0) + lines
            if row["reason"]:
                self.file_reasons[row["reason"]] = self.file_reasons.get(row["reason"], 0) + 1
                self.quarantined_files[row["file"]] = row["reason"]
            if row["kind"] == "entities":
                self.entities[row["source"]] = self.entities.get(row["source"], 0) + row["loaded"]
        self.displaced += -sum(min(0, change.get("loaded", 0)) for change in commit.adjustments)
