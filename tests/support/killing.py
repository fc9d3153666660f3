"""A command that is killed after a call that it makes."""

import os
import subprocess
import sys

from tests.conftest import REPOSITORY

_KILLED = """
import os, signal, sys
from importlib import import_module
module, name = sys.argv[1].rsplit(".", 1)
import orchestration.erase_people
owner = import_module(module)
whole = getattr(owner, name)
def then_die(*args, **more):
    whole(*args, **more)
    os.kill(os.getpid(), signal.SIGKILL)
setattr(owner, name, then_die)
from footfall_cli import main

main(sys.argv[2:])
"""


def killed_at(boundary: str, *command: str) -> int:
    """Run `footfall` with these arguments and kill it after its first call of a function; minus 9 if it was."""
    done = subprocess.run(
        [sys.executable, "-c", _KILLED, boundary, *command], cwd=REPOSITORY, capture_output=True, check=False,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
    )
    return done.returncode
