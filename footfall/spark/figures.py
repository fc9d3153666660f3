"""What Spark did for a session: application, jobs, stages, tasks and bytes, as its own status store has them."""

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

#: A figure of each scan of a table of Iceberg: the data files that are left after partitions and statistics.
_FILES = re.compile(r"SQLPlanMetric\(number of result data files,(\d+),")


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
        "files read": _files_read(session),
        "input bytes": sum(executor.totalInputBytes() for executor in one),
        "shuffle bytes": sum(executor.totalShuffleWrite() for executor in one),
        # durations of executors lack a third of what tasks take, by their threads' processor time
        "task seconds": sum(stages.apply(number).executorRunTime() for number in range(stages.size())) / 1000,
    }


def _files_read(session: "SparkSession") -> int:
    """Data files that statements read from tables of Iceberg; a file that two statements read counts twice."""
    store = session._jsparkSession.sharedState().statusStore()
    statements = store.executionsList()
    total = 0
    for number in range(statements.size()):
        statement = statements.apply(number)
        # as text: each metric by itself would be several calls to Java, and there are tens of thousands
        if found := {int(one) for one in _FILES.findall(statement.metrics().toString())}:
            values = store.executionMetrics(statement.executionId())
            total += sum(int(values.apply(one).replace(",", "")) for one in found if values.contains(one))
    return total
