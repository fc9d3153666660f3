"""What was tried: one line of JSON a trial, so that a dose can be run in pieces and nothing is run twice."""

import json
import subprocess
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[3]


def commit() -> str:
    """The short name of the commit that is tried; with a plus sign where files were changed since."""
    def git(*arguments: str) -> str:
        return subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False).stdout.strip()

    return (git("rev-parse", "--short=7", "HEAD") or "unknown") + ("+" if git("status", "--porcelain", "-uno") else "")


def spread(names: Sequence[str], dose: int) -> list[str]:
    """So many of the names, from the first on, with the same number left out between them."""
    dose = min(dose, len(names))
    return [names[place * len(names) // dose] for place in range(dose)]


@dataclass
class Record:
    """The trials of one drill.

    Attributes:
        path: the file with one line a trial.
        dose: faults planted per trial that counts more than one, by default 1.
    """

    path: Path
    is_quiet: bool = False
    trials: dict[str, dict[str, Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.path.exists():
            for text in self.path.read_text(encoding="utf-8").splitlines():
                one = json.loads(text)
                self.trials[one["trial"]] = one

    def open(self, names: list[str]) -> Iterator[str]:
        """Those of the trials that were not made yet, or failed at another commit."""
        now = commit()
        for name in names:
            before = self.trials.get(name)
            if before is None or (before["problems"] and before["commit"] != now):
                yield name

    def until(self, dose: int, name: str) -> Iterator[str]:
        """Trials until so many faults were planted: a moment may come after the end, so some trials plant less.

        Args:
            name: of the trials, with ``{}`` for their number.
        """
        number = 0
        while self.dose < dose or name.format(number + 1) in self.trials:
            number += 1
            yield from self.open([name.format(number)])

    def add(self, trial: str, problems: list[str], *, dose: int = 1, **more: Any) -> None:
        """Keep the result of a trial; without problems the fault was withstood."""
        one = {"trial": trial, "problems": problems, "dose": dose, "commit": commit(), "at": time.strftime("%F %T")}
        one |= more
        self.trials[trial] = one
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(one, default=str) + "\n")
        if not self.is_quiet:
            mark = "held" if not problems else "FAILED " + "; ".join(problems)[:400]
            print(f"{self.path.stem}: {trial}: {mark}", flush=True)

    @property
    def dose(self) -> int:
        return sum(one["dose"] for one in self.trials.values())

    @property
    def failed(self) -> list[dict[str, Any]]:
        return [one for one in self.trials.values() if one["problems"]]
