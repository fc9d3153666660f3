"""Settings that protect people hold in the strictest reading wherever they cannot be read."""

from pathlib import Path
from typing import Any

import pytest

from tests.support.lake import DAY, Lake, line

PAGE = line("web", type="page", context={"groupId": "expo", "device": {"id": "d9"}})
NEXT = "2026-11-03"


def workspace(**more: Any) -> dict[str, Any]:
    return {"workspace_id": "expo", "updated_at": "2026-08-01T00:00:00Z", **more}


@pytest.mark.parametrize("broken", [
    '{"workspace_id": "expo", "cookie_banner": tr', '{"workspace_id": "expo", "cookie_banner": true}}',
    b'{"workspace_id": "expo", "name": "caf\xe9"}',
])
def test_a_line_of_workspaces_that_cannot_be_read_protects_the_workspace_it_names(
    tmp_path: Path, broken: bytes | str
) -> None:
    lake = Lake(tmp_path)
    lake.land("workspaces.jsonl", [broken], kind="entities")
    lake.land("a.jsonl", [PAGE, line("app")])
    result = lake.load()
    (row,) = lake.entity("workspaces")
    names = ("workspace_id", "anonymization", "cookie_banner", "target_groups", "min_group_size", "is_unreadable")
    assert tuple(row[name] for name in names) == ("expo", "full", True, [""], 10_000_000, True)
    assert (result.loaded, result.no_consent, result.quarantined) == (1, 1, 1)
    assert any("`expo`" in warning for warning in result.warnings)


def test_a_line_that_names_a_known_workspace_in_any_format_protects_it(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    lake.land("workspaces.jsonl", [workspace()], kind="entities")
    lake.load()
    lake.land("workspaces.csv", b'workspace_id,name\nexpo,"Ex', day=NEXT, kind="entities")
    lake.load()
    assert [row["is_unreadable"] for row in lake.entity("workspaces")] == [False, True]


@pytest.mark.parametrize(("is_on", "no_consent"), [(False, 0), (True, 1)])
def test_events_refused_by_an_assumed_banner_are_validated_again_when_the_settings_can_be_read(
    tmp_path: Path, is_on: bool, no_consent: int
) -> None:
    lake = Lake(tmp_path)
    lake.land("workspaces.jsonl", [workspace(cookie_banner="perhaps")], kind="entities")
    lake.land("a.jsonl", [PAGE, line("app")])
    assert lake.load().no_consent == 1
    lake.land("workspaces.jsonl", [workspace(cookie_banner=is_on)], day=NEXT, kind="entities")
    lake.load()
    (ledger,) = (row for row in lake.ledger().values() if row["file"] == f"landing/events/{DAY}/a.jsonl")
    assert (ledger["loaded"], ledger["no_consent"]) == (2 - no_consent, no_consent)
    assert lake.load().is_empty


def test_a_banner_of_two_equal_lines_is_on_if_one_says_so(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    lake.land("workspaces.jsonl", [workspace(cookie_banner=True), workspace(cookie_banner=False)], kind="entities")
    lake.land("a.jsonl", [PAGE])
    assert lake.load().no_consent == 1


def test_one_warning_counts_the_lines_with_cleaned_ids(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    lake.land("a.jsonl", [line("m1", userId=" u1"), line("m2", userId="null"), line("m3", userId="42.0"), line("m4")])
    result = lake.load()
    assert {row["message_id"]: row["user_id"] for row in lake.live().values()} == {
        "m1": "u1", "m2": None, "m3": "42", "m4": "u1"
    }
    (warning,) = result.warnings
    assert warning.startswith("3 lines had ids")
