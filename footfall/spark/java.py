"""The Java process that is Spark on this machine, and what it leaves behind where it is killed."""

import os
import shutil
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from footfall.core.home import Home
from footfall.core.lock import is_process

if TYPE_CHECKING:
    import subprocess


def process() -> "subprocess.Popen[bytes] | None":
    """The Java process that pyspark has started."""
    from pyspark import SparkContext

    return getattr(SparkContext._gateway, "proc", None)


def answers() -> bool:
    """Whether the Java process that pyspark has started still lives; also where it has started none."""
    java = process()
    return java is None or java.poll() is None


def forget() -> None:
    """Let pyspark start another Java: by itself it would call the one that has ended for ever."""
    from pyspark import SparkContext
    from pyspark.sql import SparkSession

    SparkContext._gateway = SparkContext._jvm = SparkContext._active_spark_context = None
    SparkSession._instantiatedSession = None


def own_folder(home: Home) -> Path:
    """Where a Spark of this process keeps what does not fit in its memory."""
    return home.temp / f"spark-of-{os.getpid()}"


def remove_left_over(home: Home) -> None:
    """Remove what Sparks left that were killed: rows of people, and 50 MB of copied jars each time."""
    for folder in home.temp.glob("spark-of-*"):
        pid = folder.name.rpartition("-")[2]
        if pid.isdigit() and not is_process(int(pid)):
            shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def stderr_in(path: Path) -> Iterator[None]:
    """Let what starts here, and Java keeps, write its errors into a private file: the console is the command's."""
    before = os.dup(2)
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        os.dup2(file, 2)
        yield
    finally:
        os.dup2(before, 2)
        os.close(file)
        os.close(before)


def end_without_trace() -> None:
    """Let pyspark print nothing on the console where Java ends: the command's own message says it."""
    from pyspark import SparkContext

    server = getattr(SparkContext._active_spark_context, "_accumulatorServer", None)
    if server is not None:
        report = server.handle_error

        def handle_error(request: object, address: object) -> None:
            if not isinstance(sys.exception(), EOFError):
                report(request, address)

        server.handle_error = handle_error


@contextmanager
def own_interrupts() -> Iterator[None]:
    """Keep this process's way of handling Ctrl-C, which pyspark replaces."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.getsignal(signal.SIGINT)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
