"""What must hold after a load: the ledger adds up, the batch is believable, its volume is usual."""

from collections.abc import Collection, Iterator, Sequence

import dagster as dg

from footfall.checks.result import CheckResult
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


def as_dagster(
    results: Sequence[CheckResult], asset: dg.AssetKey, selected: Collection[dg.AssetCheckKey]
) -> Iterator[dg.AssetCheckResult]:
    """Two checks with names of their own, and one for the others; of them those that the run selects."""
    by_name = {name: [result for result in results if result.name == name] for name in (LEDGER, VOLUME)}
    by_name[BATCH] = [result for result in results if result.name not in by_name]
    for name, some in by_name.items():
        if dg.AssetCheckKey(asset, name) in selected:
            yield from to_asset_checks(some, asset, name)
