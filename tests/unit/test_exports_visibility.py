"""Export folders that show what the settings hide now are removed, also where they cannot be written again."""

import json
from datetime import date
from pathlib import Path

import pytest

from exports.folder.visibility import remove_hidden_folders, visibility_rules
from tests.support.published import published

RANGE = {"name": "event", "start": "2026-06-01", "end": "2026-06-30"}
MANIFEST = {"version": 1, "files": {}, "user_id": None, "target_groups": [], "anonymization": "full",
            "timezone": "UTC", "range": RANGE}


@pytest.mark.parametrize(("older", "stays"), [
    ({}, True), ({"timezone": "America/Los_Angeles"}, False), ({"range": RANGE | {"end": "2026-06-20"}}, False),
    ({"anonymization": "domains"}, False), ({"target_groups": ["VIP"]}, False),
])
def test_a_folder_of_a_protected_workspace_about_other_settings_is_removed(
    tmp_path: Path, older: dict, stays: bool
) -> None:
    con = published(
        dim_workspaces=[{"workspace_id": "expo", "anonymization": "full", "timezone": "UTC", "target_groups": []}],
        anonymized_answers=[{"workspace_id": "expo", "range_start": date(2026, 6, 1), "range_end": date(2026, 6, 30)}],
    )
    folder = tmp_path / "expo" / "event"
    folder.mkdir(parents=True)
    (folder / "manifest.json").write_text(json.dumps(MANIFEST | older))
    remove_hidden_folders(tmp_path, visibility_rules(con))
    assert folder.exists() == stays


def test_only_people_who_are_shown_keep_folders_of_their_own(tmp_path: Path) -> None:
    con = published(
        dim_workspaces=[
            {"workspace_id": "expo", "anonymization": "domains", "timezone": "UTC", "target_groups": []},
            {"workspace_id": "fair", "anonymization": "none", "timezone": "UTC", "target_groups": ["VIP"]},
            {"workspace_id": "full", "anonymization": "full", "timezone": "UTC", "target_groups": []},
            {"workspace_id": "open", "anonymization": "none", "timezone": "UTC", "target_groups": []},
        ],
        dim_participants=[
            {"workspace_id": workspace, "user_id": user, "is_anonymized": user == "hidden",
             "is_targeted": user != "outside"}
            for workspace in ("expo", "fair", "full", "open") for user in ("seen", "hidden", "outside")
        ],
    )
    for workspace in ("expo", "fair", "full", "open"):
        for user in ("seen", "hidden", "outside"):
            folder = tmp_path / workspace / "users" / user / "event"
            folder.mkdir(parents=True)
            groups = ["VIP"] if workspace == "fair" else []
            (folder / "manifest.json").write_text(json.dumps(MANIFEST | {"user_id": user, "target_groups": groups}))
    (tmp_path / "expo" / "users" / "seen" / "last_7_days").mkdir()
    remove_hidden_folders(tmp_path, visibility_rules(con))
    left = {folder.relative_to(tmp_path).as_posix() for folder in tmp_path.glob("*/users/*/*")}
    assert left == {
        "expo/users/seen/event", "fair/users/seen/event",
        *(f"open/users/{user}/event" for user in ("seen", "hidden", "outside")),
    }
    assert sorted(path.name for path in (tmp_path / "expo" / "users").iterdir()) == ["seen"]
