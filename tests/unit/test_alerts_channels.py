"""Alerts reach real servers, and servers that are down, slow or hostile change nothing."""

import logging
import os
import time
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from footfall.alerts.alert import Alert
from footfall.alerts.channels import channels, send_all
from footfall.alerts.message import as_mail, as_slack
from footfall.alerts.state import Notice
from footfall.core.alert_settings import Alerts, MailAlerts
from tests.support.alert_receivers import (
    Certificate,
    free_port,
    mail_receiver,
    make_certificate,
    silent_server,
    web_receiver,
)

NOW = datetime(2026, 11, 3, 6, 0, tzinfo=UTC)
NOTICE = Notice("held_back", "open", "One workspace is held back.", "`footfall quarantine list`", NOW, ("expo",))
MAIL = {"host": "127.0.0.1", "sender": "footfall@example.com", "recipients": ["ops@example.com"]}


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return make_certificate(tmp_path_factory.mktemp("certificate"))


@pytest.fixture(autouse=True)
def _own_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither proxies nor certificates of the machine that the tests run on."""
    for name in [name for name in os.environ if name.lower().endswith("_proxy") or name == "SSL_CERT_FILE"]:
        monkeypatch.delenv(name)


@pytest.fixture
def trusted(certificate: Certificate, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.trusted))
    yield


def _send(settings: dict, notice: Notice = NOTICE, seconds: float = 10) -> dict[str, str | None]:
    sends = channels(Alerts.model_validate(settings), "expo-prod", NOW)
    return send_all(sends, {name: [notice] for name in sends}, seconds)


def test_a_webhook_gets_what_happened_since_when_and_what_to_do() -> None:
    with web_receiver() as receiver:
        assert _send({"webhook": {"url": receiver.url}, "link": "https://dagster.example.com/"}) == {"webhook": None}
    (body,) = receiver.bodies
    assert body["alerts"] == [{
        "kind": "held_back", "state": "open", "summary": "One workspace is held back.",
        "to_do": "`footfall quarantine list`", "since": "2026-11-03T06:00:00Z", "until": None,
        "workspaces": ["expo"],
    }]
    assert (body["installation"], body["link"]) == ("expo-prod", "https://dagster.example.com/")
    for part in ("Alert: One workspace is held back.", "Since: 2026-11-03 06:00 UTC", "To do:", "dagster.example.com"):
        assert part in body["text"]


def test_slack_gets_its_own_form_and_names_cannot_call_people_or_make_links() -> None:
    hostile = Notice("held_back", "open", "x", "y", NOW, ("<!channel> & <https://evil.example|click>\n*bold*",))
    with web_receiver() as receiver:
        assert _send({"slack": {"url": receiver.url}}, hostile) == {"slack": None}
    (body,) = receiver.bodies
    assert set(body) == {"text", "mrkdwn", "unfurl_links", "unfurl_media"} and body["mrkdwn"] is False
    assert "<" not in body["text"] and ">" not in body["text"]
    assert "&lt;!channel&gt; &amp; &lt;https" in body["text"]
    line = next(line for line in body["text"].splitlines() if line.startswith("Workspaces:"))
    assert "�*bold*" in line, "a line break of a name makes no line of its own"


def test_a_long_message_is_cut_before_it_is_escaped() -> None:
    text = as_slack("expo", None, [Notice("held_back", "open", "&" * 9_000, "", NOW)])["text"]
    assert len(text.replace("&amp;", "&")) < 4_100 and text.endswith("&amp;…")


@pytest.mark.parametrize(("security", "is_tls"), [("starttls", False), ("tls", True)])
def test_mail_goes_encrypted_after_a_login(
    certificate: Certificate, trusted: None, security: str, is_tls: bool
) -> None:
    with mail_receiver(certificate, is_tls=is_tls, password="pass") as receiver:
        mail = {**MAIL, "port": receiver.port, "security": security, "user": "bot", "password": "pass"}
        assert _send({"mail": mail}) == {"mail": None}
    assert receiver.logins == [("bot", "pass", True)]
    (message,) = receiver.messages
    assert message["Subject"] == "[Footfall expo-prod] Alert: One workspace is held back."
    assert (message["From"], message["To"]) == ("footfall@example.com", "ops@example.com")
    assert "To do: `footfall quarantine list`" in message.get_content()


def test_a_name_with_a_line_break_adds_no_header_and_no_line() -> None:
    name = "expo\r\nBcc: victim@example.com\r\n\r\nbody"
    notice = Notice("held_back", "open", f"Workspace {name} is held back.", "", NOW, (name,))
    mail = MailAlerts.model_validate(MAIL)
    message = as_mail(name, None, NOW, [notice, notice], mail)
    assert message["Bcc"] is None and "\n" not in message["Subject"] and "(and 1 more)" in message["Subject"]
    with mail_receiver() as receiver:
        assert _send({"mail": {**MAIL, "port": receiver.port, "security": "none"}}, notice) == {"mail": None}
    assert receiver.recipients == ["ops@example.com"]
    (received,) = receiver.messages
    assert received["Bcc"] is None
    assert not any(line.startswith("Bcc:") for line in received.get_content().split("Workspaces:")[1].splitlines())


def test_a_mail_server_that_refuses_is_named_with_the_reason(certificate: Certificate, trusted: None) -> None:
    with mail_receiver(certificate, password="other") as receiver:
        mail = {**MAIL, "port": receiver.port, "user": "bot", "password": "pass"}
        assert _send({"mail": mail}) == {"mail": "it refuses the login"}
    assert receiver.messages == []
    with mail_receiver() as receiver:
        found = _send({"mail": {**MAIL, "port": receiver.port}})
        assert found == {"mail": "it does not offer what is configured (STARTTLS or a login)"}, "nothing in the clear"
    assert receiver.messages == []
    with mail_receiver(refused=("gone@example.com",)) as receiver:
        mail = {**MAIL, "recipients": ["ops@example.com", "gone@example.com"], "security": "none"}
        assert _send({"mail": {**mail, "port": receiver.port}}) == {"mail": "it refuses 1 of 2 recipients"}
        mail = {**MAIL, "recipients": ["gone@example.com"], "security": "none"}
        assert _send({"mail": {**mail, "port": receiver.port}}) == {"mail": "it refuses all recipients"}


def test_a_certificate_that_nobody_signed_is_not_trusted(certificate: Certificate) -> None:
    with web_receiver(certificate=certificate) as web, mail_receiver(certificate) as mail:
        found = _send({"webhook": {"url": web.url}, "mail": {**MAIL, "port": mail.port}})
    assert found == dict.fromkeys(("webhook", "mail"), "its certificate cannot be trusted")
    assert (web.bodies, mail.messages) == ([], [])


def test_a_certificate_that_is_trusted_is_enough(certificate: Certificate, trusted: None) -> None:
    with web_receiver(certificate=certificate) as receiver:
        assert _send({"webhook": {"url": receiver.url}}) == {"webhook": None}
    assert len(receiver.bodies) == 1


@pytest.mark.parametrize("status", [302, 400, 404, 500])
def test_an_answer_that_is_no_success_is_named_and_no_redirect_is_followed(status: int) -> None:
    with web_receiver() as other, web_receiver(status, location=other.url) as receiver:
        assert _send({"webhook": {"url": receiver.url}}) == {"webhook": f"it answers {status}"}
    assert (len(receiver.bodies), other.bodies) == (1, [])


def test_servers_that_are_down_or_silent_do_not_keep_the_others_from_alerts() -> None:
    with silent_server() as silent, web_receiver(seconds=20) as slow, web_receiver() as good:
        started = time.monotonic()
        found = _send({
            "webhook": {"url": slow.url}, "slack": {"url": good.url},
            "mail": {**MAIL, "port": silent},
        }, seconds=1)
        assert time.monotonic() - started < 3
    late = "it does not answer in time"
    assert found == {"webhook": late, "slack": None, "mail": late}
    assert len(good.bodies) == 1
    down = _send({"webhook": {"url": f"http://127.0.0.1:{free_port()}/"}, "mail": {**MAIL, "port": free_port()}})
    assert down == dict.fromkeys(("webhook", "mail"), "it cannot be reached: Connection refused")


def test_no_problem_names_the_address_of_a_webhook_or_a_password() -> None:
    with mail_receiver() as speaks_no_http:
        url = f"http://127.0.0.1:{speaks_no_http.port}/services/T000/SECRET"
        found = _send({"webhook": {"url": url}, "slack": {"url": "http://no.such.host.invalid/SECRET"}}, seconds=5)
    assert all(problem and "SECRET" not in problem and "127.0.0.1" not in problem for problem in found.values()), found
    settings = Alerts.model_validate({"slack": {"url": "https://hooks.example.com/SECRET"}})
    assert "SECRET" not in repr(settings) + settings.model_dump_json()


def test_an_alert_is_a_line_of_the_log() -> None:
    records: list[logging.LogRecord] = []
    handler = logging.Handler()
    handler.emit = records.append
    logging.getLogger("footfall").addHandler(handler)
    try:
        assert _send({"log": True}) == {"log": None}
    finally:
        logging.getLogger("footfall").removeHandler(handler)
    (record,) = records
    assert record.getMessage().startswith("Footfall expo-prod: Alert: One workspace is held back. Workspaces: expo ")


def test_an_alert_knows_no_more_than_its_texts() -> None:
    assert set(Alert.__dataclass_fields__) == {"kind", "summary", "to_do", "since", "signature", "workspaces"}


