"""How long Footfall takes to start: an empty night 0.5 s at most, `footfall --help` and `footfall status` 0.3 s.

    python -m benchmarks.bench_start

The best of five of each counts, because other work on the machine can only make a start slower; the middle one is
printed beside it.
"""

import statistics
import sys
import tempfile
from datetime import date
from pathlib import Path

from benchmarks.measure import FOOTFALL, cost_of, run
from footfall.core.home import Home
from footfall.sample.generate import generate

TIMES = 5
#: Arguments of the command, and the most seconds it may take.
LIMITS = {"--help": 0.3, "status --json": 0.3, "run --json": 0.5}


def main() -> int:
    problems = []
    with tempfile.TemporaryDirectory(prefix="bench_start") as folder:
        home = Path(folder) / "home"
        generate(Home(home).ensure(), workspaces=1, participants=20, days=1, start=date(2026, 9, 7))
        run(home)
        for arguments, most in LIMITS.items():
            where = () if arguments == "--help" else ("--home", str(home))
            command = [*FOOTFALL, *arguments.split(), *where]
            costs = [cost_of(command, is_json="--json" in command) for _ in range(TIMES)]
            best = min(costs, key=lambda cost: cost.seconds)
            middle = statistics.median(cost.seconds for cost in costs)
            print(best.line(f"footfall {arguments}, best of {TIMES}"), f"(middle {middle:.2f} s, at most {most})")
            if best.seconds > most:
                problems.append(f"footfall {arguments} took {best.seconds:.2f} s, more than {most}")
    print(*problems, sep="\n")
    return int(bool(problems))


if __name__ == "__main__":
    sys.exit(main())
