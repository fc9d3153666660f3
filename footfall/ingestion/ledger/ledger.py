"""The ledger: the outcome of every line of every landing file, folded from the lake's commit log."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from footfall.core.home import Home
from footfall.ingestion.lake.commit_log import Commit, live_commits, read_commits

#: A line ends in exactly one of these (contract, section 5).
OUTCOMES = ("loaded", "duplicates", "quarantined", "no_consent", "erased")

#: What is counted by workspace; ``late_…``: loaded lines that came at least so late, and not so late as the next.
LATE = ("late_1h", "late_24h", "late_7d")
_COUNTS = ("loaded", "no_consent", *LATE)


@dataclass(frozen=True)
class Lake:
    """The commit log, folded.

    Attributes:
        seq: the newest commit's number, 0 without any.
        live_rows: events in the lake that no commit has removed.
        ledger: one row a file, as ``ops.load_ledger`` has them, with ``kind``, ``reasons`` and ``repaired_values``
            (lines by ``field: problem``) besides.
        by_workspace: one row a load date and workspace, as ``ops.load_by_workspace`` has them.
        by_source: one row a load date, source and workspace: ``lines`` and ``rejected`` (``ledger.count_rejected``).
        commits: those in force, oldest first.
    """

    seq: int
    live_rows: int
    ledger: tuple[Mapping[str, Any], ...]
    by_workspace: tuple[Mapping[str, Any], ...]
    by_source: tuple[Mapping[str, Any], ...]
    commits: tuple[Commit, ...]

    @property
    def event_files(self) -> tuple[Mapping[str, Any], ...]:
        """The ledger's rows of event files; files of entities have rows of their own."""
        return tuple(row for row in self.ledger if row["kind"] == "events")

    @property
    def loaded(self) -> int:
        """Lines that became events and are events still."""
        return sum(row["loaded"] for row in self.event_files)

    @property
    def load_date(self) -> str | None:
        """The newest load date (ISO), or None when nothing was ever loaded."""
        return max((commit.load_date for commit in self.commits), default=None)

    def since(self, seq: int) -> tuple[Commit, ...]:
        """The commits in force that came after commit ``seq``."""
        return tuple(commit for commit in self.commits if commit.seq > seq)


def read_lake(home: Home, through: int | None = None) -> Lake:
    """Read and fold the commit log, up to commit ``through`` (default: all of it).

    A commit that replaces others (a backfill) takes their files' place. Its adjustments are relative to what they had
    made of other files, so those stay.

    Raises:
        FootfallError: the log has a gap, or a commit cannot be read.
    """
    commits = [commit for commit in read_commits(home) if through is None or commit.seq <= through]
    return Lake(
        seq=commits[-1].seq if commits else 0,
        live_rows=sum(c.events.get("added_rows", 0) - c.events.get("removed_rows", 0) for c in commits),
        ledger=tuple(_fold(commits)),
        by_workspace=tuple(_fold_workspaces(commits)),
        by_source=tuple(_sum_sources(live_commits(commits))),
        commits=tuple(live_commits(commits)),
    )


def repaired_values(lake: Lake) -> list[dict[str, Any]]:
    """Loaded lines with an optional value that could not be used, by load date, file, field and problem."""
    return [
        {"load_date": row["load_date"], "file": row["file"], "field": field, "problem": problem, "lines": lines}
        for row in lake.ledger for value, lines in sorted(row["repaired_values"].items())
        for field, problem in [value.split(": ")] if lines
    ]


def _fold(commits: Sequence[Commit]) -> list[dict[str, Any]]:
    found: dict[tuple[str, str], tuple[int, dict[str, Any]]] = {}
    for commit in commits:
        if commit.replaces:
            found = {key: (seq, row) for key, (seq, row) in found.items() if seq not in commit.replaces}
        by_id = {row["file_id"]: row for _, row in found.values()} if commit.adjustments else {}
        for change in commit.adjustments:
            if change["file_id"] in by_id:
                _adjust(by_id[change["file_id"]], change)
        for row in commit.files:
            # A file that could not be read is tried again every night; its newest row counts.
            found[row["file"], row["sha256"]] = (commit.seq, _own(row))
    return sorted((row for _, row in found.values()), key=lambda row: (row["load_date"], row["file"], row["loaded_at"]))


def _fold_workspaces(commits: Sequence[Commit]) -> list[dict[str, Any]]:
    found: dict[tuple[str, str | None], dict[str, Any]] = {}
    for commit in commits:
        if commit.replaces:
            found = {key: total for key, total in found.items() if key[0] != commit.load_date}
        for row in commit.by_workspace:
            key = row.get("load_date", commit.load_date), row["workspace_id"]
            new = {"load_date": key[0], "workspace_id": key[1], **dict.fromkeys(_COUNTS, 0)}
            total = found.setdefault(key, new)
            for name in _COUNTS:
                total[name] += row[name]
    # lines without consent may name no workspace
    ordered = sorted(found.values(), key=lambda total: (total["load_date"], total["workspace_id"] or ""))
    return [total for total in ordered if any(total[name] for name in _COUNTS)]


def _sum_sources(commits: Sequence[Commit]) -> list[dict[str, Any]]:
    found: dict[tuple[str, str, str | None], dict[str, Any]] = {}
    for commit in commits:
        for row in commit.by_source:
            key = commit.load_date, row["source"], row["workspace_id"]
            empty = {"load_date": key[0], "source": key[1], "workspace_id": key[2], "lines": 0, "rejected": 0}
            total = found.setdefault(key, empty)
            total["lines"] += row["lines"]
            total["rejected"] += row["rejected"]
    return [found[key] for key in sorted(found, key=lambda key: (key[0], key[1], key[2] or ""))]


def _own(row: Mapping[str, Any]) -> dict[str, Any]:
    """A ledger row that may be changed; commits of older versions know nothing of repaired values."""
    counts = {name: dict(row.get(name, {})) for name in ("reasons", "repaired_values")}
    return {**row, "repaired": row.get("repaired", 0), **counts}


def _adjust(row: dict[str, Any], change: Mapping[str, Any]) -> None:
    for outcome in OUTCOMES:
        row[outcome] += change.get(outcome, 0)
    for reason, lines in change.get("reasons", {}).items():
        row["reasons"][reason] = row["reasons"].get(reason, 0) + lines
    row["reasons"] = {reason: lines for reason, lines in row["reasons"].items() if lines}
    row["repaired"] += change.get("repaired", 0)
    for value, lines in change.get("repaired_values", {}).items():
        row["repaired_values"][value] = row["repaired_values"].get(value, 0) + lines
    row["repaired_values"] = {value: lines for value, lines in row["repaired_values"].items() if lines}
