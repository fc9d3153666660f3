"""Retention: what is removed of landing, lake and quarantine after some days, and the record of it.

``<home>/lake/retention.json`` is written first, so that a crash never leaves files of unknown state:
``landing`` and ``lake`` are the load dates before which files may be gone (ISO, or null), ``emptied`` names the files
of the quarantine whose texts are gone. Facts outlive raw data: docs/decisions/0010.
"""

import contextlib
import json
import os
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from footfall.core.durable import sync
from footfall.core.errors import FootfallError
from footfall.core.home import Home
from footfall.core.settings import Settings
from footfall.ingestion.exclusion.erased_contents import clean_form, read_clean_forms
from footfall.ingestion.lake.commit_log import Commit, live_commits, read_commits
from footfall.ingestion.landing.files import LandingFile, discover, has_changed
from footfall.ingestion.landing.hashes import known_hashes, with_hashes
from footfall.ingestion.retention_record import read_retention_record, record_file

#: Of a commit's events, the files that hold rows; its keys (hashes of message ids) stay, so that copies stay known.
_ROWS = ("added", "removed", "copies", "kept")
#: Columns of the files below ``quarantine/``, by the end of their name.
_REJECTED = {
    "load_date": "date", "file": "varchar", "line_number": "bigint", "reason": "varchar", "detail": "varchar",
    "raw": "varchar", "raw_bytes": "blob", "file_id": "varchar",
}
_COLUMNS = {
    "released": {"file_id": "varchar", "line_number": "bigint"},
    "repaired": {
        "load_date": "date", "file": "varchar", "line_number": "bigint", "field": "varchar", "problem": "varchar",
        "value": "varchar", "file_id": "varchar",
    },
}


def remove_old_landing(home: Home, settings: Settings, before: date) -> int:
    """Remove landing files of load dates before ``before`` whose content is loaded, and folders that are then empty.

    A file that was not loaded (new, refused, being written) stays. Returns the number of files removed.
    """
    files = [file for file in discover(home, settings)[0] if file.load_date < before.isoformat()]
    if not files:
        return 0
    commits = read_commits(home)
    clean_forms = read_clean_forms(home)
    loaded = {
        clean_form(row["sha256"], clean_forms)
        for commit in live_commits(commits) for row in commit.files if row["state"] == "loaded"
    }
    hashed = with_hashes(home, files, known_hashes(home, commits))
    gone = [file for file in hashed if clean_form(file.sha256, clean_forms) in loaded]
    if gone:
        _record(home, landing=before.isoformat())
    return sum(_remove_landing(home, file) for file in gone)


def remove_old_lake(home: Home, before: date, built_seq: int) -> int:
    """Remove the rows' files of commits of load dates before ``before`` that are built and published.

    Returns the number of files removed.
    """
    commits = [c for c in read_commits(home) if c.load_date < before.isoformat() and c.seq <= built_seq]
    paths = [home.root / path for commit in commits for name in _ROWS for path in commit.events.get(name, ())]
    paths = [path for path in paths if path.exists()]
    if paths:
        _record(home, lake=before.isoformat())
    for path in paths:
        path.unlink(missing_ok=True)
    return len(paths)


def empty_old_quarantine(home: Home, before: date) -> int:
    """Empty the texts of rejected lines of load dates before ``before``; their counts and reasons stay.

    Returns the number of files emptied.
    """
    emptied = set(read_retention_record(home).emptied)
    old = [
        path for commit in read_commits(home) if commit.load_date < before.isoformat()
        for path in (*commit.quarantine, *commit.repaired) if path not in emptied
    ]
    for path in old:
        _empty(home.root / path)
    if old:
        _record(home, emptied=tuple(sorted({*emptied, *old})))
    return len(old)


def replace_lost_quarantine(home: Home, paths: Iterable[Path]) -> None:
    """Put empty files in the place of quarantine files that are gone or damaged; their texts are lost, no count is."""
    from footfall.core.database import connect, quote_literal

    lost = sorted(paths)
    with connect() as con:
        for path in lost:
            kind = path.stem.rpartition("-")[2]
            columns = ", ".join(f"null::{type_} as {name}" for name, type_ in _COLUMNS.get(kind, _REJECTED).items())
            path.parent.mkdir(parents=True, exist_ok=True)
            con.execute(f"copy (select {columns} limit 0) to {quote_literal(str(path))} (format parquet)")
    emptied = set(read_retention_record(home).emptied)
    _record(home, emptied=tuple(sorted(emptied | {path.relative_to(home.root).as_posix() for path in lost})))


def require_rows(home: Home, commits: Iterable[Commit]) -> None:
    """Refuse a build from scratch that would lose published facts; call it before the warehouse is touched.

    Raises:
        FootfallError: rows it needs were removed; the message names the load dates.
    """
    record = read_retention_record(home)
    missing = sorted({
        commit.load_date for commit in commits if record.is_lake_removed(commit.load_date)
        for name in ("added", "removed") for path in commit.events.get(name, ()) if not (home.root / path).exists()
    })
    if missing:
        raise FootfallError(
            f"Every table would have to be built from scratch, and the raw data of {len(missing)} load dates "
            f"({missing[0]} to {missing[-1]}) are gone by `retention.lake_days`. What was published stays.",
            where=str(home.lake),
            hint="Restore the lake's files from a backup, or accept the loss of these facts: "
            "retention.rebuild_without_raw: true for one run. "
            "Without --full-refresh, and with the models and the warehouse as they were, nothing is lost.",
        )


def _remove_landing(home: Home, file: LandingFile) -> bool:
    if has_changed(home, file):
        return False
    path = home.root / file.path
    path.unlink(missing_ok=True)
    # An empty folder would say that its files were taken away on purpose, and a backfill would follow.
    with contextlib.suppress(OSError):
        while path.parent not in (home.landing / "events", home.landing / "entities", home.landing, home.root):
            path = path.parent
            path.rmdir()
    return True


def _empty(path: Path) -> None:
    from footfall.core.database import connect, quote_literal

    if not path.exists():
        return
    aside = path.with_name(path.name + ".tmp")
    is_repaired = path.stem.endswith("-repaired")
    texts = "null::varchar as value" if is_repaired else "null::varchar as raw, null::blob as raw_bytes"
    with connect() as con:
        con.execute(
            f"copy (select * replace ({texts}) from read_parquet("
            f"{quote_literal(str(path))}, hive_partitioning = false)) to {quote_literal(str(aside))} (format parquet)"
        )
    sync(aside)
    aside.replace(path)


def _record(home: Home, **more: Any) -> None:
    """Record what is removed from now on; dates only move forward."""
    known = read_retention_record(home)
    for name in ("landing", "lake"):
        if name in more:
            more[name] = max(str(more[name]), getattr(known, name) or "")
    noted = replace(known, **more)
    aside = record_file(home).with_name(".retention.json.tmp")
    with aside.open("w", encoding="utf-8") as file:
        json.dump({"landing": noted.landing, "lake": noted.lake, "emptied": list(noted.emptied)}, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    aside.replace(record_file(home))
    sync(home.lake)


