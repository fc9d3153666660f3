"""`footfall alerts`: what needs somebody now, and who gets a message (docs/alerts.md)."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import typer

from footfall.core.errors import UsageError
from footfall.core.home import Home
from footfall_cli.finding import Finding
from footfall_cli.options import DEFAULT_HOME, HomeOption, JsonOption, existing_home, is_home

if TYPE_CHECKING:
    from collections.abc import Mapping

    from footfall.alerts.alert import Alert
    from footfall.core.settings import Alerts, Settings
    from orchestration.damage import Damage

LIST_EXAMPLE = "Example: footfall alerts list --home data"
CHECK_EXAMPLE = "Example: footfall alerts check --home data"
TEST_EXAMPLE = "Example: footfall alerts test --home data"

app = typer.Typer(no_args_is_help=True, help="What needs somebody now, and who gets a message.")


@app.command("list", epilog=LIST_EXAMPLE)
def list_alerts(home: HomeOption = DEFAULT_HOME, as_json: JsonOption = False) -> int:
    """Look at every condition and show those that hold. Sends and changes nothing."""
    from footfall.core.settings import load_settings
    from footfall_cli import console
    from orchestration.alerting import look

    place = existing_home(home)
    settings = load_settings(place)
    document = _document("alerts list", place, look(place, settings), settings.alerts)
    console.emit(document, as_json, _as_text(document))
    return 0


@app.command("check", epilog=CHECK_EXAMPLE)
def check(home: HomeOption = DEFAULT_HOME, as_json: JsonOption = False) -> int:
    """Look at every condition, and send what is new, changed or over.

    `footfall run` does this at its end; a cron line of its own also notices that no run has started.
    """
    from footfall.core.settings import load_settings
    from footfall_cli import console
    from orchestration.alerting import look, send

    place = existing_home(home)
    settings = load_settings(place)
    _require_channel(settings.alerts)
    found = look(place, settings)
    sent = send(place, settings, found)
    document = _document("alerts check", place, found, settings.alerts) | _sent(sent)
    console.emit(document, as_json, _as_text(document))
    return document["exit_code"]


@app.command("test", epilog=TEST_EXAMPLE)
def test(home: HomeOption = DEFAULT_HOME, as_json: JsonOption = False) -> int:
    """Send one test alert by each configured channel, and show for each whether it arrived."""
    from footfall.alerts.alert import Alert
    from footfall.alerts.deliver import deliver_alone
    from footfall.core.settings import load_settings
    from footfall_cli import console

    place = existing_home(home)
    alerts = load_settings(place).alerts
    _require_channel(alerts)
    now = datetime.now(UTC)
    alert = Alert(
        "test", "This is a test. Nothing is wrong.", "Nothing: alerts of this installation arrive here.", now, "test"
    )
    document = {"command": "alerts test", "home": place.root, **_sent(deliver_alone(place, alerts, alert, now))}
    console.emit(document, as_json, "\n".join(_sent_as_text(document)))
    return document["exit_code"]


def open_kinds(home: Home, settings: "Settings", damage: "list[Damage] | None" = None) -> list[str]:
    """Kinds of the alerts that are open, for `footfall status` and `footfall doctor`.

    Args:
        damage: what the caller found damaged; None: look here.
    """
    from orchestration.alerting import open_alerts

    return [alert.kind for alert in open_alerts(home, settings, damage)]


def as_line(kinds: list[str]) -> str:
    """One line about the alerts that are open."""
    return f"{len(kinds)} open ({', '.join(kinds)}); `footfall alerts list` says what to do" if kinds else "none open"


def look_at_alerts(home: Home) -> list[Finding]:
    """A line of `footfall doctor`; no fault of its own, as what is wrong with the home has a line of its own."""
    from footfall.core.errors import SettingsError
    from footfall.core.settings import load_settings

    if not is_home(home):
        return []
    try:
        settings = load_settings(home)
    except SettingsError:
        return []  # reported as settings
    return [Finding("alerts", True, as_line(open_kinds(home, settings)))]


def _require_channel(alerts: "Alerts") -> None:
    if not alerts.has_channel:
        raise UsageError(
            "No channel of alerts is configured.", where="footfall.yml and environment, section `alerts`",
            hint="Set FOOTFALL_ALERTS__SLACK__URL or FOOTFALL_ALERTS__WEBHOOK__URL in the environment, or "
            "`alerts.mail` or `alerts.log` in footfall.yml; docs/alerts.md has examples.",
        )


def _document(command: str, home: Home, found: "Mapping[str, Alert | None]", alerts: "Alerts") -> dict[str, Any]:
    from footfall.alerts.alert import KINDS
    from footfall.alerts.deliver import open_entries

    known = open_entries(home)
    return {
        "command": command, "exit_code": 0, "home": home.root, "has_channel": alerts.has_channel,
        "open": [
            {"kind": alert.kind, "since": known[kind].since if kind in known else alert.since,
             "summary": alert.summary, "to_do": alert.to_do, "workspaces": list(alert.workspaces)}
            for kind, alert in found.items() if alert is not None
        ],
        "not_evaluated": [kind for kind in KINDS if kind not in found],
    }


def _sent(results: "Mapping[str, str | None]") -> dict[str, Any]:
    return {
        "exit_code": 1 if any(results.values()) else 0,
        "sent": [
            {"channel": name, "arrived": problem is None, "problem": problem} for name, problem in results.items()
        ],
    }


def _as_text(document: dict[str, Any]) -> str:
    from footfall_cli import console

    parts = []
    for one in document["open"]:
        pairs = [("what", one["summary"]), ("since", f"{one['since']:%Y-%m-%d %H:%M} UTC"), ("to do", one["to_do"])]
        pairs += [("workspaces", ", ".join(one["workspaces"]))] if one["workspaces"] else []
        parts.append(console.facts(one["kind"], pairs))
    if not parts:
        parts.append("No alert is open.")
    if document["not_evaluated"]:
        kinds = ", ".join(document["not_evaluated"])
        parts.append(f"Not looked at, since a run works or files cannot be read: {kinds}.")
    if not document["has_channel"]:
        parts.append("No message is sent: no channel is configured (docs/alerts.md has examples).")
    parts += ["\n".join(_sent_as_text(document))] if document.get("sent") else []
    return "\n\n".join(parts)


def _sent_as_text(document: dict[str, Any]) -> list[str]:
    return [
        f"{one['channel']}: {'sent' if one['arrived'] else 'not sent, ' + one['problem']}" for one in document["sent"]
    ]
