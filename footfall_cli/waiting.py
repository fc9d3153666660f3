"""The home's lock, for a command that may wait for it: with cron, another run may still be at work."""

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from footfall.core.errors import HomeLocked
from footfall.core.home import Home

if TYPE_CHECKING:
    from footfall.core.lock import Holder

WaitOption = Annotated[
    float,
    typer.Option("--wait", min=0, metavar="SECONDS", help="Wait so long for another process that works on the home."),
]
#: Seconds between two tries, at most.
_PAUSE = 5.0


@contextmanager
def hold(home: Home, command: str, wait: float = 0) -> "Iterator[Holder | None]":
    """`footfall.core.lock.hold`, tried again for ``wait`` seconds.

    Raises:
        HomeLocked: another process still holds the lock.
    """
    from footfall.core import lock

    deadline = time.monotonic() + wait
    with ExitStack() as stack:
        while True:
            try:
                killed = stack.enter_context(lock.hold(home, command))
                break
            except HomeLocked:
                left = deadline - time.monotonic()
                if left <= 0:
                    raise
                time.sleep(min(_PAUSE, left))
        yield killed
