"""One run of the job in this process, recorded in the home's Dagster instance."""

import logging
import os
import uuid
from dataclasses import dataclass
from datetime import date
from typing import Any

import dagster as dg

from footfall.core.errors import CheckFailed
from footfall.core.home import Home
from footfall.core.progress import Progress, quiet
from footfall.core.settings import Settings
from footfall.core.stop import is_interruption
from footfall.transform import dbt_runner
from orchestration import dagster_instance
from orchestration.definitions import combine
from orchestration.jobs import NIGHTLY, REBUILD, range_tags, run_config
from orchestration.partitions import landing_span
from orchestration.pending_work import mark_started
from orchestration.run_context import RunContext, conclude


@dataclass(frozen=True)
class Request:
    """What a run should do.

    Attributes:
        command: `run`, `backfill` or `replay`, as `ops.runs` names it.
        load_dates: the first and last load date that the run covers; None when there is nothing to load.
        is_backfill: load these dates again in place of what was loaded before; with `only`, no others of them.
        through: load nothing that arrived later.
        reload: dates to load again before new files are loaded (`PendingWork.reload`).
    """

    command: str
    load_dates: tuple[date, date] | None
    is_backfill: bool = False
    only: tuple[date, ...] | None = None
    through: date | None = None
    reload: tuple[date, ...] = ()
    is_full_refresh: bool = False


@dataclass(frozen=True)
class Outcome:
    """The result of a run; `error` is None when everything was done."""

    run_id: str
    run_context: RunContext
    error: Exception | None


def run_job(home: Home, settings: Settings, request: Request, progress: Progress = quiet) -> Outcome:
    """Run the job. Call it with the home's lock held.

    An error of a stage ends the run and is returned in the outcome, so that the caller can report what was done before.

    Raises:
        FootfallError: the run could not start.
    """
    # The run's events are in its log, for the user interface; the console shows the stages' own sentences.
    logging.getLogger("dagster").setLevel(logging.CRITICAL + 1)
    run_id = str(uuid.uuid4())
    run_context = RunContext(home, settings, request.command, progress=progress, load_dates=request.load_dates)
    with run_context.stage("start", "Reading the models."):
        run_context.dbt_manifest = dbt_runner.parse(home, settings)
        job = _job(home, settings, request)
        instance = dagster_instance.open_instance(home)
    mark_started(home)
    with instance, dagster_instance.quick_history():
        dagster_instance.reconcile(instance)
        try:
            job.execute_in_process(
                instance=instance, run_id=run_id, resources={"run_context": run_context}, run_config=_config(request),
                tags=_tags(request),
            )
        except Exception as error:  # noqa: BLE001 - the net of a run: the caller reports it, with what was done before
            if is_interruption(error):
                conclude(run_context, run_id, "stopped")
                raise KeyboardInterrupt from None
            conclude(run_context, run_id, "checks_failed" if isinstance(error, CheckFailed) else "failed")
            return Outcome(run_id, run_context, error)
        except (KeyboardInterrupt, dg.DagsterExecutionInterruptedError):
            conclude(run_context, run_id, "stopped")
            raise KeyboardInterrupt from None
    conclude(run_context, run_id, "published")
    return Outcome(run_id, run_context, None)


def _job(home: Home, settings: Settings, request: Request) -> dg.JobDefinition:
    first, last = landing_span(home)
    if request.load_dates:
        first, last = min(first, request.load_dates[0]), max(last, request.load_dates[1])
    definitions = combine(home, settings, dbt_runner.read_manifest(home), (first, last))
    return definitions.resolve_job_def(NIGHTLY if request.load_dates else REBUILD)


def _config(request: Request) -> dict[str, Any]:
    mode = None if request.load_dates is None else "backfill" if request.is_backfill else "load"
    return run_config(
        mode=mode, through=request.through, only=request.only, reload=request.reload,
        is_full_refresh=request.is_full_refresh,
    )


def _tags(request: Request) -> dict[str, str]:
    tags = {dagster_instance.PID_TAG: str(os.getpid()), "footfall/command": request.command}
    return tags | range_tags(*request.load_dates) if request.load_dates else tags
