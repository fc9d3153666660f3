"""``manifest.json``: the files of a folder, the data they were made of, and whether they are still right."""

import json
import os
import shutil
from collections.abc import Collection, Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

from footfall.core.state_files import sealed

NAME = "manifest.json"
#: Name of the folders about one person each, in the folder of a workspace.
USERS = "users"
VERSION = 1


def write_manifest(folder: Path, facts: Mapping[str, Any], rows: Mapping[str, int]) -> dict[str, Any]:
    """Write the manifest, last of all files of the folder.

    Args:
        folder: the finished folder.
        facts: what the files were made of: workspace, range, time zone, fingerprint, run …
        rows: rows by path relative to the folder, for the files that have rows.

    Returns:
        The manifest: ``facts`` with ``files`` = {path: {sha256, bytes, rows}}; rows is null for a file without rows.
    """
    files = {}
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        name = path.relative_to(folder).as_posix()
        with path.open("rb") as file:
            digest = sha256()
            while piece := file.read(1 << 20):
                digest.update(piece)
        files[name] = {"sha256": digest.hexdigest(), "bytes": path.stat().st_size, "rows": rows.get(name)}
    manifest = {"version": VERSION, **facts, "files": files}
    _write(folder / NAME, manifest)
    return manifest


def mark_held_back(folder: Path, reason: str) -> None:
    """Write into the manifest of a folder that newer data of its workspace are held back, and why."""
    manifest = read_manifest(folder)
    if manifest is not None and manifest.get("held_back") != reason:
        aside = folder / f".{NAME}.tmp"
        _write(aside, manifest | {"held_back": reason})
        shutil.copymode(folder / NAME, aside)
        aside.replace(folder / NAME)


def _write(path: Path, manifest: Mapping[str, Any]) -> None:
    text = json.dumps(sealed(manifest), ensure_ascii=False, indent=1)
    path.write_text(text + "\n", encoding="utf-8", errors="backslashreplace", newline="\n")


def read_manifest(folder: Path | str) -> dict[str, Any] | None:
    """The manifest of a folder; None where the folder is not finished, or not ours."""
    try:
        with open(f"{folder}/{NAME}", "rb") as file:  # noqa: PTH123
            manifest = json.loads(file.read().decode("utf-8"))
    except (OSError, ValueError):
        return None
    is_ours = isinstance(manifest, dict) and manifest.get("version") == VERSION
    return manifest if is_ours and isinstance(manifest.get("files"), dict) else None


def is_current(folder: Path, fingerprint: str, formats: Collection[str]) -> bool:
    """Whether the folder was made of the same content in these formats, and all its files are there in full length.

    A folder that was finished without some file, or that was held back, is not current: the next run tries again.
    """
    manifest = read_manifest(folder)
    return manifest is not None and is_made_of(manifest, fingerprint, formats) and has_all_files(folder, manifest)


def is_made_of(manifest: Mapping[str, Any], fingerprint: str, formats: Collection[str]) -> bool:
    """Whether a manifest is of this content in these formats, and names no file that is missing or held back."""
    if manifest.get("failed") or manifest.get("held_back"):
        return False
    return manifest["fingerprint"] == fingerprint and set(formats) <= set(manifest["formats"])


def has_all_files(folder: Path | str, manifest: Mapping[str, Any]) -> bool:
    """Whether all files of a manifest are there in full length."""
    return not any(True for _ in wrong_files(folder, manifest))


def wrong_files(folder: Path | str, manifest: Mapping[str, Any]) -> Iterator[str]:
    """The files of a manifest that are missing or have another size, relative to the folder."""
    # by texts: a path object a file takes three times as long, and folders have many files
    for name, file in manifest["files"].items():
        try:
            if os.stat(f"{folder}/{name}").st_size != file["bytes"]:  # noqa: PTH116
                yield name
        except (OSError, ValueError, KeyError, TypeError):  # not there, or not a file's entry
            yield name
