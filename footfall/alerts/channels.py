"""The channels of alerts: webhook, Slack, mail and log. One message at a time each, all of them within ten seconds.

What goes wrong is a phrase without any address, as the address of a webhook is a secret; nothing here raises.
"""

import http.client
import json
import logging
import smtplib
import socket
import ssl
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from footfall.alerts import message
from footfall.alerts.state import Notice
from footfall.core.alert_settings import Alerts, MailAlerts

#: For all channels together, from the moment when sending begins.
MOST_SECONDS = 10.0
#: For one step of a conversation with a server.
_STEP_SECONDS = 5.0

class PartlySent(str):
    """What went wrong with a message that arrived all the same, so it is not sent again."""


Send = Callable[[Sequence[Notice]], str | None]
log = logging.getLogger("footfall.alerts")


def channels(alerts: Alerts, installation: str, now: datetime) -> dict[str, Send]:
    """The configured channels by name. Each sends notices and returns what went wrong, or None.

    Args:
        now: the time that messages have, UTC.
    """
    found: dict[str, Send] = {}
    if alerts.webhook.url:
        url = alerts.webhook.url.get_secret_value()
        found["webhook"] = lambda notices: _post(url, message.as_document(installation, alerts.link, now, notices))
    if alerts.slack.url:
        slack = alerts.slack.url.get_secret_value()
        found["slack"] = lambda notices: _post(slack, message.as_slack(installation, alerts.link, notices))
    if alerts.mail.host:
        found["mail"] = partial(_mail, alerts, installation, now)
    if alerts.log:
        found["log"] = partial(_log, installation)
    return found


def send_all(
    sends: Mapping[str, Send], due: Mapping[str, Sequence[Notice]], seconds: float = MOST_SECONDS
) -> dict[str, str | None]:
    """Send what is due by all channels side by side; return what went wrong by channel, None where it arrived.

    A server that answers too late is not waited for; the message may then arrive twice.
    """
    results: dict[str, str | None] = {}

    def work(name: str) -> None:
        results[name] = sends[name](due[name])

    deadline = time.monotonic() + seconds
    threads = {name: threading.Thread(target=work, args=(name,), daemon=True) for name in sends if due.get(name)}
    for thread in threads.values():
        thread.start()
    for thread in threads.values():
        thread.join(max(0.0, deadline - time.monotonic()))
    finished = dict(results)
    return {name: finished.get(name, "it does not answer in time") for name in threads}


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """An alert goes to the address that is configured, and to no other."""

    def redirect_request(self, *arguments: Any, **more: Any) -> None:
        return None


def _post(url: str, document: Mapping[str, Any]) -> str | None:
    request = urllib.request.Request(
        url, json.dumps(document).encode(), {"Content-Type": "application/json", "User-Agent": "footfall"},
    )
    trust = urllib.request.HTTPSHandler(context=ssl.create_default_context())
    try:
        with urllib.request.build_opener(_NoRedirect, trust).open(request, timeout=_STEP_SECONDS) as answer:
            return None if 200 <= answer.status < 300 else f"it answers {answer.status}"
    except urllib.error.HTTPError as error:
        error.close()
        return f"it answers {error.code}"
    except urllib.error.URLError as error:
        return _problem(error.reason if isinstance(error.reason, Exception) else error)
    except (OSError, http.client.HTTPException, ValueError) as error:
        return _problem(error)


def _mail(alerts: Alerts, installation: str, now: datetime, notices: Sequence[Notice]) -> str | None:
    mail = alerts.mail
    try:
        text = message.as_mail(installation, alerts.link, now, notices, mail)
        with _connect(mail) as server:
            if mail.user and mail.password:
                server.login(mail.user, mail.password.get_secret_value())
            refused = server.send_message(text, mail.sender, list(mail.recipients))
    except (OSError, smtplib.SMTPException, ValueError) as error:
        return _problem(error)
    return PartlySent(f"it refuses {len(refused)} of {len(mail.recipients)} recipients") if refused else None


def _connect(mail: MailAlerts) -> smtplib.SMTP:
    # With a name of this machine: by default, smtplib asks the network for one.
    host, name = mail.host or "", socket.gethostname() or "localhost"
    if mail.security == "tls":
        return smtplib.SMTP_SSL(host, mail.port, name, timeout=_STEP_SECONDS, context=ssl.create_default_context())
    server = smtplib.SMTP(host, mail.port, name, timeout=_STEP_SECONDS)
    if mail.security == "starttls":
        try:
            server.starttls(context=ssl.create_default_context())
        except (OSError, smtplib.SMTPException):
            server.close()
            raise
    return server


def _log(installation: str, notices: Sequence[Notice]) -> None:
    for notice in notices:
        log.warning("%s", message.one_line(installation, notice))


def _problem(error: Exception) -> str:
    """What went wrong, as a phrase about the server. The texts of errors are left out: they may have its address."""
    words: tuple[tuple[type[Exception] | tuple[type[Exception], ...], str], ...] = (
        (ssl.SSLCertVerificationError, "its certificate cannot be trusted"), (ssl.SSLError, "it does not speak TLS"),
        (TimeoutError, "it does not answer in time"), (socket.gaierror, "its name is not found"),
        (smtplib.SMTPAuthenticationError, "it refuses the login"),
        (smtplib.SMTPRecipientsRefused, "it refuses all recipients"),
        (smtplib.SMTPNotSupportedError, "it does not offer what is configured (STARTTLS or a login)"),
        (smtplib.SMTPServerDisconnected, "it closes the connection"),
        (http.client.HTTPException, "its answer is not HTTP"),
    )
    for kind, phrase in words:
        if isinstance(error, kind):
            return phrase
    if isinstance(error, smtplib.SMTPResponseException):
        return f"it answers {error.smtp_code}"
    if isinstance(error, OSError):
        return f"it cannot be reached: {error.strerror or type(error).__name__}"
    return f"the message cannot be sent ({type(error).__name__})"
