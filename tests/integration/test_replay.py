"""`footfall quarantine replay`: rejected lines are loaded again with their load dates, and no other dates."""

from collections.abc import Callable
from pathlib import Path

from footfall.core.home import Home
from footfall.ingestion.ledger.ledger import read_lake
from tests.conftest import Answer
from tests.support.lake import Lake, line
from tests.support.marts import rows

NIGHTS = ("2026-11-02", "2026-11-03", "2026-11-04")


def test_a_replay_loads_what_is_right_now_once_and_leaves_the_dates_between_as_they_are(
    tmp_path: Path, footfall: Callable[..., Answer]
) -> None:
    lake, home = Lake(tmp_path), Home(tmp_path).ensure()
    home.settings_file.write_text("exports:\n  formats: [csv]\n", encoding="utf-8")
    paths = [lake.land("a.jsonl", [line(f"m{number}")], night) for number, night in enumerate(NIGHTS)]
    for night in (NIGHTS[0], NIGHTS[2]):
        lake.land("old.jsonl", [line(f"old {night}", timestamp="2026-08-01T10:00:00Z")], night)
    first = footfall("run", "--home", home.root, "--json")
    assert first.code == 0, first.err
    steps = {step["about"]: step["to_do"] for step in first.document["next_steps"]}
    assert "then `footfall quarantine replay`" in steps["rejected_lines"]
    assert rows(home.published_file, "select count(*) from marts.fct_events") == [(3,)]
    assert "rejected_lines" in _steps(footfall("run", "--home", home.root, "--json")), "as long as they are rejected"

    home.settings_file.write_text("exports:\n  formats: [csv]\nlimits:\n  max_late_days: 0\n", encoding="utf-8")
    paths[1].unlink()  # archived since; a backfill of its date would take its line back
    replayed = footfall("quarantine", "replay", "--reason", "too_late", "--home", home.root, "--json")
    assert replayed.code == 0, replayed
    assert "rejected_lines" not in _steps(replayed)
    assert replayed.document["load_dates"] == [NIGHTS[0], NIGHTS[2]], replayed.document
    assert rows(home.published_file, "select count(*) from marts.fct_events") == [(5,)]
    backfilled = [commit.load_date for commit in read_lake(home).commits if commit.kind == "backfill"]
    assert backfilled == [NIGHTS[0], NIGHTS[2]]
    again = footfall("quarantine", "replay", "--reason", "too_late", "--home", home.root, "--json")
    assert again.document["outcome"] == "nothing_new"


def _steps(answer: Answer) -> list[str]:
    return [step["about"] for step in answer.document["next_steps"]]
