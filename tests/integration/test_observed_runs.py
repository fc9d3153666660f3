"""What real runs leave for operators: log, metrics, history and the last nights."""

import json
import os
from collections.abc import Callable
from datetime import UTC, datetime

import duckdb
import pytest
from prometheus_client.parser import text_string_to_metric_families

from footfall.core import lock
from footfall.core.home import Home
from tests.conftest import Answer, in_a_process

Command = Callable[..., Answer]
STAGES = ["start", "load", "check", "build", "check", "publish", "export"]


def _log(home: Home) -> list[dict]:
    return [json.loads(line) for line in (home.logs / "footfall.log").read_text(encoding="utf-8").splitlines()]


def test_the_log_of_a_run_has_its_stages_with_seconds_and_rows(demo_home: Home) -> None:
    run_id = json.loads(demo_home.current.read_text())["run_id"]
    events = [line for line in _log(demo_home) if line.get("run_id") == run_id]
    assert [line["step"] for line in events if line["event"] == "stage_finished"] == STAGES
    assert all(line["seconds"] >= 0 for line in events if line["event"] == "stage_finished")
    done = events[-1]
    assert (done["event"], done["status"], done["exit_code"], done["exports"]["workspaces"]) == (
        "run_finished", "published", 0, 2,
    )
    assert done["lines"]["lines_in"] > 1_000 and done["checks"]["passed"] > 10


def test_metrics_agree_with_what_is_published(demo_home: Home) -> None:
    text = (demo_home.metrics / "footfall.prom").read_text(encoding="utf-8")
    found = {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text) for sample in family.samples
    }
    current = json.loads(demo_home.current.read_text())
    assert {key[1]: rows for key, rows in found.items() if key[0] == "footfall_mart_rows"} == current["tables"]
    assert {key[1] for key in found if key[0] == "footfall_run_stage_seconds"} == set(STAGES)
    assert ("footfall_run_model_seconds", "fct_visits") in found
    assert found[("footfall_last_success_timestamp_seconds",)] > found[("footfall_published_timestamp_seconds",)] - 60


def test_no_person_and_no_landing_file_is_named_in_log_and_metrics(demo_home: Home) -> None:
    text = "".join(path.read_text() for path in (*demo_home.logs.iterdir(), *demo_home.metrics.iterdir()))
    with duckdb.connect(str(demo_home.published_file), read_only=True) as con:
        people = con.execute("select user_id, email, last_name from marts.dim_participants").fetchall()
        devices = con.execute("select distinct device_id from marts.fct_events").fetchall()
        files = con.execute("select file from ops.load_ledger").fetchall()
    words = {word for row in (*people, *devices, *files) for word in row if word and len(word) > 4}
    assert len(words) > 100
    assert [word for word in words if word in text] == []


def test_the_history_of_a_run_has_its_exports(demo_home: Home) -> None:
    run_id = json.loads(demo_home.current.read_text())["run_id"]
    record = json.loads((demo_home.lake / "history" / "runs" / f"{run_id}.json").read_text())
    assert (record["status"], record["exports_made"], record["exports_failed"]) == ("published", 2, 0)
    assert record["bytes"] == demo_home.published_file.stat().st_size
    assert set(record["details"]["seconds"]) == set(STAGES)


def test_ops_runs_has_the_figures_of_the_run(demo_home: Home) -> None:
    with duckdb.connect(str(demo_home.published_file), read_only=True) as con:
        row = con.execute(
            "select lines_in, loaded, duplicates, quarantined, load_seconds, build_seconds, export_seconds"
            " from ops.runs"
        ).fetchone()
        total = con.execute("select sum(quarantined) from ops.load_ledger").fetchone()
    assert row[0] > row[1] > 1_000 and row[2] > 0 and 0 < row[3] <= total[0]
    assert row[4] > 0 and row[5] > 0 and row[6] is None


def test_status_shows_the_night_and_an_empty_one_after_it(footfall: Command, demo_copy: Home) -> None:
    assert footfall("run", "--home", demo_copy.root).code == 0
    status = footfall("status", "--home", demo_copy.root, "--json").document
    (night,) = status["nights"]
    assert (night["status"], night["runs"], night["lines"]) == ("published", 2, status["ledger"]["lines_in"])
    assert f"{datetime.now(UTC):%Y-%m-}" in footfall("status", "--home", demo_copy.root).out.split("Last nights")[1]
    assert _log(demo_copy)[-1]["event"] == "nothing_new"


def test_errors_and_progress_are_json_lines_where_this_is_wanted(demo_copy: Home) -> None:
    (demo_copy.lake / "version").write_text("99")
    for arguments in (("run", "--log-format", "json"), ("run", "--log-format=json", "--json"), ("nonsense",)):
        os.environ["FOOTFALL_OBSERVABILITY__LOG_FORMAT"] = "json"
        try:
            answer = in_a_process(*arguments, "--home", demo_copy.root)
        finally:
            del os.environ["FOOTFALL_OBSERVABILITY__LOG_FORMAT"]
        lines = [json.loads(line) for line in answer.err.splitlines()]
        assert answer.code == 2
        assert [(line["event"], line["level"], line["exit_code"]) for line in lines] == [("error", "error", 2)]


@pytest.mark.parametrize("is_json", [True, False])
def test_a_run_that_cannot_begin_is_a_failed_night_with_its_reason(
    footfall: Command, demo_copy: Home, is_json: bool
) -> None:
    (demo_copy.metrics / "footfall.prom").unlink()
    commit = sorted(demo_copy.commits.glob("*.json"))[-1]
    for path in demo_copy.landing.glob("*/*/*"):
        path.unlink()
    commit.write_text("{")
    answer = footfall("run", "--home", demo_copy.root, *(["--log-format", "json"] if is_json else []))
    assert answer.code == 1
    assert is_json == answer.err.splitlines()[-1].startswith("{")
    night = footfall("status", "--home", demo_copy.root, "--json").document["nights"][-1]
    assert night["status"] == "failed" and "The lake is damaged" in night["reason"]
    assert "footfall_run_exit_code 1.0" in (demo_copy.metrics / "footfall.prom").read_text()
    doctor = footfall("doctor", "--home", demo_copy.root, "--json").document
    (found,) = [one for one in doctor["findings"] if one["name"] == "last night"]
    assert not found["is_ok"] and "The lake is damaged" in found["found"]


def test_a_command_that_meets_another_one_at_work_is_no_failed_night(demo_copy: Home) -> None:
    with lock.hold(demo_copy, "a test"):
        assert in_a_process("run", "--home", demo_copy.root).code == 1
    status = in_a_process("status", "--home", demo_copy.root, "--json").document
    assert status["nights"][-1]["status"] == "published"
    assert _log(demo_copy)[-1]["event"] == "error"
