"""Which state of each anonymised workspace readers see, and what it was made of.

Kept privately, below ``<home>/lake/history/shown/<version>``, for the version that readers see: ``states.json``, one
digest of each person's data (``people.parquet``) and each person's part of each published cell (``cells.parquet``).
People and cells are keyed hashes there, so these files name nobody.
"""

import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import duckdb

from footfall.core.database import quote_literal
from footfall.core.home import Home
from footfall.core.state_files import read_json, write_json
from footfall.publishing.history import history_folder

#: Columns of the private tables.
PEOPLE = "workspace_id varchar, person ubigint, is_protected boolean, is_guest boolean, digest varchar"
_NAMES = ("people", "cells")


@dataclass(frozen=True)
class State:
    """What the answers about an anonymised workspace were made of.

    Args:
        state: its id, which pseudonyms depend on: the same data and settings have the same one.
        data_as_of: ISO date of the newest load in it.
        settings: digest of who counts, who is protected, and over which dates.
        context: digest of everything that answers depend on besides protected people; only compared.
        structure: digest of the columns of the answers.
        cells: how many cells the fullest state showed since settings changed.
    """

    state: str
    data_as_of: str | None
    settings: str
    context: str
    structure: str
    cells: int = 0


def folder_of(home: Home, version: str) -> Path:
    return history_folder(home) / "shown" / version


def read_states(home: Home, version: str | None) -> dict[str, State]:
    """The states that a version shows; empty where that is not known."""
    if version is None:
        return {}
    folder = folder_of(home, version)
    try:
        found = read_json(folder / "states.json")
        if found is None or not all((folder / f"{name}.parquet").exists() for name in _NAMES):
            return {}
        return {workspace: State(**row) for workspace, row in found.items()}
    except (OSError, ValueError, TypeError):
        return {}


def newest_version(home: Home) -> str | None:
    """The newest version of which private files are kept."""
    root = history_folder(home) / "shown"
    return max((folder.name for folder in root.iterdir()), default=None) if root.is_dir() else None


def load_shown(con: duckdb.DuckDBPyConnection, home: Home, version: str | None, cells: str) -> None:
    """Make the temporary tables ``shown_people`` and ``shown_cells`` of a version; empty where there is none.

    Args:
        cells: columns of ``shown_cells``.
    """
    for name, columns in zip(_NAMES, (PEOPLE, cells), strict=True):
        con.execute(f"create or replace temp table shown_{name} ({columns})")
        if version is not None and read_states(home, version):
            path = str(folder_of(home, version) / f"{name}.parquet")
            con.execute(f"insert into shown_{name} by name from read_parquet(?)", [path])


def write_states(
    con: duckdb.DuckDBPyConnection, home: Home, version: str, states: Mapping[str, State], queries: Mapping[str, str]
) -> None:
    """Write the private files of a version that is being made.

    Args:
        queries: for ``people`` and ``cells``, the query of the rows.
    """
    folder = folder_of(home, version)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name in _NAMES:
        path = quote_literal(str(folder / f"{name}.parquet"))
        con.execute(f"copy ({queries[name]}) to {path} (format parquet, compression zstd)")
    write_json(folder / "states.json", {workspace: asdict(state) for workspace, state in sorted(states.items())})


def forget_states(home: Home, keep: str | None) -> None:
    """Remove the private files of all versions but ``keep``: what is not shown any more needs no comparison."""
    root = history_folder(home) / "shown"
    for folder in root.iterdir() if root.is_dir() else ():
        if folder.name != keep:
            shutil.rmtree(folder)
