"""Folders that show people who are hidden by the settings now, and that no run writes again.

These are folders of other ranges, and of single people.
"""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb

from exports.folder.manifest import read_manifest
from footfall.core.safe_names import folder_names

RANGE = "event"


@dataclass(frozen=True)
class VisibilityRule:
    """Which folders may stay of a workspace that shows only some people.

    Attributes:
        is_protected: it has one range.
        target_groups: the groups that a folder must be about.
        users: who may have folders of their own.
    """

    is_protected: bool
    target_groups: tuple[str, ...]
    users: frozenset[str]

    def allows(self, folder: Path, is_of_user: bool) -> bool:
        """Whether a folder shows no person who is hidden now."""
        manifest = read_manifest(folder)
        if self.is_protected and folder.name != RANGE:
            return False
        if is_of_user and (manifest is None or manifest["user_id"] not in self.users):
            return False
        return manifest is None or tuple(manifest.get("target_groups", ())) == self.target_groups


def visibility_rules(con: duckdb.DuckDBPyConnection) -> dict[str, VisibilityRule]:
    """By folder, the rule of each workspace that is anonymised or has target groups."""
    known = con.execute(
        "select workspace_id, coalesce(anonymization, 'none'), target_groups from marts.dim_workspaces"
    ).fetchall()
    names = folder_names(workspace for workspace, *_ in known)
    return {
        names[workspace]: VisibilityRule(
            anonymization != "none", tuple(target_groups), _users(con, workspace, anonymization)
        )
        for workspace, anonymization, target_groups in known if anonymization != "none" or target_groups
    }


def _users(con: duckdb.DuckDBPyConnection, workspace: str, anonymization: str) -> frozenset[str]:
    if anonymization == "full":
        return frozenset()
    return frozenset(row[0] for row in con.execute(
        "select user_id from marts.dim_participants where workspace_id = ? and is_targeted and not is_anonymized",
        [workspace],
    ).fetchall())


def remove_hidden_folders(exports: Path, rules: Mapping[str, VisibilityRule]) -> None:
    """Remove the folders that the rules do not allow any more.

    Args:
        exports: the folder ``<home>/exports``.
        rules: from ``visibility_rules``.
    """
    for name, rule in rules.items():
        for folder in (exports / name).glob("*"):
            if folder.is_dir() and folder.name != "users" and not rule.allows(folder, is_of_user=False):
                shutil.rmtree(folder)
        for folder in (exports / name / "users").glob("*/*"):
            if not rule.allows(folder, is_of_user=True):
                shutil.rmtree(folder)
        for folder in (exports / name / "users").glob("*"):
            if not any(folder.iterdir()):
                folder.rmdir()
