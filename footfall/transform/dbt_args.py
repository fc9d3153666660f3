"""What dbt is given: arguments and environment as pure functions of the home and its settings."""

import os
from collections.abc import Sequence
from pathlib import Path

from footfall.core.home import Home
from footfall.core.settings import Settings

PROJECT = Path(__file__).resolve().parents[2] / "dbt_project"


def artifacts_folder(home: Home) -> Path:
    """Where dbt writes its manifest, compiled SQL and log: with the data, so that the code stays as installed."""
    return home.warehouse / "dbt"


def manifest_path(home: Home) -> Path:
    return artifacts_folder(home) / "manifest.json"


def parse_arguments(home: Home, target: str = "duckdb") -> list[str]:
    """Arguments that make the manifest without touching the warehouse."""
    return [*_quiet(), "parse", *_places(home), "--target", target]


def build_arguments(
    home: Home, target: str = "duckdb", *, is_full_refresh: bool = False, select: Sequence[str] = ()
) -> list[str]:
    """Arguments of the nightly build: seeds, models and data tests; unit tests are CI's.

    Args:
        target: of `profiles.yml`: the name of the engine.
        select: names of the only models to build, with those tests that read no other model.
    """
    left_out = ["--exclude-resource-type", "unit_test", "--exclude-resource-type", "exposure"]
    arguments = [*_quiet(), "build", *left_out, *_places(home), "--target", target]
    if select:
        arguments += ["--select", *select, "--indirect-selection", "cautious"]
    return [*arguments, "--full-refresh"] if is_full_refresh else arguments


def environment(home: Home, settings: Settings) -> dict[str, str]:
    """The variables that `dbt_project/profiles.yml` reads, and telemetry off."""
    values = {
        "FOOTFALL_WAREHOUSE_FILE": str(home.warehouse_file),
        "FOOTFALL_MARTS_FILE": str(home.marts_file),
        "FOOTFALL_TEMP": str(home.temp),
        "FOOTFALL_MEMORY_LIMIT": settings.duckdb.memory_limit,
        "DO_NOT_TRACK": "1",
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "0",
    }
    return values | {"FOOTFALL_THREADS": str(settings.duckdb.threads or len(os.sched_getaffinity(0)))}


def parse_environment() -> dict[str, str]:
    """The variables while dbt parses, the same for every home: dbt parses everything again when one changes.

    A home that was moved or copied, or whose memory limit changed, would cost 4 s.
    """
    return environment(Home(Path("home")), Settings())


def _quiet() -> list[str]:
    # Results come back as objects and through callbacks; the console belongs to the command that called.
    return ["--quiet", "--log-level", "none", "--log-level-file", "info", "--no-use-colors", "--no-print"]


def _places(home: Home) -> list[str]:
    folder = str(artifacts_folder(home))
    return [
        "--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT), "--target-path", folder, "--log-path", folder,
    ]
