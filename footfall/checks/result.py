"""The result of a check."""

from dataclasses import asdict, dataclass
from typing import Any, Literal


@dataclass(frozen=True)
class CheckResult:
    """One check.

    Attributes:
        stage: what was checked: `batch`, `marts` or `dbt`.
        name: stable, lower case with underscores.
        status: `crashed` means that it could not be carried out: nothing is known about the data.
        is_blocking: unless it passed, nothing is published.
        rows: how many rows (or lines) are concerned, where that is known.
        observed, expected: short texts for people.
        remedy: what the reader can do if it did not pass; empty: the remedy of its stage (``checks.gate``).
    """

    stage: str
    name: str
    status: Literal["passed", "failed", "crashed"]
    is_blocking: bool
    rows: int | None = None
    message: str = ""
    observed: str | None = None
    expected: str | None = None
    remedy: str = ""

    @property
    def passed(self) -> bool:
        return self.status == "passed"

    def to_json(self) -> dict[str, Any]:
        return asdict(self)
