"""What is published, read without opening a database: for `footfall status` and for a night with nothing to do."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from footfall.core.home import Home
from footfall.publishing.history import read_runs
from footfall.publishing.versions import current_version, list_versions


@dataclass(frozen=True)
class Status:
    """``current``: the document of ``current.json``, None while nothing is published. ``bytes``: the DuckDB file's
    size. ``versions``: names of the kept versions, oldest first. ``last_run``: as recorded, None before the first."""

    current: dict[str, Any] | None
    path: Path | None
    bytes: int
    versions: tuple[str, ...]
    last_run: dict[str, Any] | None


def read_status(home: Home) -> Status:
    """Read the state of what is published. Milliseconds; no DuckDB."""
    folder = current_version(home)
    runs = read_runs(home)
    path = folder / "footfall.duckdb" if folder is not None else None
    return Status(
        current=json.loads((folder / "current.json").read_text(encoding="utf-8")) if folder is not None else None,
        path=path,
        bytes=path.stat().st_size if path is not None else 0,
        versions=tuple(version.name for version in list_versions(home)),
        last_run=runs[-1] if runs else None,
    )


def current_file(home: Home) -> Path | None:
    """The DuckDB file of the version readers see now, with links resolved: open this path, not the link.

    DuckDB keeps what it opened by path, so a process that opens the link again may get the version before.
    """
    folder = current_version(home)
    return (folder / "footfall.duckdb").resolve() if folder is not None else None
