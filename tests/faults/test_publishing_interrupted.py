"""Publishing that is killed, starved or raced: readers have the old version or the new one, whole."""

import errno
import os
import signal
import subprocess
import sys
import textwrap
import time
from datetime import datetime
from pathlib import Path

import duckdb
import pytest

from footfall.core.errors import DiskFull, FootfallError, NotEnoughMemory
from footfall.core.home import Home
from footfall.core.settings import Settings
from footfall.publishing import publish as publishing
from footfall.publishing import versions
from footfall.publishing.history import RunRecord
from footfall.publishing.publish import publish, read_previous
from tests.faults.drills.boundaries import PUBLISHING, SWAP
from tests.support.killing import killed_at
from tests.support.marts import change, commit, daily, event, make_home, rows

REPO = Path(__file__).parents[2]
RUN = RunRecord("run", "load", datetime(2026, 11, 1, 23))


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = make_home(tmp_path / "home")
    change(home, event("m1", "2026-11-01 10:00:00"), *daily("2026-11-01", 1))
    commit(home, 1, "2026-11-01")
    return home


def publish_now(home: Home, run: RunRecord = RUN):
    return publish(home, Settings(), run=run, published_at=datetime(2026, 11, 1, 23, 30), fingerprint="f")


def shown(home: Home) -> tuple[int, int]:
    """Rows of fct_events in the DuckDB file and in the Parquet files."""
    in_file = rows(home.published_file, "select count(*) from marts.fct_events")
    in_parquet = duckdb.execute(f"select count(*) from '{home.published}/marts/fct_events/*.parquet'").fetchall()
    return in_file[0][0], in_parquet[0][0]


PROGRAM = """
from pathlib import Path
from footfall.core.home import Home
from tests.faults.test_publishing_interrupted import publish_now

publish_now(Home(Path(sys.argv[3])))
"""


def test_killed_at_any_boundary_the_old_version_or_the_new_is_whole(home: Home) -> None:
    publish_now(home)
    commit(home, 2, "2026-11-02")
    change(home, event("m2", "2026-11-02 10:00:00"), *daily("2026-11-01", 2))
    outcomes = []
    for boundary in PUBLISHING:
        killed = killed_at(boundary, str(home.root), program=PROGRAM, imports="footfall.publishing.publish")
        assert killed == -signal.SIGKILL, boundary
        outcomes.append(shown(home))
    before = PUBLISHING.index(SWAP)
    assert outcomes == [(1, 1)] * before + [(2, 2)] * (len(PUBLISHING) - before)
    publish_now(home)
    assert shown(home) == (2, 2)
    restated = rows(home.published_file, "select count(*) from ops.restatements where metric = 'interactions'")
    assert restated == [(1,)]
    left = [path.name for path in (home.published / "versions").iterdir() if path.name.endswith(".tmp")]
    assert left == []
    assert [path for path in home.published.iterdir() if path.name.startswith(".")] == []


def test_what_an_interrupted_publication_left_is_swept(home: Home) -> None:
    first = publish_now(home).version
    folder = versions.versions_folder(home)
    (folder / "000002-20261102T000000.tmp" / "marts").mkdir(parents=True)
    (folder / "000003-20261102T000000").mkdir()
    (folder / "notes").mkdir()
    change(home, event("m2", "2026-11-02 10:00:00"))
    second = publish_now(home).version
    assert sorted(path.name for path in folder.iterdir()) == sorted([first, second, "notes"])


def test_a_full_disk_leaves_the_old_version_and_says_what_to_do(home: Home) -> None:
    publish_now(home)
    change(home, event("m2", "2026-11-02 10:00:00"), "create table fct_big as select range as n from range(3000000)")
    code = """
        import resource, sys
        from pathlib import Path
        from footfall.core.errors import FootfallError
        from footfall.core.home import Home
        from tests.faults.test_publishing_interrupted import publish_now
        import duckdb, signal
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))
        try:
            publish_now(Home(Path(sys.argv[1])))
        except FootfallError as error:
            print(error.message, error.hint)
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code), str(home.root)], cwd=REPO,
        env={**os.environ, "PYTHONPATH": str(REPO)}, capture_output=True, text=True,
    )
    assert "could not be written: File too large." in done.stdout, done.stderr
    assert "What was published stays" in done.stdout
    assert shown(home) == (1, 1)
    assert [path.name for path in versions.versions_folder(home).iterdir()] == [read_previous(home).folder.name]


@pytest.mark.parametrize(("error", "kind"), [
    (OSError(errno.ENOSPC, "No space left on device"), DiskFull),
    (duckdb.IOException("Could not write file: No space left on device"), DiskFull),
    (duckdb.OutOfMemoryException("Out of Memory Error: failed to pin block"), NotEnoughMemory),
])
def test_a_lack_of_room_has_its_own_kind_by_which_it_is_retried_and_alerted(
    home: Home, monkeypatch: pytest.MonkeyPatch, error: Exception, kind: type
) -> None:
    publish_now(home)
    change(home, event("m2", "2026-11-02 10:00:00"))

    def fail(*_: object) -> None:
        raise error

    with monkeypatch.context() as patched:
        patched.setattr(publishing, "write_checksums", fail)
        with pytest.raises(kind):
            publish_now(home)
    assert shown(home) == (1, 1)
    assert [path.name for path in versions.versions_folder(home).iterdir()] == [read_previous(home).folder.name]
    publish_now(home)
    assert shown(home) == (2, 2)


def test_a_name_taken_by_somebody_elses_file_is_not_overwritten(home: Home) -> None:
    home.published_file.write_text("mine")
    with pytest.raises(FootfallError, match="taken by a file"):
        publish_now(home)
    assert home.published_file.read_text() == "mine"


def test_a_damaged_previous_version_does_not_keep_the_next_from_its_readers(home: Home) -> None:
    publish_now(home)
    versions.current_version(home).joinpath("footfall.duckdb").write_bytes(b"not a database")
    change(home, event("m2", "2026-11-02 10:00:00"))
    messages = []
    publish(home, Settings(), run=RUN, published_at=datetime(2026, 11, 2), fingerprint="f", progress=messages.append)
    assert shown(home) == (2, 2)
    assert any("restates is not known" in sentence for sentence in messages)


def test_lost_state_of_the_previous_version_means_everything_is_written_again(home: Home) -> None:
    publish_now(home)
    versions.current_version(home).joinpath("state.json").write_text("{")
    assert publish_now(home).files_shared == 0
    assert shown(home) == (1, 1)


READER = """
import sys, time, duckdb
from pathlib import Path
folder, stop = Path(sys.argv[1]), Path(sys.argv[2])
reads = seen = 0
print("ready", flush=True)
while not stop.exists():
    path = str((folder / "footfall.duckdb").resolve())
    with duckdb.connect(path, read_only=True) as con:
        events, total = con.execute(
            "select (select count(*) from marts.fct_events), (select max(interactions) from marts.agg_workspace_daily)"
        ).fetchone()
        assert events == total, (events, total)
        seen = max(seen, events)
    with duckdb.connect() as con:
        assert con.execute(f"select count(*) from '{folder}/marts/dim_workspaces/*.parquet'").fetchone() == (1,)
    reads += 1
print(reads, seen)
"""


def test_no_read_fails_while_versions_are_swapped(home: Home, tmp_path: Path) -> None:
    publish_now(home)
    stop = tmp_path / "stop"
    reader = subprocess.Popen(
        [sys.executable, "-c", READER, str(home.published), str(stop)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )
    assert reader.stdout.readline() == "ready\n"
    swaps = 0
    for number in range(2, 7):
        old = versions.current_version(home)
        change(home, event(f"m{number}", "2026-11-01 11:00:00"), *daily("2026-11-01", number))
        publish_now(home)
        new = versions.current_version(home)
        # Building a version takes longer than swapping it in; so the two are swapped to and fro.
        for version in [old, new] * 100:
            versions.swap(home, version)
            swaps += 1
    time.sleep(0.2)
    stop.touch()
    out, err = reader.communicate(timeout=120)
    assert reader.returncode == 0, err
    reads, seen = map(int, out.split())
    assert reads > 5
    assert seen == 6
    assert swaps == 1000
