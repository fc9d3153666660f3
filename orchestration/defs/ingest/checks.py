"""What must hold after a load: the ledger adds up, the batch is believable, its volume is usual."""

from collections.abc import Iterator, Sequence
from typing import Any

import dagster as dg

from footfall.checks.result import CheckResult
from footfall.ingestion.ledger.ledger import OUTCOMES, read_lake
from orchestration.defs.results import to_asset_checks
from orchestration.run_context import RunContext

LEDGER = "ledger_adds_up"
VOLUME = "volume_against_last_7_loads"
BATCH = "batch"


def specs(asset: dg.AssetKey) -> list[dg.AssetCheckSpec]:
    return [
        dg.AssetCheckSpec(
            LEDGER, asset=asset, blocking=True,
            description="lines_in = loaded + duplicates + quarantined + no_consent + erased, in every file.",
        ),
        dg.AssetCheckSpec(
            VOLUME, asset=asset, description="Lines of each load date against the median of the 7 load dates before.",
        ),
        dg.AssetCheckSpec(
            BATCH, asset=asset, blocking=True,
            description="Great Expectations on every load not published yet: keys, shares, ranges, accepted values.",
        ),
    ]


def check(run_context: RunContext) -> list[CheckResult]:
    """Validate every load that is not published yet: those of this run, and those that an earlier run refused."""
    from footfall.checks.batch import check_batch

    return check_batch(run_context.home, run_context.settings)


def as_dagster(results: Sequence[CheckResult], asset: dg.AssetKey) -> Iterator[dg.AssetCheckResult]:
    """Two checks with names of their own, and one for the others."""
    for name in (LEDGER, VOLUME):
        yield from to_asset_checks([result for result in results if result.name == name], asset, name)
    yield from to_asset_checks([result for result in results if result.name not in (LEDGER, VOLUME)], asset, BATCH)


def metadata_by_date(run_context: RunContext) -> dict[str, dict[str, Any]]:
    """Lines of each load date (ISO) as the ledger has them, by outcome."""
    totals: dict[str, dict[str, Any]] = {}
    for row in read_lake(run_context.home).ledger:
        day = totals.setdefault(row["load_date"], dict.fromkeys(("files", "lines_in", *OUTCOMES), 0))
        day["files"] += 1
        for name in ("lines_in", *OUTCOMES):
            day[name] += row[name]
    for day in totals.values():
        day["dagster/partition_row_count"] = day["loaded"]
    return totals
