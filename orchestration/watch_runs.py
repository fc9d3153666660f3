"""Killed runs are found while Dagster is running, not only at the next night."""

import dagster as dg

from footfall.core.home import Home


def watch_runs(home: Home) -> dg.SensorDefinition:
    """Once a minute, mark runs as failed whose process has ended; Dagster then starts them once more."""

    @dg.sensor(
        name="watch_runs", minimum_interval_seconds=60, default_status=dg.DefaultSensorStatus.RUNNING,
        description="Marks runs as failed whose process was killed.",
    )
    def watch_runs(context: dg.SensorEvaluationContext) -> dg.SkipReason:
        from orchestration.dagster_instance import reconcile_dead

        dead = reconcile_dead(context.instance, home)
        return dg.SkipReason(f"Marked as failed: {', '.join(dead)}." if dead else "No run was cut off.")

    return watch_runs
