"""Checks of `footfall doctor` on the machine: versions of packages, disk, clock and time zones."""

import platform
import shutil
import sys
import time
from datetime import UTC, datetime

from footfall.core.home import Home
from footfall_cli.finding import Finding

#: Package: lowest and first unsupported version (docs/decisions and requirements.in say why).
VERSIONS = {
    "duckdb": ("1.5", "3"), "dagster": ("1.13", "2"), "dagster-dbt": ("0.29", "1"), "dbt-core": ("1.12", "1.13"),
    "dbt-duckdb": ("1.11", "2"), "great-expectations": ("1.24", "2"), "typer": ("0.19", "0.26"),
}
#: With less, a run may not have enough room: it needs space for a copy of the marts besides its own data.
FREE_BYTES = 2_000_000_000


def look_at_versions(home: Home) -> list[Finding]:
    """Python and the packages whose versions matter."""
    from importlib.metadata import PackageNotFoundError, version

    findings = [
        Finding(
            "python", sys.version_info[:2] == (3, 11), platform.python_version(), "Use Python 3.11: `make setup`.",
        )
    ]
    for package, (least, first_bad) in VERSIONS.items():
        try:
            found = version(package)
        except PackageNotFoundError:
            findings.append(Finding(package, False, "not installed", "Install the lock: `make setup`."))
            continue
        is_ok = _parts(least) <= _parts(found) < _parts(first_bad)
        findings.append(Finding(package, is_ok, found, f">={least},<{first_bad} is supported: `make setup`."))
    return findings


def _parts(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split(".")[:3] if part.isdigit())


def look_at_disk(home: Home) -> list[Finding]:
    """Free bytes on the disk of the home."""
    folder = next(path for path in (home.root, *home.root.parents) if path.exists())
    free = shutil.disk_usage(folder).free
    return [Finding("disk", free >= FREE_BYTES, f"{free / 1e9:,.1f} GB free", "Free space: a run needs 2 GB or more.")]


def look_at_times(home: Home) -> list[Finding]:
    """The clock of the machine, and the two databases of time zones."""
    # Nothing depends on the host's zone; it is shown because people compare clocks with it.
    clock = Finding("host clock", True, f"{time.strftime('%Y-%m-%d %H:%M')} {time.tzname[0]}")
    return [clock, _zones()]


def _zones() -> Finding:
    """All local times are those of DuckDB's database of zones; the system's may be of another year."""
    from footfall.core.zones import zones_that_differ

    differ = zones_that_differ(datetime.now(UTC))
    if not differ:
        return Finding("time zones", True, "DuckDB's, the same as the system's")
    more = f" and {len(differ) - 5} more" if len(differ) > 5 else ""
    return Finding(
        "time zones", True, f"DuckDB's. The system's differ for {', '.join(differ[:5])}{more}: programs that use the "
        "system's show other local times there. Update tzdata of the system.",
    )
