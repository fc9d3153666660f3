"""A load that is killed, or finds the disk full: what was committed stays, and the next one finishes."""

import os
import resource
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from footfall.ingestion.lake.commit_log import read_commits
from footfall.ingestion.landing.pending import pending
from tests.support.lake import DAY, Lake, line

CHILD = """
import os, resource, sys
from pathlib import Path
from footfall.core.errors import FootfallError
from footfall.ingestion import commit, load_events
from footfall.ingestion.lake import write_events
from tests.support.lake import Lake

boundary = sys.argv[2]
def dying(module, name, after):
    whole = getattr(module, name)
    def part(*args, **kwargs):
        if not after:
            os._exit(9)
        whole(*args, **kwargs)
        os._exit(9)
    setattr(module, name, part)

if boundary == "full disk":
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
    try:
        Lake(Path(sys.argv[1])).load()
    except FootfallError as error:
        print(error.message, error.hint)
        sys.exit(error.exit_code)
module, name, after = {
    "before the first lake file": (load_events, "write", False),
    "after the first lake file": (load_events, "write", True),
    "before the keys": (write_events, "fetch_rows", False), "after the entities": (commit, "load_entities", True),
    "before the commit": (commit, "write_commit", False), "between file and move": (Path, "replace", False),
    "after the commit": (commit, "write_commit", True),
}[boundary]
dying(module, name, after)
Lake(Path(sys.argv[1])).load()
"""


def run_child(root: Path, boundary: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", textwrap.dedent(CHILD), str(root), boundary], capture_output=True, text=True,
        env={**os.environ, "PYTHONPATH": str(Path.cwd())}, check=False,
    )


def loaded_home(root: Path) -> Lake:
    """A lake with one commit, and another night with a line that displaces one of the first waiting in landing."""
    lake = Lake(root)
    lake.land("a.jsonl", [line("m1", receivedAt=f"{DAY}T10:00:09Z"), line("m2")])
    lake.load()
    lake.land("workspaces.jsonl", [{"workspace_id": "expo"}], "2026-11-03", kind="entities")
    many = [line(f"n{n}") for n in range(2000)]
    lake.land("b.jsonl", [line("m1"), line("m3"), "bad", line("m3"), *many], "2026-11-03")
    return lake


@pytest.mark.parametrize("boundary", [
    "after the entities", "before the first lake file", "after the first lake file", "before the keys",
    "before the commit", "between file and move",
])
def test_a_load_killed_at_any_point_leaves_what_was_committed_and_the_next_one_finishes(
    tmp_path: Path, boundary: str
) -> None:
    lake = loaded_home(tmp_path / "killed")
    before = lake.live()
    child = run_child(lake.root, boundary)
    assert child.returncode == 9, child.stderr
    assert lake.live() == before
    assert len(read_commits(lake.home)) == 1
    lake.load()
    other = loaded_home(tmp_path / "whole")
    other.load()
    assert lake.live() == other.live()
    assert _files(lake) == _files(other)


def test_a_load_killed_right_after_its_commit_has_loaded(tmp_path: Path) -> None:
    lake = loaded_home(tmp_path)
    assert run_child(tmp_path, "after the commit").returncode == 9
    assert lake.live().keys() == {("expo", name) for name in ("m1", "m2", "m3", *(f"n{n}" for n in range(2000)))}
    assert pending(lake.home, lake.settings).is_empty


def _files(lake: Lake) -> list[str]:
    folders = (lake.root / "lake", lake.root / "quarantine")
    return sorted(path.relative_to(lake.root).as_posix() for folder in folders for path in folder.rglob("*"))


def test_a_full_disk_is_an_error_with_a_hint_and_commits_nothing(tmp_path: Path) -> None:
    lake = loaded_home(tmp_path)
    child = run_child(tmp_path, "full disk")
    assert (child.returncode, child.stderr) == (1, "")
    assert "cannot be written" in child.stdout
    assert "Free disk space" in child.stdout
    assert len(read_commits(lake.home)) == 1
    assert lake.load().loaded == 2003
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] == resource.RLIM_INFINITY
