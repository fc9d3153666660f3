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
