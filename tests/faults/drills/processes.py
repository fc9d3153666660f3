"""Commands in processes of their own, forked after the imports: a night then costs no 5 s of start.

A forked process is a process like any other: it has its own memory, locks and signals, and can be killed. The process
that forks opens no DuckDB database itself, since threads do not survive a fork; whatever reads one runs in a fork too.
"""

import contextlib
import gc
import importlib
import os
import pickle
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from footfall.core.home import Home
from footfall.core.settings import Settings
from footfall.transform import dbt_runner
from footfall_cli import main
from tests.support.forked import end_with

CALM = {
    "DO_NOT_TRACK": "1", "DAGSTER_DISABLE_TELEMETRY": "1", "GX_ANALYTICS_ENABLED": "false",
    "DBT_SEND_ANONYMOUS_USAGE_STATS": "0",
}


@dataclass(frozen=True)
class Ended:
    """How a command ended: its exit code, or minus the signal that killed it; and the processor time it took."""

    code: int
    out: str
    err: str
    seconds: float
    cpu_seconds: float = 0


@dataclass
class Running:
    """A command at work; what it prints is in two files."""

    pid: int
    output: Path
    started: float

    def send(self, number: int) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, number)

    def wait_for_share(self, share: float, cpu_seconds: float) -> None:
        """Wait until it has used a share of these seconds of processor time, or has ended.

        Moments by the clock would depend on what else the machine does.
        """
        while not self.has_ended():
            used = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()[11:13]
            if sum(map(int, used)) / os.sysconf("SC_CLK_TCK") >= share * cpu_seconds:
                return
            time.sleep(0.005)

    def has_ended(self) -> bool:
        return os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None

    def wait(self, timeout: float = 900) -> Ended:
        """Wait for its end; after the timeout it is killed, which is a failure of its own (code -9, `hangs` in err)."""
        while not self.has_ended():
            if time.monotonic() - self.started > timeout:
                os.kill(self.pid, signal.SIGKILL)
                os.waitpid(self.pid, 0)
                return Ended(-9, "", f"it hangs: killed after {timeout} s", timeout)
            time.sleep(0.01)
        _, status, used = os.wait4(self.pid, 0)
        out, err = (self.output.with_suffix(end).read_text(errors="replace") for end in (".out", ".err"))
        seconds, cpu_seconds = round(time.monotonic() - self.started, 2), round(used.ru_utime + used.ru_stime, 2)
        return Ended(os.waitstatus_to_exitcode(status), out, err, seconds, cpu_seconds)


def start(output: Path, *arguments: str | Path, before: Callable[[], None] | None = None) -> Running:
    """Start `footfall` with arguments; `before` runs in its process first, to plant what belongs to a process."""
    output.parent.mkdir(parents=True, exist_ok=True)
    started = time.monotonic()
    pid = os.fork()
    if pid == 0:
        work = partial(_become_command, output, [str(one) for one in arguments], before)
        end_with(work, returned=70, raised=70)
    return Running(pid, output, started)


def run(output: Path, *arguments: str | Path, before: Callable[[], None] | None = None) -> Ended:
    return start(output, *arguments, before=before).wait()


def in_a_fork(function: Callable[..., Any], *arguments: Any) -> Any:
    """The result of a function, computed in a process of its own.

    Raises:
        RuntimeError: the function raised an error; holds its traceback.
    """
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(reader)
        try:
            answer = (True, function(*arguments))
        except BaseException:  # noqa: BLE001 - the other process reports it
            answer = (False, traceback.format_exc())
        with os.fdopen(writer, "wb") as pipe:
            pickle.dump(answer, pipe)
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        data = pipe.read()
    os.waitpid(pid, 0)
    is_answer, value = pickle.loads(data) if data else (False, "the process ended without an answer")
    if not is_answer:
        raise RuntimeError(value)
    return value


def fork(function: Callable[..., object], *arguments: Any) -> int:
    """Call a function in a process of its own, which ends with it; return the number of that process.

    Its exit code is 1 after an error, whose traceback is on standard error.
    """
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        function(*arguments)
        code = 0
    except BaseException:  # noqa: BLE001 - the process that forked looks at the code
        traceback.print_exc()
    finally:
        os._exit(code)


def import_all(names: Iterable[str]) -> None:
    """Import what a night imports and parse the models once, so that forks need not.

    What dbt then keeps in memory saves a night 1.5 s of CPU. Parsing from scratch starts threads, so that is done in a
    fork; parsing again with what it left starts none.
    """
    for name in names:
        with contextlib.suppress(Exception):
            importlib.import_module(name)
    with tempfile.TemporaryDirectory() as folder:
        in_a_fork(_parse, Path(folder))
        _parse(Path(folder))
    gc.collect()
    gc.freeze()


def _parse(folder: Path) -> None:
    dbt_runner.parse(Home(folder), Settings())


def _become_command(output: Path, arguments: list[str], before: Callable[[], None] | None) -> None:
    """Be what the command is."""
    os.setsid()
    for number, end in ((1, ".out"), (2, ".err")):
        handle = os.open(output.with_suffix(end), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
        os.dup2(handle, number)
    sys.stdout = os.fdopen(1, "w", encoding="utf-8", errors="replace")
    sys.stderr = os.fdopen(2, "w", encoding="utf-8", errors="replace", buffering=1)
    sys.argv = ["footfall", *arguments]
    if before is not None:
        before()
    main()
