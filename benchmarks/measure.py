"""Run a command in a process of its own and measure its cost."""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter

from footfall.core.settings import DuckDBSettings

ROOT = Path(__file__).parents[1]
#: What the yardsticks may use: more than Footfall, so that they are not slowed down.
YARDSTICK = DuckDBSettings(memory_limit="3GB")
FOOTFALL = (sys.executable, "-c", "from footfall_cli import main; main()")


@dataclass(frozen=True)
class Cost:
    """What a process cost, children that it waited for included.

    Attributes:
        seconds: wall clock, from start to exit. cpu: seconds of processor, user and system.
        peak_mb: largest resident memory of the process or of one of its children.
        document: what it printed, read as JSON.
    """

    seconds: float
    cpu: float
    peak_mb: float
    document: dict = field(default_factory=dict)

    def line(self, what: str) -> str:
        return f"{what:<52} {self.seconds:8.2f} s {self.cpu:8.2f} s cpu {self.peak_mb:7.0f} MB"


def print_what_was_built(build: Callable[[Path, Path], dict], about: str) -> None:
    """The command of a yardstick: `LANDING DATABASE`; prints the document that ``build`` returns."""
    parser = argparse.ArgumentParser(description=about.splitlines()[0])
    parser.add_argument("landing", type=Path)
    parser.add_argument("database", type=Path)
    arguments = parser.parse_args()
    print(json.dumps(build(arguments.landing, arguments.database), indent=1))


def cost_of(command: Iterable[str], *, is_json: bool = True) -> Cost:
    """Run ``command`` to its end.

    Args:
        is_json: it prints a document.

    Raises:
        RuntimeError: it did not exit with 0.
    """
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        started = perf_counter()
        process = subprocess.Popen([*command], stdout=output, stderr=errors, cwd=ROOT)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        errors.seek(0)
        if process.returncode != 0:
            raise RuntimeError(f"{command} ended with {process.returncode}:\n{errors.read().decode()[-2000:]}")
        document = json.loads(output.read() or b"{}") if is_json else {}
    return Cost(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, document)


def run(home: Path, *arguments: str) -> Cost:
    """``footfall run`` on a home."""
    return cost_of([*FOOTFALL, "run", "--home", str(home), "--json", *arguments])


def run_on_copies(home: Path, times: int, *arguments: str) -> Cost:
    """``footfall run`` on fresh copies of a home; the cost with the median of wall-clock seconds."""
    costs = []
    for _ in range(times):
        with tempfile.TemporaryDirectory(prefix="bench", dir=home.parent) as folder:
            copy = Path(folder) / "home"
            shutil.copytree(home, copy, symlinks=True)
            costs.append(run(copy, *arguments))
    middle = statistics.median_low(cost.seconds for cost in costs)
    return next(cost for cost in costs if cost.seconds == middle)


def stages(cost: Cost) -> str:
    """Seconds by stage as the run reports them."""
    return "  " + ", ".join(f"{name} {seconds:.1f}" for name, seconds in cost.document["seconds"].items())
