"""Send what the channels do not know yet, and remember what arrived."""

import contextlib
import time
from collections.abc import Mapping
from contextlib import ExitStack
from datetime import UTC, datetime

from footfall.alerts.alert import Alert
from footfall.alerts.channels import MOST_SECONDS, PartlySent, channels, send_all
from footfall.alerts.state import (
    Entry,
    Notice,
    delivered,
    due,
    hold_state,
    not_delivered,
    read_state,
    update,
    write_state,
)
from footfall.core.alert_settings import Alerts
from footfall.core.home import Home


def installation_name(home: Home, alerts: Alerts) -> str:
    """What messages call the installation."""
    return alerts.name or home.root.name


def deliver(
    home: Home, alerts: Alerts, found: Mapping[str, Alert | None], *, now: datetime | None = None,
    seconds: float = MOST_SECONDS,
) -> dict[str, str | None]:
    """Send alerts that are new, changed or over to every channel that does not know it.

    Nothing is written where no channel is configured, or nothing changed.

    Args:
        found: what ``footfall.alerts.conditions.evaluate`` found.
        seconds: how long it may take in all.

    Returns:
        By channel with something to send: what went wrong, or None. What was not sent is due the next time.
    """
    moment, deadline = now or datetime.now(UTC), time.monotonic() + seconds
    sends = channels(alerts, installation_name(home, alerts), moment)
    if not sends or not (read_state(home) or any(found.values())):
        return {}
    with ExitStack() as stack:
        # Without room for its lock file an alert that the disk is full is sent all the same.
        with contextlib.suppress(OSError):
            if not stack.enter_context(hold_state(home, deadline)):
                return dict.fromkeys(sends, "another process sends alerts now")
        entries = update(read_state(home), found, sends, moment)
        notices = {name: due(entries, name) for name in sends}
        results = send_all(sends, notices, max(0.0, deadline - time.monotonic()))
        for name, problem in results.items():
            if problem is None or isinstance(problem, PartlySent):
                entries = delivered(entries, name)
            else:
                entries = not_delivered(entries, name)
        with contextlib.suppress(OSError):
            write_state(home, entries)
    return results


def deliver_alone(home: Home, alerts: Alerts, alert: Alert, now: datetime | None = None) -> dict[str, str | None]:
    """Send one alert to every channel, without remembering it: where there is no home, or for a test."""
    sends = channels(alerts, installation_name(home, alerts), now or datetime.now(UTC))
    notice = Notice(alert.kind, "open", alert.summary, alert.to_do, alert.since, alert.workspaces)
    return send_all(sends, {name: [notice] for name in sends})


def open_entries(home: Home) -> dict[str, Entry]:
    """The alerts that are open as far as the channels know."""
    return {kind: entry for kind, entry in read_state(home).items() if not entry.is_over}
