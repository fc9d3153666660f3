"""All benchmarks, one after the other; each prints its costs and fails above its limits.

    python -m benchmarks [--events 500000] [NAME …]

``--events`` makes the large night smaller, for every day. That of Spark runs where pyspark is:
``.venv-spark/bin/python -m benchmarks``.
"""

import argparse
import importlib.util
import subprocess
import sys

BENCHMARKS = (
    "bench_start", "bench_night_5m", "bench_nights", "bench_backfill", "bench_exports", "bench_idle", "bench_report",
)
ON_SPARK = ("bench_spark",)


def main() -> int:
    known = BENCHMARKS + (ON_SPARK if importlib.util.find_spec("pyspark") else ())
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--events", type=int, help="of the large night; 5 million where absent")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"some of {', '.join(known)}; default: all")
    arguments = parser.parse_args()
    if unknown := set(arguments.names) - set(known):
        parser.error(f"no benchmark has the name {', '.join(sorted(unknown))}")
    results = []
    for name in arguments.names or known:
        size = ["--events", str(arguments.events)] if name == "bench_night_5m" and arguments.events else []
        results.append(subprocess.run([sys.executable, "-m", f"benchmarks.{name}", *size], check=False))
    return int(any(result.returncode for result in results))


if __name__ == "__main__":
    sys.exit(main())
