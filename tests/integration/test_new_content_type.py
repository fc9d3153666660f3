"""A word is added in one place: a content type and a frequency band that only ``vars.yml`` names go all the way."""

import csv
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from footfall.core.home import Home
from footfall.core.vocabulary import read_vocabulary
from tests.conftest import REPOSITORY, Answer
from tests.support.lake import jsonl, line
from tests.support.marts import rows
from tests.support.unpacked import found_in

PACKAGES = ("footfall", "footfall_cli", "orchestration", "exports", "dbt_project")
WEEKLY = "    - {name: weekly, title: About weekly, up_to_days: 14}\n"
FORM = "    - {name: form, title: Form, plural: Forms}\n"
POLL = "    - {name: poll, title: Opinion poll, plural: Opinion polls}\n"
FORTNIGHTLY = "    - {name: fortnightly, title: Every other week, up_to_days: 21}\n"
#: Ada comes every 16 days: weekly would be too often, monthly not often enough.
DATES = ("2026-09-01", "2026-09-17", "2026-10-03")


@pytest.fixture(scope="module")
def code(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the code in which the content type `poll` and a band are added, and nothing else."""
    folder = tmp_path_factory.mktemp("code")
    for name in PACKAGES:
        unwanted = shutil.ignore_patterns("__pycache__", "target", "logs", "*.egg-info")
        shutil.copytree(REPOSITORY / name, folder / name, ignore=unwanted)
    words = folder / "dbt_project" / "vars.yml"
    text = words.read_text(encoding="utf-8")
    assert text.count(FORM) == text.count(WEEKLY) == 1
    words.write_text(text.replace(FORM, FORM + POLL).replace(WEEKLY, WEEKLY + FORTNIGHTLY), encoding="utf-8")
    with (folder / "dbt_project" / "seeds" / "event_catalog.csv").open("a", encoding="utf-8") as catalogue:
        catalogue.write("Opinion Given,view,polls,poll,open\n")
    return folder


def _footfall(code: Path, *arguments: str | Path) -> Answer:
    """Run the command of the copied code."""
    done = subprocess.run(
        [sys.executable, "-c", "from footfall_cli import main; main()", *map(str, arguments)], capture_output=True,
        text=True, timeout=300, check=False, cwd=code, env={**os.environ, "PYTHONPATH": str(code)},
    )
    return Answer(done.returncode, done.stdout, done.stderr)


@pytest.fixture(scope="module")
def home(code: Path, tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = Home(tmp_path_factory.mktemp("vocabulary")).ensure()
    home.settings_file.write_text("exports: {formats: [csv, html, svg], workers: 1}\n", encoding="utf-8")
    opened = [
        line(f"{day} {user}", event="Opinion Given", userId=user, anonymousId=user, timestamp=f"{day}T10:00:00Z",
             originalTimestamp=None, sentAt=None, receivedAt=None, context={"groupId": "expo", "os": {"name": "iOS"}},
             properties={"content_id": "p1"})
        for day in DATES for user in ("ada", "bob") if user == "ada" or day == DATES[0]
    ]
    poll = {"workspace_id": "expo", "content_type": " Poll", "content_id": "p1", "title": "Lunch or dinner?"}
    for folder, name, lines in (("events", "a.jsonl", opened), ("entities", "content.jsonl", [poll])):
        place = home.landing / folder / DATES[-1]
        place.mkdir(parents=True)
        (place / name).write_bytes(jsonl(lines))
    done = _footfall(code, "run", "--home", home.root, "--json")
    assert done.code == 0, done.out + done.err
    assert json.loads(done.out)["outcome"] == "done"
    return home


def _csv(home: Home, name: str) -> list[dict[str, str]]:
    with (home.exports / "expo" / "event" / "interaction_stats" / f"{name}.csv").open(encoding="utf-8-sig") as file:
        return list(csv.DictReader(file))


def test_a_content_type_costs_a_line_of_the_vocabulary_and_one_of_the_catalogue(home: Home) -> None:
    published = home.published / "footfall.duckdb"
    assert rows(published, "select content_type, title, is_inferred from marts.dim_content") == [
        ("poll", "Lunch or dinner?", False)
    ]
    cells = "select users from marts.agg_unique_users where dimension = 'content_type' and key = 'poll'"
    assert rows(published, f"{cells} and previous_local_date is null") == [(2,)]
    (poll,) = _csv(home, "opinion_polls")
    assert "Lunch or dinner?" in poll.values()
    folder = home.exports / "expo" / "event"
    assert (folder / "graphs" / "top_opinion_polls.svg").exists()
    assert found_in(folder / "report.html", ["Opinion polls"]) != []


def test_a_frequency_band_costs_a_line_of_the_vocabulary(home: Home) -> None:
    bands = {row["Group"]: row["Users"] for row in _csv(home, "visit_frequency") if row["Measure"] == "band"}
    assert bands == {"once": "1", "daily": "0", "weekly": "0", "fortnightly": "1", "monthly": "0"}
    assert found_in(home.exports / "expo" / "event" / "report.html", ["Every other week"]) != []


def test_bands_follow_each_other_without_a_gap(code: Path) -> None:
    bands = read_vocabulary(code / "dbt_project" / "vars.yml").frequency_bands
    assert [(band.over_days, band.up_to_days, band.least_gap) for band in bands] == [
        (None, None, 0), (0, 3, 1), (3, 14, 4), (14, 21, 15), (21, 45, 22), (45, None, 46),
    ]
