"""The code location as Dagster loads it."""

import importlib
import re

import dagster as dg
import duckdb
import pytest
import yaml

from footfall.alerts.alert import KINDS
from footfall.core.home import Home
from footfall.core.settings import load_settings
from orchestration.definitions import defs
from orchestration.schedules import nightly_schedule
from tests.conftest import REPOSITORY

MARTS = (
    "dim_workspaces", "dim_participants", "dim_content", "fct_events", "fct_sessions", "fct_visits",
    "fct_feature_usage", "fct_content_views", "fct_searches", "fct_meetings", "fct_user_daily", "fct_path_steps",
    "agg_workspace_daily", "agg_interactions_by_os", "agg_path_links", "agg_unique_users",
)


@pytest.fixture(scope="module")
def location(demo_home: Home) -> dg.Definitions:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FOOTFALL_HOME", str(demo_home.root))
        return defs()


def test_the_workspace_file_names_the_code_location():
    document = yaml.safe_load((REPOSITORY / "workspace.yaml").read_text())
    module = document["load_from"][0]["python_module"]["module_name"]
    assert importlib.import_module(module).defs is defs


def test_the_code_location_loads_and_holds_together(location: dg.Definitions):
    dg.Definitions.validate_loadable(location)
    assert {job.name for job in location.resolve_all_job_defs()} >= {"nightly", "rebuild"}


def test_events_flow_from_landing_to_exports(location: dg.Definitions):
    graph = location.resolve_asset_graph()
    above = {key.to_user_string() for key in _ancestors(graph, dg.AssetKey("exports"))}
    assert {"raw_events", "raw_entities", "published"} <= above
    assert {f"marts/{name}" for name in MARTS} <= above


def test_every_mart_is_published_from(location: dg.Definitions):
    parents = {key.path[-1] for key in location.resolve_asset_graph().get(dg.AssetKey("published")).parent_keys}
    assert set(MARTS) <= parents


def test_a_backfill_over_a_range_is_one_run(location: dg.Definitions):
    job = location.resolve_job_def("nightly")
    assert job.backfill_policy == dg.BackfillPolicy.single_run()
    assert isinstance(job.partitions_def, dg.DailyPartitionsDefinition)
    assert {"2026-09-07", "2026-09-10"} <= set(job.partitions_def.get_partition_keys())


def test_blocking_checks_stand_between_marts_and_what_is_published(location: dg.Definitions):
    checks = {key.to_user_string() for key in location.resolve_asset_graph().asset_check_keys}
    assert {"raw_events:batch", "raw_events:ledger_adds_up", "marts/fct_events:marts", "published:freshness"} <= checks
    assert {f"marts/{name}:dbt_tests" for name in MARTS} <= checks


def test_the_conditions_of_alerts_are_checks_of_the_home_and_no_part_of_a_night(location: dg.Definitions):
    keys = location.resolve_asset_graph().asset_check_keys
    assert {key.name for key in keys if key.asset_key == dg.AssetKey("home")} == set(KINDS)
    assert {sensor.name for sensor in location.sensors or ()} >= {"alerts", "failed_runs"}
    for name in ("nightly", "rebuild"):
        steps = {node.name for node in location.resolve_job_def(name).graph.nodes}
        assert "publish" in steps and "conditions" not in steps


def test_the_schedule_follows_the_settings_and_starts_a_run_every_night(location: dg.Definitions, demo_home: Home):
    """Also without new files: the run looks for damage and old files, and says that nothing is new."""
    schedule = location.resolve_schedule_def("nightly_schedule")
    settings = load_settings(demo_home)
    assert schedule.cron_schedule == settings.schedule.cron
    assert schedule.default_status == dg.DefaultScheduleStatus.STOPPED
    with dg.DagsterInstance.ephemeral() as instance:
        context = dg.build_schedule_context(instance=instance, repository_def=location.get_repository_def())
        answer = schedule.evaluate_tick(context)
    assert [request.tags.get("dagster/partition") for request in answer.run_requests] == [None]
    on = settings.model_copy(update={"schedule": settings.schedule.model_copy(update={"enabled": True})})
    assert nightly_schedule(demo_home, on).default_status == dg.DefaultScheduleStatus.RUNNING


def test_the_entry_point_is_short_and_no_module_uses_what_dagster_keeps_private():
    code = REPOSITORY / "orchestration"
    assert len((code / "definitions.py").read_text().splitlines()) < 45
    uses = re.compile(r"^\s*(from|import) dagster\w*\._", re.MULTILINE)
    assert not [str(path) for path in code.rglob("*.py") if uses.search(path.read_text())]


def _ancestors(graph, key: dg.AssetKey) -> set[dg.AssetKey]:
    found: set[dg.AssetKey] = set()
    waiting = [key]
    while waiting:
        for parent in graph.get(waiting.pop()).parent_keys - found:
            found.add(parent)
            waiting.append(parent)
    return found


def test_a_model_of_newly_loaded_events_and_publishing_cannot_be_materialised_alone(
    location: dg.Definitions, demo_copy: Home, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("FOOTFALL_HOME", str(demo_copy.root))
    job = location.resolve_job_def("rebuild")
    before = demo_copy.current.read_bytes()
    with dg.DagsterInstance.ephemeral() as instance:
        with pytest.raises(dg.Failure, match="cannot be built alone"):
            job.execute_in_process(instance=instance, asset_selection=[dg.AssetKey(["marts", "fct_visits"])])
        with pytest.raises(dg.Failure, match="Only a complete build can be published"):
            job.execute_in_process(instance=instance, asset_selection=[dg.AssetKey("published")])
    assert demo_copy.current.read_bytes() == before


def test_a_model_that_is_computed_whole_can_be_materialised_alone(
    location: dg.Definitions, demo_copy: Home, monkeypatch: pytest.MonkeyPatch
):
    """A seed and a dimension get all their rows again; nothing is published, and the next run has nothing to do."""
    monkeypatch.setenv("FOOTFALL_HOME", str(demo_copy.root))
    job = location.resolve_job_def("rebuild")
    before = demo_copy.current.read_bytes()
    with duckdb.connect(str(demo_copy.marts_file)) as con:
        rows = con.execute("select count(*) from marts.marts.dim_content").fetchone()
        con.execute("delete from marts.marts.dim_content")
    keys = [dg.AssetKey(["marts", "dim_content"]), dg.AssetKey(["marts", "metric_definitions"])]
    with dg.DagsterInstance.ephemeral() as instance:
        done = job.execute_in_process(instance=instance, asset_selection=keys)
        made = {event.asset_key for event in done.get_asset_materialization_events()}
    with duckdb.connect(str(demo_copy.marts_file), read_only=True) as con:
        assert con.execute("select count(*) from marts.marts.dim_content").fetchone() == rows > (0,)
    assert made == set(keys)
    assert demo_copy.current.read_bytes() == before


def test_a_selection_is_refused_while_loaded_files_wait_to_be_built(demo_copy: Home):
    import json

    from footfall.core.errors import UsageError
    from orchestration.defs.transform.selection import require_safe

    manifest = json.loads((demo_copy.warehouse / "dbt" / "manifest.json").read_text(encoding="utf-8"))
    require_safe(demo_copy, manifest, ["model.footfall.dim_content"])
    demo_copy.marts_file.unlink()
    with pytest.raises(UsageError, match="files were loaded"):
        require_safe(demo_copy, manifest, ["model.footfall.dim_content"])
