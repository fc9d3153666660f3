"""Logs, metrics and tracebacks: their form, their bounds, and that no personal data reaches them."""

import json
import logging
import stat
import warnings
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from footfall.core import lock
from footfall.core.home import Home
from footfall.core.settings import Observability
from footfall.core.tracebacks import MOST_BYTES, MOST_FILES, write_traceback
from footfall.observability import logs
from footfall.observability.attempts import MOST_DAYS, Attempt, note_attempt, read_attempts
from footfall.observability.facts import RunFacts
from footfall.observability.prometheus import as_lines, metrics_file, write_metrics
from footfall.observability.redact import redact

BEGAN = datetime(2026, 11, 27, 2, 15, tzinfo=UTC)
ENDED = datetime(2026, 11, 27, 2, 16, 30, tzinfo=UTC)


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    yield Home(tmp_path / "home").ensure()
    logs.stop()


def _lines(home: Home) -> list[dict]:
    return [json.loads(line) for line in (home.logs / logs.FILE).read_text(encoding="utf-8").splitlines()]


def test_an_event_is_one_line_of_json_with_the_run_and_its_step(home: Home) -> None:
    logs.start(home, Observability())
    logs.RunLog("r1", "run", "load").write("stage_finished", seconds=1.5, rows=7, note="two\nlines")
    (line,) = _lines(home)
    assert {name: line[name] for name in ("level", "event", "run_id", "command", "step", "seconds", "rows")} == {
        "level": "info", "event": "stage_finished", "run_id": "r1", "command": "run", "step": "load", "seconds": 1.5,
        "rows": 7,
    }
    assert datetime.fromisoformat(line["time"]).tzinfo is not None
    assert stat.S_IMODE((home.logs / logs.FILE).stat().st_mode) == 0o600


def test_text_prints_nothing_and_json_prints_every_line_as_json(
    home: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    logs.start(home, Observability())
    logs.write("first")
    assert capsys.readouterr().err == ""
    logs.start(home, Observability(log_format="json"))
    logs.write("second", n=1)
    logging.getLogger("some.library").warning("cannot read 'anna@example.com'")
    warnings.warn("a warning of a library about 'Anna'", stacklevel=1)
    printed = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [line["event"] for line in printed] == ["second", "library_message", "library_message"]
    assert "nna" not in json.dumps(printed)
    assert [line["event"] for line in _lines(home)] == ["first", "second"]


def test_the_log_file_is_rotated_by_the_holder_of_the_lock_only(home: Home) -> None:
    logs.start(home, Observability(log_file_bytes=10_000, log_files=2))
    for number in range(400):
        logs.write("filler", number=number)
    assert [path.name for path in home.logs.iterdir()] == [logs.FILE]
    with lock.hold(home, "a test"):
        for number in range(400):
            logs.write("filler", number=number)
    assert sorted(path.name for path in home.logs.iterdir()) == [logs.FILE, f"{logs.FILE}.1", f"{logs.FILE}.2"]
    assert (home.logs / logs.FILE).stat().st_size <= 10_000
    assert _lines(home)[-1]["number"] == 399


@pytest.mark.parametrize("fault", ["a folder", "a link", "removed while it is open"])
def test_a_log_that_cannot_be_written_fails_nothing(
    home: Home, fault: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    logs.start(home, Observability())
    path = home.logs / logs.FILE
    if fault == "removed while it is open":
        logs.write("before")
        path.unlink()
    else:
        home.logs.mkdir()
        path.mkdir() if fault == "a folder" else path.symlink_to(tmp_path / "elsewhere")
    logs.write("after")
    assert capsys.readouterr().err == ""
    assert not (tmp_path / "elsewhere").exists()
    if fault == "removed while it is open":
        assert [line["event"] for line in _lines(home)] == ["after"]


@pytest.mark.parametrize("text", [
    "gone, such as /srv/home/landing/events/2026-09-01/Anna Muster list.jsonl.gz, and 3 more.",
    "landing/events/2026-09-01/team/Anna.csv was loaded already under another name.",
    "landing/events/2026-09-01/Anna Muster",
    "Could not convert string 'Anna Muster' to INT32",
    'the value "Anna" and “Anna” and «Anna»',
    "no participant Anna.Muster@example.com in expo",
    "exports/expo/users/Anna/event/report.html is cut",
    "incoming/Anna.csv.gz cannot be read",
])
def test_what_may_name_a_person_is_taken_out_of_a_sentence(text: str) -> None:
    assert "Anna" not in str(redact(text)) and "Muster" not in str(redact(text))


def test_the_rest_of_a_sentence_stays() -> None:
    text = "The workspace's file lake/events/2026-09-01/00000001-0000.parquet isn't there: 3 rows."
    assert redact(text) == text
    assert redact("landing/events/2026-09-01/a.csv and more") == "landing/events/2026-09-01/… and more"
    assert redact(None) is None
    assert len(str(redact("x" * 9_000))) == 500


def _facts(**changed: object) -> RunFacts:
    return RunFacts(**{
        "run_id": "r1", "command": "run", "status": "published", "started_at": BEGAN, "finished_at": ENDED,
        "exit_code": 0, "lines": {"lines_in": 10, "loaded": 8, "quarantined": 2}, "files": {"loaded": 1},
        "stages": {"load": 1.25, "build": 60.0}, "models": {"fct_visits": 0.5}, "checks": {"passed": 3, "failed": 0},
        "exports": {"made": 2, "unchanged": 1, "failed": 0, "workspaces": 2, "bytes": 900},
        "tables": {"fct_visits": 7}, "published_bytes": 4_096, **changed,
    })


def _samples(path: Path) -> dict[tuple[str, ...], float]:
    families = list(text_string_to_metric_families(path.read_text(encoding="utf-8")))
    assert all(family.documentation and family.type in ("gauge", "counter") for family in families)
    return {(sample.name, *sample.labels.values()): sample.value for family in families for sample in family.samples}


def test_the_metrics_file_has_the_figures_of_the_run_in_prometheus_form(home: Home) -> None:
    home.current.write_text(json.dumps({"published_at": "2026-11-27T02:16:00Z", "load_date": "2026-11-26"}))
    path = write_metrics(home, _facts())
    found = _samples(path)
    assert path == home.root / "metrics" / "footfall.prom"
    assert {name: found[name] for name in (
        ("footfall_run_lines", "quarantined"), ("footfall_run_stage_seconds", "build"),
        ("footfall_run_model_seconds", "fct_visits"), ("footfall_mart_rows", "fct_visits"),
        ("footfall_run_export_folders", "made"), ("footfall_run_checks", "passed"), ("footfall_workspaces",),
        ("footfall_run_exit_code",), ("footfall_run_seconds",), ("footfall_published_bytes",),
        ("footfall_lines_total", "loaded"), ("footfall_runs_total", "published"),
    )} == {
        ("footfall_run_lines", "quarantined"): 2, ("footfall_run_stage_seconds", "build"): 60,
        ("footfall_run_model_seconds", "fct_visits"): 0.5, ("footfall_mart_rows", "fct_visits"): 7,
        ("footfall_run_export_folders", "made"): 2, ("footfall_run_checks", "passed"): 3, ("footfall_workspaces",): 2,
        ("footfall_run_exit_code",): 0, ("footfall_run_seconds",): 90, ("footfall_published_bytes",): 4_096,
        ("footfall_lines_total", "loaded"): 8, ("footfall_runs_total", "published"): 1,
    }
    assert found[("footfall_last_success_timestamp_seconds",)] == ENDED.timestamp()
    assert found[("footfall_published_timestamp_seconds",)] == datetime(2026, 11, 27, 2, 16, tzinfo=UTC).timestamp()
    assert found[("footfall_disk_free_bytes",)] > 0 and found[("footfall_home_bytes", "published")] > 0


def test_a_failed_run_keeps_the_last_success_and_an_empty_night_keeps_the_figures(home: Home) -> None:
    write_metrics(home, _facts())
    failed = _facts(status="failed", exit_code=1, tables={}, exports={}, published_bytes=None,
                    finished_at=ENDED.replace(hour=3))
    found = _samples(write_metrics(home, failed))
    assert found[("footfall_last_success_timestamp_seconds",)] == ENDED.timestamp()
    assert found[("footfall_mart_rows", "fct_visits")] == 7
    assert found[("footfall_lines_total", "loaded")] == 16
    assert found[("footfall_run_exit_code",)] == 1
    empty = RunFacts("", "run", "nothing_new", BEGAN, ENDED.replace(hour=4), exit_code=0)
    found = _samples(write_metrics(home, empty))
    assert found[("footfall_last_success_timestamp_seconds",)] == ENDED.replace(hour=4).timestamp()
    assert (found[("footfall_run_lines", "loaded")], found[("footfall_lines_total", "loaded")]) == (8, 16)
    assert [found[("footfall_runs_total", name)] for name in ("published", "failed", "nothing_new")] == [1, 1, 1]


def test_lines_that_may_be_about_few_people_are_in_no_metric(home: Home) -> None:
    found = _samples(write_metrics(home, _facts(is_of_few=True)))
    assert not [name for name in found if "lines" in name[0] or "run_files" in name[0]]


@pytest.mark.parametrize("text", ["", "{", "[]", '{"totals": 3, "lines": "x", "tables": {"a": null}}', "\0\xff"])
def test_a_damaged_state_of_the_metrics_is_replaced(home: Home, text: str) -> None:
    home.metrics.mkdir()
    (home.metrics / "last_run.json").write_text(text, encoding="latin-1")
    assert _samples(write_metrics(home, _facts()))[("footfall_lines_total", "loaded")] == 8


def test_the_metrics_file_may_be_elsewhere_and_then_others_may_read_it(home: Home, tmp_path: Path) -> None:
    target = tmp_path / "textfile" / "footfall.prom"
    assert write_metrics(home, _facts(), str(target)) == target
    assert stat.S_IMODE(target.stat().st_mode) == 0o644
    assert [path.name for path in target.parent.iterdir()] == ["footfall.prom"]
    assert metrics_file(home, "here.prom") == home.root / "here.prom"


def test_of_attempts_the_last_of_each_day_and_status_is_kept(home: Home) -> None:
    for hour, status in ((1, "nothing_new"), (2, "failed"), (3, "nothing_new")):
        moment = BEGAN.replace(hour=hour)
        note_attempt(home, Attempt("run", status, moment, moment, None))
    assert [(row["status"], row["started_at"][11:13]) for row in read_attempts(home)] == [
        ("failed", "02"), ("nothing_new", "03"),
    ]
    for day in range(MOST_DAYS + 5):
        moment = datetime.fromtimestamp(BEGAN.timestamp() + day * 86_400, UTC)
        note_attempt(home, Attempt("run", "nothing_new", moment, moment))
    assert len({row["started_at"][:10] for row in read_attempts(home)}) == MOST_DAYS


def test_tracebacks_are_few_and_small(home: Home) -> None:
    for _ in range(MOST_FILES + 5):
        path = write_traceback(ValueError("x" * 3 * MOST_BYTES), home)
    found = list(home.logs.iterdir())
    assert path in found and len(found) == MOST_FILES
    assert all(one.stat().st_size < MOST_BYTES + 100 and stat.S_IMODE(one.stat().st_mode) == 0o600 for one in found)


def test_the_text_of_the_metrics_is_that_of_the_library_for_prometheus():
    from prometheus_client import CollectorRegistry, generate_latest
    from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

    state = {
        "seconds": 12.5, "exit_code": 0, "tables": {'a"b\\c\nd': 3, "z": 1e-05, "x": "no number"},
        "totals": {"runs": {"published": 2}, "lines": None}, "started": 1764374400.25,
    }
    gauge = GaugeMetricFamily("footfall_mart_rows", "Rows of each published table.", labels=["table"])
    for name in ('a"b\\c\nd', "z"):
        gauge.add_metric([name], state["tables"][name])
    counter = CounterMetricFamily("footfall_runs", "Runs by how they ended.", labels=["status"])
    counter.add_metric(["published"], 2)

    class Both:
        def collect(self):
            yield from (gauge, counter)

    registry = CollectorRegistry()
    registry.register(Both())
    text = "".join(as_lines(state))
    for block in generate_latest(registry).decode().split("# HELP ")[1:]:
        assert f"# HELP {block}" in text
    # large numbers are written in another of the forms that the format allows
    assert [sample.value for family in text_string_to_metric_families(text) for sample in family.samples
            if sample.name == "footfall_run_start_timestamp_seconds"] == [1764374400.25]
