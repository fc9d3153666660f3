"""Conditions of the home in Dagster: a check each on the asset `home`, and alerts also while nothing runs.

The sensor looks every ten minutes, so a night that does not start, files that do not arrive and a disk that fills are
seen without a run. It reports a check where its result changed. (Dagster's own freshness policies ask when an asset was
materialized last; a night without new files materializes nothing and is in order.)
"""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

import dagster as dg

from footfall.alerts.alert import KINDS, Alert
from footfall.core.home import Home
from footfall.core.settings import load_settings

HOME = dg.AssetKey("home")
_SECONDS = 600
#: These say that something is wrong, the others that it is unusual.
_ERRORS = frozenset({"last_run", "no_run", "damage", "open_erasure", "disk", "nothing_arrived", "old_data"})


def home_asset() -> dg.AssetSpec:
    """The home as an asset that nothing materializes: it carries the checks of the conditions."""
    return dg.AssetSpec(
        HOME, group_name="home", description="The home of this installation. Its checks are the conditions of alerts.",
    )


def condition_checks(home: Home) -> dg.AssetChecksDefinition:
    """One check a condition; the sensor reports them, and people can run them at any time."""

    @dg.multi_asset_check(
        name="conditions", can_subset=True,
        specs=[dg.AssetCheckSpec(kind, asset=HOME, description=one.watches) for kind, one in KINDS.items()],
    )
    def conditions(context: dg.AssetCheckExecutionContext) -> Iterator[dg.AssetCheckResult]:
        from orchestration.alerting import look

        wanted = {key.name for key in context.selected_asset_check_keys}
        for kind, alert in look(home, load_settings(home)).items():
            if kind in wanted:
                yield dg.AssetCheckResult(asset_key=HOME, check_name=kind, **_facts(kind, alert))

    return conditions


def alerts_sensor(home: Home) -> dg.SensorDefinition:
    """Look at every condition, send what is due, and report the checks whose results changed."""

    @dg.sensor(
        name="alerts", minimum_interval_seconds=_SECONDS, default_status=dg.DefaultSensorStatus.RUNNING,
        description="Looks at the conditions of the home and sends alerts.",
    )
    def alerts(context: dg.SensorEvaluationContext) -> dg.SensorResult:
        from orchestration.alerting import look, send

        settings = load_settings(home)
        found = look(home, settings)
        for name, problem in send(home, settings, found).items():
            if problem is not None:
                context.log.warning(f"Alerts were not sent by {name}: {problem}.")
        known = _read_cursor(context.cursor)
        now = {**known, **{kind: alert.summary if alert else "" for kind, alert in found.items()}}
        events = [
            dg.AssetCheckEvaluation(asset_key=HOME, check_name=kind, **_facts(kind, alert))
            for kind, alert in found.items() if known.get(kind) != now[kind]
        ]
        holding = [f"{kind}: {summary}" for kind, summary in now.items() if summary]
        return dg.SensorResult(
            skip_reason="\n".join(holding) or "No alert is open.", asset_events=events, cursor=json.dumps(now),
        )

    return alerts


def failed_run_sensor(home: Home) -> dg.SensorDefinition:
    """Send an alert of a failed run at once, also of one that failed before its first step."""

    @dg.run_failure_sensor(
        name="failed_runs", default_status=dg.DefaultSensorStatus.RUNNING,
        description="Sends an alert of a failed run.",
    )
    def failed_runs(context: dg.RunFailureSensorContext) -> dg.SkipReason:
        from footfall.observability.attempts import note_end, read_end
        from orchestration.alerting import send

        record = context.instance.get_run_record_by_id(context.dagster_run.run_id)
        ended = datetime.fromtimestamp(record.end_time, UTC) if record and record.end_time else datetime.now(UTC)
        began = datetime.fromtimestamp(record.start_time, UTC) if record and record.start_time else ended
        end = read_end(home)
        if end is None or end.at < began:  # else the run has noted it, with the kind of its error
            note_end(home, "FootfallError", ended)
        results = send(home, load_settings(home))
        problems = [f"{name}: {problem}" for name, problem in results.items() if problem is not None]
        return dg.SkipReason("; ".join(problems) or f"Alerts sent by {', '.join(results) or 'no channel'}.")

    return failed_runs


def _facts(kind: str, alert: Alert | None) -> dict:
    """What a check says of a condition."""
    severity = dg.AssetCheckSeverity.ERROR if kind in _ERRORS else dg.AssetCheckSeverity.WARN
    metadata: Mapping[str, str] = {
        "to do": alert.to_do, "since": alert.since.isoformat(timespec="seconds"),
        **({"workspaces": ", ".join(alert.workspaces)} if alert.workspaces else {}),
    } if alert else {}
    return {
        "passed": alert is None, "severity": severity, "description": alert.summary if alert else None,
        "metadata": metadata,
    }


def _read_cursor(text: str | None) -> dict[str, str]:
    try:
        found = json.loads(text or "{}")
    except ValueError:
        found = {}
    return {str(kind): str(summary) for kind, summary in found.items()} if isinstance(found, dict) else {}
