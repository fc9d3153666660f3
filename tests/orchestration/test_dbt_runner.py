"""dbt in this process: what it writes about the process."""

import os
import sys
from pathlib import Path

import pytest

from footfall.core.home import Home
from footfall.core.settings import Settings
from footfall.transform.dbt_args import artifacts_folder
from footfall.transform.dbt_runner import build, forget_compiled, parse


def test_what_dbt_writes_does_not_name_the_person_of_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """dbt keeps the command line of its process, which for an erasure has the id of the person in it."""
    monkeypatch.setattr(os, "environ", dict(os.environ))
    monkeypatch.setattr(sys, "argv", ["footfall", "erase", "--workspace", "expo", "--user", "zoe-9000"])
    home = Home(tmp_path / "home").ensure()
    manifest = parse(home, Settings())
    nodes = {node.name: node.status for node in build(home, Settings(), select=["event_catalog"], manifest=manifest)}
    assert nodes["event_catalog"] == "success"
    written = [path for path in artifacts_folder(home).rglob("*") if path.is_file()]
    assert "run_results.json" in {path.name for path in written}
    assert not [path for path in written if b"zoe-9000" in path.read_bytes()]
    assert sys.argv[-1] == "zoe-9000"


def test_dbt_works_though_the_working_folder_was_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "environ", dict(os.environ))
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    assert parse(Home(tmp_path / "home").ensure(), Settings()).nodes


def test_a_manifest_can_be_compiled_again(tmp_path: Path) -> None:
    """dbt marks what it has compiled, and would leave ephemeral models (on Spark) out the second time."""
    home = Home(tmp_path / "home").ensure()
    manifest = parse(home, Settings())
    build(home, Settings(), select=["int_changed_workspaces"], manifest=manifest)
    marked = [node for node in manifest.nodes.values() if getattr(node, "extra_ctes_injected", False)]
    assert "int_changed_workspaces" in {node.name for node in marked}
    forget_compiled(manifest)
    assert not [node for node in marked if node.compiled or node.extra_ctes_injected or node.extra_ctes]
