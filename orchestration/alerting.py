"""Look at every condition of a home, and send what the channels do not know yet (docs/alerts.md)."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from footfall.alerts.alert import Alert
from footfall.alerts.conditions import evaluate
from footfall.alerts.facts import UNREADABLE, read_facts
from footfall.alerts.of_runs import failure
from footfall.core.errors import ExportsFailed
from footfall.core.home import Home
from footfall.core.settings import Settings
from footfall.observability.attempts import note_end
from orchestration.damage import Damage, look_for_damage, require_remedy
from orchestration.pending_work import FINISHED, failed_exports

if TYPE_CHECKING:
    from orchestration.run_context import RunContext


def look(
    home: Home, settings: Settings, *, now: datetime | None = None, damage: list[Damage] | None = None,
) -> dict[str, Alert | None]:
    """Whether each condition holds: its alert, or None. Kinds that cannot be evaluated now are left out.

    Args:
        damage: what was found damaged, where the caller has looked; None: look here.
    """
    facts = read_facts(
        home, settings, now, is_lost=_is_lost(home, settings, damage), finished_at=_finished_at(home),
        failed_exports=failed_exports(home),
    )
    return evaluate(facts)


def after_work(home: Home, settings: Settings, damage: list[Damage]) -> dict[str, Alert | None]:
    """`look` at the end of a run by the process that still holds the home's lock.

    Args:
        damage: what is still damaged.
    """
    facts = read_facts(
        home, settings, is_lost=_is_lost(home, settings, damage), finished_at=_finished_at(home),
        failed_exports=failed_exports(home),
    )
    return evaluate(replace(facts, holder=None))


def look_after(home: Home, settings: Settings, error: str | None) -> dict[str, Alert | None]:
    """`look` at the end of a run, whose failure is known even if another process works on the home.

    Args:
        error: name of the class of the error that ended the run; None where it reached its end.
    """
    found = look(home, settings)
    if error is not None and found.get("last_run") is None:
        found["last_run"] = failure(error, datetime.now(UTC))
    return found


def open_alerts(home: Home, settings: Settings, damage: list[Damage] | None = None) -> list[Alert]:
    """The conditions that hold, most important first."""
    return [alert for alert in look(home, settings, damage=damage).values() if alert is not None]


def send(
    home: Home, settings: Settings, found: Mapping[str, Alert | None] | None = None, seconds: float | None = None
) -> dict[str, str | None]:
    """Send what is due: by channel, what went wrong or None (``footfall.alerts.deliver``)."""
    from footfall.alerts.channels import MOST_SECONDS
    from footfall.alerts.deliver import deliver

    due = look(home, settings) if found is None else found
    return deliver(home, settings.alerts, due, seconds=MOST_SECONDS if seconds is None else seconds)


def after_run(run: "RunContext") -> None:
    """What `footfall run` does at its end, for a run that Dagster started. Call it without the lock."""
    try:
        error = None
        if run.error is None or isinstance(run.found, ExportsFailed):
            note_end(run.home)
        else:
            error = type(run.found).__name__ if run.found is not None else "Stopped"
            note_end(run.home, error)
        for name, problem in send(run.home, run.settings, look_after(run.home, run.settings, error)).items():
            if problem is not None:
                run.progress(f"Alerts were not sent by {name}: {problem}.")
    except Exception as error:  # noqa: BLE001 - the net of alerts: nothing about them changes how a run ends
        run.progress(f"Alerts were not looked at: {type(error).__name__}.")


def _is_lost(home: Home, settings: Settings, damage: list[Damage] | None) -> bool | None:
    try:
        found = look_for_damage(home) if damage is None else damage
    except UNREADABLE:
        return None
    if found is None:
        return None
    if not any(one.part == "lake" for one in found):
        return False
    try:
        require_remedy(home, settings)
    except UNREADABLE:
        return True
    return False


def _finished_at(home: Home) -> datetime | None:
    try:
        return datetime.fromtimestamp((home.warehouse / FINISHED).stat().st_mtime, UTC)
    except OSError:
        return None
