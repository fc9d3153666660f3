"""What footfall doctor finds in a home."""

from collections.abc import Callable
from pathlib import Path

import pytest

from footfall.core.home import Home
from footfall.core.secret import key_id
from footfall.core.settings import Settings
from footfall.ingestion.exclusion.tombstones import home_key, write_tombstones
from tests.conftest import Answer

Command = Callable[..., Answer]


def test_the_doctor_is_content_with_a_home_at_work_and_finds_what_is_wrong(footfall: Command, demo_copy: Home):
    assert footfall("doctor", "--home", demo_copy.root).code == 0
    demo_copy.settings_file.write_text("schedule:\n  timezone: Europe/Atlantis\n")
    demo_copy.lock_file.write_text('{"pid": 4194305, "since": "2026-11-01T00:00:00+00:00", "command": "footfall run"}')
    answer = footfall("doctor", "--home", demo_copy.root, "--json")
    wrong = {finding["name"] for finding in answer.document["findings"] if not finding["is_ok"]}
    assert answer.code == answer.document["exit_code"] == 1
    assert wrong == {"schedule.timezone", "lock"}


@pytest.mark.parametrize(("line", "words"), [
    ('occurred_at: "ts +"', "occurred_at"), ("event_nam: name", "event_nam"),
    ('user_id: "(select 1)"', "user_id"), ('user_id: "uid; drop table x"', "user_id"),
    ("event: no_such(name)", "event"),
])
def test_the_doctor_names_a_mapping_that_cannot_be_used(footfall: Command, tmp_path: Path, line: str, words: str):
    home = Home(tmp_path / "home").ensure()
    home.settings_file.write_text(
        "sources:\n  events:\n    - name: legacy\n      path: landing/events/{load_date}/*.csv\n      format: csv\n"
        f"      mapping:\n        workspace_id: \"'expo'\"\n        {line}\n"
    )
    findings = footfall("doctor", "--home", home.root, "--json").document["findings"]
    (found,) = (one for one in findings if one["name"] == "mapping")
    assert not found["is_ok"] and words in found["found"] and found["hint"]


def test_the_doctor_tells_of_a_key_that_would_not_know_the_erased(footfall: Command, tmp_path: Path):
    def key_report() -> tuple[bool, str, str]:
        found = footfall("doctor", "--home", home.root, "--json").document["findings"]
        (key,) = (finding for finding in found if finding["name"] == "privacy.key")
        return key["is_ok"], key["found"], key["hint"]

    home = Home(tmp_path / "home").ensure()
    assert key_report() == (True, "none yet; made when it is needed", "")
    right = key_id(home_key(home, Settings()))
    write_tombstones(home, home_key(home, Settings()), 1, [("user", "expo", "anna")])
    assert key_report()[:2] == (True, f"id {right}")
    home.key_file.write_text("another key " * 4)
    assert not key_report()[0] and right in key_report()[2]
    home.key_file.write_text("short")
    assert not key_report()[0] and "too short" in key_report()[1]
    home.key_file.unlink()
    assert not key_report()[0] and "missing" in key_report()[1] and "backup" in key_report()[2]
