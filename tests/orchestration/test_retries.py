"""What may pass is tried again, each time after twice as long; what is about data or settings is not."""

import errno
from collections.abc import Callable
from pathlib import Path

import dagster as dg
import pytest

from footfall.core.errors import CheckFailed, ExportsFailed, FootfallError, HomeLocked, SettingsError, UsageError
from footfall.core.home import Home
from footfall.core.settings import Settings
from orchestration.run_context import RunContext
from orchestration.steps import step

RETRIES, SECONDS = 2, 0.05


def _full_disk() -> FootfallError:
    error = FootfallError("dbt stopped before building.")
    error.__cause__ = OSError(errno.ENOSPC, "No space left on device")
    return error


def _run(home: Home, make: Callable[[], Exception], failures: int) -> tuple[dg.ExecuteInProcessResult, list[float]]:
    """A run of one step that fails so often, and for how long each retry waited."""
    run = RunContext(home, Settings(), retries=RETRIES, retry_seconds=SECONDS)
    failed: list[None] = []

    @dg.asset
    def work(context: dg.AssetExecutionContext) -> None:
        with step(context, run, is_work=False):
            if len(failed) < failures:
                failed.append(None)
                raise make()

    done = dg.materialize([work], raise_on_error=False)
    waits = [event for event in done.all_events if event.event_type_value == "STEP_UP_FOR_RETRY"]
    return done, [event.step_retry_data.seconds_to_wait for event in waits]


@pytest.mark.parametrize("make", [
    lambda: HomeLocked("Another process is writing to this home."), _full_disk,
    lambda: OSError(errno.ENOSPC, "No space left on device"), lambda: OSError(errno.EIO, "Input/output error"),
    lambda: TimeoutError("the object store does not answer"), lambda: ConnectionResetError("by the object store"),
])
def test_a_lock_a_disk_and_an_object_store_are_tried_again_with_back_off(
    tmp_path: Path, make: Callable[[], Exception]
) -> None:
    home = Home(tmp_path).ensure()
    assert _run(home, make, failures=2)[0].success
    done, waits = _run(home, make, failures=9)
    assert not done.success and waits == [SECONDS, 2 * SECONDS]


@pytest.mark.parametrize("make", [
    lambda: CheckFailed("A data check failed."), lambda: ExportsFailed("One export was not made."),
    lambda: SettingsError("The setting cannot be used."), lambda: UsageError("No such workspace."),
    lambda: ValueError("a bug"), lambda: OSError(errno.EACCES, "Permission denied"),
])
def test_failed_checks_settings_and_bugs_are_not_tried_again(tmp_path: Path, make: Callable[[], Exception]) -> None:
    done, waits = _run(Home(tmp_path).ensure(), make, failures=9)
    assert not done.success and waits == []
