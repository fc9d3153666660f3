"""An alert is sent once, again when it changes and when it is over; what did not arrive is sent the next time."""

import json
import os
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread

import pytest

from footfall.alerts.alert import KINDS, Alert
from footfall.alerts.deliver import deliver, open_entries
from footfall.alerts.state import hold_state
from footfall.core.alert_settings import Alerts
from footfall.core.home import Home
from tests.support.alert_receivers import WebReceiver, free_port, mail_receiver, web_receiver

NOW = datetime(2026, 11, 3, 6, tzinfo=UTC)
HELD = Alert("held_back", "One workspace is held back.", "`footfall quarantine list`", NOW, "expo")
Look = Callable[..., dict[str, str | None]]


@pytest.fixture(autouse=True)
def _own_network(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.lower().endswith("_proxy")]:
        monkeypatch.delenv(name)


def _states(receiver: WebReceiver) -> list[tuple[str, str]]:
    return [(one["kind"], one["state"]) for body in receiver.bodies for one in body["alerts"]]


def _look(home: Home, url: str, *alerts: Alert, unknown: tuple[str, ...] = (), **more: object) -> dict[str, str | None]:
    found: dict[str, Alert | None] = {kind: None for kind in KINDS if kind not in unknown}
    found |= {alert.kind: alert for alert in alerts}
    return deliver(home, Alerts.model_validate({"webhook": {"url": url}, **more}), found)


def test_an_alert_is_sent_once_then_when_it_changes_and_when_it_is_over(tmp_path: Path) -> None:
    home = Home(tmp_path)
    with web_receiver() as receiver:
        assert _look(home, receiver.url) == {}
        assert _look(home, receiver.url, HELD) == {"webhook": None}
        later = replace(HELD, since=NOW + timedelta(days=1), summary="One workspace is held back since long.")
        assert _look(home, receiver.url, later) == {}, "only its signature says that it changed"
        changed = replace(later, summary="Two workspaces are held back.", signature="expo summit")
        assert _look(home, receiver.url, changed) == {"webhook": None}
        assert _look(home, receiver.url) == {"webhook": None}
        assert _look(home, receiver.url) == {}
        assert _look(home, receiver.url, HELD) == {"webhook": None}
    assert _states(receiver) == [("held_back", state) for state in ("open", "changed", "over", "open")]
    assert [body["alerts"][0]["since"] for body in receiver.bodies[:3]] == ["2026-11-03T06:00:00Z"] * 3
    assert receiver.bodies[2]["alerts"][0]["summary"] == KINDS["held_back"].over


def test_several_alerts_are_one_message(tmp_path: Path) -> None:
    disk = Alert("disk", "The disk has 1 GB free.", "Free space.", NOW, "full")
    with web_receiver() as receiver:
        _look(Home(tmp_path), receiver.url, HELD, disk)
    assert len(receiver.bodies) == 1 and _states(receiver) == [("disk", "open"), ("held_back", "open")]


def test_what_did_not_arrive_is_sent_the_next_time_to_this_channel_alone(tmp_path: Path) -> None:
    home = Home(tmp_path)
    mail = {"host": "127.0.0.1", "security": "none", "sender": "a@example.com", "recipients": ["b@example.com"]}
    with web_receiver() as receiver:
        down = _look(home, receiver.url, HELD, mail={**mail, "port": free_port()})
        assert down == {"webhook": None, "mail": "it cannot be reached: Connection refused"}
        with mail_receiver() as mails:
            assert _look(home, receiver.url, HELD, mail={**mail, "port": mails.port}) == {"mail": None}
            assert _look(home, receiver.url, HELD, mail={**mail, "port": mails.port}) == {}
    assert (len(receiver.bodies), len(mails.messages)) == (1, 1)


def test_a_mail_that_one_recipient_refuses_is_not_sent_to_the_others_again(tmp_path: Path) -> None:
    mail = {"host": "127.0.0.1", "security": "none", "sender": "a@example.com",
            "recipients": ["b@example.com", "gone@example.com"]}
    with web_receiver() as receiver, mail_receiver(refused=("gone@example.com",)) as mails:
        settings = {**mail, "port": mails.port}
        first = _look(Home(tmp_path), receiver.url, HELD, mail=settings)
        assert first == {"webhook": None, "mail": "it refuses 1 of 2 recipients"}
        assert _look(Home(tmp_path), receiver.url, HELD, mail=settings) == {}
    assert (len(mails.messages), mails.recipients) == (1, ["b@example.com"])


def test_a_channel_that_was_down_from_begin_to_end_gets_one_message_that_says_from_when_to_when(tmp_path: Path) -> None:
    home = Home(tmp_path)
    mail = {"host": "127.0.0.1", "security": "none", "sender": "a@example.com", "recipients": ["b@example.com"]}

    def look(url: str, port: int, hours: int, *alerts: Alert) -> dict[str, str | None]:
        found = dict.fromkeys(KINDS) | {alert.kind: alert for alert in alerts}
        settings = Alerts.model_validate({"webhook": {"url": url}, "mail": {**mail, "port": port}})
        return deliver(home, settings, found, now=NOW + timedelta(hours=hours))

    down = free_port()
    with web_receiver() as receiver, mail_receiver() as mails:
        assert look(receiver.url, down, 0, HELD)["mail"] is not None
        assert look(receiver.url, down, 1)["mail"] is not None
        assert set(look(receiver.url, down, 2)) == {"mail"}, "the webhook knows everything"
        assert look(receiver.url, mails.port, 3) == {"mail": None}
        assert look(receiver.url, mails.port, 4) == {}
    assert _states(receiver) == [("held_back", "open"), ("held_back", "over")]
    assert receiver.bodies[1]["alerts"][0]["until"] == "2026-11-03T07:00:00Z"
    (message,) = mails.messages
    assert message["Subject"].endswith("Over before it could be sent here: One workspace is held back.")
    text = message.get_content()
    assert "Since: 2026-11-03 06:00 UTC" in text and "Until: 2026-11-03 07:00 UTC" in text and "To do" not in text
    assert open_entries(home) == {} and not json.loads(_state_file(home).read_text())["alerts"]


def test_a_channel_that_was_down_while_an_alert_came_and_went_twice_gets_one_message_about_both(tmp_path: Path) -> None:
    home, down = Home(tmp_path), f"http://127.0.0.1:{free_port()}/"
    for alerts in ((HELD,), (), (replace(HELD, since=NOW + timedelta(days=1)),), ()):
        _look(home, down, *alerts)
    with web_receiver() as receiver:
        assert _look(home, receiver.url) == {"webhook": None}
        assert _look(home, receiver.url) == {}
    assert _states(receiver) == [("held_back", "missed")]
    assert receiver.bodies[0]["alerts"][0]["since"] == "2026-11-03T06:00:00Z"


def test_an_alert_that_is_still_open_when_a_channel_is_back_is_sent_as_open_and_then_as_over(tmp_path: Path) -> None:
    home = Home(tmp_path)
    _look(home, f"http://127.0.0.1:{free_port()}/", HELD)
    with web_receiver() as receiver:
        for alerts in ((HELD,), (HELD,), (), ()):
            _look(home, receiver.url, *alerts)
    assert _states(receiver) == [("held_back", "open"), ("held_back", "over")]


def test_a_channel_that_is_configured_after_an_alert_gets_nothing_of_it(tmp_path: Path) -> None:
    home = Home(tmp_path)
    with web_receiver() as receiver, mail_receiver() as mails:
        _look(home, receiver.url, HELD)
        mail = {"host": "127.0.0.1", "security": "none", "sender": "a@example.com", "recipients": ["b@example.com"]}
        assert _look(home, receiver.url, mail={**mail, "port": mails.port}) == {"webhook": None}
    assert mails.messages == []


def _state_file(home: Home) -> Path:
    return home.lake / "history" / "alerts.json"


def test_the_end_of_an_alert_is_sent_until_it_arrives(tmp_path: Path) -> None:
    home = Home(tmp_path)
    with web_receiver() as receiver:
        _look(home, receiver.url, HELD)
        assert _look(home, f"http://127.0.0.1:{free_port()}/")["webhook"] is not None
        assert _look(home, receiver.url) == {"webhook": None}
    assert _states(receiver) == [("held_back", "open"), ("held_back", "over")]


def test_a_condition_that_cannot_be_looked_at_stays_as_it_was(tmp_path: Path) -> None:
    home = Home(tmp_path)
    with web_receiver() as receiver:
        _look(home, receiver.url, HELD)
        assert _look(home, receiver.url, unknown=("held_back",)) == {}
    assert set(open_entries(home)) == {"held_back"} and len(receiver.bodies) == 1


@pytest.mark.parametrize("text", [
    "", '{"version": 1, "al', "[]", '{"alerts": [1]}', '{"alerts": {"held_back": 3, "unheard": {}}}',
    '{"alerts": {"held_back": {"since": "never", "summary": "x", "to_do": "y", "signature": "z"}}}',
    '{"alerts": {"held_back": {"since": "2026-11-03T06:00:00+00:00", "summary": 1, "to_do": [], "signature": {}}}}',
])
def test_a_state_file_that_is_cut_or_strange_counts_as_empty(tmp_path: Path, text: str) -> None:
    home = Home(tmp_path)
    path = home.lake / "history" / "alerts.json"
    path.parent.mkdir(parents=True)
    path.write_text(text, encoding="utf-8")
    with web_receiver() as receiver:
        assert _look(home, receiver.url, HELD) == {"webhook": None}
        assert _look(home, receiver.url, HELD) == {}
    assert _states(receiver) == [("held_back", "open")]


def test_without_a_channel_or_a_change_nothing_is_written(tmp_path: Path) -> None:
    home = Home(tmp_path)
    assert deliver(home, Alerts(), {"held_back": HELD}) == {}
    with web_receiver() as receiver:
        _look(home, receiver.url)
        assert list(tmp_path.iterdir()) == []
        _look(home, receiver.url, HELD)
        before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
        _look(home, receiver.url, HELD)
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")} == before


def test_an_alert_is_sent_where_its_state_cannot_be_written(tmp_path: Path) -> None:
    """As on a full or read-only disk: the alert about it must not need the disk."""
    home = Home(tmp_path / "home")
    home.lake.parent.mkdir()
    home.lake.write_text("in the way", encoding="utf-8")
    with web_receiver() as receiver:
        assert _look(home, receiver.url, HELD) == {"webhook": None}
    assert _states(receiver) == [("held_back", "open")]


def test_of_two_processes_one_sends(tmp_path: Path) -> None:
    home = Home(tmp_path)
    with web_receiver(seconds=0.3) as receiver:
        threads = [Thread(target=_look, args=(home, receiver.url, HELD)) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert _states(receiver) == [("held_back", "open")]
        with hold_state(home, time.monotonic()):
            found = deliver(
                home, Alerts.model_validate({"webhook": {"url": receiver.url}}), {"held_back": None}, seconds=0.1
            )
    assert found == {"webhook": "another process sends alerts now"}


def test_the_state_file_holds_no_signature_of_its_parts(tmp_path: Path) -> None:
    """Signatures are made of names of folders and files, which may be those of people."""
    alert = replace(HELD, kind="failed_exports", signature="expo/event/anna.mueller.pdf")
    with web_receiver() as receiver:
        _look(Home(tmp_path), receiver.url, alert)
    text = (tmp_path / "lake" / "history" / "alerts.json").read_text(encoding="utf-8")
    assert "anna" not in text and "anna" not in json.dumps(receiver.bodies)
