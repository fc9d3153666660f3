"""A run that Dagster starts (schedule, user interface, `dagster` on the command line): the same run as `footfall run`.

The home is locked and prepared by the first step and not by the resource, so that an error has the headline that the
command line gives it, and a home that is locked is tried again.
"""

import os
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import dagster as dg

from footfall.core import lock
from footfall.core.explain import is_corruption
from footfall.core.home import Home
from footfall.core.progress import quiet
from footfall.core.settings import Settings, load_settings
from footfall.observability import logs
from orchestration.alerting import after_run
from orchestration.apply_retention import finish
from orchestration.dagster_instance import OWNER_TAG, PID_TAG, WAITING_TAG, at_work, quick_history, reconcile
from orchestration.observe import attempt, begin, end_nothing_new
from orchestration.pending_work import find_pending_work
from orchestration.prepare import prepare, repair
from orchestration.run_context import RunContext, conclude, status_of
from orchestration.show_partitions import show_loaded
from orchestration.steps import OUTCOME_TAG
from orchestration.unclean import unclean

#: Dagster tries a run again whose step failed: only one that was stopped with its machine, or whose home is repaired.
_RETRY_TAG = "dagster/retry_on_asset_or_op_failure"


def home_from_environment() -> Home:
    """The home that `FOOTFALL_HOME` names; `./data` without it."""
    return Home(Path(os.environ.get("FOOTFALL_HOME", "data")).expanduser().absolute())


@dg.resource(description="The home that this run writes to. The first step locks and prepares it.")
def run_context(context: dg.InitResourceContext) -> Iterator[RunContext]:
    """The resource of runs that Dagster itself starts; `footfall run` brings its own."""
    home = home_from_environment()
    run = context.run
    settings = Settings()
    current = RunContext(home, settings, progress=context.log.info if context.log else quiet)
    done: list[str] = []
    with ExitStack() as held:

        def begin() -> None:
            if not done:
                _begin(current, held, context.instance, run)
                done.append("begun")

        def end() -> None:
            if done == ["begun"]:
                done.append("ended")
                _end(current, context.instance, run)

        current.begin, current.end = begin, end
        # The last of what is left to do, so without the lock.
        held.callback(lambda: after_run(current) if done or current.error is not None else None)
        try:
            yield current
        finally:
            # Most runs end in a step, since Dagster notes the result of a run before it comes here.
            end()


def _begin(
    current: RunContext, held: ExitStack, instance: dg.DagsterInstance | None, run: dg.DagsterRun | None
) -> None:
    home = current.home
    current.settings = settings = load_settings(home)
    current.retries, current.retry_seconds = settings.schedule.retries, settings.schedule.retry_seconds
    if instance is not None and run is not None:
        tags = {WAITING_TAG: str(os.getpid()), OWNER_TAG: run.run_id, PID_TAG: "", OUTCOME_TAG: "running"}
        instance.add_run_tags(run.run_id, tags)
    logs.start(home, settings.observability)
    with attempt(home, settings, current.command), ExitStack() as stack:
        is_after_kill = stack.enter_context(lock.hold(home, "a run started in Dagster")) is not None
        stack.enter_context(quick_history())
        if instance is not None and run is not None:
            stack.enter_context(at_work(run.run_id))
            reconcile(instance)
            instance.add_run_tags(run.run_id, {PID_TAG: str(os.getpid())})
        prepared = prepare(home, settings, current.progress, is_in_dagster=True)
        if prepared.erasure is not None:
            current.progress("An erasure that was interrupted is finished.")
            current.unclean = unclean(prepared.erasure)
        work = find_pending_work(home, settings)
        current.reload = work.reload
        current.load_dates = (work.load_dates[0], work.load_dates[-1]) if work.load_dates else None
        current.is_lake_emptied = prepared.is_lake_emptied
        current.has_work = bool(work.reasons) or is_after_kill
        begin(current, run.run_id if run is not None else "")
        held.enter_context(stack.pop_all())


def _end(current: RunContext, instance: dg.DagsterInstance | None, run: dg.DagsterRun | None) -> None:
    """What a run leaves behind, whatever ended it."""
    home, status = current.home, status_of(current)
    run_id = run.run_id if run is not None else ""
    is_repaired = is_corruption(current.error) and bool(repair(home, current.settings, deep=True).damage)
    if status == "nothing_new":
        end_nothing_new(current, run_id)
    else:
        conclude(current, run_id, status)
    if status in ("published", "nothing_new"):
        finish(home, current.settings)
    if instance is None or run is None:
        return
    show_loaded(instance, home)
    tags = {OUTCOME_TAG: status}
    if is_repaired or status == "stopped":
        tags[_RETRY_TAG] = "true"
    instance.add_run_tags(run_id, tags)
