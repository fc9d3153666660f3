"""The sections ``freshness`` and ``alerts``: what is watched, and who gets an alert (docs/alerts.md)."""

import re
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr, model_validator

from footfall.core.section import Section


class Freshness(Section):
    """When data counts as late; what is null is not watched."""

    arrival_by: str | None = Field(
        None, pattern=r"^([01]\d|2[0-3]):[0-5]\d$", description="time of day, in `schedule.timezone`, by which event "
        "files of an arrival date must be there",
    )
    arrival_of: Literal["today", "yesterday"] = Field("today", description="which arrival date (UTC) that is")
    max_data_hours: float | None = Field(None, gt=0, description="since the end of the newest published load date")
    max_run_hours: float | None = Field(36, gt=0, description="since a run last worked on the home")


def _web_address(text: str) -> str:
    """An address that a program calls or a person opens. The error does not show it: it may be a secret."""
    try:
        parts = urlsplit(text)
        is_usable = parts.scheme in ("http", "https") and bool(parts.hostname) and "@" not in parts.netloc
        is_usable = is_usable and (parts.port is None or parts.port > 0)
    except ValueError:
        is_usable = False
    if not (is_usable and text.isascii() and text.isprintable() and " " not in text):
        raise ValueError("should be an address such as https://example.com/path, without user and password")
    return text


def _secret_web_address(text: SecretStr) -> SecretStr:
    _web_address(text.get_secret_value())
    return text


def _mail_address(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9.-]+", text):
        raise ValueError("should be one address such as ops@example.com")
    return text


WebAddress = Annotated[str, AfterValidator(_web_address)]
SecretWebAddress = Annotated[SecretStr, AfterValidator(_secret_web_address)]
MailAddress = Annotated[str, AfterValidator(_mail_address)]


class WebhookAlerts(Section):
    url: SecretWebAddress | None = Field(None, description="secret; gets alerts as JSON")


class SlackAlerts(Section):
    url: SecretWebAddress | None = Field(None, description="secret; an incoming webhook of Slack, or of its form")


class MailAlerts(Section):
    host: str | None = Field(None, min_length=1, description="of the server that takes mail (SMTP)")
    port: int = Field(587, ge=1, le=65535)
    security: Literal["starttls", "tls", "none"] = "starttls"
    user: str | None = None
    password: SecretStr | None = Field(None, description="secret")
    sender: MailAddress | None = None
    recipients: tuple[MailAddress, ...] = ()

    @model_validator(mode="after")
    def _is_complete(self) -> Self:
        if self.host and not (self.sender and self.recipients):
            raise ValueError("with `host`, `sender` and `recipients` are needed too")
        if bool(self.user) != bool(self.password):
            raise ValueError("`user` and `password` are needed together; the password comes from the environment")
        if self.password and self.security == "none":
            raise ValueError("a password is sent with `security` starttls or tls only")
        return self


class Alerts(Section):
    """Which conditions are alerts, and where they are sent."""

    name: str | None = Field(None, min_length=1, max_length=60, description="of this installation; none: its folder's")
    link: WebAddress | None = Field(None, description="in every alert, such as the address of Dagster's pages")
    log: bool = Field(False, description="every alert is a line of the log")
    max_rejected_share: float = Field(0.1, ge=0, le=1, description="of the lines of a load")
    max_repaired_share: float = Field(0.2, ge=0, le=1, description="of the loaded lines of a load")
    min_disk_days: float = Field(7, ge=0, description="days until the disk is full, at the present growth; 0 = off")
    webhook: WebhookAlerts = WebhookAlerts()
    slack: SlackAlerts = SlackAlerts()
    mail: MailAlerts = MailAlerts()

    @property
    def has_channel(self) -> bool:
        """Whether alerts are sent anywhere."""
        return bool(self.webhook.url or self.slack.url or self.mail.host or self.log)
