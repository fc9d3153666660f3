"""Hashes of landing files; a file with known path, size and time of change is not read again."""

import hashlib
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from footfall.core.home import Home
from footfall.core.state_files import read_json, write_json
from footfall.ingestion.lake.commit_log import Commit
from footfall.ingestion.landing.files import LandingFile
from footfall.ingestion.landing.scan import open_file
from footfall.ingestion.problems import machine_error

#: Of a file as `seen_row` gives it.
_COLUMNS = {"path", "size", "mtime_ns", "sha256"}


def known_hashes(home: Home, commits: Iterable[Commit]) -> dict[tuple[str, int, int], str]:
    """SHA-256 of files seen before, by path, size and time of change."""
    seen_files = [*(seen for commit in commits for seen in commit.known_files), *_read_seen(home)]
    return {(seen["path"], seen["size"], seen["mtime_ns"]): seen["sha256"] for seen in seen_files}


def with_hashes(home: Home, files: Iterable[LandingFile], known: dict[tuple[str, int, int], str]) -> list[LandingFile]:
    """Give every file the SHA-256 of its content, from ``known`` where path, size and time of change are the same."""
    files = list(files)
    hashes = {
        file.path: unreadable_hash(file.path) if file.problem else known.get((file.path, file.size, file.mtime_ns))
        for file in files
    }
    unknown = [path for path, sha256 in hashes.items() if sha256 is None]
    if unknown:
        with ThreadPoolExecutor(2) as pool:
            hashes |= zip(unknown, pool.map(lambda path: hash_file(home.root / path, path), unknown), strict=True)
    return [replace(file, sha256=hashes[file.path]) for file in files]


def hash_file(path: Path, name: str) -> str:
    """SHA-256 of the content; of a file that cannot be read, a hash of its name.

    Raises:
        FootfallError: the machine is at fault, not the file.
    """
    try:
        with open_file(path) as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except (OSError, MemoryError) as error:
        if (failure := machine_error(error, name)) is not None:
            raise failure from error
        return unreadable_hash(name)


def unreadable_hash(name: str) -> str:
    """The stand-in for the hash of a file whose content could not be read."""
    return hashlib.sha256(f"unreadable:{name}".encode()).hexdigest()


def _read_seen(home: Home) -> list[dict]:
    """Files whose content is in the lake under another name. Only a cache: it may be lost."""
    rows = (read_json(home.lake / "seen.json") or {}).get("files")
    return [row for row in rows if isinstance(row, dict) and row.keys() == _COLUMNS] if isinstance(rows, list) else []


def remember_hashes(home: Home, files: list[LandingFile]) -> None:
    """Keep the hashes of ``files``, so that the next search does not read them again."""
    if files:
        rows = {row["path"]: row for row in _read_seen(home)} | {file.path: seen_row(file) for file in files}
        write_json(home.lake / "seen.json", {"files": list(rows.values())})


def seen_row(file: LandingFile) -> dict:
    """A file as the commit log records it."""
    return {"path": file.path, "size": file.size, "mtime_ns": file.mtime_ns, "sha256": file.sha256}
