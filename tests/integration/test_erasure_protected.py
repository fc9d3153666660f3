"""People erased from workspaces that protect them, by a command that is killed while it builds and while it exports."""

import json
import re
import shutil
import signal
from datetime import UTC, datetime
from pathlib import Path

import pytest

from footfall.core.home import Home
from footfall.core.settings import load_settings
from footfall.erasure.intent import pending_file, receipts
from footfall.metrics.layer import answer
from footfall.metrics.question import Question
from footfall.metrics.source import open_published
from footfall.publishing.history import RunRecord
from footfall.publishing.publish import publish
from footfall.publishing.versions import list_versions
from tests.conftest import in_a_process
from tests.integration.conftest import Protected
from tests.support import protected
from tests.support.erasing import participants, places_of, traces
from tests.support.forked import COMMAND, Forked
from tests.support.warehouse import Warehouse

# With the file whose home this one reads.
pytestmark = pytest.mark.xdist_group("anonymised")
PEOPLE = [
    (protected.FULL, "qfuser00009"), (protected.FULL, "qfuser00010"),
    (protected.DOMAINS, "qduser00009"), (protected.DOMAINS, "qduser00010"),
]


def killed_when_it_says(pattern: str, *command: str | Path) -> int:
    """Kill the command as soon as a line of what it says has ``pattern``; returns how it ended."""
    process = Forked(COMMAND, *command)
    for line in process.stderr:
        if re.search(pattern, line):
            process.send_signal(signal.SIGKILL)
            break
    return process.wait()


def headlines(home: Home, workspace: str) -> dict[str, object]:
    with open_published(home) as con:
        (row,) = answer(con, "insights", Question(workspace)).to_pylist()
    return row


def test_killed_while_it_builds_and_exports_an_erasure_is_finished_and_leaves_a_home_that_never_had_them(
    protected_home: Protected, tmp_path: Path
) -> None:
    home = Home(Path(shutil.copytree(protected_home.home.root, tmp_path / "home", symlinks=True)))
    personal = traces(home, PEOPLE) | {text for _, user in PEOPLE for text in protected.names(user).values()}
    assert {place.split("/")[0] for place in places_of(home.root, personal)} >= {
        "landing", "lake", "warehouse", "published", "exports"}
    listed = tmp_path / "list.csv"
    listed.write_text("workspace_id,user_id\n" + "".join(f"{w},{u}\n" for w, u in PEOPLE), encoding="utf-8")
    before = home.current.read_bytes()

    asked = ("erase", "--home", home.root, "--file", listed)
    assert killed_when_it_says(r"Building \w+ \(\d+ of", *asked) == -signal.SIGKILL
    assert home.current.read_bytes() == before, "readers have the version from before until the next is whole"
    assert killed_when_it_says(r"Writing exports\.", "run", "--home", home.root) == -signal.SIGKILL
    assert home.current.read_bytes() != before and pending_file(home).exists()
    finished = in_a_process("run", "--home", home.root, timeout=1_200)

    assert finished.code == 0, finished.err
    assert not pending_file(home).exists()
    assert len(list_versions(home)) == 1
    assert places_of(home.root, personal) == set()
    assert not personal & set(finished.err.split())
    (receipt,) = (json.loads(path.read_text(encoding="utf-8")) for path in receipts(home))
    assert receipt["search"]["is_clean"] and receipt["people_known"] == len(PEOPLE)
    assert {path.name for path in home.exports.iterdir()} == {protected.FULL, protected.DOMAINS, "index.html"}

    # A home of what is left in the landing zone has the same tables. Of the answers about protected people, numbers are
    # hidden that would show what the erased people did, by subtraction from what was published before.
    other = Warehouse.at(tmp_path / "other")
    shutil.rmtree(other.home.landing)
    shutil.copytree(home.landing, other.home.landing)
    shutil.copyfile(home.key_file, other.home.key_file)
    assert not {user for _, user in PEOPLE} & {user for _, user in participants(other.home)}
    other.load("never")
    other.build()
    at = datetime.now(UTC)
    publish(other.home, load_settings(other.home), run=RunRecord("never", "run", at), published_at=at)
    hashes = [json.loads(one.current.read_text(encoding="utf-8"))["hashes"] for one in (home, other.home)]
    answers = [one.pop("anonymized_answers") for one in hashes]
    assert hashes[0] == hashes[1]
    assert answers[0] != json.loads(before)["hashes"]["anonymized_answers"]
    for workspace in (protected.FULL, protected.DOMAINS):
        shown, never = (headlines(one, workspace) for one in (home, other.home))
        assert {name: number for name, number in shown.items() if number not in (None, never[name])} == {}
