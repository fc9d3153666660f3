"""Every way to start a night is the same night: what Dagster starts does and says what the command does and says."""

import os
import shutil
import signal
import subprocess
import sys
import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import dagster as dg
import pytest

from footfall.core.home import HOME_VERSION, Home
from footfall.erasure.intent import pending_file
from footfall.ingestion.ledger.ledger import read_lake
from footfall.publishing.history import read_runs
from footfall.publishing.publish import read_previous
from footfall_cli.commands import app
from footfall_cli.errors import guard
from orchestration.dagster_instance import open_instance
from orchestration.definitions import defs
from orchestration.show_partitions import RAW_ENTITIES, RAW_EVENTS, show_loaded
from orchestration.steps import OUTCOME_TAG, POOL
from tests.conftest import REPOSITORY, Answer
from tests.support.alert_receivers import web_receiver
from tests.support.documented import documented_commands, run_documented
from tests.support.erasing import participants, places_of, traces
from tests.support.killing import killed_at

_HOLD = """
import sys
from pathlib import Path
from footfall.core import lock
from footfall.core.home import Home
with lock.hold(Home(Path(sys.argv[1])), "a test"):
    print("held", flush=True)
    sys.stdin.read()
"""


#: A folder whose name means something else in addresses, patterns, SQL, shells and YAML.
ODD = "odd %41 [1] #1 x=2&y 'q' ünï {a} $HOME \"dq\" *;-- end"


def start(home: Home, job: str = "nightly", **more: object) -> tuple[dg.ExecuteInProcessResult, dg.DagsterRun]:
    """Start a job as Dagster does, with the resource that locks and prepares the home."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "environ", {**os.environ, "FOOTFALL_HOME": str(home.root)})
        with open_instance(home) as instance:
            done = defs().resolve_job_def(job).execute_in_process(instance=instance, raise_on_error=False, **more)
            run = instance.get_run_by_id(done.run_id)
    assert run is not None
    return done, run


def failure_of(done: dg.ExecuteInProcessResult) -> str:
    """The headline of the failed step on the page of the run."""
    (event,) = [event for event in done.all_events if event.event_type_value == "STEP_FAILURE"]
    return event.step_failure_data.user_failure_data.description


@contextmanager
def held_by_another(home: Home) -> Iterator[int]:
    process = subprocess.Popen(
        [sys.executable, "-c", _HOLD, str(home.root)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
    )
    try:
        assert process.stdout is not None and process.stdout.readline() == "held\n"
        yield process.pid
    finally:
        process.communicate("")


@pytest.fixture(scope="module")
def started_in_dagster(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home of the first version, with an export that is damaged, after a night that Dagster started.

    The home is behind a symbolic link. Of its landing zone one date is empty, so that the load dates are not one range.
    """
    base = tmp_path_factory.mktemp("started")
    (base / "elsewhere").mkdir()
    root = base / "link"
    root.symlink_to(base / "elsewhere")
    with tarfile.open(REPOSITORY / "tests" / "fixtures" / "home_version_1.tar.gz") as archive:
        archive.extractall(root, filter="data")
    for kind in ("events", "entities"):
        folder = root / "landing" / kind / "2026-09-09"
        if folder.exists():
            folder.rename(folder.with_name("2026-09-11"))
    home = Home(root)
    done, run = start(home)
    assert done.success, [event.message for event in done.all_events if event.is_failure]
    assert run.tags[OUTCOME_TAG] == "published"
    return home


@pytest.fixture(scope="module")
def started_by_command(started_in_dagster: Home, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """The same landing zone in a new home with an odd path, after `footfall run`."""
    fresh = Home(tmp_path_factory.mktemp("fresh") / ODD)
    shutil.copytree(started_in_dagster.landing, fresh.landing)
    shutil.copy2(started_in_dagster.settings_file, fresh.root)
    assert guard(app, ["run", "--home", str(fresh.root)]) == 0
    return fresh


def _tables(home: Home) -> dict[str, str]:
    previous = read_previous(home)
    assert previous is not None
    return {name: table.hash for name, table in previous.content.tables.items()}


def test_a_night_that_dagster_starts_migrates_the_home_and_gives_the_tables_of_the_command(
    started_in_dagster: Home, started_by_command: Home
) -> None:
    assert (started_in_dagster.lake / "version").read_text().strip() == str(HOME_VERSION)
    assert _tables(started_in_dagster) == _tables(started_by_command)
    facts = ("kind", "status", "load_date_from", "load_date_to", "lines_in", "loaded", "checks_failed")
    by_dagster, by_command = (
        {name: read_runs(home)[-1][name] for name in facts} for home in (started_in_dagster, started_by_command)
    )
    assert by_dagster == by_command
    assert by_dagster["status"] == "published"


def test_the_next_command_has_nothing_to_do(started_in_dagster: Home, footfall: Callable[..., Answer]) -> None:
    answer = footfall("run", "--home", started_in_dagster.root, "--json")
    assert answer.document["outcome"] == "nothing_new", answer.err


def test_partitions_are_the_dates_of_the_commit_log(started_in_dagster: Home, started_by_command: Home) -> None:
    for home in (started_in_dagster, started_by_command):
        loaded = {row["load_date"] for row in read_lake(home).ledger}
        assert "2026-09-11" in loaded and "2026-09-09" not in loaded
        with open_instance(home) as instance:
            assert instance.get_materialized_partitions(RAW_EVENTS) == loaded
            assert instance.get_materialized_partitions(RAW_ENTITIES) == loaded


def test_a_run_of_the_job_with_nothing_new_succeeds_and_says_why(
    started_by_command: Home, footfall: Callable[..., Answer]
) -> None:
    before = started_by_command.current.read_bytes()
    done, run = start(started_by_command)
    assert done.success
    assert run.tags[OUTCOME_TAG] == "nothing_new"
    seen = [event for event in done.all_events if event.event_type_value == "ASSET_OBSERVATION"]
    reasons = {event.asset_observation_data.asset_observation.metadata["nothing new"].value for event in seen}
    command = footfall("run", "--home", started_by_command.root, "--json")
    assert reasons == {command.document["reason"]} == {"Nothing new: everything up to 2026-09-11 is published."}
    skipped = {event.step_key for event in done.all_events if event.event_type_value == "STEP_SKIPPED"}
    assert skipped == {"models", "check_marts", "publish", "export"}
    assert started_by_command.current.read_bytes() == before


def test_the_documented_command_for_the_job_works_and_logs_the_reason(
    started_in_dagster: Home, tmp_path: Path
) -> None:
    (tmp_path / "data").symlink_to(started_in_dagster.root)
    (command,) = [line for line in documented_commands() if " job execute " in line]
    done = run_documented(command, tmp_path)
    assert done.returncode == 0, done.stderr[-2_000:]
    assert "RUN_SUCCESS" in done.stderr
    assert "Nothing new: everything up to 2026-09-11 is published." in done.stderr


def test_the_documented_command_for_a_partition_is_a_backfill_that_gives_the_same_tables(
    started_in_dagster: Home, tmp_path: Path
) -> None:
    home = Home(Path(shutil.copytree(started_in_dagster.root, tmp_path / "data", symlinks=True)))
    before = _tables(home)
    (command,) = [line for line in documented_commands() if " asset materialize " in line]
    done = run_documented(command, tmp_path)
    assert done.returncode == 0, done.stderr[-2_000:]
    last = read_runs(home)[-1]
    names = ("kind", "status", "load_date_from", "load_date_to")
    assert [last[name] for name in names] == ["backfill", "published", "2026-09-08", "2026-09-08"]
    assert _tables(home) == before


def test_dates_that_are_shown_and_not_loaded_are_forgotten_and_loaded_ones_that_are_not_shown_come_back(
    started_by_command: Home, tmp_path: Path
) -> None:
    """After a backup was put back, Dagster's history was lost, or a range with empty dates was materialized."""
    home = Home(Path(shutil.copytree(started_by_command.root, tmp_path / "home", symlinks=True)))
    loaded = {row["load_date"] for row in read_lake(home).ledger}
    with open_instance(home) as instance:
        instance.report_runless_asset_event(dg.AssetMaterialization(RAW_EVENTS, partition="2026-09-09"))
        instance.wipe_assets([RAW_ENTITIES])
        show_loaded(instance, home)
        assert instance.get_materialized_partitions(RAW_EVENTS) == loaded
        assert instance.get_materialized_partitions(RAW_ENTITIES) == loaded
        event = instance.get_latest_materialization_event(RAW_EVENTS)
        assert event.asset_materialization.metadata["lines_in"].value > 0


@pytest.mark.parametrize(("settings", "message", "retries"), [
    ("", "Another process is writing to this home: pid ", 2),
    ("schedule:\n  retries: nine\n", "The setting `schedule.retries` cannot be used:", 0),
])
def test_the_headline_of_a_failed_run_is_what_the_command_prints_and_only_what_may_pass_is_tried_again(
    tmp_path: Path, footfall: Callable[..., Answer], settings: str, message: str, retries: int
) -> None:
    home = Home(tmp_path / "home").ensure()
    home.settings_file.write_text(settings or "schedule:\n  retries: 2\n  retry_seconds: 0\n", encoding="utf-8")
    dg_defs = home.settings_file.read_text(encoding="utf-8")
    with held_by_another(home):
        if not settings:
            done, _ = start(home)
        else:
            # The code location was loaded before the file was changed.
            home.settings_file.write_text("", encoding="utf-8")
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(os, "environ", {**os.environ, "FOOTFALL_HOME": str(home.root)})
                job = defs().resolve_job_def("nightly")
                home.settings_file.write_text(dg_defs, encoding="utf-8")
                with open_instance(home) as instance:
                    done = job.execute_in_process(instance=instance, raise_on_error=False)
        printed = footfall("run", "--home", home.root)
    assert not done.success
    headline = failure_of(done)
    assert headline.startswith(message)
    assert f"Error: {headline}" == printed.err.strip()
    assert sum(event.event_type_value == "STEP_RESTARTED" for event in done.all_events) == retries
    (failed,) = [event for event in done.all_events if event.event_type_value == "PIPELINE_FAILURE"]
    assert message in failed.job_failure_data.error.message


def test_a_command_waits_for_another_run_as_long_as_it_is_told_to(tmp_path: Path, footfall: Callable[..., Answer]):
    home = Home(tmp_path).ensure()
    with held_by_another(home) as pid:
        refused = footfall("run", "--home", home.root, "--wait", "0.2")
        assert refused.code == 1 and f"pid {pid} (a test)" in refused.err
        script = f"import time, os, signal; time.sleep(1); os.kill({pid}, signal.SIGKILL)"
        with subprocess.Popen([sys.executable, "-c", script]):
            waited = footfall("run", "--home", home.root, "--wait", "60", "--json")
    assert waited.code == 0, waited.err


def test_one_run_at_a_time_works_on_a_home_by_a_pool(started_by_command: Home) -> None:
    with open_instance(started_by_command) as instance:
        settings = instance.get_concurrency_config().pool_config
        assert (settings.default_pool_limit, settings.pool_granularity.value) == (1, "run")
        assert instance.run_monitoring_enabled and instance.run_retries_enabled
        (run,) = instance.get_runs(limit=1)
        assert run.run_op_concurrency.all_pools == {POOL}


def test_the_instance_file_of_an_earlier_version_is_replaced_and_one_that_was_changed_is_not(tmp_path: Path) -> None:
    from orchestration.instance_file import write_instance_file

    home = Home(tmp_path)
    path = write_instance_file(home)
    ours = path.read_text()
    earlier = ours.split("# One writer a home")[0] + (
        "# One writer a home: a second run would only be refused.\nconcurrency:\n  runs:\n    max_concurrent_runs: 1\n"
    )
    path.write_text(earlier)
    assert write_instance_file(home).read_text() == earlier, "without its first line it is somebody's own"
    first = "# Written by Footfall. Runs and events are in SQLite files in this folder."
    path.write_text(earlier.replace(f"{first} A file that you change stays as it is.", first))
    assert write_instance_file(home).read_text() == ours


def test_a_run_in_dagster_sends_alerts_at_its_end_as_the_command_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = Home(tmp_path / "home").ensure()
    home.settings_file.write_text("schedule: {retries: 0}\n", encoding="utf-8")
    with web_receiver() as web:
        monkeypatch.setenv("FOOTFALL_ALERTS__WEBHOOK__URL", web.url)
        with held_by_another(home):
            assert not start(home)[0].success
        done, run = start(home)
    assert done.success and run.tags[OUTCOME_TAG] == "nothing_new"
    assert [(one["kind"], one["state"]) for body in web.bodies for one in body["alerts"]] == [
        ("last_run", "open"), ("last_run", "over"),
    ]
    assert "another process worked on the home" in web.bodies[0]["alerts"][0]["summary"]


def test_a_run_in_dagster_finishes_a_killed_erasure_and_leaves_the_history_that_it_writes_to(
    demo_copy: Home, footfall: Callable[..., Answer]
) -> None:
    home = demo_copy
    person = sorted(participants(home))[9]
    personal = traces(home, [person])
    erase = ("erase", "--home", str(home.root), "--workspace", person[0], "--user", person[1])
    assert killed_at("orchestration.erase_people.rewrite_lake", *erase) == -signal.SIGKILL
    note = home.dagster / "history" / "note.txt"
    note.write_text(next(text for text in personal if "@" in text))

    done, run = start(home)
    assert run.tags[OUTCOME_TAG] == "published" and not done.success
    assert "the search at its end found data" in failure_of(done)
    assert "dagster/history/note.txt" in failure_of(done)
    assert note.exists() and not pending_file(home).exists()

    resumed = footfall("erase", "--home", home.root, "--resume", "--json")
    assert (resumed.code, resumed.document["receipt"]["search"]["is_clean"]) == (0, True)
    assert places_of(home.root, personal) == set()
