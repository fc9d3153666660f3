"""What must hold after a load: the ledger adds up, the night's batch is believable, its volume is usual."""

from collections.abc import Iterator, Sequence
from typing import Any

import dagster as dg

from checks.result import CheckResult
from orchestration.defs.results import shown
from orchestration.resources import Night
from ingestion.ledger import OUTCOMES, read_lake

LEDGER = "ledger_adds_up"
BATCH = "batch"


def specs(asset: dg.AssetKey) -> list[dg.AssetCheckSpec]:
    return [
        dg.AssetCheckSpec(
            LEDGER, asset=asset, blocking=True,
            description="lines_in = loaded + duplicates + quarantined + no_consent + erased, in every file.",
        ),
        dg.AssetCheckSpec(
            BATCH, asset=asset, blocking=True,
            description="Great Expectations on the night's batch: shares, ranges, volume against the last 7 loads.",
        ),
    ]


def check(night: Night) -> list[CheckResult]:
    """The ledger and the batch; the volume of each partition is among the batch's checks."""
    from checks.batch import check_batch

    return [check_ledger(night), *check_batch(night.home, night.settings)]


def check_ledger(night: Night) -> CheckResult:
    """Every line of every file ever loaded is accounted for (contract, section 5)."""
    wrong = [row for row in read_lake(night.home).ledger if row["lines_in"] != sum(row[name] for name in OUTCOMES)]
    lines = sum(abs(row["lines_in"] - sum(row[name] for name in OUTCOMES)) for row in wrong)
    files = ", ".join(str(row["file"]) for row in wrong[:3])
    return CheckResult(
        stage="batch", name=LEDGER, status="failed" if wrong else "passed", is_blocking=True, rows=lines,
        message=f"Lines unaccounted for in {files}." if wrong else "Every line is accounted for.",
        observed=f"{len(wrong)} files",
    )


def as_dagster(results: Sequence[CheckResult], asset: dg.AssetKey) -> Iterator[dg.AssetCheckResult]:
    yield from shown([result for result in results if result.name == LEDGER], asset, LEDGER)
    yield from shown([result for result in results if result.name != LEDGER], asset, BATCH)


def metadata_by_date(night: Night) -> dict[str, dict[str, Any]]:
    """Lines of each load date as the ledger has them, with the outcomes as columns; dates in ISO form."""
    totals: dict[str, dict[str, Any]] = {}
    for row in read_lake(night.home).ledger:
        day = totals.setdefault(str(row["load_date"]), dict.fromkeys(("files", "lines_in", *OUTCOMES), 0))
        day["files"] += 1
        for name in ("lines_in", *OUTCOMES):
            day[name] += row[name]
    for day in totals.values():
        day["dagster/partition_row_count"] = day["loaded"]
    return totals
