"""All benchmarks, one after the other: ``python -m benchmarks``. Each prints its costs and fails above its limits."""

import subprocess
import sys

BENCHMARKS = ("bench_night_5m", "bench_nights", "bench_exports", "bench_report")


def main() -> int:
    results = [subprocess.run([sys.executable, "-m", f"benchmarks.{name}"], check=False) for name in BENCHMARKS]
    return int(any(result.returncode for result in results))


if __name__ == "__main__":
    sys.exit(main())
