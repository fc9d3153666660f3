"""A command that a library does not let end is ended from outside of it: with its line alone."""

import os
import signal
import subprocess
import sys
import time

from tests.conftest import REPOSITORY

# Semaphores of `multiprocessing`, as dbt makes them, are cleaned up by a process that names them when nobody did.
_STUCK = """
import multiprocessing, sys, time
from footfall_cli import stopping
stopping.GRACE = 0.3
stopping.listen(lambda code: print(f"stopped with {code}", file=sys.stderr, flush=True))
kept = multiprocessing.get_context("spawn").Semaphore()
ready = False
while True:
    try:
        if not ready:
            ready = True
            print("ready", flush=True)
        time.sleep(60)
    except KeyboardInterrupt:
        pass
"""


def test_a_command_that_does_not_end_is_ended_with_one_line() -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", _STUCK], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
    )
    assert process.stdout is not None and process.stdout.readline() == "ready\n"
    sent = time.monotonic()
    process.send_signal(signal.SIGTERM)
    _, err = process.communicate(timeout=20)  # also waits for the process that cleans up
    assert (process.returncode, err) == (143, "stopped with 143\n")
    assert time.monotonic() - sent < 10
