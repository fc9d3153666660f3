"""All benchmarks, one after the other: ``python -m benchmarks``. Each prints its costs and fails above its limits.

That of Spark runs where pyspark is: ``.venv-spark/bin/python -m benchmarks``.
"""

import importlib.util
import subprocess
import sys

BENCHMARKS = ("bench_night_5m", "bench_nights", "bench_exports", "bench_report")
ON_SPARK = ("bench_spark",)


def main() -> int:
    names = BENCHMARKS + (ON_SPARK if importlib.util.find_spec("pyspark") else ())
    results = [subprocess.run([sys.executable, "-m", f"benchmarks.{name}"], check=False) for name in names]
    return int(any(result.returncode for result in results))


if __name__ == "__main__":
    sys.exit(main())
