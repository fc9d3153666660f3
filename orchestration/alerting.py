"""Look at every condition of a home, and send what the channels do not know yet (docs/alerts.md)."""

from collections.abc import Mapping
from datetime import UTC, datetime

from footfall.alerts.alert import Alert
from footfall.alerts.channels import MOST_SECONDS
from footfall.alerts.conditions import evaluate
from footfall.alerts.deliver import deliver
from footfall.alerts.facts import read_facts
from footfall.core.errors import FootfallError
from footfall.core.home import Home
from footfall.core.settings import Settings
from orchestration.damage import Damage, look_for_damage, require_remedy
from orchestration.pending_work import FINISHED, failed_exports


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


def open_alerts(home: Home, settings: Settings, damage: list[Damage] | None = None) -> list[Alert]:
    """The conditions that hold, most important first."""
    return [alert for alert in look(home, settings, damage=damage).values() if alert is not None]


def send(
    home: Home, settings: Settings, found: Mapping[str, Alert | None] | None = None, seconds: float = MOST_SECONDS
) -> dict[str, str | None]:
    """Send what is due: by channel, what went wrong or None (``footfall.alerts.deliver``)."""
    return deliver(home, settings.alerts, look(home, settings) if found is None else found, seconds=seconds)


def _is_lost(home: Home, settings: Settings, damage: list[Damage] | None) -> bool | None:
    found = look_for_damage(home) if damage is None else damage
    if found is None:
        return None
    if not any(one.part == "lake" for one in found):
        return False
    try:
        require_remedy(home, settings)
    except FootfallError:
        return True
    return False


def _finished_at(home: Home) -> datetime | None:
    try:
        return datetime.fromtimestamp((home.warehouse / FINISHED).stat().st_mtime, UTC)
    except OSError:
        return None
