"""`dagster.yaml` that is damaged: set aside and written again; settings of somebody's own stay."""

from pathlib import Path

import pytest

from footfall.core.home import Home
from footfall_cli.doctor_state import look_at_state_files
from orchestration.instance_file import write_instance_file


def _as_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


@pytest.mark.parametrize("damage", [
    lambda path: path.write_text(""), lambda path: path.write_bytes(b"\x00\xff: [" * 300),
    lambda path: path.write_text("- a list\n"), lambda path: path.write_text("a: [1"), _as_folder,
])
def test_what_is_no_settings_is_named_set_aside_and_written_again(tmp_path: Path, damage) -> None:
    home = Home(tmp_path).ensure()
    path = write_instance_file(home)
    ours = path.read_text()
    damage(path)
    assert [one.is_ok for one in look_at_state_files(home)] == [False]
    assert write_instance_file(home).read_text() == ours
    assert [one.is_ok for one in look_at_state_files(home)] == [True]
    assert len(list(path.parent.glob("dagster.yaml.damaged-*"))) == 1


def test_settings_of_somebodys_own_stay(tmp_path: Path) -> None:
    home = Home(tmp_path).ensure()
    path = write_instance_file(home)
    path.write_text("telemetry:\n  enabled: false\n")
    assert write_instance_file(home).read_text() == "telemetry:\n  enabled: false\n"
    assert list(path.parent.iterdir()) == [path]
