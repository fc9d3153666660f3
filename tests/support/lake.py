"""A home whose landing zone tests write by hand, and its lake read back by the words of the contract alone."""

import gzip
import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from footfall.core.database import connect
from footfall.core.home import Home
from footfall.core.settings import Settings
from footfall.ingestion.lake.commit_log import live_commits, read_commits
from footfall.ingestion.load import backfill, load
from footfall.ingestion.load_result import LoadResult

DAY = "2026-11-02"


def line(message_id: str = "m1", **more: Any) -> dict[str, Any]:
    """A good Segment line; ``more`` replaces members, and a member that is None is left out."""
    base = {
        "messageId": message_id, "type": "track", "event": "Opened", "userId": "u1", "anonymousId": "a1",
        "timestamp": f"{DAY}T10:00:00.000Z", "originalTimestamp": f"{DAY}T10:00:00.000Z",
        "sentAt": f"{DAY}T10:00:01.000Z", "receivedAt": f"{DAY}T10:00:02.000Z",
        "context": {"groupId": "expo", "device": {"id": "d1"}, "os": {"name": "iOS", "version": "17.1"}},
        "properties": {},
    }
    return {name: value for name, value in {**base, **more}.items() if value is not None}


def jsonl(lines: Iterable[Any]) -> bytes:
    """Lines of JSON; bytes and texts are taken as they are."""
    return b"".join(_encoded(one) + b"\n" for one in lines)


def _encoded(one: Any) -> bytes:
    if isinstance(one, bytes):
        return one
    return one.encode() if isinstance(one, str) else json.dumps(one).encode()


@dataclass
class Lake:
    """One home. ``land`` writes a file, ``load`` loads, the rest reads."""

    root: Path
    settings: Settings = field(default_factory=Settings)

    @property
    def home(self) -> Home:
        return Home(self.root).ensure()

    def land(self, name: str, content: bytes | Iterable[Any], day: str = DAY, kind: str = "events") -> Path:
        """Write ``landing/<kind>/<day>/<name>``; names in .gz are compressed, lines become JSON lines."""
        data = content if isinstance(content, bytes) else jsonl(content)
        path = self.root / "landing" / kind / day / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(gzip.compress(data, 1, mtime=0) if name.endswith(".gz") else data)
        return path

    def load(self, through: str | None = None) -> LoadResult:
        last = date.fromisoformat(through) if through else None
        return load(self.home, self.settings, run_id="test", through=last)

    def backfill(self, start: str = DAY, end: str | None = None, only: Collection[str] | None = None) -> LoadResult:
        first, last = date.fromisoformat(start), date.fromisoformat(end or start)
        return backfill(self.home, self.settings, run_id="test", start=first, end=last, only=only)

    def live(self) -> dict[tuple[str, str], dict[str, Any]]:
        """Live rows by (workspace, message), following the log commit by commit; asserts that each step is possible."""
        rows: dict[tuple[str, str], dict[str, Any]] = {}
        for commit in read_commits(self.home):
            for row in self._rows(commit.events.get("removed", [])):
                assert rows.pop(_key(row)) == row
            for row in self._rows(commit.events.get("added", [])):
                assert _key(row) not in rows
                rows[_key(row)] = row
        return rows

    def _rows(self, paths: list[str]) -> list[dict[str, Any]]:
        if not paths:
            return []
        files = [str(self.root / path) for path in paths]
        with connect() as con:
            con.execute("set preserve_insertion_order = true")
            result = con.execute("select * from read_parquet($files, hive_partitioning = false)", {"files": files})
            names = [column[0] for column in result.description]
            return [dict(zip(names, row, strict=True)) for row in result.fetchall()]

    def row(self) -> dict[str, Any]:
        """The only live row."""
        (row,) = self.live().values()
        return row

    def entity(self, entity: str) -> list[dict[str, Any]]:
        """Rows of an entity in commits in force."""
        paths = [path for commit in live_commits(read_commits(self.home)) for path in commit.entities.get(entity, [])]
        return self._rows(paths)

    def ledger(self) -> dict[str, dict[str, Any]]:
        """Ledger rows by file name and state, with the laws asserted."""
        from footfall.ingestion.ledger.ledger import read_lake

        rows = read_lake(self.home).ledger
        for row in rows:
            parts = ("loaded", "duplicates", "quarantined", "no_consent", "erased")
            assert row["lines_in"] == sum(row[part] for part in parts), row
            assert min(row[part] for part in parts) >= 0, row
            assert sum(row["reasons"].values()) == row["quarantined"], row
        self._hold_to_live_rows([row for row in read_lake(self.home).by_workspace if row["loaded"]])
        names = [Path(row["file"]).name for row in rows]
        unique = len(set(names)) == len(names)
        return {name if unique else row["file"]: row for name, row in zip(names, rows, strict=True)}

    def _hold_to_live_rows(self, by_workspace: list[dict[str, Any]]) -> None:
        """Lines loaded by date and workspace, and how late they came, are those of the rows that are live."""
        late: dict[tuple[str, str], list[timedelta]] = defaultdict(list)
        for row in self.live().values():
            came = row["received_at"] or datetime.combine(row["load_date"], time()) + timedelta(days=1)
            late[row["load_date"].isoformat(), row["workspace_id"]].append(came - row["occurred_at"])
        hour, day, week = timedelta(hours=1), timedelta(days=1), timedelta(days=7)
        counted = [
            (*key, len(times), *(sum(low <= time < high for time in times) for low, high in (
                (hour, day), (day, week), (week, timedelta.max))))
            for key, times in sorted(late.items())
        ]
        names = ("load_date", "workspace_id", "loaded", "late_1h", "late_24h", "late_7d")
        assert [tuple(row[name] for name in names) for row in by_workspace] == counted

    def quarantine(self) -> list[dict[str, Any]]:
        """Rejected lines and files in force, by file and line."""
        in_force = live_commits(read_commits(self.home))
        released = {
            (row["file_id"], row["line_number"]): commit.seq
            for commit in in_force for row in self._rows(commit.released)
        }
        rows = [
            row for commit in in_force for row in self._rows(commit.quarantine)
            if released.get((row["file_id"], row["line_number"]), 0) <= commit.seq
        ]
        return sorted(rows, key=lambda row: (row["load_date"], row["file"], row["line_number"] or 0))

    def reasons(self) -> dict[int | None, str]:
        """Reason by line number, of a home with one file."""
        return {row["line_number"]: row["reason"] for row in self.quarantine()}


def _key(row: Mapping[str, Any]) -> tuple[str, str]:
    return row["workspace_id"], row["message_id"]
