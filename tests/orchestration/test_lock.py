"""One writer a home, and what a killed one leaves."""

import fcntl
import json
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
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


@pytest.mark.parametrize("holder", [
    {"pid": 1}, {"pid": os.getppid()}, {"pid": 1, "host": "another-machine.example"},
], ids=["the first process", "a number that another process got", "another machine"])
def test_a_holder_that_does_not_hold_the_lock_is_no_process_at_work(home: Home, holder: dict):
    text = {"since": "2026-09-09T02:15:00+00:00", "command": "footfall run", **holder}
    home.lock_file.write_text(json.dumps(text))
    assert not lock.holder(home).is_alive
    with lock.hold(home, "me") as before:
        assert before.pid == holder["pid"]
        assert lock.holder(home).is_alive


def test_a_holder_on_another_machine_is_named_with_it(home: Home):
    with home.lock_file.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.write(json.dumps({"pid": 77, "since": "now", "command": "footfall run", "host": "another-machine"}))
        file.flush()
        with pytest.raises(HomeLocked) as caught, lock.hold(home, "me"):
            pass
    assert "pid 77 on another-machine (footfall run)" in caught.value.message
    assert "stop it there with `kill 77`" in caught.value.hint


def test_whoever_looks_for_the_holder_is_not_in_the_way_of_the_next_one(home: Home):
    home.lock_file.write_text("{}")
    with home.lock_file.open() as file, ThreadPoolExecutor(1) as pool:
        fcntl.flock(file, fcntl.LOCK_SH)
        pool.submit(lambda: (time.sleep(0.1), fcntl.flock(file, fcntl.LOCK_UN)))
        with lock.hold(home, "me"):
            assert lock.holder(home).pid == os.getpid()


def test_a_process_that_started_later_is_another_one_with_the_same_number():
    now = datetime.now(UTC)
    assert lock.is_process(os.getpid(), now)
    assert not lock.is_process(os.getpid(), now - timedelta(days=400))


def _is_turned_away(home: Home) -> bool:
    code = _HOLD.replace("time.sleep(60)", "pass")
    done = subprocess.run(
        [sys.executable, "-c", code, str(home.root)], capture_output=True, text=True, check=False,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
    )
    return "HomeLocked" in done.stderr
