"""Ctrl-C and SIGTERM: every command ends within ten seconds, with one line and exit code 130 or 143.

A signal raises ``KeyboardInterrupt`` in the main thread, so that work ends in order. Code of a library may not come
back to Python in time; a thread then ends the process. What was not finished is finished or repeated by the next run.
"""

import contextlib
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from types import FrameType

from footfall.core import stop

#: Seconds for work to end in order.
GRACE = 7.0
_SIGNALS = (signal.SIGINT, signal.SIGTERM)


def listen(report: Callable[[int], None]) -> None:
    """Take over both signals; call it from the main thread, before anything else.

    Args:
        report: prints the line of a command that was stopped; called with its exit code, at most once, and only where
            the work does not end by itself.
    """
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    for number in _SIGNALS:
        signal.signal(number, _interrupt)
    # Written by the signal itself, also while the main thread is inside a library or has handlers of its own.
    signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
    threading.Thread(target=_watch, args=(reader, report), daemon=True).start()
    # Python's process that frees the semaphores of one that was killed or ended by `_watch` would report each time that
    # it did so; it is started with these options.
    sys.warnoptions.append("ignore:resource_tracker:UserWarning")


def exit_code() -> int:
    """128 and the number of the signal that came first; that of Ctrl-C without any."""
    return 128 + (stop.signals[0] if stop.signals else signal.SIGINT)


def _interrupt(number: int, frame: FrameType | None) -> None:
    stop.signals.append(number)
    raise KeyboardInterrupt


def _watch(reader: int, report: Callable[[int], None]) -> None:
    # The main thread takes signals: one that another thread took would be lost where a program replaces itself.
    signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
    while True:
        number = os.read(reader, 1)[0]
        if number in _SIGNALS:
            break
    stop.signals.append(number)
    time.sleep(GRACE)
    # imported by whoever started processes
    if multiprocessing := sys.modules.get("multiprocessing"):
        for process in multiprocessing.active_children():
            process.kill()
    for helper in stop.helpers:
        helper.kill()
    with contextlib.suppress(Exception):
        report(exit_code())
    os._exit(exit_code())
