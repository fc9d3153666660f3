"""An alert as JSON, as a text for Slack, and as a mail."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid
from typing import Any

from footfall.alerts.alert import plain
from footfall.alerts.state import Notice
from footfall.core.alert_settings import MailAlerts

_STATES = {
    "open": "Alert", "changed": "Alert changed", "over": "Over", "missed": "Over before it could be sent here",
}
#: Slack takes 40,000 characters; a person reads fewer.
_MOST_CHARACTERS = 4_000


def as_document(installation: str, link: str | None, now: datetime, notices: Sequence[Notice]) -> dict[str, Any]:
    """The JSON that a webhook gets. ``text`` is the whole message, as some receivers show only that."""
    return {
        "source": "footfall", "version": 1, "installation": installation, "sent_at": _moment(now), "link": link,
        "alerts": [
            {"kind": one.kind, "state": one.state, "summary": one.summary, "to_do": one.to_do or None,
             "since": _moment(one.since), "until": _moment(one.until) if one.until else None,
             "workspaces": list(one.workspaces)}
            for one in notices
        ],
        "text": as_text(installation, link, notices),
    }


def as_slack(installation: str, link: str | None, notices: Sequence[Notice]) -> Mapping[str, Any]:
    """The message in Slack's form, without markup: names cannot address a channel, link or format."""
    text = as_text(installation, link, notices)
    text = text if len(text) <= _MOST_CHARACTERS else f"{text[:_MOST_CHARACTERS]}…"
    for character, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
        text = text.replace(character, entity)
    return {"text": text, "mrkdwn": False, "unfurl_links": False, "unfurl_media": False}


def as_mail(
    installation: str, link: str | None, now: datetime, notices: Sequence[Notice], mail: MailAlerts
) -> EmailMessage:
    """The message as a mail of plain text."""
    message = EmailMessage(policy=SMTP)
    heading = f"{_STATES[notices[0].state]}: {notices[0].summary}"
    more = f" (and {len(notices) - 1} more)" if notices[1:] else ""
    message["Subject"] = plain(f"[Footfall {installation}] {heading}", 150) + more
    message["From"] = mail.sender or ""
    message["To"] = ", ".join(mail.recipients)
    message["Date"] = format_datetime(now)
    message["Message-ID"] = make_msgid(domain="footfall.invalid")
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(as_text(installation, link, notices) + "\n", charset="utf-8")
    return message


def as_text(installation: str, link: str | None, notices: Sequence[Notice]) -> str:
    """The message for people."""
    parts = [f"Footfall {plain(installation)}", *(_lines(one) for one in notices), *([link] if link else [])]
    return "\n\n".join(parts)


def one_line(installation: str, notice: Notice) -> str:
    """An alert as a line of a log."""
    return " ".join([f"Footfall {plain(installation)}:", *_lines(notice).splitlines()])


def _lines(one: Notice) -> str:
    lines = [f"{_STATES[one.state]}: {one.summary}"]
    lines += [f"Workspaces: {', '.join(map(plain, one.workspaces))}"] if one.workspaces else []
    lines += [f"Since: {one.since:%Y-%m-%d %H:%M} UTC"]
    lines += [f"Until: {one.until:%Y-%m-%d %H:%M} UTC"] if one.until else []
    lines += [f"To do: {one.to_do}"] if one.to_do else []
    return "\n".join(lines)


def _moment(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")
