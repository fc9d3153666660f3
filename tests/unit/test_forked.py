"""Processes that are forked for tests are as those that Python starts."""

import os
import signal

import pytest

from tests.conftest import in_a_process
from tests.support.forked import Forked


def test_output_exit_code_and_environment_are_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORKED_NOW", "ü")
    code = """if True:
        import os, sys
        print(os.environ['FORKED_NOW'], sys.argv[1:])
        print('x' * 300_000, file=sys.stderr)
        sys.exit(3)"""
    ended, out, err = Forked(code, "a", "b c").finish()
    assert (ended, out) == (3, "ü ['a', 'b c']\n")
    assert err == "x" * 300_000 + "\n"


def test_an_error_that_nobody_catches_is_a_traceback_and_code_1() -> None:
    code, out, err = Forked("import sys; print('before'); raise ValueError('why')").finish()
    assert (code, out) == (1, "before\n")
    assert err.endswith("ValueError: why\n")


def test_it_can_be_killed_while_another_one_is_at_work() -> None:
    code = "import os, time; print(os.getpid(), flush=True); time.sleep(60)"
    first, second = Forked(code), Forked(code)
    assert first.pid != second.pid != os.getpid()
    assert int(first.stdout.readline()) == first.pid
    first.send_signal(signal.SIGKILL)
    assert first.wait() == -signal.SIGKILL
    assert int(second.stdout.readline()) == second.pid, "it still runs"
    second.send_signal(signal.SIGTERM)
    assert second.finish() == (-signal.SIGTERM, "", "")


def test_a_command_answers_as_in_a_process_that_is_started() -> None:
    lost = in_a_process("status", "--home", "/nowhere/at/all", "--json")
    assert lost.code == lost.document["exit_code"] == 2
    assert "There is no home here" in lost.err
