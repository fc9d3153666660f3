"""From the results of `checks/` to what Dagster shows."""

from collections.abc import Iterable, Iterator, Sequence

import dagster as dg

from footfall.checks.result import CheckResult


def as_table(columns: Sequence[str], rows: Iterable[Sequence[str | int | bool | None]]) -> dg.TableMetadataValue:
    """A table as metadata. Dagster takes the columns from the rows, and fails where there are none."""
    records = [dg.TableRecord(dict(zip(columns, row, strict=True))) for row in rows]
    empty = dg.TableSchema(columns=[dg.TableColumn(name=name) for name in columns])
    return dg.MetadataValue.table(records=records, schema=None if records else empty)


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
            "list": as_table(
                ("check", "status", "blocking", "rows", "observed", "message"),
                [
                    (one.name, one.status, one.is_blocking, one.rows, str(one.observed), one.message)
                    for one in results
                ],
            ),
        },
    )
