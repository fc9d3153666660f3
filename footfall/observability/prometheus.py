"""The metrics file: the figures of the last run in Prometheus's text form, for node_exporter's textfile collector.

Written at the end of every run, failed ones too. A run that found nothing to do keeps the figures of the run before and
changes the moments only. They are in ``<home>/metrics/last_run.json``, with the counters; it may be lost.

The text is made here and not by ``prometheus_client``, whose import takes a web server's modules with it: a fifth of
what an empty night costs.
"""

import os
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from footfall.core.home import Home
from footfall.core.state_files import read_json, write_json
from footfall.observability.facts import RunFacts
from footfall.observability.sizes import bytes_by_part, free_bytes

FILE = "footfall.prom"
STATE = "last_run.json"
#: Statuses of a run after which everything that arrived is published.
SUCCESSES = ("published", "nothing_new")
#: Families of gauges with one label: name without `footfall_`: help, label, key of the state.
_BY_LABEL: Mapping[str, tuple[str, str, str]] = {
    "run_lines": ("Lines of the last run that loaded, by result.", "result", "lines"),
    "run_files": ("Landing files of the last run that loaded, by state.", "state", "files"),
    "run_stage_seconds": ("Seconds of each stage of the last run.", "stage", "stages"),
    "run_model_seconds": ("Seconds of each model of the last build.", "model", "models"),
    "run_checks": ("Checks of the last run, by result.", "result", "checks"),
    "run_export_folders": ("Export folders of the last run, by result.", "result", "exports"),
    "mart_rows": ("Rows of each published table.", "table", "tables"),
    "home_bytes": ("Bytes on disk of each part of the home, at the end of the last run that did something.", "part",
                   "parts"),
}
#: Counters, which grow with every run: name without `footfall_`: help, label, key of the run's figures.
_COUNTERS: Mapping[str, tuple[str, str, str]] = {
    "runs": ("Runs by how they ended.", "status", "runs"),
    "lines": ("Lines of all runs, by result.", "result", "lines"),
    "checks": ("Checks of all runs, by result.", "result", "checks"),
    "export_folders": ("Export folders of all runs, by result.", "result", "exports"),
}
#: Gauges without labels.
_SINGLE: Mapping[str, tuple[str, str]] = {
    "run_exit_code": ("Exit code of the last run: 0 done, 1 failed, 2 settings, 3 a check failed.", "exit_code"),
    "run_seconds": ("Wall time of the last run.", "seconds"),
    "run_restated_numbers": ("Published numbers that the last run changed.", "restated"),
    "run_start_timestamp_seconds": ("When the last run started.", "started"),
    "run_end_timestamp_seconds": ("When the last run ended.", "ended"),
    "last_success_timestamp_seconds": ("When the last run ended that published or found nothing new.", "success"),
    "published_timestamp_seconds": ("When the published version was published.", "published"),
    "published_load_date_timestamp_seconds": ("The newest load date that is published, 00:00 UTC.", "load_date"),
    "published_bytes": ("Size of the published DuckDB file.", "published_bytes"),
    "workspaces": ("Workspaces with exports.", "workspaces"),
    "export_bytes": ("Bytes of the export folders that the last run wrote.", "export_bytes"),
    "disk_free_bytes": ("Bytes free on the disk of the home.", "free"),
}


def metrics_file(home: Home, path: str | None) -> Path:
    """Where the metrics are written.

    Args:
        path: the setting ``observability.prometheus_file``; a relative one is below the home.
    """
    return home.root / (path or f"{home.metrics.name}/{FILE}")


def write_metrics(home: Home, facts: RunFacts, path: str | None = None) -> Path:
    """Write the metrics after a run, in one step.

    Raises:
        OSError: no room, no permission; the file before stays.
    """
    state = _state(home, facts)
    write_json(home.metrics / STATE, state)
    target = metrics_file(home, path)
    target.parent.mkdir(parents=True, exist_ok=True)
    # not a name that the collector reads
    aside = target.with_name(f"{target.name}.{os.getpid()}")
    try:
        aside.write_text("".join(as_lines(state)), encoding="utf-8")
        aside.replace(target)
    finally:
        aside.unlink(missing_ok=True)
    if not target.is_relative_to(home.root):
        # Read by another user; it has no personal data.
        target.chmod(0o644)
    return target


def _state(home: Home, facts: RunFacts) -> dict[str, Any]:
    before = read_json(home.metrics / STATE) or {}
    shown = facts.shown()
    figures = {**before} if facts.status == "nothing_new" else _figures(before, shown, home)
    added = {} if facts.status == "nothing_new" else figures
    totals = {
        key: _sum(_numbers(_numbers(before.get("totals")).get(key)), _numbers(added.get(key)))
        for key in ("lines", "checks", "exports")
    }
    totals["runs"] = _sum(_numbers(_numbers(before.get("totals")).get("runs")), {facts.status: 1})
    state = {
        **figures, "totals": totals,
        "exit_code": facts.exit_code, "seconds": facts.seconds, "free": free_bytes(home),
        "started": facts.started_at.timestamp(), "ended": facts.finished_at.timestamp() if facts.finished_at else None,
    }
    if facts.status in SUCCESSES:
        state["success"] = state["ended"]
    return {**state, **_published(home)}


def _figures(before: Mapping[str, Any], facts: RunFacts, home: Home) -> dict[str, Any]:
    """The figures of a run that did something; what it did not reach is that of the run before."""
    exports = dict(facts.exports)
    kept = {name: before[name] for name in ("tables", "published_bytes", "success", "workspaces") if name in before}
    found = {
        "lines": facts.lines, "files": facts.files, "stages": facts.stages, "models": facts.models,
        "checks": facts.checks, "restated": facts.restated, "parts": bytes_by_part(home),
        "export_bytes": exports.pop("bytes", None),
    }
    if facts.tables:
        found |= {"tables": facts.tables, "published_bytes": facts.published_bytes}
    if "workspaces" in exports:
        found["workspaces"] = exports.pop("workspaces")
    return {**kept, **found, "exports": exports}


def _published(home: Home) -> dict[str, float]:
    current = read_json(home.current) or {}
    found = {}
    for name, key, suffix in (("published", "published_at", ""), ("load_date", "load_date", "T00:00:00+00:00")):
        try:
            found[name] = datetime.fromisoformat(f"{current[key]}{suffix}").timestamp()
        except (KeyError, ValueError, TypeError):
            continue  # nothing is published, or the file is damaged: the doctor names it
    return found


def as_lines(state: Mapping[str, Any]) -> Iterator[str]:
    """The figures of one state in Prometheus's text form; values that are not known are left out."""
    for name, (text, key) in _SINGLE.items():
        value = state.get(key)
        if isinstance(value, int | float):
            yield from _family(name, text, "gauge", [("", value)])
    for name, (text, label, key) in _BY_LABEL.items():
        yield from _family(name, text, "gauge", _labelled(label, state.get(key)))
    totals = _numbers(state.get("totals"))
    for name, (text, label, key) in _COUNTERS.items():
        yield from _family(f"{name}_total", text, "counter", _labelled(label, totals.get(key)))


def _family(name: str, text: str, kind: str, samples: Sequence[tuple[str, float]]) -> Iterator[str]:
    yield f"# HELP footfall_{name} {text}\n# TYPE footfall_{name} {kind}\n"
    for labels, value in samples:
        yield f"footfall_{name}{labels} {float(value)!r}\n"


def _labelled(label: str, values: Any) -> list[tuple[str, float]]:
    found = sorted(values.items() if isinstance(values, dict) else ())
    return [(f'{{{label}="{_escaped(name)}"}}', value) for name, value in found if isinstance(value, int | float)]


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\n", "\\n").replace('"', '\\"')


def _numbers(value: Any) -> dict[str, Any]:
    """The value, if it is the object that a whole file has there."""
    return value if isinstance(value, dict) else {}


def _sum(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    numbers = [(name, value) for part in (one, other) for name, value in part.items() if isinstance(value, int)]
    return {name: sum(value for key, value in numbers if key == name) for name, _ in numbers}
