"""A real `footfall ui` for tests that watch it: its processes, its GraphQL, and the runs in its home."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from footfall.core.home import Home
from orchestration.dagster_instance import open_instance
from tests.conftest import REPOSITORY

SETTINGS = """
schedule:
  cron: "*/2 * * * *"
  enabled: true
exports:
  formats: [csv]
  workers: 1
"""
#: Seconds until something must have happened, on a busy machine.
PATIENCE = 900
_BEGUN = time.monotonic()


def see(text: str) -> None:
    print(f"{datetime.now(UTC):%H:%M:%S} {time.monotonic() - _BEGUN:5.0f} s  {text}", flush=True)


def wait_for(what: str, find: Callable[[], Any], seconds: float = PATIENCE) -> Any:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = find()
        if found:
            see(what)
            return found
        time.sleep(0.5)
    raise AssertionError(f"not within {seconds} s: {what}")


def processes_of(home: Home) -> list[int]:
    """Every process that has this home in its environment: web server, daemon, code servers, runs."""
    found = []
    for folder in Path("/proc").iterdir():
        try:
            if folder.name.isdigit() and f"DAGSTER_HOME={home.dagster}".encode() in (folder / "environ").read_bytes():
                found.append(int(folder.name))
        except OSError:
            continue
    return [pid for pid in found if pid != os.getpid()]


class Server:
    """`footfall ui` on a home."""

    def __init__(self, home: Home) -> None:
        self.home = home
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.log = (home.root.parent / "ui.log").open("ab")
        self.process = subprocess.Popen(
            [sys.executable, "-c", "from footfall_cli import main; main()", "ui", "--home", str(home.root), "--port",
             str(self.port)],
            stdout=self.log, stderr=self.log, start_new_session=True,
            env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
        )

    def ask(self, query: str, **variables: Any) -> dict[str, Any]:
        """A GraphQL request; raises URLError while the server is not there yet."""
        body = json.dumps({"query": query, "variables": variables}).encode()
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/graphql", body, {"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=120) as answer:
            document = json.loads(answer.read())
        assert "errors" not in document, document
        return document["data"]

    def answers(self) -> bool:
        try:
            data = self.ask("{repositoriesOrError {... on RepositoryConnection {nodes {name}}}}")
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            return False
        return bool(data["repositoriesOrError"].get("nodes"))

    def repository(self) -> dict[str, str]:
        data = self.ask("{repositoriesOrError {... on RepositoryConnection {nodes {name location {name}}}}}")
        (node,) = data["repositoriesOrError"]["nodes"]
        return {"repositoryName": node["name"], "repositoryLocationName": node["location"]["name"]}

    def launch(self) -> str:
        """Launch the nightly job as people do in the user interface; the id of its run."""
        answer = self.ask(
            "mutation M($p: ExecutionParams!) {launchRun(executionParams: $p) {__typename "
            "... on LaunchRunSuccess {run {runId}} ... on PythonError {message}}}",
            p={"selector": {**self.repository(), "pipelineName": "nightly"}, "runConfigData": {}, "mode": "default"},
        )
        return answer["launchRun"]["run"]["runId"]

    def kill(self) -> int:
        """As a power cut: every process at once, the daemon included."""
        pids = processes_of(self.home)
        for pid in pids:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        self.process.wait()
        return len(pids)


@pytest.fixture
def servers() -> Iterator[list[Server]]:
    started: list[Server] = []
    yield started
    for server in started:
        server.kill()
        server.log.close()


def runs(home: Home, **tags: str) -> list[dg.DagsterRun]:
    """Runs with these tags, oldest first."""
    with open_instance(home) as instance:
        return list(instance.get_runs(dg.RunsFilter(tags=tags)))[::-1]


def scheduled(home: Home) -> list[dg.DagsterRun]:
    return runs(home, **{"dagster/schedule_name": "nightly_schedule"})


def ended(home: Home, run_id: str) -> dg.DagsterRun | None:
    with open_instance(home) as instance:
        run = instance.get_run_by_id(run_id)
    return run if run is not None and run.is_finished else None


def land(home: Home, day: str) -> None:
    folder = home.landing / "events" / day
    folder.mkdir(parents=True)
    event = {
        "messageId": f"arrived {day}", "type": "track", "event": "Page Viewed", "userId": "u00001",
        "timestamp": f"{day}T10:00:00Z", "receivedAt": f"{day}T10:00:05Z",
        "context": {"groupId": "expo-2026", "os": {"name": "iOS"}},
    }
    (folder / "events.jsonl").write_text(json.dumps(event) + "\n", encoding="utf-8")
