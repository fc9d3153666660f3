"""Checks of `footfall doctor` on what builds the tables: what Spark needs, whether it and the catalog answer."""

from collections.abc import Callable

from footfall.core.errors import FootfallError, SettingsError
from footfall.core.home import Home
from footfall_cli.finding import Finding


def look_at_engine(home: Home) -> list[Finding]:
    """The engine; for Spark its packages, Java, jar, session and catalog, and whether others changed its tables."""
    from footfall.core.settings import load_settings

    try:
        settings = load_settings(home)
    except SettingsError:
        return []  # reported as settings
    if settings.warehouse.engine == "duckdb":
        unused = " and ".join(name for name in ("spark", "iceberg") if name in settings.model_fields_set)
        return [Finding("engine", True, f"duckdb; the settings of {unused} are not used" if unused else "duckdb")]
    from footfall.core import lock
    from footfall.spark import installed

    findings = [
        _try("spark packages", installed.require_packages, "as in requirements-spark.lock"),
        *([] if settings.spark.remote else [
            _try("java", installed.require_java, f"version {installed.java_version()}"),
            _try("jar of Iceberg", installed.local_jar, installed.coordinates()),
        ]),
    ]
    holder = lock.holder(home)
    if not all(finding.is_ok for finding in findings) or (holder is not None and holder.is_alive):
        return [Finding("engine", True, "spark"), *findings]
    from footfall.transform.engine import engine_at_work, engine_of

    with engine_at_work(home, settings):
        answer = _try("spark and catalog", engine_of(home, settings).require_usable, "answer")
    return [Finding("engine", True, "spark"), *findings, answer]


def _try(name: str, check: Callable[[], object], found: str) -> Finding:
    try:
        check()
    except FootfallError as error:
        return Finding(name, False, f"{error.message} {error.where or ''}".strip(), error.hint or "")
    return Finding(name, True, found)
