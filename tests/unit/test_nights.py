"""The last nights at a glance, from the history of runs and from starts that left no run."""

import io
import re
import sys
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from footfall.core.home import Home
from footfall.observability.attempts import Attempt, note_attempt
from footfall.publishing.history import RunRecord, history_folder, record_run
from footfall.publishing.nights import last_nights
from footfall_cli.nights import nights_as_text

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home").ensure()


def _run(home: Home, day: int, status: str, hour: int = 2, **more: object) -> None:
    began = datetime(2026, 11, day, hour, 15, tzinfo=UTC)
    done = None if status == "running" else began + timedelta(seconds=30)
    record_run(home, RunRecord(f"{day}-{hour}", "run", began, done, status, **more))


def test_nights_without_a_run_are_missed_and_today_is_not_yet(home: Home) -> None:
    _run(home, 24, "published", lines_in=10, quarantined=1, version="v1")
    _run(home, 26, "failed", reason="The disk is full.")
    found = last_nights(home, now=NOW)
    assert [(one.night.day, one.status) for one in found] == [
        (24, "published"), (25, "missed"), (26, "failed"), (27, "missed"),
    ]
    assert (found[0].lines, found[0].rejected, found[0].seconds, found[0].version) == (10, 1, 30.0, "v1")
    assert found[2].reason == "The disk is full."


def test_the_last_run_that_did_something_decides_a_night(home: Home) -> None:
    _run(home, 27, "failed", hour=2, reason="x")
    _run(home, 27, "published", hour=3, lines_in=5)
    moment = datetime(2026, 11, 27, 4, tzinfo=UTC)
    note_attempt(home, Attempt("run", "nothing_new", moment, moment))
    note_attempt(home, Attempt("run", "nothing_new", moment + timedelta(days=1), moment + timedelta(days=1)))
    found = last_nights(home, now=NOW)
    assert [(one.night.day, one.status, one.runs) for one in found] == [(27, "published", 3), (28, "nothing_new", 1)]


@pytest.mark.parametrize(("later", "is_over"), [("nothing_new", True), ("refused", False)])
def test_a_failed_night_is_over_when_a_later_start_finds_nothing_left_to_do(
    home: Home, later: str, is_over: bool
) -> None:
    moment = datetime(2026, 11, 28, 1, tzinfo=UTC)
    note_attempt(home, Attempt("run", "nothing_new", moment, moment))
    _run(home, 28, "failed", reason="x")
    assert not last_nights(home, now=NOW)[0].is_over
    note_attempt(home, Attempt("run", later, moment.replace(hour=4), moment.replace(hour=4)))
    night = last_nights(home, now=NOW)[0]
    assert (night.status, night.is_over) == ("failed", is_over)


def test_a_refused_start_is_over_though_the_next_one_began_in_the_same_second(home: Home) -> None:
    moment = datetime(2026, 11, 28, 1, tzinfo=UTC)
    later = moment + timedelta(milliseconds=570)
    note_attempt(home, Attempt("run", "failed", moment, moment, reason="x"))
    note_attempt(home, Attempt("run", "nothing_new", later, later))
    assert last_nights(home, now=NOW)[0].is_over


def test_a_run_whose_process_is_gone_was_cut_off(home: Home) -> None:
    _run(home, 27, "running")
    assert [one.status for one in last_nights(home, now=NOW)] == ["cut_off"]


def test_a_night_is_a_date_of_the_schedules_time_zone(home: Home) -> None:
    _run(home, 27, "published", hour=2)
    assert last_nights(home, "America/New_York", now=NOW)[0].night == date(2026, 11, 26)
    assert [one.night for one in last_nights(home, "Mars/Phobos", now=NOW)] == [date(2026, 11, 27)]


def test_at_most_the_wanted_nights_are_listed(home: Home) -> None:
    for day in range(1, 28):
        _run(home, day, "published")
    assert [one.night.day for one in last_nights(home, now=NOW)] == list(range(15, 28))
    assert len(last_nights(home, now=NOW.replace(day=27))) == 14


@pytest.mark.parametrize("text", ['{"run_id": 3}', '{"run_id": "x", "started_at": "never"}', "[]", "{", '{"a": {}}'])
def test_records_of_another_form_are_left_out(home: Home, text: str) -> None:
    _run(home, 27, "published")
    (history_folder(home) / "runs" / "odd.json").write_text(text)
    home.metrics.mkdir()
    (home.metrics / "attempts.json").write_text(text)
    assert [one.status for one in last_nights(home, now=NOW)] == ["published"]


class _Terminal(io.StringIO):
    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


def _shown(home: Home) -> str:
    return "\n".join(nights_as_text([asdict(night) for night in last_nights(home, now=NOW)]))


def test_the_table_of_nights_is_plain_in_a_pipe_and_fits_a_terminal(
    home: Home, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _run(home, 24, "published", lines_in=12_345, quarantined=6, version="000001-20261124T021530")
    _run(home, 26, "failed", reason="The disk is full. What was published stays, and so on for a long sentence.")
    _run(home, 27, "published", lines_in=1, exports_failed=2)
    piped = _shown(home)
    assert "\x1b" not in piped and "for a long sentence" in piped
    assert [line.split()[1:3] for line in piped.splitlines()[3:]] == [
        ["✓", "published"], ["-", "no"], ["✗", "failed"], ["!", "exports"],
    ]
    assert "12,345" in piped and "000001-20261124T021530" in piped
    for columns in (120, 60, 30):
        monkeypatch.setattr(sys, "stdout", _Terminal())
        monkeypatch.setenv("COLUMNS", str(columns))
        monkeypatch.delenv("NO_COLOR", raising=False)
        monkeypatch.setenv("TERM", "xterm")
        lines = re.sub(r"\x1b\[\d+m", "", _shown(home)).splitlines()
        assert "\x1b[31m" in _shown(home)
        assert max(map(len, lines)) <= columns
        monkeypatch.setenv("NO_COLOR", "1")
        assert "\x1b" not in _shown(home)


def test_a_terminal_without_unicode_gets_plain_signs(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    _run(home, 27, "failed", reason="x")
    terminal = _Terminal()
    terminal.encoding = "ascii"
    monkeypatch.setattr(sys, "stdout", terminal)
    monkeypatch.setenv("NO_COLOR", "1")
    _shown(home).encode("ascii")
