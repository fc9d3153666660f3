"""What a run leaves for operators: events in the log, its record in the history, and the metrics file."""

import logging
import signal
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from footfall.core import stop
from footfall.core.errors import FootfallError, HomeLocked
from footfall.core.explain import as_bug, explain
from footfall.core.home import Home
from footfall.core.settings import Settings
from footfall.core.state_files import read_json
from footfall.core.stop import is_interruption
from footfall.observability import logs
from footfall.observability.attempts import Attempt, note_attempt
from footfall.observability.facts import LINES, RunFacts
from footfall.observability.redact import redact

if TYPE_CHECKING:
    from footfall.publishing.history import RunRecord
    from orchestration.run_context import RunContext

_LEVELS = {"published": logging.INFO, "nothing_new": logging.INFO, "loaded": logging.INFO, "built": logging.INFO}


def begin(run_context: "RunContext", run_id: str) -> None:
    """Note that a run has begun. A run whose process was killed before is noted as such. Call it under the lock."""
    from footfall.publishing.history import close_dead_runs, record_run

    run_context.log.run_id, run_context.log.command = run_id, run_context.command
    killed = close_dead_runs(run_context.home)
    record_run(run_context.home, run_context.record(run_id))
    first, last = run_context.load_dates or (None, None)
    run_context.log.write(
        "run_started", load_date_from=first, load_date_to=last, **({"killed_before": killed} if killed else {}),
    )


def end(run_context: "RunContext", run_id: str, status: str) -> None:
    """Note the result of a run: its record, its last event, and the metrics file."""
    from footfall.publishing.history import record_run

    home = run_context.home
    record = run_context.record(run_id, status)
    record_run(home, record, run_context.checks)
    facts = facts_of(run_context, record)
    run_context.log.step = None
    document = {name: value for name, value in facts.shown().to_json().items() if value not in ({}, None)}
    run_context.log.write("run_finished", _LEVELS.get(status, logging.ERROR), **{
        name: value for name, value in document.items() if name not in ("run_id", "command", "models", "tables")
    })
    _write_metrics(home, run_context.settings, facts)


def end_nothing_new(run_context: "RunContext", run_id: str) -> None:
    """Note that a run that Dagster started found nothing to do."""
    from footfall.publishing.history import forget_run

    forget_run(run_context.home, run_id)
    note_nothing_new(run_context.home, run_context.settings, run_context.command, run_context.started_at)


def note_nothing_new(home: Home, settings: Settings, command: str, started_at: datetime) -> None:
    """Note a run that found nothing to do: it has no record in the history."""
    done = datetime.now(UTC)
    _note(home, Attempt(command, "nothing_new", started_at, done))
    logs.write("nothing_new", command=command, seconds=round((done - started_at).total_seconds(), 3))
    _write_metrics(home, settings, RunFacts("", command, "nothing_new", started_at, done, exit_code=0))


@contextmanager
def attempt(home: Home, settings: Settings, command: str) -> Iterator[datetime]:
    """Note a command that fails before its run begins, so that the night shows why; yields when it started."""
    started_at = datetime.now(UTC)
    try:
        yield started_at
    except BrokenPipeError:
        raise  # the reader of the result has ended
    except BaseException as error:
        from footfall.publishing.history import is_run_since

        if not is_run_since(home, started_at):
            _note_failure(home, settings, command, started_at, error)
        raise


def facts_of(run_context: "RunContext", record: "RunRecord") -> RunFacts:
    """The figures of a run that has ended."""
    loaded, published, exported = run_context.loaded, run_context.published, run_context.exported
    counted = Counter(
        "warned" if result.status == "failed" and not result.is_blocking else result.status
        for result in run_context.checks
    )
    exports = {} if exported is None else {
        "made": len(exported.made), "unchanged": len(exported.unchanged), "failed": len(exported.failures),
        "workspaces": exported.workspaces, "bytes": exported.bytes,
    }
    return RunFacts(
        run_id=record.run_id, command=record.kind, status=record.status, started_at=record.started_at,
        finished_at=record.finished_at, exit_code=_exit_code(run_context, record.status), reason=record.reason,
        lines={name: getattr(loaded, name) for name in LINES} if loaded else {},
        files=dict(loaded.files) if loaded else {}, stages=dict(run_context.seconds),
        models=_model_seconds(run_context),
        checks={name: counted[name] for name in ("passed", "warned", "failed", "crashed")},
        exports=exports, tables=dict(published.tables) if published else {},
        restated=published.restated if published else 0, published_bytes=published.bytes if published else None,
        is_of_few=loaded is not None and _is_of_few(run_context, record.run_id),
    )


def figures_of_stage(run_context: "RunContext", stage: str) -> dict[str, Any]:
    """The numbers of a stage that has ended, as far as it came."""
    loaded, published, exported = run_context.loaded, run_context.published, run_context.exported
    if stage == "load" and loaded is not None and not _may_be_of_few(run_context.home):
        return {**{name: getattr(loaded, name) for name in LINES}, "files": sum(loaded.files.values())}
    if stage == "build":
        return {"models": _model_seconds(run_context)}
    if stage == "publish" and published is not None:
        return {"rows": sum(published.tables.values()), "tables": published.tables, "restated": published.restated}
    if stage == "export" and exported is not None:
        return {
            "workspaces": exported.workspaces, "folders": len(exported.folders), "made": len(exported.made),
            "failed": len(exported.failures), "bytes": exported.bytes,
        }
    return {}


def _model_seconds(run_context: "RunContext") -> dict[str, float]:
    return {node.name: node.seconds for node in run_context.nodes if node.kind in ("model", "seed")}


def reason_of(error: FootfallError | None) -> str | None:
    """Why a run failed, as log and history have it; None without an error."""
    return redact(error.message) if error is not None else None


def _exit_code(run_context: "RunContext", status: str) -> int:
    if status == "stopped":
        return _stopped_code()
    return run_context.found.exit_code if run_context.found is not None else 0


def _stopped_code() -> int:
    return 128 + (stop.signals[0] if stop.signals else signal.SIGINT)


def _is_of_few(run_context: "RunContext", run_id: str) -> bool:
    """Whether lines of the run may be about few people of an anonymised workspace: ``ops.runs`` hides them then.

    Where the run published nothing, this is not known, so they are hidden if any workspace protects people.
    """
    from footfall.core.database import connect

    if not _may_be_of_few(run_context.home):
        return False
    if run_context.published is None:
        return True
    with connect(run_context.home.published_file, read_only=True) as con:
        rows = con.execute("select lines_in from ops.runs where run_id = $run_id", {"run_id": run_id}).fetchall()
    return rows == [] or rows[0][0] is None


def _may_be_of_few(home: Home) -> bool:
    """Whether a workspace of the published version protects people."""
    return bool((read_json(home.current) or {}).get("is_projected"))


def _note_failure(
    home: Home, settings: Settings, command: str, started_at: datetime, error: BaseException
) -> None:
    is_stopped = not isinstance(error, Exception) or is_interruption(error)
    found = None if is_stopped else explain(error, home) or as_bug(error, home)
    status = "stopped" if found is None else "refused" if isinstance(found, HomeLocked) else "failed"
    done = datetime.now(UTC)
    _note(home, Attempt(command, status, started_at, done, reason_of(found)))
    logs.write("run_not_started", logging.ERROR, command=command, status=status, reason=reason_of(found))
    if status != "refused":  # else another run is at work, whose figures these are
        code = _stopped_code() if found is None else found.exit_code
        _write_metrics(home, settings, RunFacts("", command, status, started_at, done, code, reason_of(found)))


def _note(home: Home, one: Attempt) -> None:
    try:
        note_attempt(home, one)
    except OSError as error:
        logs.write("attempt_not_noted", logging.WARNING, problem=error.strerror)


def _write_metrics(home: Home, settings: Settings, facts: RunFacts) -> None:
    """Monitoring never fails a run: a file that cannot be written is in the log, and `footfall doctor` names it."""
    from footfall.observability.prometheus import write_metrics

    try:
        write_metrics(home, facts, settings.observability.prometheus_file)
    except OSError as error:
        logs.write("metrics_not_written", logging.WARNING, problem=error.strerror)

