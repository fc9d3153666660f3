"""From the results of `checks/` to what Dagster shows."""

from collections.abc import Iterator, Sequence

import dagster as dg

from footfall.checks.result import CheckResult


def to_asset_checks(results: Sequence[CheckResult], asset: dg.AssetKey, name: str) -> Iterator[dg.AssetCheckResult]:
    """One Dagster check for a list of results: failed if a blocking one is, a warning if another is."""
    missed = [result for result in results if result.status != "passed"]
    blocking = [result for result in missed if result.is_blocking]
    yield dg.AssetCheckResult(
        asset_key=asset,
        check_name=name,
        passed=not missed,
        severity=dg.AssetCheckSeverity.ERROR if blocking or not missed else dg.AssetCheckSeverity.WARN,
        description="; ".join(f"{result.name}: {result.message}" for result in missed) or None,
        metadata={
            "checks": len(results),
            "list": dg.MetadataValue.table(
                records=[
                    dg.TableRecord(
                        {
                            "check": result.name, "status": result.status, "blocking": result.is_blocking,
                            "rows": result.rows, "observed": str(result.observed), "message": result.message,
                        }
                    )
                    for result in results
                ],
                # Dagster takes no empty table without one
                schema=None if results else dg.TableSchema([dg.TableColumn("check")]),
            ),
        },
    )
