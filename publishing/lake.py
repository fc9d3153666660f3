"""What the lake's commit log says about files and lines (`<home>/lake/commits/*.json`; only JSON is read here)."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from footfall.errors import FootfallError
from footfall.home import Home

#: A line ends in exactly one of these (contract, section 5).
OUTCOMES = ("loaded", "duplicates", "quarantined", "no_consent", "erased")
ENTITIES = ("workspaces", "participants", "content", "meetings", "meeting_participants")


@dataclass(frozen=True)
class Lake:
    """The commit log, folded.

    ``ledger``: one row a file, as ``ops.load_ledger`` has them. ``commits``: the commits in force, oldest first.
    ``quarantine``: the Parquet files of rejected lines in force. ``seq``: the newest commit's number, 0 without any.
    ``live_rows``: events in the lake that no commit has removed.
    """

    seq: int
    live_rows: int
    ledger: tuple[Mapping[str, Any], ...]
    commits: tuple[Mapping[str, Any], ...]
    quarantine: tuple[Path, ...]

    @property
    def event_files(self) -> tuple[Mapping[str, Any], ...]:
        """The ledger's rows of event files; entities have rows of their own."""
        return tuple(row for row in self.ledger if row["source"] not in ENTITIES)

    @property
    def loaded(self) -> int:
        """Lines that became events and are events still."""
        return sum(row["loaded"] for row in self.event_files)

    @property
    def load_date(self) -> str | None:
        """The newest load date (ISO), or None when nothing was ever loaded."""
        return max((commit["load_date"] for commit in self.commits), default=None)

    def since(self, seq: int) -> tuple[Mapping[str, Any], ...]:
        """The commits in force that came after commit ``seq``."""
        return tuple(commit for commit in self.commits if commit["seq"] > seq)


def read_lake(home: Home, through: int | None = None) -> Lake:
    """Read and fold the commit log, up to commit ``through`` (default: all of it).

    A commit that replaces others (a backfill) takes their place: their files and adjustments no longer count.

    Raises:
        FootfallError: a commit cannot be read.
    """
    commits = [_read_commit(path) for path in sorted(home.commits.glob("*.json"))]
    if through is not None:
        commits = [commit for commit in commits if commit["seq"] <= through]
    replaced = {seq for commit in commits for seq in commit.get("replaces", ())}
    in_force = [commit for commit in commits if commit["seq"] not in replaced]
    rows: dict[str, dict[str, Any]] = {}
    for commit in in_force:
        for row in commit.get("files", ()):
            rows[row["file_id"]] = {
                "load_date": commit["load_date"], "run_id": commit["run_id"], "loaded_at": commit["committed_at"], **row
            }
    for commit in in_force:
        for change in commit.get("adjustments", ()):
            row = rows.get(change["file_id"])
            for outcome in OUTCOMES:
                if row is not None and outcome in change:
                    row[outcome] += change[outcome]
    return Lake(
        seq=max((commit["seq"] for commit in commits), default=0),
        live_rows=sum(
            sign * commit.get("events", {}).get(key, 0)
            for commit in commits for key, sign in (("added_rows", 1), ("removed_rows", -1))
        ),
        ledger=tuple(sorted(rows.values(), key=lambda row: (str(row["load_date"]), str(row["file"])))),
        commits=tuple(in_force),
        quarantine=tuple(home.root / path for commit in in_force for path in commit.get("quarantine", ())),
    )


def _read_commit(path: Path) -> dict[str, Any]:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise FootfallError(
            "A commit of the lake cannot be read.", where=str(path),
            hint="Restore the file from a backup; without it the ledger cannot be told.",
        ) from error
