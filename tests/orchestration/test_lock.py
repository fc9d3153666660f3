"""One writer a home, and what a killed one leaves."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from footfall.core import lock
from footfall.core.errors import HomeLocked
from footfall.core.home import Home
from tests.conftest import REPOSITORY

_HOLD = """
import sys, time
from pathlib import Path
from footfall.core import lock
from footfall.core.home import Home
with lock.hold(Home(Path(sys.argv[1])), "a test"):
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


def _holder(home: Home) -> subprocess.Popen:
    process = subprocess.Popen(
        [sys.executable, "-c", _HOLD, str(home.root)], stdout=subprocess.PIPE, text=True,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
    )
    assert process.stdout.readline() == "held\n"
    return process


def test_another_process_is_named_with_its_pid_and_since_when(home: Home):
    process = _holder(home)
    try:
        with pytest.raises(HomeLocked) as caught, lock.hold(home, "me"):
            pass
        assert f"pid {process.pid} (a test) since 20" in caught.value.message
        assert f"kill {process.pid}" in caught.value.hint
    finally:
        process.kill()
        process.wait()


def test_the_lock_of_a_killed_process_is_taken_over_and_it_is_told_who_it_was(home: Home):
    process = _holder(home)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert lock.holder(home).pid == process.pid
    assert not lock.holder(home).is_alive
    with lock.hold(home, "me") as before:
        assert before.pid == process.pid
        assert lock.holder(home).pid == os.getpid()


def test_a_stage_of_the_same_run_is_let_in_and_does_not_let_go(home: Home):
    with lock.hold(home, "outer"):
        with lock.hold(home, "inner"):
            pass
        assert lock.holder(home).command == "outer"
        assert _is_turned_away(home)
    assert lock.holder(home) is None
    assert not _is_turned_away(home)


def test_an_error_inside_lets_go(home: Home):
    with pytest.raises(ZeroDivisionError), lock.hold(home, "me"):
        raise ZeroDivisionError
    with lock.hold(home, "me") as before:
        assert before is None


def _is_turned_away(home: Home) -> bool:
    code = _HOLD.replace("time.sleep(60)", "pass")
    done = subprocess.run(
        [sys.executable, "-c", code, str(home.root)], capture_output=True, text=True, check=False,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
    )
    return "HomeLocked" in done.stderr
