"""When the job runs by itself: each night, where `footfall ui` or Dagster's daemon is running."""

import dagster as dg

from footfall.core.home import Home
from footfall.core.settings import Settings
from orchestration.jobs import NIGHTLY, run_config


def nightly_schedule(home: Home, settings: Settings) -> dg.ScheduleDefinition:
    """One run a night, also where nothing has arrived: it finds damage and old files, and says that nothing is new.

    Dagster makes up for a night on which its daemon was off: the last tick that was missed is made at the next start,
    and its run loads what has arrived since. Off until `schedule.enabled` or a switch in the user interface.
    """
    is_on = settings.schedule.enabled
    status = dg.DefaultScheduleStatus.RUNNING if is_on else dg.DefaultScheduleStatus.STOPPED

    @dg.schedule(
        name="nightly_schedule",
        job_name=NIGHTLY,
        cron_schedule=settings.schedule.cron,
        execution_timezone=settings.schedule.timezone,
        default_status=status,
        description="Loads what has arrived.",
    )
    def nightly_schedule() -> dg.RunRequest:
        from orchestration.dagster_instance import free_queue

        # A killed run would keep the queue blocked, since one run at a time may work on a home.
        free_queue(home)
        return dg.RunRequest(run_config=run_config(mode="load"))

    return nightly_schedule
