"""Folders of protected workspaces that are not made any more: of other ranges, and about people who are protected."""

import shutil
from collections.abc import Mapping
from pathlib import Path

import duckdb

from exports.manifest import read_manifest
from exports.names import folder_names

RANGE = "event"


def protected_folders(con: duckdb.DuckDBPyConnection) -> dict[str, frozenset[str]]:
    """The folder of each protected workspace, with the users who may still have folders of their own there."""
    known = con.execute("select workspace_id, coalesce(anonymization, 'none') from marts.dim_workspaces").fetchall()
    names = folder_names(workspace for workspace, _ in known)
    return {
        names[workspace]: frozenset() if anonymization == "full" else frozenset(
            row[0] for row in con.execute(
                "select user_id from marts.dim_participants where workspace_id = ? and not is_anonymized", [workspace]
            ).fetchall()
        )
        for workspace, anonymization in known if anonymization != "none"
    }


def withdraw(exports: Path, protected: Mapping[str, frozenset[str]]) -> None:
    """Remove the folders of protected workspaces that show what is not told any more.

    Args:
        exports: the folder ``<home>/exports``.
        protected: from ``protected_folders``.
    """
    for name, users in protected.items():
        for folder in (exports / name).glob("*"):
            if folder.is_dir() and folder.name not in (RANGE, "users"):
                shutil.rmtree(folder)
        for folder in (exports / name / "users").glob("*/*"):
            manifest = read_manifest(folder)
            if folder.name != RANGE or manifest is None or manifest["user_id"] not in users:
                shutil.rmtree(folder)
        for folder in (exports / name / "users").glob("*"):
            if not any(folder.iterdir()):
                folder.rmdir()
