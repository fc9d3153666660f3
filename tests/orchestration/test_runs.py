"""Runs of the whole job: what Dagster remembers of them, and what a refused, crashed or killed one leaves behind."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import dagster as dg
import duckdb
import pytest

from footfall.core import lock
from footfall.core.home import Home
from footfall.core.settings import load_settings
from footfall.core.state_files import read_json, write_json
from footfall.ingestion.ledger.ledger import read_lake
from footfall.ingestion.load import load
from orchestration.dagster_instance import OWNER_TAG, PID_TAG, open_instance, reconcile, reconcile_dead
from orchestration.definitions import defs as load_code_location
from orchestration.pending_work import FINISHED, find_pending_work, mark_refused
from tests.conftest import Answer
from tests.support.forked import COMMAND, Forked

Command = Callable[..., Answer]
NIGHT = date(2026, 9, 14)


@pytest.fixture
def instance(demo_home: Home) -> Iterator[dg.DagsterInstance]:
    with open_instance(demo_home) as found:
        yield found


def test_a_run_of_the_command_is_a_run_in_dagster(instance: dg.DagsterInstance, demo_home: Home):
    (run,) = instance.get_runs()
    assert (run.job_name, run.status) == ("nightly", dg.DagsterRunStatus.SUCCESS)
    assert run.run_id == json.loads(demo_home.current.read_text())["run_id"]
    assert run.tags["footfall/command"] == "run"


def test_one_run_covers_every_load_date_with_its_own_line_counts(instance: dg.DagsterInstance, demo_home: Home):
    ledger = read_lake(demo_home).ledger
    days = {row["load_date"] for row in ledger}
    found = instance.fetch_materializations(dg.AssetKey("raw_events"), limit=100).records
    # Once more as a whole, for the run that made them.
    assert sorted(record.partition_key or "" for record in found) == ["", *sorted(days)]
    assert instance.get_materialized_partitions(dg.AssetKey("raw_entities")) == days
    for record in found:
        if record.partition_key is None:
            continue
        lines = sum(row["lines_in"] for row in ledger if row["load_date"] == record.partition_key)
        assert record.asset_materialization.metadata["lines_in"].value == lines


def test_marts_show_their_rows_and_published_its_paths(instance: dg.DagsterInstance, demo_home: Home):
    tables = json.loads(demo_home.current.read_text())["tables"]
    for name in ("fct_visits", "agg_path_links", "dim_content"):
        event = instance.get_latest_materialization_event(dg.AssetKey(["marts", name]))
        assert event.asset_materialization.metadata["dagster/row_count"].value == tables[name]
    event = instance.get_latest_materialization_event(dg.AssetKey("published"))
    assert event.asset_materialization.metadata["file"].value == str(demo_home.published_file)


def test_every_check_of_the_graph_was_evaluated(instance: dg.DagsterInstance):
    (run,) = instance.get_runs()
    logs = instance.all_logs(run.run_id, of_type=dg.DagsterEventType.ASSET_CHECK_EVALUATION)
    evaluations = [entry.dagster_event.asset_check_evaluation_data for entry in logs]
    planned = instance.all_logs(run.run_id, of_type=dg.DagsterEventType.ASSET_CHECK_EVALUATION_PLANNED)
    assert len(evaluations) == len(planned) > 20
    assert all(evaluation.passed for evaluation in evaluations if evaluation.blocking)


def test_a_refused_night_is_checked_again_until_the_bound_is_changed(footfall: Command, demo_copy: Home):
    before = demo_copy.current.read_bytes()
    _land(demo_copy, NIGHT, good=4, bad=6)

    refused = footfall("run", "--home", demo_copy.root, "--json")
    assert refused.code == refused.document["exit_code"] == 3
    assert "quarantined_share (6 rows)" in refused.err
    assert "Traceback" not in refused.err
    assert refused.document["lines"]["quarantined"] == refused.document["quarantined_by_reason"]["malformed_json"] == 6
    assert demo_copy.current.read_bytes() == before
    assert _last_run(demo_copy).status == dg.DagsterRunStatus.FAILURE

    # Nothing new has arrived, but what was loaded is still not good enough.
    again = footfall("run", "--home", demo_copy.root)
    assert again.code == 3
    assert demo_copy.current.read_bytes() == before

    # A check that cannot read its data says nothing about the data: another exit code, another word.
    lake_file = demo_copy.root / read_lake(demo_copy).commits[-1].events["added"][0]
    kept, times = lake_file.read_bytes(), lake_file.stat()
    # Of the size and time it had, so that it is not found damaged before the run.
    lake_file.write_bytes(b"x" * len(kept))
    os.utime(lake_file, ns=(times.st_atime_ns, times.st_mtime_ns))
    _allow(demo_copy, 0.9)
    crashed = footfall("run", "--home", demo_copy.root, "--json")
    assert crashed.code == 1
    assert crashed.document["error"]["kind"] == "CheckCrashed"
    assert "could not be carried out" in crashed.err
    assert demo_copy.current.read_bytes() == before

    lake_file.write_bytes(kept)
    corrected = footfall("run", "--home", demo_copy.root, "--json")
    assert corrected.code == 0, corrected.err
    assert json.loads(demo_copy.current.read_text())["load_date"] == NIGHT.isoformat()
    with duckdb.connect(str(demo_copy.published_file), read_only=True) as con:
        loaded = con.execute("select count(*) from marts.fct_events where load_date = ?", [NIGHT]).fetchone()
        statuses = con.execute("select status from ops.runs order by started_at").fetchall()
    assert loaded == (4,)
    assert [status for (status,) in statuses] == ["published", "checks_failed", "checks_failed", "failed", "published"]


def test_after_a_refused_night_removing_the_file_is_enough(footfall: Command, demo_copy: Home):
    """What the message says to do works with `footfall run`; the good file of the same night is published."""
    _land(demo_copy, NIGHT, good=0, bad=20)
    folder = demo_copy.landing / "events" / NIGHT.isoformat()
    assert footfall("run", "--home", demo_copy.root).code == 3
    (folder / "night.jsonl").unlink()
    (folder / "good.jsonl").write_text(_event(NIGHT, 1) + "\n")
    fixed = footfall("run", "--home", demo_copy.root, "--json")
    assert fixed.code == 0, fixed.err
    assert json.loads(demo_copy.current.read_text())["load_date"] == NIGHT.isoformat()
    files = {row["file"]: row["loaded"] for row in read_lake(demo_copy).ledger if row["load_date"] == str(NIGHT)}
    assert files == {f"landing/events/{NIGHT}/good.jsonl": 1}
    assert footfall("run", "--home", demo_copy.root, "--json").document["outcome"] == "nothing_new"


def test_a_refused_date_with_a_published_file_that_is_missing_is_not_loaded_again(tmp_path: Path):
    """A date is loaded again for a file that was removed since, or for other settings of loading; never at the cost of
    lines that are published."""
    settings = load_settings(Home(tmp_path))
    home = Home(tmp_path / "home").ensure()
    lines = [_event(NIGHT, number) for number in range(4)]
    paths = [home.landing / "events" / str(day) / "a.jsonl" for day in (NIGHT, date(2026, 9, 15))]
    for path, line in zip(paths, lines, strict=False):
        path.parent.mkdir()
        path.write_text(line + "\n")
        load(home, settings, run_id="run")
    mark_refused(home, settings)
    assert find_pending_work(home, settings).reload == ()
    changed = settings.model_copy(update={"limits": settings.limits.model_copy(update={"max_late_days": 9})})
    assert find_pending_work(home, changed).reload == (NIGHT, date(2026, 9, 15))
    paths[0].unlink()
    assert find_pending_work(home, settings).reload == (NIGHT,)
    home.current.write_text('{"lake_seq": 1}')
    assert find_pending_work(home, settings).reload == ()
    (paths[0].parent / "b.jsonl").write_text(lines[2] + "\n")
    load(home, settings, run_id="run")
    (paths[0].parent / "b.jsonl").unlink()
    assert find_pending_work(home, settings).reload == (), "a.jsonl of this date is published and would be lost"


def test_a_load_that_holds_a_workspace_back_is_loaded_again_when_its_bad_file_is_gone_or_its_mapping_changed(
    tmp_path: Path,
):
    settings, home = load_settings(Home(tmp_path)), Home(tmp_path / "home").ensure()
    folder = home.landing / "events" / str(NIGHT)
    folder.mkdir()
    (folder / "bad.jsonl").write_text(_event(NIGHT, 1) + "\n{\n{\n")
    (folder / "good.jsonl").write_text(_event(NIGHT, 2) + "\n")
    load(home, settings, run_id="run")
    home.current.write_text(json.dumps({"lake_seq": 1, "held_back": [{"load_date": str(NIGHT)}]}))
    assert find_pending_work(home, settings).reload == ()
    changed = settings.model_copy(update={"limits": settings.limits.model_copy(update={"max_late_days": 9})})
    assert find_pending_work(home, changed).reload == (NIGHT,)
    (folder / "bad.jsonl").rename(tmp_path / "bad.jsonl")
    work = find_pending_work(home, settings)
    assert work.reload == work.load_dates == (NIGHT,) and work.reasons
    (folder / "good.jsonl").unlink()
    assert find_pending_work(home, settings).reload == (), "the good lines would be lost"


def test_a_killed_run_is_marked_failed_and_the_next_one_finishes_its_work(footfall: Command, demo_copy: Home):
    before = demo_copy.current.read_bytes()
    _land(demo_copy, NIGHT, good=5, bad=0)
    code, _ = _interrupt(demo_copy, signal.SIGKILL, "run")
    assert code == -signal.SIGKILL
    killed_pid = lock.holder(demo_copy).pid
    assert _last_run(demo_copy).status == dg.DagsterRunStatus.STARTED
    assert not lock.holder(demo_copy).is_alive
    assert demo_copy.current.read_bytes() == before

    finished = footfall("run", "--home", demo_copy.root, "--json")
    assert finished.code == 0, finished.err
    assert json.loads(demo_copy.current.read_text())["load_date"] == NIGHT.isoformat()
    with open_instance(demo_copy) as instance:
        now, killed, _ = instance.get_runs()
        assert (now.status, killed.status) == (dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.FAILURE)
        assert killed.tags[PID_TAG] == str(killed_pid)
    assert lock.holder(demo_copy) is None


def test_only_runs_that_held_the_lock_are_reconciled(tmp_path: Path):
    @dg.op
    def nothing() -> None:
        """Does nothing."""

    @dg.job
    def idle() -> None:
        nothing()

    with open_instance(Home(tmp_path)) as instance:
        held, waiting, finished = (
            instance.create_run_for_job(idle, tags=tags, status=status)
            for tags, status in (
                ({PID_TAG: "1"}, dg.DagsterRunStatus.STARTED), ({}, dg.DagsterRunStatus.STARTED),
                ({PID_TAG: "1"}, dg.DagsterRunStatus.SUCCESS),
            )
        )
        assert reconcile(instance) == [held.run_id]
        statuses = [instance.get_run_by_id(run.run_id).status for run in (held, waiting, finished)]
    assert statuses == [dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.SUCCESS]


def test_a_repeated_run_is_not_taken_for_the_killed_one_whose_tags_it_begins_with(tmp_path: Path):
    @dg.job
    def idle() -> None:
        """Does nothing."""

    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()
    tags, started = {PID_TAG: str(child.pid)}, dg.DagsterRunStatus.STARTED
    with open_instance(Home(tmp_path)) as instance:
        killed = instance.create_run_for_job(idle, tags=tags, status=started)
        again = instance.create_run_for_job(
            idle, tags=tags, status=started, parent_run_id=killed.run_id, root_run_id=killed.run_id,
        )
        assert reconcile_dead(instance, Home(tmp_path)) == [killed.run_id]
        assert reconcile(instance) == []
        instance.add_run_tags(again.run_id, {OWNER_TAG: again.run_id})
        assert reconcile_dead(instance, Home(tmp_path)) == [again.run_id]


def test_a_killed_run_does_not_block_the_queue_when_the_code_location_starts(demo_copy: Home, monkeypatch):
    """The run's process is gone; runs of a live process, and young runs without one yet, stay."""
    @dg.op
    def nothing() -> None:
        """Does nothing."""

    @dg.job
    def idle() -> None:
        nothing()

    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()
    started, new = dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.NOT_STARTED
    with open_instance(demo_copy) as instance:
        dead, alive, young, waiting = (
            instance.create_run_for_job(idle, tags=tags, status=status) for tags, status in (
                ({PID_TAG: str(child.pid)}, started), ({PID_TAG: str(os.getpid())}, started), ({}, started),
                ({}, new),
            )
        )
        monkeypatch.setenv("FOOTFALL_HOME", str(demo_copy.root))
        load_code_location()
        statuses = [instance.get_run_by_id(run.run_id).status for run in (dead, alive, young, waiting)]
    assert statuses == [dg.DagsterRunStatus.FAILURE, started, started, new]


def test_other_models_other_bounds_and_missing_exports_are_work(demo_copy: Home):
    assert find_pending_work(demo_copy, load_settings(demo_copy)).reasons == ()
    _allow(demo_copy, 0.9)
    assert find_pending_work(demo_copy, load_settings(demo_copy)).reasons == ("other settings",)
    demo_copy.settings_file.write_text("exports:\n  formats: [xlsx, csv, parquet, html]\n  workers: 7\n")
    next(demo_copy.exports.glob("*/*/manifest.json")).unlink()
    assert find_pending_work(demo_copy, load_settings(demo_copy)).reasons == ("exports are missing",)
    finished = demo_copy.warehouse / FINISHED
    document = read_json(finished)
    assert document is not None
    write_json(finished, {**document, "code": f"0{document['code']}"})
    assert "other models than in the last run" in find_pending_work(demo_copy, load_settings(demo_copy)).reasons
    finished.unlink()
    assert find_pending_work(demo_copy, load_settings(demo_copy)).reasons == ("the last run did not finish",)


def _land(home: Home, day: date, *, good: int, bad: int) -> None:
    """A file of `good` events and `bad` lines that are no JSON."""
    lines = [
        _event(day, number) for number in range(good)
    ]
    folder = home.landing / "events" / day.isoformat()
    folder.mkdir(parents=True)
    (folder / "night.jsonl").write_text("\n".join([*lines, *(f'{{"broken": {n}' for n in range(bad))]) + "\n")


def _event(day: date, number: int) -> str:
    return json.dumps({
        "messageId": f"late-{number}", "type": "track", "event": "Page Viewed", "userId": "u00001",
        "anonymousId": "a1", "timestamp": f"{day}T10:0{number}:00Z", "receivedAt": f"{day}T10:0{number}:05Z",
        "context": {"groupId": "expo-2026", "os": {"name": "iOS"}},
    })


def _allow(home: Home, share: float) -> None:
    text = home.settings_file.read_text()
    home.settings_file.write_text(f"{text}checks:\n  max_quarantined_share: {share}\n")


def _last_run(home: Home) -> dg.DagsterRun:
    with open_instance(home) as instance:
        return instance.get_runs(limit=1)[0]


@pytest.mark.parametrize(("kind", "expected"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_run_stopped_by_a_signal_ends_with_its_code_and_is_work_for_the_next(demo_copy: Home, kind, expected):
    before = demo_copy.current.read_bytes()
    code, messages = _interrupt(demo_copy, kind, "run", "--full-refresh")
    assert code == expected
    assert "Stopped. What was published stays." in messages
    assert "Traceback" not in messages
    assert _last_run(demo_copy).status == dg.DagsterRunStatus.FAILURE
    assert demo_copy.current.read_bytes() == before
    assert find_pending_work(demo_copy, load_settings(demo_copy)).reasons == ("the last run did not finish",)
    assert lock.holder(demo_copy) is None


def _interrupt(home: Home, kind: signal.Signals, *command: str) -> tuple[int, str]:
    """Start a command, send it a signal while the models are built; its exit code and what it printed afterwards."""
    process = Forked(COMMAND, *command, "--home", home.root)
    for line in process.stderr:
        if re.search(r"(Building|Testing) \w+ \(\d+ of", line):
            process.send_signal(kind)
            break
    code, _, messages = process.finish()
    return code, messages
