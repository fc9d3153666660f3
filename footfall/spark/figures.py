"""What Spark did for a session: application, jobs, stages, tasks and bytes, as its own status store has them."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


def figures(session: "SparkSession") -> Mapping[str, str | int | float]:
    """Figures since the application started, by name; with Spark Connect, whose server has them, only the session."""
    if not hasattr(session, "_jsparkSession"):
        return {"Spark session": str(session.session_id)}
    context = session.sparkContext
    store = context._jsc.sc().statusStore()
    executors = store.executorList(False)
    one = [executors.apply(number) for number in range(executors.size())]
    nothing, quantiles = context._jvm.java.util.ArrayList(), context._gateway.new_array(context._jvm.double, 0)
    stages = store.stageList(nothing, False, False, quantiles, nothing)
    return {
        "Spark application": context.applicationId or "",
        "stages": stages.size(),
        "tasks": sum(executor.totalTasks() for executor in one),
        "failed tasks": sum(executor.failedTasks() for executor in one),
        "input bytes": sum(executor.totalInputBytes() for executor in one),
        "shuffle bytes": sum(executor.totalShuffleWrite() for executor in one),
        "task seconds": sum(executor.totalDuration() for executor in one) / 1000,
    }
