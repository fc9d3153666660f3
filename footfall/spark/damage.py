"""Damaged files of tables that are in a folder of the home: found without Spark, as every file of the home is.

``<home>/warehouse/iceberg_files.json`` has size and SHA-256 of the files of data and manifests after each publication.
A build only adds files, and the record is away while some are removed, so a file it names and that is missing, or is
another one, is damaged. Metadata changes with every statement: of each table the newest version must be readable.
"""

import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import unquote, urlparse

from footfall.core.checksums import VerifiedFiles, checksum
from footfall.core.home import Home
from footfall.core.state_files import is_damaged, read_json, remove, write_json

#: Formats of files that never change once they are written.
_IMMUTABLE = (".parquet", ".avro")


def record_file(home: Home) -> Path:
    """Where it is written which files the tables consist of."""
    return home.warehouse / "iceberg_files.json"


@contextmanager
def removing_files(home: Home, tables: Iterable[str]) -> Iterator[None]:
    """Remove files of tables inside; at the end it is recorded which are left. A kill leaves no record.

    Args:
        tables: Footfall's own, by `namespace.table`; what others keep beside them is theirs to change.
    """
    before = _recorded(home)
    remove(record_file(home))
    yield
    if home.iceberg.is_dir():
        folders = [home.iceberg.joinpath(*table.split(".")) for table in tables]
        files = {
            _name(home, path): path for folder in folders for path in folder.rglob("*") if path.suffix in _IMMUTABLE
        }
        # files never change, so those recorded before are not read again
        write_json(record_file(home), {
            "files": {name: before.get(name) or list(checksum(path)) for name, path in sorted(files.items())},
        })


def find_table_damage(home: Home, verified: VerifiedFiles, *, deep: bool) -> Iterator[tuple[Path, str]]:
    """Files of tables that are missing, changed or cannot be read.

    Args:
        deep: read every file, not only those that changed since they were verified.

    Yields:
        Path and problem, as a phrase, of each.
    """
    files = _recorded(home) if home.spark_state.exists() else {}  # without it, the tables count for nothing
    for table in sorted({home.iceberg.joinpath(*Path(name).parts[:2]) for name in files}):
        problem = _problem_of_metadata(table, verified, deep=deep)
        if problem is not None:
            yield table / "metadata", problem
    for name, (size, sha256) in files.items():
        problem = verified.find_problem(home.iceberg / name, (size, sha256), deep=deep)
        if problem is not None:
            yield home.iceberg / name, problem


def remove_damaged_tables(home: Home, paths: Iterable[Path]) -> None:
    """Remove the tables that these damaged files are of, and what is known of all: the next build is from scratch."""
    for path in paths:
        if home.iceberg in path.parents:
            shutil.rmtree(home.iceberg.joinpath(*path.relative_to(home.iceberg).parts[:2]), ignore_errors=True)
    for file in (home.spark_state, record_file(home)):
        remove(file)


def remove_tables_of_elsewhere(home: Home) -> list[str]:
    """Remove tables that came with a copied or moved home: their metadata names the files, and where new ones go, by
    the path of the home that they were made in. Returns their names.

    To be called before a build from scratch, which makes them again.
    """
    removed = []
    for folder in sorted(home.iceberg.glob("*/*")):
        location = next((found for path in (folder / "metadata").glob("v*.metadata.json") if (
            found := (read_json(path) or {}).get("location")
        )), None)
        if location is not None and local_path(location) != folder.resolve():
            shutil.rmtree(folder)
            removed.append(_name(home, folder).replace("/", "."))
    return removed


def local_path(address: str) -> Path | None:
    """The path of a file on this machine; None for one elsewhere."""
    parts = urlparse(address)
    if parts.scheme not in ("", "file"):
        return None
    return Path(os.path.realpath(unquote(parts.path) if parts.scheme else address))


def _recorded(home: Home) -> dict[str, tuple[int, str]]:
    record = read_json(record_file(home)) or {}
    return {name: (size, sha256) for name, (size, sha256) in record.get("files", {}).items()}


def _name(home: Home, path: Path) -> str:
    return path.relative_to(home.iceberg).as_posix()


def _problem_of_metadata(table: Path, verified: VerifiedFiles, *, deep: bool) -> str | None:
    folder = table / "metadata"
    try:
        number = int((folder / "version-hint.text").read_text(encoding="ascii"))
    except (OSError, ValueError):
        return "its newest version is not known: version-hint.text is missing or damaged"
    newest = folder / f"v{number}.metadata.json"
    if not newest.exists():
        return f"{newest.name} is missing"
    problem = f"{newest.name} is cut or not JSON"
    return verified.check(newest, lambda: problem if is_damaged(newest) else None, deep=deep)
