"""An erasure killed at any boundary is finished by the next command, and then looks as if it had never been."""

import signal
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from footfall.core import lock
from footfall.core.home import Home
from footfall.erasure.intent import Intent, pending_file, receipts, write_intent
from footfall.ingestion.lake.commit_log import read_commits
from footfall.ingestion.ledger.ledger import OUTCOMES, read_lake
from footfall.ingestion.retention import remove_old_lake
from tests.faults.drills.boundaries import ERASURE
from tests.support.erasing import participants, places_of, traces
from tests.support.killing import killed_at

# One worker for all tests of the file: what they read takes long to make.
pytestmark = pytest.mark.xdist_group("erasure_interrupted")
REPO = Path(__file__).parents[2]
def test_killed_at_any_boundary_an_erasure_is_finished_by_the_next_run(footfall, demo_copy: Home) -> None:
    home = demo_copy
    users = sorted({user for _, user in participants(home)})[8:12]
    people = [(workspace, user) for workspace, user in sorted(participants(home)) if user in users]
    personal = traces(home, people)
    before = read_lake(home)
    listed = home.root.parent / "list.csv"
    listed.write_text("workspace_id,user_id\n" + "".join(f"{w},{u}\n" for w, u in people))
    command = ["erase", "--home", str(home.root), "--file", str(listed)]
    for boundary in ERASURE:
        assert killed_at(boundary, *command) == -signal.SIGKILL, boundary
        assert pending_file(home).stat().st_mode & 0o777 == 0o600
        command = ["run", "--home", str(home.root)]

    finished = footfall("run", "--home", home.root)

    assert finished.code == 0, finished.err
    assert "Finishing an erasure that was interrupted." in finished.err
    assert not pending_file(home).exists()
    assert places_of(home.root, personal) == set()
    assert len(list(receipts(home))) == 1
    assert [commit.kind for commit in read_commits(home)].count("erasure") == 1
    after = read_lake(home)
    for row in after.ledger:
        assert row["lines_in"] == sum(row[name] for name in OUTCOMES), row
        assert min(row[name] for name in OUTCOMES) >= 0, row
    assert after.loaded == after.live_rows < before.loaded
    assert sum(row["lines_in"] for row in after.ledger) == sum(row["lines_in"] for row in before.ledger)
    assert sum(row["erased"] for row in after.ledger) > 100

    # killed between the receipt and the last step there is nothing left to do but that step
    write_intent(home, Intent(1, "2026-11-24T00:00:00", people))
    assert footfall("run", "--home", home.root, "--json").document["outcome"] == "nothing_new"
    assert not pending_file(home).exists()

    again = footfall("erase", "--home", home.root, "--file", listed, "--json")
    assert (again.code, again.document["outcome"]) == (0, "already_erased")
    assert len(list(receipts(home))) == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--workspace", "nowhere", "--user", "u1"], "No workspace 'nowhere' is known."),
        (["--workspace", "expo-2026"], "No person to erase is given."),
        (["--file", "absent.csv"], "The list cannot be read"),
        (["--file", "columns.csv"], "The list has no column user_id."),
        (["--file", "gap.csv"], "gap.csv, line 3"),
        (["--file", "empty.csv"], "The list names nobody."),
    ],
)
def test_bad_input_changes_nothing_and_says_what_to_do(
    footfall, demo_home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("columns.csv").write_text("workspace_id,user\nexpo-2026,u1\n")
    Path("gap.csv").write_text("workspace_id,user_id\nexpo-2026,u1\nexpo-2026,\n")
    Path("empty.csv").write_text("workspace_id,user_id\n")
    answer = footfall("erase", "--home", demo_home.root, *arguments)
    assert answer.code == 2
    assert message in answer.err
    assert "To do: " in answer.err
    assert "Traceback" not in answer.err
    assert not (demo_home.lake / "tombstones").exists()
    assert not pending_file(demo_home).exists()


def test_somebody_unknown_is_kept_out_of_later_files_and_nothing_is_built_anew(footfall, demo_copy: Home) -> None:
    before = demo_copy.current.read_bytes()
    answer = footfall("erase", "--home", demo_copy.root, "--workspace", "expo-2026", "--user", "nobody-yet", "--json")
    assert (answer.code, answer.document["outcome"]) == (0, "nothing_known")
    assert answer.document["receipt"]["tombstones"] == {"user": 1, "text": 2, "piece": 1}
    assert demo_copy.current.read_bytes() == before
    tombstones, checksums = sorted(path.name for path in (demo_copy.lake / "tombstones").iterdir())
    assert tombstones.startswith("000001-") and checksums == "files.json"


def test_during_a_run_nobody_is_erased(footfall, demo_copy: Home) -> None:
    code = (
        "import sys, time; from pathlib import Path\n"
        "from footfall.core import lock; from footfall.core.home import Home\n"
        "with lock.hold(Home(Path(sys.argv[1])), 'footfall run'): print('held', flush=True); time.sleep(60)"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", code, str(demo_copy.root)], stdout=subprocess.PIPE, text=True, cwd=REPO,
    )
    try:
        assert holder.stdout.readline() == "held\n"
        answer = footfall("erase", "--home", demo_copy.root, "--workspace", "expo-2026", "--user", "u00009")
    finally:
        holder.kill()
        holder.wait()
    assert answer.code == 1
    assert "Another process is writing to this home" in answer.err
    assert not pending_file(demo_copy).exists()
    assert lock.holder(demo_copy) is not None


def test_where_retention_let_rows_go_an_erasure_is_refused_and_nothing_changed(footfall, demo_copy: Home) -> None:
    remove_old_lake(demo_copy, date(2100, 1, 1), read_lake(demo_copy).seq)
    before = demo_copy.current.read_bytes()
    answer = footfall("erase", "--home", demo_copy.root, "--workspace", "expo-2026", "--user", "u00009")
    assert answer.code == 1
    assert "gone by `retention.lake_days`" in answer.err
    assert not pending_file(demo_copy).exists()
    assert not (demo_copy.lake / "tombstones").exists()
    assert demo_copy.current.read_bytes() == before
    assert demo_copy.marts_file.exists()


def test_a_search_that_finds_something_fails_the_run_that_finishes_the_erasure_and_is_repeated_by_resume(
    footfall, demo_copy: Home
) -> None:
    """A note that Footfall did not make names the person: the command says where, as without an interruption."""
    home = demo_copy
    person = sorted(participants(home))[9]
    note = home.root / "note.txt"
    note.write_text(next(text for text in traces(home, [person]) if "@" in text))
    command = ("erase", "--home", str(home.root), "--workspace", person[0], "--user", person[1])
    assert killed_at("orchestration.erase_people.rewrite_lake", *command) == -signal.SIGKILL

    finished = footfall("run", "--home", home.root, "--json")
    assert finished.code == finished.document["exit_code"] == 1
    assert finished.document["erasure"]["receipt"]["search"]["found"] == {"note.txt": 1}
    assert "note.txt" in finished.document["error"]["where"] and "footfall erase --resume" in finished.err
    assert footfall("run", "--home", home.root).code == 0, "other work goes on"
    (kept,) = (home.lake / "erasures").glob("*.open.json")
    assert kept.stat().st_mode & 0o777 == 0o600

    still = footfall("erase", "--home", home.root, "--resume", "--json")
    assert (still.code, still.document["receipt"]["search"]["found"]) == (1, {"note.txt": 1})
    note.unlink()
    resumed = footfall("erase", "--home", home.root, "--resume", "--json")
    assert (resumed.code, resumed.document["receipt"]["search"]["is_clean"]) == (0, True)
    assert not kept.exists() and len(list(receipts(home))) == 1
    nothing = footfall("erase", "--home", home.root, "--resume", "--json")
    assert (nothing.code, nothing.document["outcome"]) == (0, "nothing_to_resume")
