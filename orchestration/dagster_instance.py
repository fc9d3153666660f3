"""The Dagster instance of a home, and what a crash leaves behind in it."""

import contextlib
import hashlib
import os
import sqlite3
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, TextIO, cast

from footfall import __version__
from footfall.core import lock
from footfall.core.home import Home
from footfall.transform.dbt_args import PROJECT
from orchestration.instance_file import instance_folder, write_instance_file

if TYPE_CHECKING:
    import dagster as dg

#: Names the process of a run; only runs that held the home's lock have it.
PID_TAG = "footfall/pid"
#: Names the process of a run before it has the lock.
WAITING_TAG = "footfall/waiting_pid"
#: The run that these tags are about: a run that Dagster repeats begins with the tags of the first one.
OWNER_TAG = "footfall/pid_of_run"
#: The runs that this process works on: a run that finishes an erasure has another one inside.
_at_work: set[str] = set()


def open_instance(home: Home) -> "dg.DagsterInstance":
    """The instance whose runs `make ui` shows."""
    os.environ["DAGSTER_DISABLE_TELEMETRY"] = "1"
    import dagster as dg

    write_instance_file(home)
    os.environ["DAGSTER_HOME"] = str(instance_folder(home))
    return dg.DagsterInstance.get()


@contextlib.contextmanager
def quick_history() -> Iterator[None]:
    """Make Dagster's SQLite files fast while the block runs, without risking them.

    Dagster opens and closes a connection an event, and the last one to close makes SQLite write its log back and wait
    for the disk. One connection kept open a file, and waiting only when the log is written back (`synchronous =
    normal`, safe with SQLite's write-ahead log), make a run's events 3 times as fast (measured: 390 events in 8 s, not
    23 s, on a busy disk). Dagster's settings for SQLite have nothing but a folder, so SQLAlchemy's public event for new
    connections sets it; it is taken away again at the end.
    """
    from sqlalchemy import event
    from sqlalchemy.engine import Engine

    kept: dict[str, sqlite3.Connection] = {}

    def on_connect(connection: object, record: object) -> None:
        if not isinstance(connection, sqlite3.Connection):
            return
        if connection.execute("pragma journal_mode").fetchone()[0] != "wal":
            return
        connection.execute("pragma synchronous = normal")
        path = connection.execute("pragma database_list").fetchone()[2]
        if path and path not in kept:
            kept[path] = sqlite3.connect(path, check_same_thread=False)
            # SQLite opens the log with the first query only.
            kept[path].execute("select count(*) from sqlite_master").fetchone()

    event.listen(Engine, "connect", on_connect)
    try:
        yield
    finally:
        event.remove(Engine, "connect", on_connect)
        for connection in kept.values():
            connection.close()


class _WithoutNoise:
    """Standard error without the lines that Dagster writes there itself where its files cannot be written."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        return len(text) if text.startswith("Exception while writing logger call") else self._stream.write(text)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


@contextlib.contextmanager
def without_noise() -> Iterator[None]:
    """One message for a full disk: the run's own, and not one more an event that Dagster cannot store."""
    with contextlib.redirect_stderr(cast(TextIO, _WithoutNoise(sys.stderr))):
        yield


#: A run without the tag of a process has not got the lock yet; after this many seconds it never will.
_STARTING_SECONDS = 600


def reconcile_dead(instance: "dg.DagsterInstance", home: Home) -> list[str]:
    """Mark runs as failed whose process has ended, so that they do not block the queue; return their ids.

    Called without the lock, when the code location starts and at every tick of the schedule: a run that still works
    holds the lock or has a process.
    """
    import dagster as dg

    holder = lock.holder(home)
    if holder is not None and holder.is_alive:
        return []
    long_ago = datetime.now(UTC) - timedelta(seconds=_STARTING_SECONDS)
    dead = []
    for record in instance.get_run_records(dg.RunsFilter(statuses=_unfinished())):
        since = record.update_timestamp
        pid = _tag(record.dagster_run, PID_TAG) or _tag(record.dagster_run, WAITING_TAG)
        is_gone = not lock.is_process(int(pid), since) if pid else since < long_ago
        if is_gone:
            instance.report_run_failed(record.dagster_run, "The process of this run ended before the run did.")
            dead.append(record.dagster_run.run_id)
    return dead


def free_queue(home: Home) -> None:
    """`reconcile_dead` in a process of Dagster's; elsewhere nothing waits behind a dead run."""
    if "DAGSTER_HOME" in os.environ:
        import dagster as dg

        with dg.DagsterInstance.get() as instance:
            reconcile_dead(instance, home)


@contextlib.contextmanager
def at_work(run_id: str) -> Iterator[None]:
    """Keep `reconcile` away from this run while the block runs."""
    _at_work.add(run_id)
    try:
        yield
    finally:
        _at_work.discard(run_id)


def reconcile(instance: "dg.DagsterInstance") -> list[str]:
    """Mark runs as failed that a killed process left as started; return their ids.

    Call it with the home's lock held: a process that held the lock before has ended, even if Dagster shows its run as
    started.
    Runs that never got the lock carry no tag and are left alone.
    """
    import dagster as dg

    dead = [
        run for run in instance.get_runs(dg.RunsFilter(statuses=_unfinished()))
        if _tag(run, PID_TAG) and run.run_id not in _at_work
    ]
    for run in dead:
        instance.report_run_failed(run, f"The process of this run (pid {run.tags[PID_TAG]}) ended before the run did.")
    return [run.run_id for run in dead]


def _tag(run: "dg.DagsterRun", name: str) -> str | None:
    """The tag of a process; None where the run has only taken it over from the run that it repeats."""
    is_own = run.parent_run_id is None or run.tags.get(OWNER_TAG) == run.run_id
    return run.tags.get(name) if is_own else None


def _unfinished() -> "list[dg.DagsterRunStatus]":
    import dagster as dg

    return [dg.DagsterRunStatus.STARTING, dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.CANCELING]


def code_fingerprint() -> str:
    """A hash of what decides the numbers: the models, seeds and macros, and the version of the code."""
    digest = hashlib.sha256(__version__.encode())
    skipped = {"target", "logs", "dbt_packages"}
    for path in sorted(PROJECT.rglob("*")):
        if path.is_file() and path.relative_to(PROJECT).parts[0] not in skipped:
            digest.update(str(path.relative_to(PROJECT)).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]
