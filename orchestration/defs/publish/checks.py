"""What must hold after publishing: the files are there, and they are as new as what was loaded."""

from datetime import UTC, date, datetime

import dagster as dg

from footfall.checks.result import CheckResult
from footfall.core.state_files import read_json
from orchestration.partitions import landing_span
from orchestration.run_context import RunContext

MARTS = "marts"
FRESHNESS = "freshness"
FILES = "files"


def specs(asset: dg.AssetKey) -> list[dg.AssetCheckSpec]:
    return [
        dg.AssetCheckSpec(FRESHNESS, asset=asset, description="The newest arrival date in landing is published."),
        dg.AssetCheckSpec(FILES, asset=asset, description="The DuckDB file and each table's Parquet folder are there."),
    ]


def check(run_context: RunContext) -> dict[str, list[CheckResult]]:
    """Warnings only: when they run, the new version is out, and it is complete."""
    current = read_json(run_context.home.current) or {"load_date": None, "tables": {}}
    return {FRESHNESS: [_freshness(run_context, current["load_date"])], FILES: [_files(run_context, current["tables"])]}


def _freshness(run_context: RunContext, published: str | None) -> CheckResult:
    _, newest = landing_span(run_context.home, today=date.min)
    behind = (newest - date.fromisoformat(published)).days if published else 0
    age = (datetime.now(UTC).date() - date.fromisoformat(published)).days if published else 0
    return CheckResult(
        stage="published", name=FRESHNESS, status="failed" if behind > 0 else "passed", is_blocking=False, rows=None,
        message=f"Published up to {published}, {max(behind, 0)} days behind the landing zone; {age} days old.",
        observed=str(published),
    )


def _files(run_context: RunContext, tables: dict[str, int]) -> CheckResult:
    folder = run_context.home.published / "marts"
    missing = [name for name, rows in tables.items() if rows and not any((folder / name).rglob("*.parquet"))]
    if not run_context.home.published_file.exists():
        missing.append(run_context.home.published_file.name)
    return CheckResult(
        stage="published", name=FILES, status="failed" if missing else "passed", is_blocking=False, rows=len(missing),
        message=f"Missing: {', '.join(missing)}." if missing else f"{len(tables)} tables are there.",
        observed=str(len(tables)),
    )
