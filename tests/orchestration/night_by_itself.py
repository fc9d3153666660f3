"""`make nights`: a real `footfall ui`, whose schedule fires by itself, is killed with all its processes, and goes on.

Takes several minutes, so it is not part of the suite. It prints what it sees, with the time.
"""

import json
import os
import signal
import time
from datetime import UTC, datetime
from pathlib import Path

import dagster as dg

from footfall.core.home import Home
from footfall.erasure.intent import pending_file, receipts
from footfall.ingestion.ledger.ledger import read_lake
from orchestration.dagster_instance import PID_TAG, open_instance
from orchestration.show_partitions import RAW_EVENTS
from orchestration.steps import OUTCOME_TAG
from tests.conftest import in_a_process
from tests.support.dagster_server import (
    SETTINGS,
    Server,
    ended,
    land,
    processes_of,
    runs,
    scheduled,
    see,
    servers,
    wait_for,
)
from tests.support.documented import documented_commands, run_documented
from tests.support.erasing import participants, places_of, traces
from tests.support.killing import killed_at

__all__ = ["servers"]


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
    by_hand = servers[-1].launch()
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
    launched = servers[-1].launch()
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


def test_a_run_finishes_a_killed_erasure_and_one_that_meets_a_rotten_database_is_repeated_as_a_whole(
    tmp_path: Path, servers: list[Server]
) -> None:
    home = Home(tmp_path / "home").ensure()
    home.settings_file.write_text(SETTINGS.replace("*/2 * * * *", "15 2 1 1 *"), encoding="utf-8")
    sample = ("--workspaces", "1", "--participants", "8", "--days", "2", "--start", "2026-09-07")
    for command in (("sample", *sample), ("run",)):
        assert in_a_process(command[0], "--home", home.root, *command[1:]).code == 0
    person = sorted(participants(home))[2]
    personal = traces(home, [person])
    erase = ("erase", "--home", str(home.root), "--workspace", person[0], "--user", person[1])
    assert killed_at("orchestration.erase_people.rewrite_lake", *erase) == -signal.SIGKILL
    assert pending_file(home).exists()
    land(home, "2026-09-20")
    servers.append(Server(home))
    wait_for("the web server answers", servers[-1].answers)
    first = servers[-1].launch()
    run = wait_for("the run that finishes a killed erasure has ended", lambda: ended(home, first))
    assert (run.status, run.tags[OUTCOME_TAG]) == (dg.DagsterRunStatus.SUCCESS, "published")
    assert not pending_file(home).exists() and len(list(receipts(home))) == 1
    assert places_of(home.root, personal) == set()
    assert json.loads(home.current.read_text())["load_date"] == "2026-09-20"

    land(home, "2026-09-21")
    before = home.warehouse_file.stat()
    rotten = home.warehouse_file.read_bytes()[:20_000] + b"\xa5" * (before.st_size - 20_000)
    home.warehouse_file.write_bytes(rotten)
    os.utime(home.warehouse_file, ns=(before.st_atime_ns, before.st_mtime_ns))
    second = servers[-1].launch()
    failed = wait_for("the run that met a rotten database has ended", lambda: ended(home, second))
    see(f"it is {failed.status.value}, {failed.tags.get(OUTCOME_TAG)}")
    assert failed.status == dg.DagsterRunStatus.FAILURE
    (again,) = wait_for(
        "Dagster repeated it, and it was published",
        lambda: [run for run in runs(home, **{OUTCOME_TAG: "published"}) if run.parent_run_id == second],
    )
    wait_for("it ended well", lambda: (run := ended(home, again.run_id)) and run.is_success)
    assert json.loads(home.current.read_text())["load_date"] == "2026-09-21"
    deep = in_a_process("doctor", "--home", home.root, "--deep", "--json")
    damaged = [one["found"] for one in json.loads(deep.out)["findings"] if one["name"] == "damage" and not one["is_ok"]]
    assert damaged == []
