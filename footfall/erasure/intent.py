"""An erasure that has started, so that it is finished after any interruption: ``lake/erasures/pending.json``.

Written before anything is removed and deleted last. It is the only place where ids of people being erased are kept in
plain text, so only the owner may read it.
"""

import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from footfall.core.durable import sync
from footfall.core.errors import FootfallError
from footfall.core.home import Home


@dataclass
class Plan:
    """Everything the removal needs, found before anything was removed.

    Attributes:
        names: (kind, workspace, id) as ``footfall.ingestion.exclusion.tombstones`` has them.
        traces: (workspace, text) to be looked for afterwards: ids, devices, e-mails and names that only they have.
        adjustments: changes of ledger rows, as a commit has them.
        by_workspace: what that takes from and adds to the live lines by load date and workspace.
        revived: (seq, file_id, line_number, state after) of others' lines that had lost to a line of an erased person.
        lost_conflicts: (file_id, line_number) of their lines that are or were in quarantine as conflicts.
        found: their rows by place. hashes, rows: of the published marts before.
        known: how many of the people had any data.
        days: (workspace, ISO date in UTC) of their events, also of those no longer live; date None: any. None: begun by
            a version that did not know the days.
        shared_names: ids, e-mails and names left alone, because others, a sponsor or a document have them too.
        common_words: ids that everybody uses as a word; in a text they do not name the person.
        others: (workspace, id) of others in which one of the texts is.
        questions: texts of the organiser with a name in them, as ``footfall.erasure.questions.Question`` has them.
    """

    names: list[tuple[str, str, str]] = field(default_factory=list)
    traces: list[tuple[str, str]] = field(default_factory=list)
    adjustments: list[dict[str, Any]] = field(default_factory=list)
    by_workspace: list[dict[str, Any]] = field(default_factory=list)
    revived: list[tuple[int, str, int, str]] = field(default_factory=list)
    lost_conflicts: list[tuple[str, int]] = field(default_factory=list)
    found: dict[str, int] = field(default_factory=dict)
    hashes: dict[str, str] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)
    known: int = 0
    shared_names: int = 0
    common_words: int = 0
    others: list[tuple[str, str]] = field(default_factory=list)
    questions: list[dict[str, str]] = field(default_factory=list)
    days: list[tuple[str, str | None]] | None = None


@dataclass
class Intent:
    """One erasure under way.

    Attributes:
        removed: what was taken out so far, by place, for the receipt. attempt: from 1; more where it was repeated.
    """

    number: int
    requested_at: str
    people: list[tuple[str, str]]
    plan: Plan | None = None
    removed: dict[str, dict[str, int]] = field(default_factory=dict)
    attempt: int = 1

    @property
    def workspaces(self) -> list[str]:
        return sorted({workspace for workspace, _ in self.people})

    @property
    def run_id(self) -> str:
        """By which the lake's commit of this erasure is known."""
        return f"erasure-{self.number:06d}"

    def add(self, place: str, counts: dict[str, int]) -> None:
        """Add counts to what was removed; after an interruption the second part comes on top of the first."""
        total = self.removed.setdefault(place, {})
        for name, count in counts.items():
            total[name] = total.get(name, 0) + count


def folder(home: Home) -> Path:
    return home.lake / "erasures"


def pending_file(home: Home) -> Path:
    return folder(home) / "pending.json"  # `footfall.ingestion.exclusion.tombstones.erasure_is_pending` looks here too


def open_files(home: Home) -> list[Path]:
    """Intents of erasures whose search still found something, oldest first; ``footfall erase --resume`` reads them."""
    return sorted(folder(home).glob("*.open.json"))


def read_intent(home: Home, path: Path | None = None) -> Intent | None:
    """The erasure that was started and not finished, if there is one.

    Args:
        path: one of ``open_files`` instead.

    Raises:
        FootfallError: the file cannot be read.
    """
    path = path or pending_file(home)
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        plan = document.pop("plan")
        if "asked_at" in document:  # written before this version
            document["requested_at"] = document.pop("asked_at")
        intent = Intent(**document, plan=Plan(**plan) if plan else None)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise FootfallError(
            "An erasure was started, but its file cannot be read.", where=str(path),
            hint="Change the file's permissions, or remove it and run `footfall erase` again for the same people.",
        ) from error
    intent.people = [(workspace, user) for workspace, user in intent.people]
    if intent.plan:
        intent.plan.names = [(kind, workspace, text) for kind, workspace, text in intent.plan.names]
        intent.plan.lost_conflicts = [(file, number) for file, number in intent.plan.lost_conflicts]
        intent.plan.others = [(workspace, text) for workspace, text in intent.plan.others]
        intent.plan.traces = [(workspace, text) for workspace, text in intent.plan.traces]
    return intent


def write_intent(home: Home, intent: Intent) -> None:
    """Write it whole or not at all, for the owner's eyes only."""
    path = pending_file(home)
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(".pending.json.tmp")
    aside.unlink(missing_ok=True)
    handle = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(asdict(intent), file)
        file.flush()
        os.fsync(file.fileno())
    aside.replace(path)
    sync(path.parent)


def close_intent(home: Home, intent: Intent, *, is_clean: bool) -> None:
    """End an erasure. Where its search found something, its intent is kept for ``footfall erase --resume``."""
    kept = folder(home) / f"{intent.number:06d}.open.json"
    if is_clean:
        kept.unlink(missing_ok=True)
        drop_intent(home)
    else:
        pending_file(home).replace(kept)
        sync(kept.parent)


def drop_intent(home: Home) -> None:
    pending_file(home).unlink(missing_ok=True)
    pending_file(home).with_name(".pending.json.tmp").unlink(missing_ok=True)
    sync(folder(home))


def receipts(home: Home) -> Iterator[Path]:
    """Receipts of finished erasures, oldest first."""
    yield from sorted(path for path in folder(home).glob("*.json") if path.stem.isdigit())


def next_number(home: Home) -> int:
    return max((int(path.stem) for path in receipts(home)), default=0) + 1
