"""`make nights`: a real `footfall ui`, whose schedule fires by itself, is killed with all its processes, and goes on.

Takes several minutes, so it is not part of the suite. It prints what it sees, with the time.
"""

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
from footfall.ingestion.ledger.ledger import read_lake
from orchestration.dagster_instance import PID_TAG, open_instance
from orchestration.show_partitions import RAW_EVENTS
from orchestration.steps import OUTCOME_TAG
from tests.conftest import REPOSITORY, in_a_process
from tests.support.documented import documented_commands, run_documented

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


def test_a_schedule_fires_by_itself_is_killed_with_its_daemon_and_goes_on(
    tmp_path: Path, servers: list[Server]
) -> None:
    home = Home(tmp_path / "home").ensure()
    home.settings_file.write_text(SETTINGS, encoding="utf-8")
    sample = ("--workspaces", "1", "--participants", "8", "--days", "2", "--start", "2026-09-07")
    assert in_a_process("sample", "--home", home.root, *sample).code == 0

    servers.append(Server(home))
    see("footfall ui is started; its schedule is on by footfall.yml")
    first = wait_for("the schedule fired by itself", lambda: scheduled(home))[0]
    wait_for("its run holds the home", lambda: runs(home)[0].tags.get(PID_TAG))
    see(f"killed {servers[-1].kill()} processes, the daemon among them")
    status = next(run.status for run in runs(home) if run.run_id == first.run_id)
    see(f"the run is left as {status.value}")
    assert status == dg.DagsterRunStatus.STARTED and not home.current.exists()
    land(home, "2026-09-20")
    minute = datetime.now(UTC).minute // 2
    wait_for("a night went by without Dagster", lambda: datetime.now(UTC).minute // 2 != minute)
    before = len(scheduled(home))

    servers.append(Server(home))
    see("footfall ui is started again")
    killed = wait_for("the killed run is marked as failed", lambda: ended(home, first.run_id))
    assert killed.status == dg.DagsterRunStatus.FAILURE
    again = wait_for("a run was published", lambda: runs(home, **{OUTCOME_TAG: "published"}))[0]
    assert again.parent_run_id == first.run_id or len(scheduled(home)) > before
    wait_for("it ended well", lambda: (run := ended(home, again.run_id)) and run.is_success)
    assert json.loads(home.current.read_text())["load_date"] == "2026-09-20"
    later = wait_for(
        "a later night found nothing new and succeeded",
        lambda: [run for run in scheduled(home) if run.tags.get(OUTCOME_TAG) == "nothing_new" and run.is_success],
    )[0]
    assert later.run_id != again.run_id

    wait_for("the web server answers", servers[-1].answers)
    place = servers[-1].repository()
    launched = servers[-1].ask(
        "mutation M($p: ExecutionParams!) {launchRun(executionParams: $p) {__typename "
        "... on LaunchRunSuccess {run {runId}} ... on PythonError {message}}}",
        p={"selector": {**place, "pipelineName": "nightly"}, "runConfigData": {}, "mode": "default"},
    )["launchRun"]
    by_hand = launched["run"]["runId"]
    run = wait_for("the job launched in the user interface ended", lambda: ended(home, by_hand))
    assert (run.status, run.tags[OUTCOME_TAG]) == (dg.DagsterRunStatus.SUCCESS, "nothing_new")

    keys = ["2026-09-07", "2026-09-08", "2026-09-09", "2026-09-10"]
    started = servers[-1].ask(
        "mutation M($p: LaunchBackfillParams!) {launchPartitionBackfill(backfillParams: $p) {__typename "
        "... on LaunchBackfillSuccess {backfillId} ... on PythonError {message}}}",
        p={"partitionNames": keys, "assetSelection": [{"path": [name]} for name in ("raw_events", "raw_entities")],
           "fromFailure": False},
    )["launchPartitionBackfill"]
    backfill = started["backfillId"]
    (done,) = wait_for(
        "the backfill of a range is one run, which ended",
        lambda: [run for run in runs(home, **{"dagster/backfill": backfill}) if run.is_finished],
    )
    assert (done.status, done.tags[OUTCOME_TAG]) == (dg.DagsterRunStatus.SUCCESS, "loaded")
    loaded = {row["load_date"] for row in read_lake(home).ledger}
    with open_instance(home) as instance:
        assert instance.get_materialized_partitions(RAW_EVENTS) == loaded
    see(f"partitions are the load dates of the commit log: {', '.join(sorted(loaded))}")
    wait_for(
        "the next night published what was loaded again",
        lambda: len([run for run in scheduled(home) if run.tags.get(OUTCOME_TAG) == "published" and run.is_success]) > 0
        and json.loads(home.current.read_text())["run_id"] != again.run_id,
    )
    begun = time.monotonic()
    servers[-1].process.send_signal(signal.SIGTERM)
    servers[-1].process.wait(60)
    see(f"SIGTERM ended footfall ui after {time.monotonic() - begun:.1f} s")


def test_a_run_that_was_stopped_with_its_server_starts_once_more(tmp_path: Path, servers: list[Server]) -> None:
    """SIGTERM, as `systemctl stop` or a shut down sends it: no night is lost, though the next tick is months away."""
    home = Home(tmp_path / "home").ensure()
    home.settings_file.write_text(SETTINGS.replace("*/2 * * * *", "15 2 1 1 *"), encoding="utf-8")
    sample = ("--workspaces", "1", "--participants", "8", "--days", "2", "--start", "2026-09-07")
    assert in_a_process("sample", "--home", home.root, *sample).code == 0
    servers.append(Server(home))
    wait_for("the web server answers", servers[-1].answers)
    launched = servers[-1].ask(
        "mutation M($p: ExecutionParams!) {launchRun(executionParams: $p) {... on LaunchRunSuccess {run {runId}}}}",
        p={"selector": {**servers[-1].repository(), "pipelineName": "nightly"}, "runConfigData": {}, "mode": "default"},
    )["launchRun"]["run"]["runId"]
    wait_for("its run holds the home", lambda: runs(home)[0].tags.get(PID_TAG))
    begun = time.monotonic()
    servers[-1].process.send_signal(signal.SIGTERM)
    servers[-1].process.wait(120)
    wait_for("every process has ended", lambda: not processes_of(home), 120)
    (stopped,) = runs(home)
    see(f"SIGTERM ended footfall ui after {time.monotonic() - begun:.1f} s; the run is {stopped.status.value}, "
        f"{stopped.tags.get(OUTCOME_TAG)}")
    assert not home.current.exists()
    servers.append(Server(home))
    again = wait_for(
        "started again, the run is repeated and published", lambda: runs(home, **{OUTCOME_TAG: "published"}),
    )[0]
    assert again.run_id != launched and again.parent_run_id == launched
    assert json.loads(home.current.read_text())["load_date"] == "2026-09-09"


def test_the_documented_commands_work(tmp_path: Path) -> None:
    home = Home(tmp_path / "data").ensure()
    home.settings_file.write_text(SETTINGS, encoding="utf-8")
    sample = ("--workspaces", "1", "--participants", "8", "--days", "2", "--start", "2026-09-07")
    assert in_a_process("sample", "--home", home.root, *sample).code == 0
    for command in documented_commands():
        done = run_documented(command, tmp_path)
        see(f"{command}: exit code {done.returncode}")
        assert done.returncode == 0, done.stderr[-2_000:]
        assert "RUN_SUCCESS" in done.stderr
    assert in_a_process("run", "--home", home.root, "--json").document["outcome"] == "nothing_new"
