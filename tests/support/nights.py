"""A home that is published night after night: marts of the plain Python reference, real publishing."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from footfall.core.home import Home
from footfall.core.settings import Settings
from footfall.ingestion.ledger.ledger import read_lake
from footfall.publishing.history import RunRecord
from footfall.publishing.publish import Published, publish
from tests.support.marts import commit, ledger_row, rows
from tests.support.published import complete_from, event, tables

FIRST = date(2026, 6, 1)


@dataclass
class Nights:
    """One home; `events` and `entities` are all that has arrived so far."""

    home: Home
    settings: Settings
    entities: dict[str, list[dict[str, Any]]]
    events: list[Mapping[str, Any]] = field(default_factory=list)
    night: int = 0

    def publish(self, arrived: Iterable[Mapping[str, Any]] = (), kind: str = "load", **more: Any) -> Published:
        """Build the marts with what arrived tonight, and publish them."""
        new = list(arrived)
        self.events += new
        day = FIRST + timedelta(days=self.night)
        self.night += 1
        lines = Counter(one["workspace_id"] for one in new)
        self.make_marts()
        seq = read_lake(self.home).seq + 1
        files = [ledger_row(f"file-{seq}", len(new))] if new else []
        commit(
            self.home, seq, day.isoformat(), kind=kind, files=files,
            events=[(one["workspace_id"], one["occurred_at"].isoformat(" "),
                     {"user_id": one["user_id"], "device_id": one["device_id"]}) for one in new],
            by_workspace=[
                {"workspace_id": name, "loaded": n, "no_consent": 0, "late_1h": 0, "late_24h": 0, "late_7d": 0}
                for name, n in sorted(lines.items())
            ],
        )
        return self.publish_again(**more)

    def publish_again(self, **more: Any) -> Published:
        moment = datetime.combine(FIRST + timedelta(days=self.night - 1), datetime.min.time()).replace(hour=23)
        run = RunRecord(f"run-{self.night}", "load", moment)
        return publish(self.home, self.settings, run=run, published_at=moment, **{"fingerprint": "f1", **more})

    def make_marts(self) -> None:
        con = complete_from(self.events, **self.entities)
        self.home.marts_file.unlink(missing_ok=True)
        con.execute(f"attach '{self.home.marts_file}' as target (storage_version 'v1.0.0'); create schema target.marts")
        for name in tables():
            if name.startswith("marts.") and name != "marts.anonymized_answers":
                con.execute(f"create table target.{name} as from {name}")
        con.execute("detach target")

    def answers(self, workspace: str = "expo", file: Path | None = None) -> list[tuple]:
        """All rows of the published answers about a workspace."""
        return rows(file or self.home.published_file, "select answer, position, \"row\" from marts.anonymized_answers"
                    f" where workspace_id = '{workspace}' order by all")

    def answer(self, name: str, workspace: str = "expo") -> list[dict[str, Any]]:
        return [json.loads(text) for answer, _, text in self.answers(workspace) if answer == name]

    def data_as_of(self, workspace: str = "expo") -> str | None:
        return json.loads(self.home.current.read_text())["data_as_of"].get(workspace)


def make_nights(root: Path, *, people: int = 40, k: int = 5, anonymization: str = "full", **settings: Any) -> Nights:
    """A home with workspace `expo`, whose participants are `u0`, `u1` …, anonymised, and workspace `open`."""
    workspace = {"name": "Expo", "timezone": "UTC", "starts_on": date(2026, 6, 1), "ends_on": date(2026, 6, 30),
                 "anonymization": anonymization, "min_group_size": k, **settings}
    participants = [
        {"user_id": f"u{n}", "first_name": f"Vor{n}", "last_name": f"Nach{n}",
         "email": f"u{n}@{'hidden' if n % 2 else 'open'}.example"}
        for n in range(people)
    ]
    return Nights(Home(root).ensure(), Settings(), {
        "workspaces": [workspace, {"workspace_id": "open", "name": "Open", "timezone": "UTC"}],
        "participants": participants,
    })


def visit(user: int | str, night: int, *what: str, hour: int = 10, **more: Any) -> list[dict[str, Any]]:
    """One visit: `what` are names of events, with an item after a colon, a minute apart."""
    user_id = f"u{user}" if isinstance(user, int) else user
    start = datetime(2026, 6, 1, hour) + timedelta(days=night)
    found = []
    for step, one in enumerate(what):
        name, _, item = one.partition(":")
        found.append(event((start + timedelta(minutes=step)).isoformat(), name, user_id, item or None, **more))
    return found
