"""Conditions in Dagster: checks on the asset `home`, kept true by a sensor, and alerts of failed runs."""

import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest

from footfall.alerts.alert import KINDS
from footfall.core.home import Home
from footfall.core.state_files import write_json
from footfall.observability.attempts import note_end, read_end
from footfall.publishing.history import RunRecord, record_run
from orchestration.sensors import alerts_sensor, condition_checks, failed_run_sensor, home_asset
from tests.support.alert_receivers import web_receiver


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    for name in [name for name in os.environ if name.lower().endswith("_proxy")]:
        monkeypatch.delenv(name)
    return Home(tmp_path / "expo").ensure()


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as instance:
        yield instance


def _tick(home: Home, instance: dg.DagsterInstance, cursor: str | None = None) -> dg.SensorResult:
    result = alerts_sensor(home)(dg.build_sensor_context(instance=instance, cursor=cursor))
    assert isinstance(result, dg.SensorResult)
    return result


def _results(result: dg.SensorResult) -> dict[str, bool]:
    events = [event for event in result.asset_events if isinstance(event, dg.AssetCheckEvaluation)]
    return {event.check_name: event.passed for event in events}


def _failed_run(instance: dg.DagsterInstance, fail: Callable[[], None]) -> dg.RunFailureSensorContext:
    """What the sensor gets of a run whose only step has failed."""
    @dg.job
    def broken() -> None:
        dg.op(fail)()

    done = broken.execute_in_process(instance=instance, raise_on_error=False)
    return dg.build_run_status_sensor_context(
        sensor_name="failed_runs", dagster_event=done.get_run_failure_event(), dagster_instance=instance,
        dagster_run=done.dagster_run,
    ).for_run_failure()


def test_the_sensor_reports_every_condition_once_and_then_those_that_change(
    home: Home, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    with web_receiver() as web:
        monkeypatch.setenv("FOOTFALL_ALERTS__WEBHOOK__URL", web.url)
        first = _tick(home, instance)
        assert _results(first) == dict.fromkeys(KINDS, True)
        assert _results(_tick(home, instance, first.cursor)) == {}
        write_json(home.lake / "erasures" / "000001.open.json", {"people": [["expo", "anna"]]})
        opened = _tick(home, instance, first.cursor)
        assert _results(opened) == {"open_erasure": False}
        assert opened.skip_reason is not None and "erasure" in str(opened.skip_reason.skip_message)
        (event,) = opened.asset_events
        assert "`footfall erase --resume`" in event.metadata["to do"].text and "anna" not in str(event)
        (home.lake / "erasures" / "000001.open.json").unlink()
        assert _results(_tick(home, instance, opened.cursor)) == {"open_erasure": True}
    assert [one["state"] for body in web.bodies for one in body["alerts"]] == ["open", "over"]


@pytest.mark.parametrize("cursor", ["{", "[]", '{"disk": 5}'])
def test_a_cursor_that_cannot_be_read_reports_everything_again(
    home: Home, instance: dg.DagsterInstance, cursor: str
) -> None:
    assert set(_results(_tick(home, instance, cursor))) == set(KINDS)


def test_people_can_run_the_checks_in_dagster(home: Home, instance: dg.DagsterInstance) -> None:
    moment = datetime.now(UTC)
    record_run(home, RunRecord("r", "run", moment, moment, "failed"))
    definitions = dg.Definitions(
        assets=[home_asset()], asset_checks=[condition_checks(home)],
        jobs=[dg.define_asset_job("look", dg.AssetSelection.all_asset_checks())],
    )
    done = definitions.resolve_job_def("look").execute_in_process(instance=instance)
    results = {one.check_name: one.passed for one in done.get_asset_check_evaluations()}
    assert results == {**dict.fromkeys(KINDS, True), "last_run": False}


def test_a_run_that_fails_before_its_first_step_is_an_alert_at_once(
    home: Home, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> None:
        raise ValueError("anna.mueller@example.com")

    context = _failed_run(instance, fail)
    with web_receiver() as web:
        monkeypatch.setenv("FOOTFALL_ALERTS__WEBHOOK__URL", web.url)
        failed_run_sensor(home)(context)
        assert [(one["kind"], one["state"]) for one in web.bodies[0]["alerts"]] == [("last_run", "open")]
        assert "anna" not in str(web.bodies)
        write_json(home.warehouse / "finished.json", {})
        future = (datetime.now(UTC) + timedelta(seconds=5)).timestamp()
        os.utime(home.warehouse / "finished.json", (future, future))
        failed_run_sensor(home)(context)
    assert [one["state"] for one in web.bodies[1]["alerts"]] == ["over"], "a run that ended well since is not forgotten"


def test_the_kind_of_error_that_a_run_noted_at_its_end_is_kept(home: Home, instance: dg.DagsterInstance) -> None:
    def fail() -> None:
        note_end(home, "DiskFull")
        raise ValueError

    context = _failed_run(instance, fail)
    failed_run_sensor(home)(context)
    assert read_end(home).error == "DiskFull"
