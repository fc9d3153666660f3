"""Changes of the ledger: lines that are removed move to ``erased`` from where they were counted."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

import duckdb

from footfall.core.home import Home
from footfall.ingestion.database import parquet
from footfall.ingestion.exclusion.mentions import names_erased_person
from footfall.ingestion.exclusion.tombstones import Erased
from footfall.ingestion.lake.commit_log import Commit
from footfall.ingestion.ledger.ledger import OUTCOMES
from footfall.ingestion.ledger.repaired import RepairedChanges


class Changes:
    """Changes of ledger rows by file, collected."""

    def __init__(self) -> None:
        self._counts: dict[str, Counter[str]] = defaultdict(Counter)
        self._reasons: dict[str, Counter[str]] = defaultdict(Counter)
        self.repaired = RepairedChanges()

    def add(self, file: str, outcome: str, lines: int = 1, reason: str | None = None) -> None:
        """Lines of ``file`` that were counted as ``outcome`` are erased."""
        self.move(file, outcome, "erased", reason, lines)

    def move(self, file: str, before: str, after: str, reason: str | None = None, lines: int = 1) -> None:
        self._counts[file][before] -= lines
        self._counts[file][after] += lines
        if reason is not None:
            self._reasons[file][reason] -= lines

    def as_adjustments(self) -> list[dict[str, Any]]:
        """In the form a commit has them."""
        repaired = self.repaired.as_adjustments()
        return [
            {
                "file_id": file, **{name: counts[name] for name in OUTCOMES if counts[name]},
                **({"reasons": dict(self._reasons[file])} if self._reasons[file] else {}),
                **repaired.get(file, {}),
            }
            for file, counts in sorted(self._counts.items())
        ]


def present(home: Home, commits: Iterable[Commit]) -> list[Commit]:
    """The commits with those files of rows only that are there: retention may have removed others."""
    return [
        replace(commit, events={
            name: [path for path in value if (home.root / path).exists()] if isinstance(value, list) else value
            for name, value in commit.events.items()
        })
        for commit in commits
    ]


def rejected_texts(
    con: duckdb.DuckDBPyConnection, home: Home, commits: Iterable[Commit], erased: Erased
) -> Iterator[dict[str, Any]]:
    """Rejected lines of erased people, without conflicts, which are lines that were read."""
    commits = list(commits)
    known = workspaces(con, home, commits)
    for commit in commits:
        for path in commit.quarantine:
            for file, number, reason, raw in con.execute(
                f"select file_id, line_number, reason, raw from {parquet(home, [path])} "
                "where raw is not null and line_number is not null and reason <> 'conflicting_duplicate'"
            ).fetchall():
                if names_erased_person(raw, erased, known):
                    yield {"file_id": file, "line_number": number, "reason": reason, "path": path}


def workspaces(con: duckdb.DuckDBPyConnection, home: Home, commits: Iterable[Commit]) -> list[str]:
    """Ids of all workspaces the lake knows."""
    commits = list(commits)
    paths = [path for commit in commits for path in commit.entities.get("workspaces", ())]
    events = [path for commit in present(home, commits) for path in commit.events.get("added", ())]
    parts = [f"select workspace_id from {parquet(home, some)}" for some in (paths, events) if some]
    if not parts:
        return []
    return [one for (one,) in con.execute(f"select distinct workspace_id from ({' union '.join(parts)})").fetchall()]
