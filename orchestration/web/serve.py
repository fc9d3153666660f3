"""What `footfall ui` becomes: the code location, the daemon and the guarded web server, started and stopped together.

The parts are those that `dagster dev` starts, but its web server would have no guard. All are in one process space,
because a run is known to be dead by its process id.
"""

import argparse
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

#: The web server has no login, so only this machine may reach it.
LOOPBACK = "127.0.0.1"
#: Seconds for the code to load, and for all parts to end.
START_SECONDS, STOP_SECONDS = 120, 8
#: Under this name Dagster remembers whether the schedule is switched on.
LOCATION = "orchestration.definitions"
_POLL_SECONDS = 0.2
#: The signals that have arrived.
_received: list[int] = []
#: What hands on the output of each part.
_copies: list[threading.Thread] = []


class Stopped(Exception):
    """A signal arrived."""


def main() -> None:
    """Start the parts and wait until one ends or a signal arrives; exit with 128 and its number then."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    port = parser.parse_args().port

    def stop(number: int, frame: FrameType | None) -> None:
        _received.append(number)
        if len(_received) == 1:
            raise Stopped

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    parts: list[subprocess.Popen[bytes]] = []
    try:
        # Blocked by `footfall ui`: a signal that has arrived since is delivered here.
        signal.pthread_sigmask(signal.SIG_UNBLOCK, (signal.SIGINT, signal.SIGTERM))
        with tempfile.TemporaryDirectory(prefix="footfall-ui-") as folder:
            try:
                serve(port, Path(folder), parts)
            finally:
                end(parts)
    except Stopped:
        print("Interrupted.", file=sys.stderr)
        sys.exit(128 + _received[0])


def serve(port: int, folder: Path, parts: list[subprocess.Popen[bytes]]) -> None:
    """Start all parts, add them to ``parts``, and wait.

    Args:
        folder: for the socket of the code location; nobody else may enter it.

    Raises:
        SystemExit: the port is in use, or a part ended.
    """
    require_free(port)
    path = folder / "code.sock"
    parts.append(start(code_location(path)))
    wait_for(path, parts)
    workspace = folder / "workspace.yaml"
    # JSON is YAML
    server = {"socket": str(path), "location_name": LOCATION}
    workspace.write_text(json.dumps({"load_from": [{"grpc_server": server}]}), encoding="utf-8")
    parts += [start(daemon(workspace)), start(web_server(workspace, port))]
    print(f"Dagster's pages are at http://{LOOPBACK}:{port}; stop with Ctrl-C.", file=sys.stderr, flush=True)
    while all(part.poll() is None for part in parts):
        time.sleep(_POLL_SECONDS)
    sys.exit(_of_ended(parts))


def start(command: list[str]) -> subprocess.Popen[bytes]:
    """Start a part in a process group of its own, so that what it starts ends with it.

    What it prints goes to standard error until a signal arrives: what parts say while they are stopped helps nobody.
    """
    part = subprocess.Popen(command, start_new_session=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    copy = threading.Thread(target=_hand_on, args=(part,), daemon=True)
    copy.start()
    _copies.append(copy)
    return part


def _hand_on(part: subprocess.Popen[bytes]) -> None:
    assert part.stdout is not None
    for line in part.stdout:
        if not _received:
            with contextlib.suppress(OSError):
                sys.stderr.buffer.write(line)
                sys.stderr.buffer.flush()


def code_location(path: Path) -> list[str]:
    """The command that loads the code and starts runs."""
    return [
        sys.executable, "-m", "dagster", "code-server", "start", "--socket", str(path), "--module-name", LOCATION,
        "--use-python-environment-entry-point", "--log-level", "warning",
    ]


def daemon(workspace: Path) -> list[str]:
    """The command that starts the schedule's runs and takes them from the queue."""
    return [
        sys.executable, "-m", "dagster._daemon", "run", "--workspace", str(workspace), "--log-level", "warning",
    ]


def web_server(workspace: Path, port: int) -> list[str]:
    """The command of the pages, bound to this machine."""
    return [
        sys.executable, "-m", "orchestration.web.server", "--host", LOOPBACK, "--port", str(port),
        "--workspace", str(workspace), "--dagster-log-level", "warning",
    ]


def require_free(port: int) -> None:
    """Exit where something else listens on the port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            sys.exit(f"Port {port} is in use.\nWhere: {LOOPBACK}:{port}\nTo do: choose another one with --port.")


def wait_for(path: Path, parts: Sequence[subprocess.Popen[bytes]]) -> None:
    """Wait until the code location listens."""
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        if any(part.poll() is not None for part in parts):
            sys.exit(_of_ended(parts))
        with socket.socket(socket.AF_UNIX) as probe:
            if probe.connect_ex(str(path)) == 0:
                return
        time.sleep(_POLL_SECONDS)
    sys.exit(f"The code location did not start within {START_SECONDS} seconds.")


def end(parts: Sequence[subprocess.Popen[bytes]]) -> None:
    """End all parts, and all that they started, within ``STOP_SECONDS``."""
    limit = time.monotonic() + STOP_SECONDS
    for part in parts:
        _signal_group(part, signal.SIGTERM)
    for part in parts:
        with contextlib.suppress(subprocess.TimeoutExpired):
            part.wait(max(0.0, limit - time.monotonic()))
    for part in parts:
        _signal_group(part, signal.SIGKILL)
        part.wait()
    for copy in _copies:
        copy.join(max(0.0, limit + 1 - time.monotonic()))


def _signal_group(part: subprocess.Popen[bytes], number: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(part.pid, number)


def _of_ended(parts: Sequence[subprocess.Popen[bytes]]) -> str:
    ended = next(part for part in parts if part.poll() is not None)
    command = ended.args if isinstance(ended.args, list) else [str(ended.args)]
    name = "The code location" if LOCATION in command else "The web server" if "--host" in command else "The daemon"
    return f"{name} ended with code {ended.returncode}.\nWhere: {os.environ.get('DAGSTER_HOME', '')}\nTo do: see above."


if __name__ == "__main__":
    main()
