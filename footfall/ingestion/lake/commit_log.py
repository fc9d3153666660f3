"""The lake's commit log: one JSON file a commit, written last. What no commit names does not exist.

Needs nothing but the standard library, since an empty night reads it and nothing else.
"""

import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from footfall.core.checksums import checksum
from footfall.core.durable import sync
from footfall.core.errors import FootfallError
from footfall.core.home import Home
from footfall.core.home_version import write_version
from footfall.core.state_files import remove, sealed, unsealed

#: Version of the commit files' own layout.
COMMIT_VERSION = 1


@dataclass(frozen=True)
class Commit:
    """One commit: what one load date brought in one load.

    Attributes:
        seq: place in the log, from 1 without gaps.
        kind: ``load``, ``backfill`` or ``erasure`` (it brings no lines; its adjustments move some to `erased`).
        load_date: ISO date of the landing folder.
        committed_at: ISO timestamp, UTC.
        events: lake files ``added`` (rows that become live), ``removed`` (rows that cease to be, to be applied
            before ``added``), ``copies`` (valid lines that are not live), ``kept`` (lines a backfill read again
            whose rows were live and stay as they are), ``keys`` (the commit's own lines by key), and row counts.
        entities: lake files by entity.
        quarantine: files of rejected lines; ``released``: files naming lines that are no longer rejected.
        files: ledger rows as of this commit. adjustments: changes to ledger rows of earlier commits.
        replaces: commits whose own lines no longer count. Their ``added`` files still do: what is no longer
            live of them is in ``removed`` of this commit.
        by_workspace: what this commit's lines brought by workspace; a row with a ``load_date`` of its own says what it
            changed of what earlier commits of that date had brought.
        by_source: the commit's own lines and the rejected ones by source and workspace (``ledger.count_rejected``).
        reading: hash of the settings by which lines were read and validated.
        known_files: landing files seen, so that the next search need not open them.
        repaired: files of the values that could not be used, of this commit's valid lines.
        assumed_banners: workspaces whose cookie banner was taken to be on since their settings could not be read.
        checksums: size and SHA-256 of every file the commit names, by path; of commits of older versions, of none.
    """

    seq: int
    kind: str
    run_id: str
    load_date: str
    committed_at: str
    events: dict[str, Any] = field(default_factory=dict)
    entities: dict[str, list[str]] = field(default_factory=dict)
    quarantine: list[str] = field(default_factory=list)
    released: list[str] = field(default_factory=list)
    files: list[dict[str, Any]] = field(default_factory=list)
    adjustments: list[dict[str, Any]] = field(default_factory=list)
    replaces: list[int] = field(default_factory=list)
    by_workspace: list[dict[str, Any]] = field(default_factory=list)
    by_source: list[dict[str, Any]] = field(default_factory=list)
    reading: str = ""
    known_files: list[dict[str, Any]] = field(default_factory=list)
    repaired: list[str] = field(default_factory=list)
    assumed_banners: list[str] = field(default_factory=list)
    checksums: dict[str, list[Any]] = field(default_factory=dict)
    version: int = COMMIT_VERSION

    def paths(self) -> Iterator[str]:
        """Every file the commit names, relative to the home."""
        for name in ("added", "removed", "copies", "kept", "keys"):
            yield from self.events.get(name, ())
        for files in self.entities.values():
            yield from files
        yield from self.quarantine
        yield from self.released
        yield from self.repaired


def read_commits(home: Home) -> list[Commit]:
    """Every commit in order of ``seq``; an empty list where nothing was ever loaded.

    Raises:
        FootfallError: a commit file cannot be read, or one is missing in the row.
    """
    try:
        with os.scandir(home.commits) as entries:
            names = sorted(entry.name for entry in entries if entry.name.endswith(".json") and entry.name[0] != ".")
    except FileNotFoundError:
        return []
    commits = [parse_commit(home.commits / name) for name in names]
    for place, commit in enumerate(commits, start=1):
        if commit.seq != place:
            raise FootfallError(
                f"The lake's commit log has a gap: commit {place} is missing.", where=str(home.commits),
                hint="Put the missing file back from a backup of the home; nothing was changed.",
            )
    return commits


def parse_commit(path: Path) -> Commit:
    try:
        values = unsealed(json.loads(path.read_bytes()))
        if values is None:
            raise unreadable_commit(path)
        if values.get("version") != COMMIT_VERSION:
            raise FootfallError(
                f"The commit has version {values.get('version')}; this Footfall reads version {COMMIT_VERSION}.",
                where=str(path), hint="Use the Footfall version that wrote this home, or a newer one.",
            )
        return Commit(**values)
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise unreadable_commit(path) from error


def unreadable_commit(path: Path) -> FootfallError:
    """The error of a commit file that is cut or changed."""
    return FootfallError(
        "A commit of the lake cannot be read.", where=str(path),
        hint="Put the file back from a backup of the home; nothing was changed.",
    )


def live_commits(commits: Iterable[Commit]) -> list[Commit]:
    """The commits that no later one replaces: those whose own lines, entities and ledger rows count."""
    commits = list(commits)
    replaced = {seq for commit in commits for seq in commit.replaces}
    return [commit for commit in commits if commit.seq not in replaced]


def write_commit(home: Home, commit: Commit) -> None:
    """Write a commit: force its files to disk, write its own file aside, force that, and move it into place."""
    home.commits.mkdir(parents=True, exist_ok=True)
    target = home.commits / f"{commit.seq:08d}.json"
    # Of a commit that is rewritten, retention may have removed files.
    names = [name for name in commit.paths() if not target.exists() or (home.root / name).exists()]
    paths = [home.root / name for name in names]
    for path in (*paths, *sorted({path.parent for path in paths})):
        sync(path)
    commit = replace(commit, checksums={
        name: commit.checksums.get(name) or list(checksum(home.root / name)) for name in names
    })
    if not (home.lake / "version").exists():
        write_version(home)
    aside = home.commits / f".{commit.seq:08d}.json.tmp"
    with aside.open("w", encoding="utf-8") as file:
        whole = sealed({name: getattr(commit, name) for name in Commit.__dataclass_fields__})
        json.dump(whole, file, separators=(",", ":"))
        file.flush()
        os.fsync(file.fileno())
    aside.replace(target)
    sync(home.commits)



def sweep(home: Home, commits: Iterable[Commit]) -> int:
    """Delete lake and quarantine files that no commit names, left behind by a load that died; return how many."""
    named = {path for commit in commits for path in commit.paths()}
    swept = 0
    for folder in (home.lake / "events", home.lake / "entities", home.lake / "keys", home.quarantine):
        for parent, folders, names in os.walk(folder):
            for name in (*folders, *names):
                path = Path(parent) / name
                if name.endswith((".parquet", ".tmp")) and path.relative_to(home.root).as_posix() not in named:
                    remove(path)
                    swept += 1
    for aside in home.commits.glob(".*.tmp"):
        aside.unlink()
    # what did not fit in the memory of a process that was killed: lines as they were read, also those without consent
    for spilled in home.temp.glob("duckdb_temp_*"):
        spilled.unlink()
    return swept
