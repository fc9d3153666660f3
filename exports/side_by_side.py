"""Several workspaces at the same time, in processes: a process that dies costs its workspace and no other.

Processes are started fresh (``spawn``), because a process that has DuckDB open must not be forked.
"""

import gc
import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from exports.folder.failure import Failure
from exports.folder.write_folder import MEGABYTES, Written, write_workspace
from exports.plan.plan import Job
from footfall.core.database import connect, limited_memory, release_memory
from footfall.core.settings import DuckDBSettings
from footfall.metrics.source import WorkspaceTables

#: All folders of one workspace.
Workspace = Sequence[Job]
_DIED = (
    "The process that wrote this workspace's exports died.",
    "exports.workers",
    "Most often memory ran out: set exports.workers to 1, or duckdb.memory_limit lower. Earlier exports are unchanged.",
)


@dataclass(frozen=True)
class Setup:
    """What a process needs to know: the published tables, where files go, and its share of the machine."""

    published: Path
    exports: Path
    temp: Path
    duckdb: DuckDBSettings
    formats: tuple[str, ...]
    run_id: str
    tables: WorkspaceTables | None = None


def write_side_by_side(
    setup: Setup, workspaces: Sequence[Workspace], workers: int, done: Callable[[Written], None]
) -> None:
    """Write the folders of every workspace in one of ``workers`` processes.

    Args:
        setup: what each process is started with.
        workspaces: the folders to write, by workspace.
        workers: processes at the same time.
        done: called with the result of each workspace, in the order of finishing.
    """
    waiting = deque(workspaces)
    while waiting:
        # A process that dies does not name its workspace: each of those in work is tried again alone.
        for suspect in _write_until_one_dies(setup, waiting, workers, done):
            if _write_until_one_dies(setup, deque([suspect]), 1, done):
                done(Written(failures=[
                    Failure(job.workspace_id, job.folder.as_posix(), *_DIED) for job in suspect
                ]))


def _write_until_one_dies(
    setup: Setup, waiting: deque[Workspace], workers: int, done: Callable[[Written], None]
) -> list[Workspace]:
    """Write the waiting workspaces until all are written or a process dies; returns those that were in work then."""
    running: dict[Future[Written], Workspace] = {}
    with _pool(setup, min(workers, len(waiting))) as pool:
        try:
            while waiting or running:
                while waiting and len(running) < workers:
                    running[pool.submit(_write, waiting[0])] = waiting[0]
                    waiting.popleft()
                for future in wait(running, return_when=FIRST_COMPLETED).done:
                    done(future.result())
                    del running[future]
        except BrokenProcessPool:
            return list(running.values())
    return []


@contextmanager
def _pool(setup: Setup, workers: int) -> Iterator[ProcessPoolExecutor]:
    """A pool whose processes end at once when the caller is interrupted."""
    others = set(multiprocessing.active_children())
    pool = ProcessPoolExecutor(
        workers, mp_context=multiprocessing.get_context("spawn"), initializer=_start, initargs=(setup,)
    )
    try:
        yield pool
    except BaseException:
        for process in set(multiprocessing.active_children()) - others:
            process.kill()
        raise
    finally:
        pool.shutdown(cancel_futures=True)


#: In a process of the pool: its setup and its connection to the published tables.
_here: dict[str, Any] = {}
_open = ExitStack()


def _start(setup: Setup) -> None:
    """Prepare a process of the pool."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    # Output of a library must not stand in the caller's --json document.
    os.dup2(2, 1)
    _here["setup"] = setup
    _connect()
    # The garbage collector runs between workspaces only, and leaves out what the imports made: a tenth of all work.
    gc.disable()


def _connect() -> None:
    setup = _here["setup"]
    con = _open.enter_context(connect(setup.published, read_only=True, settings=setup.duckdb, temp=setup.temp))
    _open.enter_context(limited_memory(con, MEGABYTES))
    _here["con"] = con


def _end_with_parent() -> None:
    """A process of a pool does not notice that its parent was killed; without this it would wait for ever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _write(jobs: Workspace) -> Written:
    setup, con = _here["setup"], _here["con"]
    written = write_workspace(con, setup.exports, jobs, setup.formats, setup.run_id, setup.tables)
    try:
        # The next workspace's rows are elsewhere in the file: memory would grow with the number of workspaces.
        release_memory(con)
    except duckdb.Error:
        # After an internal error DuckDB refuses all further work on a connection.
        con.close()
        _connect()
    gc.collect()
    if not gc.get_freeze_count():
        gc.freeze()
    return written
