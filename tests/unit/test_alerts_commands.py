"""`footfall alerts`, and the alerts of `footfall run` however it ends: done, failed, not started."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from footfall.core.home import Home
from footfall.core.state_files import write_json
from footfall.publishing.history import RunRecord, record_run
from tests.conftest import REPOSITORY, Answer
from tests.support.alert_receivers import free_port, mail_receiver, silent_server, web_receiver

Command = Callable[..., Answer]
WEBHOOK = "FOOTFALL_ALERTS__WEBHOOK__URL"


@pytest.fixture(autouse=True)
def _own_network(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.lower().endswith("_proxy")]:
        monkeypatch.delenv(name)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "expo").ensure()


def _failed_night(home: Home) -> None:
    moment = datetime.now(UTC) - timedelta(hours=5)
    record_run(home, RunRecord("r1", "run", moment, moment, "failed"))


def test_test_tries_every_channel_and_says_which_arrived(
    footfall: Command, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    with mail_receiver() as mails, web_receiver() as web:
        home.settings_file.write_text(json.dumps({"alerts": {"name": "expo-prod", "mail": {
            "host": "127.0.0.1", "port": mails.port, "security": "none", "sender": "a@example.com",
            "recipients": ["b@example.com"],
        }}}), encoding="utf-8")
        monkeypatch.setenv(WEBHOOK, web.url)
        good = footfall("alerts", "test", "--home", home.root, "--json")
        assert good.code == 0 and good.document["sent"] == [
            {"channel": name, "arrived": True, "problem": None} for name in ("webhook", "mail")
        ]
        assert "expo-prod" in mails.messages[0]["Subject"] and web.bodies[0]["installation"] == "expo-prod"
        monkeypatch.setenv(WEBHOOK, f"http://127.0.0.1:{free_port()}/hidden")
        bad = footfall("alerts", "test", "--home", home.root)
    assert bad.code == 1
    assert bad.out.splitlines() == ["webhook: not sent, it cannot be reached: Connection refused", "mail: sent"]
    assert not (home.lake / "history").exists(), "a test leaves nothing behind"


@pytest.mark.parametrize("command", ["test", "check"])
def test_without_a_channel_the_error_says_how_to_configure_one(footfall: Command, home: Home, command: str) -> None:
    answer = footfall("alerts", command, "--home", home.root, "--json")
    assert answer.code == 2
    hint = answer.document["error"]["hint"]
    assert "FOOTFALL_ALERTS__SLACK__URL" in hint and "alerts.mail" in hint
    home.settings_file.write_text("alerts: {log: true}\n", encoding="utf-8")
    assert footfall("alerts", command, "--home", home.root).code == 0


@pytest.mark.parametrize(("section", "variable"), [
    ({"slack": {"url": "https://hooks.example.com/S3CRET"}}, "FOOTFALL_ALERTS__SLACK__URL"),
    ({"webhook": {"url": "https://example.com/S3CRET"}}, "FOOTFALL_ALERTS__WEBHOOK__URL"),
    ({"mail": {"password": "S3CRET"}}, "FOOTFALL_ALERTS__MAIL__PASSWORD"),
])
def test_a_settings_file_that_names_a_secret_is_refused(
    footfall: Command, home: Home, section: dict, variable: str
) -> None:
    home.settings_file.write_text(json.dumps({"alerts": section}), encoding="utf-8")
    answer = footfall("run", "--home", home.root, "--json")
    assert answer.code == 2 and variable in answer.document["error"]["hint"]
    assert "S3CRET" not in answer.out + answer.err


@pytest.mark.parametrize("value", ["ftp://example.com/S3CRET", "https://user:S3CRET@example.com/", "S3CRET", "https://"])
def test_an_address_that_cannot_be_used_is_refused_without_showing_it(
    footfall: Command, home: Home, monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setenv("FOOTFALL_ALERTS__SLACK__URL", value)
    answer = footfall("status", "--home", home.root, "--json")
    assert answer.code == 2 and "alerts.slack.url" in answer.document["error"]["message"]
    assert "S3CRET" not in answer.out + answer.err


@pytest.mark.parametrize("mail", [
    {"host": "a"}, {"host": "a", "sender": "a@b", "recipients": ["x@y\nBcc: z@y"]}, {"user": "u"},
    {"host": "a", "sender": "a@b, c@d", "recipients": ["x@y"]},
])
def test_mail_settings_that_make_no_sense_are_refused(footfall: Command, home: Home, mail: dict) -> None:
    home.settings_file.write_text(json.dumps({"alerts": {"mail": mail}}), encoding="utf-8")
    assert footfall("status", "--home", home.root).code == 2


def test_check_sends_what_list_only_shows(footfall: Command, home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    _failed_night(home)
    listed = footfall("alerts", "list", "--home", home.root)
    assert "The last run failed." in listed.out and "no channel is configured" in listed.out
    with web_receiver() as web:
        monkeypatch.setenv(WEBHOOK, web.url)
        assert footfall("alerts", "list", "--home", home.root, "--json").document["open"][0]["kind"] == "last_run"
        assert web.bodies == []
        first, second = (footfall("alerts", "check", "--home", home.root, "--json") for _ in range(2))
    assert (first.code, second.code, len(web.bodies)) == (0, 0, 1)
    assert [one["arrived"] for one in first.document["sent"]] == [True] and second.document["sent"] == []
    monkeypatch.setenv(WEBHOOK, f"http://127.0.0.1:{free_port()}/")
    moment = datetime.now(UTC)
    record_run(home, RunRecord("r2", "run", moment, moment, "stopped"))
    assert footfall("alerts", "check", "--home", home.root).code == 1


def test_status_and_doctor_show_open_alerts_in_a_line_that_leads_to_the_list(footfall: Command, home: Home) -> None:
    assert footfall("status", "--home", home.root, "--json").document["alerts"] == []
    assert "none open" in footfall("status", "--home", home.root).out
    write_json(home.lake / "erasures" / "000001.open.json", {})
    assert footfall("status", "--home", home.root, "--json").document["alerts"] == ["open_erasure"]
    line = "1 open (open_erasure); `footfall alerts list` says what to do"
    for command in ("status", "doctor"):
        assert line in footfall(command, "--home", home.root).out
    assert "`footfall erase --resume`" in footfall("alerts", "list", "--home", home.root).out


@pytest.mark.parametrize("text", [
    "{}", '{"held_back": 5, "load_date": 7}', '{"held_back": ["x"], "alerts": 3}', "[",
])
def test_a_home_whose_state_has_another_form_can_still_be_looked_at(footfall: Command, home: Home, text: str) -> None:
    for path in (home.current, home.warehouse / "finished.json", home.lake / "history" / "runs" / "r.json",
                 home.metrics / "attempts.json", home.lake / "history" / "alerts.json"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    home.settings_file.write_text("freshness: {max_data_hours: 1}\nalerts: {log: true}\n", encoding="utf-8")
    assert footfall("alerts", "list", "--home", home.root, "--json").code == 0
    assert footfall("alerts", "check", "--home", home.root).code == 0


def test_check_notices_a_night_that_did_not_run_at_all(
    footfall: Command, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert footfall("run", "--home", home.root).code == 0
    long_ago = time.time() - 37 * 3600
    os.utime(home.lock_file, (long_ago, long_ago))
    with web_receiver() as web:
        monkeypatch.setenv(WEBHOOK, web.url)
        assert footfall("alerts", "check", "--home", home.root).code == 0
        assert footfall("run", "--home", home.root).code == 0
    assert [(one["kind"], one["state"]) for body in web.bodies for one in body["alerts"]] == [
        ("no_run", "open"), ("no_run", "over"),
    ]


def test_a_run_that_cannot_start_sends_an_alert_and_the_next_one_that_it_is_over(
    footfall: Command, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    with web_receiver() as web:
        monkeypatch.setenv(WEBHOOK, web.url)
        home.settings_file.write_text("schedule: [\n", encoding="utf-8")
        assert [footfall("run", "--home", home.root).code for _ in range(2)] == [2, 2]
        home.settings_file.write_text("nonsense: true\n", encoding="utf-8")
        assert footfall("run", "--home", home.root).code == 2
        home.settings_file.unlink()
        assert footfall("run", "--home", home.root).code == 0
    assert [(one["kind"], one["state"]) for body in web.bodies for one in body["alerts"]] == [
        ("last_run", "open"), ("last_run", "over"),
    ]


def test_a_home_that_is_locked_or_does_not_exist_is_an_alert(
    footfall: Command, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    holder = subprocess.Popen(
        [sys.executable, "-c", "import sys, time\nfrom pathlib import Path\nfrom footfall.core import lock\n"
         "from footfall.core.home import Home\nwith lock.hold(Home(Path(sys.argv[1])), 'test'):\n"
         "    print('held', flush=True); time.sleep(60)", str(home.root)],
        stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
    )
    try:
        assert holder.stdout is not None and holder.stdout.readline() == b"held\n"
        with web_receiver() as web:
            monkeypatch.setenv(WEBHOOK, web.url)
            assert footfall("run", "--home", home.root).code == 1
            missing = home.root.parent / "typo"
            assert footfall("run", "--home", missing).code == 2
    finally:
        holder.send_signal(signal.SIGKILL)
        holder.wait()
    texts = [body["alerts"][0]["summary"] for body in web.bodies]
    assert "another process worked on the home" in texts[0] and "could not start" in texts[1]
    assert [body["installation"] for body in web.bodies] == ["expo", "typo"] and not missing.exists()


def test_alerts_that_cannot_be_sent_cost_one_line_and_change_no_exit_code(
    footfall: Command, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_json(home.lake / "erasures" / "000001.open.json", {})
    monkeypatch.setattr("footfall.alerts.channels.MOST_SECONDS", 1.0)
    with silent_server() as port, web_receiver(status=500) as broken:
        monkeypatch.setenv(WEBHOOK, f"http://127.0.0.1:{port}/S3CRET")
        monkeypatch.setenv("FOOTFALL_ALERTS__SLACK__URL", broken.url)
        started = time.monotonic()
        answer = footfall("run", "--home", home.root)
        assert time.monotonic() - started < 5
    assert answer.code == 0
    warnings = [line for line in answer.err.splitlines() if "Warning" in line]
    assert warnings == [
        "Warning: alerts were not sent by webhook (it does not answer in time), slack (it answers 500). The next look "
        "at them tries again."
    ]
    with web_receiver() as web:
        monkeypatch.setenv(WEBHOOK, web.url)
        monkeypatch.delenv("FOOTFALL_ALERTS__SLACK__URL")
        assert footfall("run", "--home", home.root).code == 0
    assert web.bodies[0]["alerts"][0]["kind"] == "open_erasure"


def test_a_run_that_finds_nothing_to_do_ends_the_alert_of_one_that_failed(footfall: Command, home: Home) -> None:
    _failed_night(home)
    assert footfall("alerts", "list", "--home", home.root, "--json").document["open"] != []
    assert footfall("run", "--home", home.root).code == 0
    assert footfall("alerts", "list", "--home", home.root, "--json").document["open"] == []
    moment = datetime.now(UTC) + timedelta(minutes=1)
    record_run(home, RunRecord("r2", "run", moment, moment, "failed"))
    assert footfall("alerts", "list", "--home", home.root, "--json").document["open"] != []


def test_a_run_that_is_stopped_sends_an_alert_and_ends_in_time(home: Home) -> None:
    """A first step that takes a minute stands for any long work."""
    code = (
        "import sys, time\n"
        "from footfall_cli import main\nfrom orchestration import prepare\n"
        "def work(*arguments, **options):\n"
        "    print('working', file=sys.stderr, flush=True)\n"
        "    time.sleep(60)\n"
        "prepare.prepare = work\n"
        "main()\n"
    )
    with web_receiver() as web:
        process = subprocess.Popen(
            [sys.executable, "-c", code, "run", "--home", str(home.root)], stderr=subprocess.PIPE, text=True,
            env={**os.environ, "PYTHONPATH": str(REPOSITORY), WEBHOOK: web.url},
        )
        assert process.stderr is not None and process.stderr.readline() == "working\n"
        started = time.monotonic()
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=20) == 143
        assert time.monotonic() - started < 10
    assert "stopped by a signal" in web.bodies[0]["alerts"][0]["summary"]
