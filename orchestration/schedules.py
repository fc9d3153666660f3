"""When the job runs by itself: each night, where `dagster dev` (`make ui`) or the daemon is running."""

import dagster as dg

from footfall.core.home import Home
from footfall.core.settings import Settings
from orchestration.jobs import NIGHTLY, range_tags, run_config


def nightly_schedule(home: Home, settings: Settings) -> dg.ScheduleDefinition:
    """Off until switched on in the user interface; a night without new files is skipped, and the tick says why."""

    @dg.schedule(
        name="nightly_schedule",
        job_name=NIGHTLY,
        cron_schedule=settings.schedule.cron,
        execution_timezone=settings.schedule.timezone,
        description="Loads what has arrived.",
    )
    def nightly_schedule(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
        from orchestration.dagster_instance import free_queue
        from orchestration.pending_work import find_pending_work

        # A killed run would keep the queue blocked, since one run at a time may work on a home.
        free_queue(home)
        work = find_pending_work(home, settings)
        if not work.load_dates:
            return dg.SkipReason("Nothing new in the landing zone.")
        tags = range_tags(work.load_dates[0], work.load_dates[-1])
        return dg.RunRequest(run_config=run_config(mode="load", reload=work.reload), tags=tags)

    return nightly_schedule
