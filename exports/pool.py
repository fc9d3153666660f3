"""Work side by side in processes of its own: one Python a worker, fed one task at a time, so memory stays that of one.

Plain child processes, because ``multiprocessing`` would import the caller's main module again, and forking a process
that has DuckDB open is not safe.
"""

import os
import pickle
import queue
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from footfall.core.errors import FootfallError

#: Environment of a worker. Nothing there multiplies matrices: NumPy's library would start threads that wait in a loop.
#: DuckDB plans with many small objects: glibc keeps more freed ones at hand for the thread (a twentieth of all work).
_TUNED = {"OPENBLAS_NUM_THREADS": "1", "GLIBC_TUNABLES": "glibc.malloc.tcache_count=4000"}
#: What a worker answers: the result, or the error that the task raised.
Answer = tuple[Any, BaseException | None]


def run(setup: Any, tasks: Sequence[Any], workers: int, done: Callable[[Any, BaseException | None], None]) -> None:
    """Do every task in one of ``workers`` processes of ``exports.worker``.

    Args:
        setup: what each worker is started with; picklable.
        tasks: what is to be done; picklable.
        workers: processes side by side.
        done: called with the result or the error of each task, one call at a time, in the order of finishing.

    Raises:
        FootfallError: a worker died.
    """
    waiting: queue.SimpleQueue[Any] = queue.SimpleQueue()
    answers: queue.SimpleQueue[Answer | None] = queue.SimpleQueue()
    for task in tasks:
        waiting.put(task)
    count = min(workers, len(tasks))
    with ThreadPoolExecutor(count) as threads:
        feeders = [threads.submit(_feed, setup, waiting, answers) for _ in range(count)]
        try:
            ended = 0
            while ended < count:
                answer = answers.get()
                if answer is None:
                    ended += 1
                else:
                    done(*answer)
        finally:
            # Whatever happened, the other workers finish their task and get no more.
            _empty(waiting)
        for feeder in feeders:
            feeder.result()


def _feed(setup: Any, waiting: "queue.SimpleQueue[Any]", answers: "queue.SimpleQueue[Answer | None]") -> None:
    try:
        with _worker(setup) as child:
            while True:
                try:
                    task = waiting.get_nowait()
                except queue.Empty:
                    return
                answers.put(_ask(child, task))
                if child.poll() is not None:
                    return
    finally:
        answers.put(None)


def _ask(child: "subprocess.Popen[bytes]", task: Any) -> Answer:
    assert child.stdin and child.stdout
    try:
        pickle.dump(task, child.stdin)
        child.stdin.flush()
        return pickle.load(child.stdout)
    except (EOFError, BrokenPipeError, pickle.UnpicklingError):
        child.kill()
        child.wait()
        return None, FootfallError(
            f"A process that writes exports died (exit code {child.returncode}).",
            hint="Most often memory ran out: set exports.workers to 1, or duckdb.memory_limit lower. "
            "What was exported before is untouched.",
        )


@contextmanager
def _worker(setup: Any) -> "Iterator[subprocess.Popen[bytes]]":
    path = os.pathsep.join(entry for entry in sys.path if entry)
    with subprocess.Popen(
        [sys.executable, "-m", "exports.worker"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        env={**_TUNED, **os.environ, "PYTHONPATH": path},
    ) as child:
        try:
            assert child.stdin
            pickle.dump(setup, child.stdin)
            yield child
        finally:
            child.kill()


def _empty(waiting: "queue.SimpleQueue[Any]") -> None:
    while True:
        try:
            waiting.get_nowait()
        except queue.Empty:
            return
