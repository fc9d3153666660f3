"""A process that is stopped or killed while Spark computes leaves no Java process behind."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytest.importorskip("pyspark", reason="pyspark is not installed here: `make spark` makes .venv-spark")

BUSY = """
import sys
from pathlib import Path
from footfall.core import stop
from footfall.core.home import Home
from footfall.core.settings import Settings
from footfall.spark import java
from footfall.spark.session import close_session, open_session
from footfall_cli import stopping

stopping.listen(lambda code: None)
settings = Settings(warehouse={"engine": "spark"}, spark={"master": "local[1]", "conf": {"spark.driver.memory": "1g"}})
session = open_session(Home(Path(sys.argv[1])).ensure(), settings)
print(java.process().pid, flush=True)
try:
    session.sql("select sum(a.id * b.id) from range(1e9) a cross join range(1e9) b").collect()
except BaseException as error:
    if not stop.is_interruption(error):  # as the nets of the commands: pyspark may make another error of it
        raise
    close_session()
    raise SystemExit(stopping.exit_code())
"""


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGKILL, -9)])
def test_no_java_process_outlives_the_process_that_started_it(tmp_path: Path, number: int, code: int) -> None:
    arguments = [sys.executable, "-c", BUSY, str(tmp_path)]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True) as one:
        assert one.stdout is not None
        java = int(one.stdout.readline())
        time.sleep(1)  # the statement is at work
        began = time.monotonic()
        one.send_signal(number)
        assert one.wait(60) == code
        took = time.monotonic() - began
    end = time.monotonic() + 60
    while _lives(java) and time.monotonic() < end:
        time.sleep(0.1)
    assert not _lives(java)
    assert took < 30, "it waited for the statement, which does not end"


def _lives(pid: int) -> bool:
    """Whether a process runs; one that has ended and whose parent has not asked for its result does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except FileNotFoundError:
        return False
