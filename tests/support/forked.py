"""Commands in processes of their own that spare the imports: a server imports all that a night needs, and forks.

A forked process is one like any other: it has its own memory, files, locks and signals, and can be killed. Imports, and
what dbt keeps in memory of a parsed project, cost a command 11 s of processor time otherwise. The test processes of a
session share one server, which opens no database itself and ends when the last of them has ended.
"""

import contextlib
import json
import multiprocessing.util
import os
import secrets
import selectors
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import IO, NoReturn

REPOSITORY = Path(__file__).resolve().parents[2]
#: `footfall` with its arguments, as people start it.
COMMAND = "from footfall_cli import main; main()"
_MODULES = (
    "footfall_cli.commands", "footfall_cli.run", "footfall_cli.console", "orchestration.run_job",
    "orchestration.prepare", "orchestration.erase_people", "exports.build_all", "xlsxwriter", "altair", "vl_convert",
    "dbt.cli.main", "dbt.adapters.duckdb.connections", "great_expectations",
)
_SERVE = "import sys; from tests.support.forked import serve; serve(sys.argv[1])"
#: Bytes of the length of a request, which come before it.
_HEAD = 8
#: The same in all test processes of a session.
_SESSION = os.environ.get("PYTEST_XDIST_TESTRUNUID") or secrets.token_hex(8)
#: The connection that keeps the server alive as long as this process.
_leases: list[socket.socket] = []


class Forked:
    """A process of the server at work; `stdout` and `stderr` are what it prints, until it has ended."""

    stdout: IO[str]
    stderr: IO[str]
    pid: int

    def __init__(self, code: str, *arguments: str | Path) -> None:
        """Start `python -c code arguments` in the folder of the repository, with this process's environment."""
        if not _leases:
            _leases.append(_first_connection())
        self._talk = _connected()
        pipes = [os.pipe(), os.pipe()]
        request = json.dumps({
            "code": code, "arguments": [str(argument) for argument in arguments],
            "environment": {**os.environ, "PYTHONPATH": str(REPOSITORY)},
        }).encode()
        socket.send_fds(self._talk, [len(request).to_bytes(_HEAD, "big")], [writer for _, writer in pipes])
        self._talk.sendall(request)
        for _, writer in pipes:
            os.close(writer)
        self.stdout, self.stderr = (os.fdopen(reader, encoding="utf-8", errors="replace") for reader, _ in pipes)
        self._answers = self._talk.makefile(encoding="utf-8")
        self.pid = int(self._answers.readline())

    def send_signal(self, number: int) -> None:
        os.kill(self.pid, number)

    def wait(self) -> int:
        """The exit code, or minus the signal that ended it."""
        code = int(self._answers.readline())
        for stream in (self._answers, self._talk, self.stdout, self.stderr):
            stream.close()
        return code

    def finish(self, timeout: float = 600) -> tuple[int, str, str]:
        """Wait for the end: the exit code, and what was printed to both streams.

        Raises:
            subprocess.TimeoutExpired: it took longer, and was killed.
        """
        texts = {}

        def read(name: str, stream: IO[str]) -> None:
            texts[name] = stream.read()

        streams = {"out": self.stdout, "err": self.stderr}
        readers = [threading.Thread(target=read, args=one, daemon=True) for one in streams.items()]
        for reader in readers:
            reader.start()
        until = time.monotonic() + timeout
        for reader in readers:
            reader.join(max(0.0, until - time.monotonic()))
            if reader.is_alive():
                self.send_signal(signal.SIGKILL)
                raise subprocess.TimeoutExpired(f"pid {self.pid}", timeout)
        return self.wait(), texts["out"], texts["err"]


def _address() -> Path:
    """The socket of the server of this session, in a folder that only this user may enter."""
    folder = Path(tempfile.gettempdir()) / f"footfall-{_SESSION}"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder / "fork"


def _connected() -> socket.socket:
    talk = socket.socket(socket.AF_UNIX)
    try:
        talk.connect(str(_address()))
    except OSError:
        talk.close()
        raise
    return talk


def _first_connection() -> socket.socket:
    with contextlib.suppress(OSError):
        return _connected()
    # Where two start one, the second finds the address taken and ends.
    with (_address().with_name("log")).open("a") as log:
        server = subprocess.Popen(
            [sys.executable, "-c", _SERVE, str(_address())], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            cwd=REPOSITORY, env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
        )
    until = time.monotonic() + 60
    while time.monotonic() < until:
        with contextlib.suppress(OSError):
            return _connected()
        time.sleep(0.05)
    raise RuntimeError(f"the server ended with {server.poll()}: {_address().with_name('log').read_text()}")


def serve(address: str) -> None:
    """Fork a process for each request, until the connections that were opened are closed."""
    listener = socket.socket(socket.AF_UNIX)
    try:
        listener.bind(address)
    except OSError:
        return
    listener.listen()
    try:
        from tests.faults.drills.processes import import_all

        import_all(_MODULES)
        _answer(listener)
    finally:
        shutil.rmtree(Path(address).parent)


def _answer(listener: socket.socket) -> None:
    with selectors.DefaultSelector() as events:
        events.register(listener, selectors.EVENT_READ)
        open_connections = 0
        while (ready := events.select(timeout=30)) or open_connections:
            for key, _ in ready:
                if key.fileobj is listener:
                    events.register(listener.accept()[0], selectors.EVENT_READ)
                    open_connections += 1
                    continue
                talk = key.fileobj
                assert isinstance(talk, socket.socket)
                events.unregister(talk)
                open_connections -= 1
                head, descriptors, _, _ = socket.recv_fds(talk, _HEAD, 2)
                if head and os.fork() == 0:
                    listener.close()
                    _run(talk, int.from_bytes(head, "big"), descriptors)
                talk.close()
                for descriptor in descriptors:
                    os.close(descriptor)
            with contextlib.suppress(ChildProcessError):
                while os.waitpid(-1, os.WNOHANG)[0]:
                    pass


def _run(talk: socket.socket, length: int, descriptors: list[int]) -> None:
    """In a fork: start the process that is wanted, in a fork again, and report its number and its end."""
    data = b""
    while len(data) < length:
        data += talk.recv(length - len(data))
    pid = os.fork()
    if pid == 0:
        talk.close()
        end_with(partial(_become, json.loads(data), descriptors))
    for descriptor in descriptors:
        os.close(descriptor)
    talk.sendall(f"{pid}\n".encode())
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    talk.sendall(f"{code}\n".encode())
    os._exit(0)


def end_with(work: Callable[[], object], *, returned: int = 0, raised: int = 1) -> NoReturn:
    """End this forked process as Python ends after the work: with its code, its traceback and its finalizers.

    Args:
        returned, raised: the exit codes where the work does not name one.
    """
    code = raised
    try:
        work()
        code = returned
    except SystemExit as ending:
        code = ending.code if isinstance(ending.code, int) else int(ending.code is not None)
    except BaseException:  # noqa: BLE001 - Python prints what nobody caught
        traceback.print_exc()
    finally:
        # what the end of an interpreter does, without which semaphores are left and reported on standard error
        multiprocessing.util._run_finalizers()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _become(request: dict, descriptors: list[int]) -> None:
    """Be what `python -c` is."""
    for number, descriptor in zip((1, 2), descriptors, strict=True):
        os.dup2(descriptor, number)
        os.close(descriptor)
    sys.stdout = os.fdopen(1, "w", encoding="utf-8")
    sys.stderr = os.fdopen(2, "w", encoding="utf-8", errors="backslashreplace", buffering=1)
    os.environ.clear()
    os.environ.update(request["environment"])
    time.tzset()
    sys.argv = ["-c", *request["arguments"]]
    exec(compile(request["code"], "<string>", "exec"), {"__name__": "__main__"})
