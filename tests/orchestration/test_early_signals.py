"""A signal that arrives while a command begins ends it with its line and its exit code too."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from footfall.core.home import Home
from tests.conftest import REPOSITORY

_WHILE_IMPORTING = """
import os, signal, sys
class Finder:
    def find_spec(self, name, path=None, target=None):
        if name == "footfall_cli.commands":
            os.kill(os.getpid(), signal.{name})
sys.meta_path.insert(0, Finder())
from footfall_cli import main
main()
"""
_WHILE_THE_SERVER_TAKES_OVER = """
import os, signal
execve = os.execve
def late(*arguments):
    os.kill(os.getpid(), signal.{name})
    execve(*arguments)
os.execve = late
from footfall_cli import main
main()
"""


def _stopped(script: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", script, *map(str, arguments)], capture_output=True, text=True, timeout=60, check=False,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
    )


@pytest.mark.parametrize(("name", "code"), [("SIGTERM", 143), ("SIGINT", 130)])
def test_a_signal_while_the_command_is_imported_is_one_message_and_its_exit_code(
    tmp_path: Path, name: str, code: int
) -> None:
    done = _stopped(_WHILE_IMPORTING.format(name=name), "status", "--home", tmp_path, "--json")
    assert done.returncode == code
    assert done.stderr.startswith("Error: Stopped.") and "Traceback" not in done.stderr
    assert f'"exit_code": {code}' in done.stdout


def test_nothing_that_takes_time_is_imported_before_signals_are_listened_to() -> None:
    listing = "import sys, footfall_cli; print(*sys.modules)"
    loaded = _stopped(listing).stdout.split()
    assert {"typer", "click", "rich", "pydantic", "duckdb", "footfall_cli.commands"}.isdisjoint(loaded)


def test_a_signal_while_the_web_server_takes_the_place_of_the_command_is_not_lost(demo_copy: Home) -> None:
    script = _WHILE_THE_SERVER_TAKES_OVER.format(name="SIGTERM")
    done = _stopped(script, "ui", "--home", demo_copy.root, "--port", "1")
    assert (done.returncode, done.stderr) == (143, "Interrupted.\n")
