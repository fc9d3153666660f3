"""The code location: loads and combines."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

import dagster as dg

from footfall.core.file_modes import keep_private
from footfall.core.home import Home
from footfall.core.settings import Settings, load_settings
from footfall.transform import dbt_runner
from orchestration.dagster_instance import free_queue
from orchestration.dagster_run import home_from_environment, run_context
from orchestration.defs.exports.assets import exports_asset
from orchestration.defs.ingest.assets import raw_assets
from orchestration.defs.publish.assets import marts_checks, published_asset
from orchestration.defs.transform.assets import mart_keys, model_assets
from orchestration.jobs import EXECUTOR, jobs
from orchestration.partitions import landing_span, load_dates
from orchestration.schedules import nightly_schedule
from orchestration.sensors import alerts_sensor, condition_checks, failed_run_sensor, home_asset
from orchestration.watch_runs import watch_runs


def combine(home: Home, settings: Settings, manifest: Mapping[str, Any], span: tuple[date, date]) -> dg.Definitions:
    """Everything that runs, for a home with load dates in the span."""
    raw = raw_assets(load_dates(*span, today=datetime.now(UTC).date()))
    return dg.Definitions(
        assets=[raw, model_assets(manifest), published_asset(mart_keys(manifest)), exports_asset(), home_asset()],
        asset_checks=[marts_checks(dg.AssetKey(["marts", "fct_events"])), condition_checks(home)], jobs=jobs(),
        schedules=[nightly_schedule(home, settings)], resources={"run_context": run_context}, executor=EXECUTOR,
        sensors=[watch_runs(home), alerts_sensor(home), failed_run_sensor(home)],
    )


@dg.definitions
def defs() -> dg.Definitions:
    keep_private()
    home = home_from_environment()
    settings = load_settings(home)
    free_queue(home)
    return combine(home, settings, dbt_runner.current_manifest(home, settings), landing_span(home))
