"""Folders that show people who are hidden by the settings now, and that no run writes again.

These are folders of other ranges, and of single people.
"""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from exports.folder.known_folders import KnownFolders
from exports.folder.places import places
from footfall.core.safe_names import folder_names

RANGE = "event"


@dataclass(frozen=True)
class VisibilityRule:
    """Which folders may stay of a workspace that shows only some people.

    Attributes:
        is_protected: it has one range.
        target_groups: the groups that a folder must be about.
        users: who may have folders of their own.
        about: protection, time zone, first and last date that a folder of a protected workspace must be about.
    """

    is_protected: bool
    target_groups: tuple[str, ...]
    users: frozenset[str]
    about: tuple[str, ...] = ()

    def allows(self, place: str, manifest: Mapping[str, Any] | None) -> bool:
        """Whether a folder shows no person who is hidden now.

        Args:
            place: the folder, relative to ``exports``.
            manifest: its facts; None where it is not finished.
        """
        is_of_user = place.count("/") > 1
        if self.is_protected and place.rpartition("/")[2] != RANGE:
            return False
        if is_of_user and (manifest is None or manifest["user_id"] not in self.users):
            return False
        if manifest is None:
            return True
        if self.about and not is_of_user and _about(manifest) not in (self.about, None):
            return False
        return tuple(manifest.get("target_groups", ())) == self.target_groups


def _about(manifest: Mapping[str, Any]) -> tuple[str, ...] | None:
    """As ``VisibilityRule.about``; None where a folder is about no date."""
    start, end = manifest["range"]["start"], manifest["range"]["end"]
    return (manifest["anonymization"], manifest["timezone"], start, end) if start and end else None


def visibility_rules(con: duckdb.DuckDBPyConnection) -> dict[str, VisibilityRule]:
    """By folder, the rule of each workspace that is anonymised or has target groups."""
    known = con.execute(
        "select workspace_id, coalesce(anonymization, 'none'), target_groups, coalesce(timezone, 'UTC')"
        " from marts.dim_workspaces"
    ).fetchall()
    ranges = {workspace: (start, end) for workspace, start, end in con.execute(
        "select distinct workspace_id, range_start::varchar, range_end::varchar from marts.anonymized_answers"
    ).fetchall()}
    names = folder_names(workspace for workspace, *_ in known)
    shown = {workspace: frozenset(users) for workspace, users in con.execute(
        "select p.workspace_id, list(p.user_id) from marts.dim_participants as p"
        " inner join marts.dim_workspaces as w on p.workspace_id = w.workspace_id"
        " where p.is_targeted and not p.is_anonymized and coalesce(w.anonymization, 'none') <> 'full'"
        " and (w.anonymization <> 'none' or len(w.target_groups) > 0) group by p.workspace_id"
    ).fetchall()}
    return {
        names[workspace]: VisibilityRule(
            anonymization != "none", tuple(target_groups), shown.get(workspace, frozenset()),
            (anonymization, zone, *ranges[workspace]) if anonymization != "none" and workspace in ranges else (),
        )
        for workspace, anonymization, target_groups, zone in known if anonymization != "none" or target_groups
    }


def remove_hidden_folders(
    exports: Path, rules: Mapping[str, VisibilityRule], known: KnownFolders | None = None
) -> None:
    """Remove the folders that the rules do not allow any more.

    Args:
        exports: the folder ``<home>/exports``.
        rules: from ``visibility_rules``.
        known: what is known of the folders; None: all are looked at.
    """
    known = known or KnownFolders(exports)
    for place in list(places(str(exports))) if rules else ():
        rule = rules.get(place.partition("/")[0])
        if rule is not None and not rule.allows(place, known.facts(place)):
            shutil.rmtree(exports / place)
            known.forget(place)
            user = (exports / place).parent
            if place.count("/") > 1 and not any(user.iterdir()):
                user.rmdir()
