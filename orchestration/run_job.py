"""One run of the job in this process, recorded in the home's Dagster instance."""

import contextlib
import logging
import os
import uuid
from dataclasses import dataclass
from datetime import date
from typing import Any

import dagster as dg

from footfall.core.collection import without_collection
from footfall.core.errors import ExportsFailed
from footfall.core.explain import as_bug, explain
from footfall.core.home import Home
from footfall.core.progress import Progress, quiet
from footfall.core.settings import Settings
from footfall.core.stop import is_interruption
from footfall.observability.logs import RunLog
from footfall.transform import dbt_runner
from footfall.transform.engine import engine_at_work
from orchestration import dagster_instance
from orchestration.definitions import combine
from orchestration.jobs import NIGHTLY, REBUILD, run_config
from orchestration.observe import begin
from orchestration.partitions import landing_span
from orchestration.pending_work import mark_started
from orchestration.run_context import RunContext, conclude, status_of
from orchestration.show_partitions import show_loaded
from orchestration.steps import OUTCOME_TAG


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
    error: BaseException | None


def run_job(home: Home, settings: Settings, request: Request, progress: Progress = quiet) -> Outcome:
    """Run the job. Call it with the home's lock held.

    An error of a stage ends the run and is returned in the outcome, so that the caller can report what was done before.

    Raises:
        FootfallError: the run could not start.
    """
    # The run's events are in its log, for the user interface; the console shows the stages' own sentences.
    logging.getLogger("dagster").setLevel(logging.CRITICAL + 1)
    run_id = str(uuid.uuid4())
    run_context = RunContext(
        home, settings, request.command, progress=progress, load_dates=request.load_dates, reload=request.reload,
        log=RunLog(run_id, request.command),
    )
    with run_context.stage("start", "Reading the models."), without_collection():
        run_context.dbt_manifest = dbt_runner.parse(home, settings)
        job = _job(home, settings, request)
        instance = dagster_instance.open_instance(home)
    mark_started(home)
    begin(run_context, run_id)
    quietly = (dagster_instance.quick_history(), dagster_instance.without_noise(), dagster_instance.at_work(run_id))
    with engine_at_work(home, settings), instance, quietly[0], quietly[1], quietly[2]:
        dagster_instance.reconcile(instance)
        try:
            job.execute_in_process(
                instance=instance, run_id=run_id, resources={"run_context": run_context}, run_config=_config(request),
                tags=_tags(request),
            )
        except (Exception, KeyboardInterrupt, dg.DagsterExecutionInterruptedError) as error:  # noqa: BLE001
            # The net of a run: the caller reports what ended it, with what was done before.
            run_context.error = run_context.error or error
            if not isinstance(error, Exception) or is_interruption(run_context.error):
                run_context.found = None
            elif run_context.found is None:
                run_context.found = explain(error, home) or as_bug(error, home)
        status = status_of(run_context)
        _show(instance, home, run_id, status)
    conclude(run_context, run_id, status)
    if status == "stopped":
        raise KeyboardInterrupt
    return Outcome(run_id, run_context, None if isinstance(run_context.found, ExportsFailed) else run_context.error)


def _show(instance: dg.DagsterInstance, home: Home, run_id: str, status: str) -> None:
    """Show the result in Dagster. Where its files cannot be written, the run stays what it is."""
    from sqlalchemy.exc import SQLAlchemyError

    with contextlib.suppress(OSError, SQLAlchemyError):
        instance.add_run_tags(run_id, {OUTCOME_TAG: status})
        show_loaded(instance, home)


def _job(home: Home, settings: Settings, request: Request) -> dg.JobDefinition:
    first, last = landing_span(home)
    if request.load_dates:
        first, last = min(first, request.load_dates[0]), max(last, request.load_dates[1])
    definitions = combine(home, settings, dbt_runner.read_manifest(home), (first, last))
    return definitions.resolve_job_def(NIGHTLY if request.load_dates else REBUILD)


def _config(request: Request) -> dict[str, Any]:
    mode = None if request.load_dates is None else "backfill" if request.is_backfill else "load"
    return run_config(
        mode=mode, dates=request.load_dates if request.is_backfill else None, through=request.through,
        only=request.only, is_full_refresh=request.is_full_refresh,
    )


def _tags(request: Request) -> dict[str, str]:
    return {dagster_instance.PID_TAG: str(os.getpid()), "footfall/command": request.command}
