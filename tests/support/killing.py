"""A command, or another program, that is killed after a call that it makes."""

from tests.support.forked import Forked

_KILLED = """
import os, signal, sys
from importlib import import_module
module, name = sys.argv[1].rsplit(".", 1)
import_module(sys.argv[2])
owner = import_module(module)
whole = getattr(owner, name)
def then_die(*args, **more):
    whole(*args, **more)
    os.kill(os.getpid(), signal.SIGKILL)
setattr(owner, name, then_die)
"""
_COMMAND = """
from footfall_cli import main

main(sys.argv[3:])
"""


def killed_at(
    boundary: str, *arguments: str, program: str = _COMMAND, imports: str = "orchestration.erase_people"
) -> int:
    """Run a program and kill it after its first call of a function; minus 9 if it was.

    Args:
        boundary: the function, by its whole name.
        arguments: ``sys.argv[3:]`` of the program, `footfall` by default.
        imports: a module that has to be imported before the function is replaced, as it takes it over by name.
    """
    return Forked(_KILLED + program, boundary, imports, *arguments).finish()[0]
