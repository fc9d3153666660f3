"""Alerts at the end of `footfall run` and `footfall backfill`, however it ends. They never change how it ends."""

import contextlib
import functools
import logging
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, ParamSpec

import click

from footfall.core import stop
from footfall.core.errors import ExportsFailed, FootfallError, SettingsError
from footfall.core.home import Home
from footfall.observability import logs
from footfall_cli.options import as_home, is_home

if TYPE_CHECKING:
    from footfall.core.settings import Alerts

#: For sending, in all, in a command that was stopped, as it has to end soon.
_STOPPED_SECONDS = 2.0
_Parameters = ParamSpec("_Parameters")


def reporting(command: Callable[_Parameters, int]) -> Callable[_Parameters, int]:
    """Let a command send alerts at its end: also where it fails, is stopped, or cannot start."""

    @functools.wraps(command)
    def run(*arguments: _Parameters.args, **options: _Parameters.kwargs) -> int:
        home = as_home(options["home"])  # type: ignore[arg-type]
        try:
            code = command(*arguments, **options)
        except (click.exceptions.Exit, click.ClickException):
            raise
        except BaseException as error:
            name = _name(error)
            _note(home, name)
            _send(home, name)
            raise
        _send(home, None)
        return code

    return run


def note_result(home: Home, error: FootfallError | None) -> None:
    """Remember how a run ended; of an error only its class, since its text may name files.

    Failed exports are a condition of their own: the run reached its end.
    """
    from footfall.observability.attempts import note_end

    if error is not None and not isinstance(error, ExportsFailed):
        _note(home, type(error).__name__)
        return
    with contextlib.suppress(OSError):
        note_end(home)


def _note(home: Home, name: str) -> None:
    from footfall.observability.attempts import note_end

    with contextlib.suppress(OSError):
        if is_home(home):
            note_end(home, name)


def _name(error: BaseException) -> str:
    from footfall.core.explain import explain

    if stop.signals or isinstance(error, KeyboardInterrupt):
        return "Stopped"
    return type(explain(error) or error).__name__


def _send(home: Home, error: str | None) -> None:
    """Send what is due; at most one line says that something was not sent.

    Args:
        error: of a run that did not come to its end: name of the error's class.
    """
    from footfall.core.settings import load_alerts

    try:
        alerts = load_alerts(home)
        if not alerts.has_channel:
            return
        results = _deliver(home, alerts, error)
    except SettingsError as problem:
        results = {"any channel": problem.message}
    except Exception as problem:  # noqa: BLE001 - the net of alerts: nothing about them changes how a run ends
        results = {"any channel": type(problem).__name__}
    warn(results)


def _deliver(home: Home, alerts: "Alerts", error: str | None) -> Mapping[str, str | None]:
    from footfall.alerts import channels
    from footfall.alerts.deliver import deliver, deliver_alone
    from footfall.alerts.of_runs import failure
    from footfall.core.settings import load_settings
    from orchestration.alerting import look_after

    failed = failure(error, datetime.now(UTC)) if error is not None else None
    if not is_home(home):
        return deliver_alone(home, alerts, failed) if failed is not None else {}
    if error == "Stopped":
        return deliver(home, alerts, {"last_run": failed}, seconds=_STOPPED_SECONDS)
    try:
        found = look_after(home, load_settings(home), error)
    except FootfallError:
        found = {"last_run": failed} if failed is not None else {}
    return deliver(home, alerts, found, seconds=channels.MOST_SECONDS)


def warn(results: Mapping[str, str | None]) -> None:
    """One line on standard error about what was not sent."""
    failed = [f"{name} ({problem})" for name, problem in results.items() if problem is not None]
    if failed and logs.is_json():
        logs.write("alerts_not_sent", logging.WARNING, channels=len(failed))
    elif failed:
        print(f"Warning: alerts were not sent by {', '.join(failed)}. The next look at them tries again.",
              file=sys.stderr, flush=True)
