"""Whether there is anything to do. Found from file names and small JSON files: an empty night costs no imports."""

import hashlib
import os
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from exports.folder.places import manifests
from footfall.core.home import Home
from footfall.core.settings import Settings
from footfall.core.state_files import read_json, read_number, remove, write_json
from footfall.ingestion.lake.commit_log import unreadable_commit
from orchestration.dagster_instance import code_fingerprint

if TYPE_CHECKING:
    from footfall.ingestion.landing.pending import Pending


#: Below the warehouse; exists if the last run that did anything reached its end.
FINISHED = "finished.json"
#: Below the warehouse; exists after a run that a failed check stopped, until one reaches its end.
REFUSED = "refused.json"


@dataclass(frozen=True)
class PendingWork:
    """What a run would do.

    Attributes:
        load_dates: load dates to load (also again), or loaded but not published yet; sorted.
        reasons: why there is work, as phrases; empty without work.
        pending: the landing files not loaded yet.
        reload: loaded dates to load again: a check refused them, and since then a file was removed or settings that
            affect loading were changed.
    """

    load_dates: tuple[date, ...]
    reasons: tuple[str, ...]
    pending: "Pending"
    reload: tuple[date, ...] = ()


def find_pending_work(home: Home, settings: Settings, through: date | None = None) -> PendingWork:
    """Compare the landing zone, the lake, what is published and what was last finished."""
    from footfall.ingestion.landing.pending import pending

    waiting = pending(home, settings, through)
    finished = _read(home, FINISHED)
    head = lake_head(home)
    published_seq = read_number(home.current, "lake_seq")
    unpublished = range(published_seq + 1, head + 1)
    dates = {*map(date.fromisoformat, waiting.load_dates), *(_load_date(home, seq) for seq in unpublished)}
    reload = _dates_to_reload(home, settings, published_seq)
    dates.update(reload)
    reasons = [
        sentence
        for holds, sentence in (
            (bool(waiting.load_dates), "new files in the landing zone"),
            (bool(head) and published_seq != head, "loaded data that is not published yet"),
            (bool(head) and not finished, "the last run did not finish"),
            (bool(finished) and finished["code"] != code_fingerprint(), "other models than in the last run"),
            (bool(finished) and finished["settings"] != settings_fingerprint(settings), "other settings"),
            (any(not os.path.exists(f"{home.root}/{path}") for path in finished.get("exports", [])),  # noqa: PTH110
             "exports are missing"),
            (bool(finished.get("failed_exports")), "exports that failed in the last run"),
            (bool(reload), "loads with many rejected lines, whose files or settings have changed"),
        )
        if holds
    ]
    return PendingWork(tuple(sorted(dates)), tuple(reasons), waiting, reload)


def nothing_new(home: Home) -> str:
    """Why a run has nothing to do, as a sentence."""
    if not _read_current(home) and not lake_head(home):
        return f"There is nothing to load: {home.landing} has no files."
    return f"Nothing new: everything up to {_read_current(home).get('load_date')} is published."


def mark_started(home: Home) -> None:
    """Remember that a run has started: until it notes its end, there is something to do."""
    remove(home.warehouse / FINISHED)


def mark_finished(home: Home, settings: Settings, run_id: str, failed_exports: Sequence[str] = ()) -> None:
    """Remember what the run that just finished was made from, and which export folders it left.

    Args:
        failed_exports: paths below ``exports/`` that could not be made; the next run tries again.
    """
    exports = [f"{home.exports.name}/{name}" for name in manifests(str(home.exports), are_of_users=False)]
    document = {
        "run_id": run_id, "code": code_fingerprint(), "settings": settings_fingerprint(settings), "exports": exports,
        "failed_exports": list(failed_exports),
    }
    _write(home, FINISHED, document)
    remove(home.warehouse / REFUSED)


def mark_refused(home: Home, settings: Settings) -> None:
    """Remember the settings with which a load was refused by a check."""
    _write(home, REFUSED, {"settings": load_settings_fingerprint(settings)})


def forget_exports(home: Home, folders: Collection[str]) -> None:
    """Remove folders from the list of what the last run left, so that they do not count as missing."""
    finished = _read(home, FINISHED)
    if folders and finished:
        gone = {f"{home.exports.name}/{folder}/manifest.json" for folder in folders}
        _write(home, FINISHED, {**finished, "exports": [path for path in finished["exports"] if path not in gone]})


def failed_exports(home: Home) -> list[str]:
    """Paths below ``exports/`` that the last run could not make."""
    return _read(home, FINISHED).get("failed_exports", [])


def lake_head(home: Home) -> int:
    """Number of the lake's newest commit; 0 without any."""
    return max((int(path.stem) for path in home.commits.glob("*.json") if path.stem.isdigit()), default=0)


def settings_fingerprint(settings: Settings) -> str:
    """A hash of the settings that affect data already loaded; the others affect new files only."""
    text = settings.model_dump_json(include={"checks": True, "exports": {"ranges", "formats"}, "warehouse": True})
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def load_settings_fingerprint(settings: Settings) -> str:
    """A hash of the settings that decide which lines are loaded and how."""
    text = settings.model_dump_json(include={"limits", "sources"})
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _dates_to_reload(home: Home, settings: Settings, published_seq: int) -> tuple[date, ...]:
    """The load dates of ``PendingWork.reload``: loads that a check refused, or that hold a workspace back.

    A date with a missing file that is published already is left alone: loading it again would remove that file's lines.
    Only a missing file with rejected lines, of a load that holds a workspace back, was removed to repair it.
    """
    refused = _read(home, REFUSED)
    held = {row["load_date"] for row in _read_current(home).get("held_back", ())}
    if not refused and not held:
        return ()
    from footfall.ingestion.lake.commit_log import live_commits, read_commits
    from footfall.ingestion.reading_settings import reading_settings

    is_changed = bool(refused) and refused["settings"] != load_settings_fingerprint(settings)
    reading = reading_settings(settings)
    due, kept = set(), set()
    for commit in live_commits(read_commits(home)):
        missing = [row for row in commit.files if not (home.root / row["file"]).exists()]
        is_held = commit.load_date in held
        if commit.seq <= published_seq and any(not (is_held and row["quarantined"]) for row in missing):
            kept.add(commit.load_date)
        elif commit.seq > published_seq:
            if refused and (missing or is_changed):
                due.add(commit.load_date)
        elif is_held and (missing or commit.reading not in ("", reading)):
            due.add(commit.load_date)
    return tuple(sorted(date.fromisoformat(day) for day in due - kept))


def _write(home: Home, name: str, document: dict) -> None:
    write_json(home.warehouse / name, document)


def _read(home: Home, name: str) -> dict:
    # Cut by a crash: these files can be derived again.
    return read_json(home.warehouse / name) or {}


def _read_current(home: Home) -> dict:
    return read_json(home.current) or {}


def _load_date(home: Home, seq: int) -> date:
    commit = read_json(home.commits / f"{seq:08d}.json")
    if commit is None:
        raise unreadable_commit(home.commits / f"{seq:08d}.json")
    return date.fromisoformat(commit["load_date"])
