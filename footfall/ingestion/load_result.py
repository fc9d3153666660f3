"""What a load tells its caller."""

from dataclasses import dataclass, field


@dataclass
class LoadResult:
    """The outcome of `load` or `backfill`; all counts are lines of this run's files.

    Attributes:
        kind: ``load`` or ``backfill``. run_id: as given by the caller.
        load_dates: ISO dates committed, in order. commits: their places in the log.
        files: number of files by state, ``loaded`` and ``quarantined``.
        already_loaded: landing files whose content is in the lake under another name.
        lines_in, loaded, duplicates, quarantined, no_consent, erased: add up, lines_in being the sum of the others.
        reasons: quarantined lines by reason; file_reasons: quarantined files by reason.
        scrubbed: landing files whose lines of erased people were taken out after they were read.
        displaced: rows loaded earlier that gave way to a line of this run received before them.
        entities: rows loaded by entity (part of ``loaded``).
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
    reasons: dict[str, int] = field(default_factory=dict)
    file_reasons: dict[str, int] = field(default_factory=dict)
    displaced: int = 0
    scrubbed: int = 0
    entities: dict[str, int] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def is_empty(self) -> bool:
        """Nothing was committed."""
        return not self.commits
