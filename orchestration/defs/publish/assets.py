"""`published`: what readers open."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

import dagster as dg

from footfall.core.errors import UsageError
from orchestration.defs.publish import checks
from orchestration.defs.results import as_table, to_asset_checks
from orchestration.run_context import RunContext
from orchestration.steps import POOL, step

PUBLISHED = dg.AssetKey("published")


def marts_checks(mart: dg.AssetKey) -> dg.AssetChecksDefinition:
    """Great Expectations on the finished marts, before anything is published."""

    @dg.multi_asset_check(
        name="check_marts",
        specs=[
            dg.AssetCheckSpec(
                checks.MARTS, asset=mart, blocking=True,
                description="Great Expectations on the finished marts: shares, ranges, drift.",
            )
        ],
        can_subset=True,
        pool=POOL,
    )
    def check_marts(
        context: dg.AssetCheckExecutionContext, run_context: dg.ResourceParam[RunContext]
    ) -> Iterator[dg.AssetCheckResult]:
        from footfall.checks.marts import check_marts as run_checks

        with step(context, run_context):
            with run_context.stage("check", "Checking the marts."):
                results = run_checks(run_context.home, run_context.settings)
            yield from to_asset_checks(results, mart, checks.MARTS)
            run_context.require_passed(results)

    return check_marts


def published_asset(marts: Sequence[dg.AssetKey]) -> dg.AssetsDefinition:
    """The marts as a DuckDB file and as Parquet, swapped in at once."""

    @dg.multi_asset(
        name="publish",
        group_name="publish",
        specs=[
            dg.AssetSpec(
                PUBLISHED, deps=list(marts), kinds={"duckdb", "parquet"},
                description="`published/footfall.duckdb` and `published/marts/`: every table of the contract.",
            )
        ],
        check_specs=checks.specs(PUBLISHED),
        pool=POOL,
    )
    def publish_marts(
        context: dg.AssetExecutionContext, run_context: dg.ResourceParam[RunContext]
    ) -> Iterator[dg.MaterializeResult | dg.AssetCheckResult]:
        from footfall.publishing.publish import publish
        from footfall.transform.build_sources import changed_dates

        with step(context, run_context):
            home, sources = run_context.home, run_context.build_sources
            if sources is None:
                raise UsageError(
                    "Only a complete build can be published, and this run did not build all models.",
                    where="the selection of this run", hint="Materialize all models with it, or use `footfall run`.",
                )
            with run_context.stage("publish", "Publishing."):
                run_context.published = publish(
                    home, run_context.settings, run=run_context.record(context.run_id), published_at=datetime.now(UTC),
                    checks=run_context.checks, fingerprint=sources.fingerprint, lake_seq=sources.head_seq,
                    changed_dates=changed_dates(home, sources, run_context.settings), built_since=sources.since_seq,
                    progress=run_context.progress,
                )
            done = run_context.published
            yield dg.MaterializeResult(
                asset_key=PUBLISHED,
                metadata={
                    "file": dg.MetadataValue.path(str(home.published_file)),
                    "parquet": dg.MetadataValue.path(str(home.published / "marts")),
                    "load date": str(done.load_date), "restated numbers": done.restated, "bytes": done.bytes,
                    "total rows": sum(done.tables.values()), "seconds": run_context.seconds["publish"],
                    "rows": as_table(("table", "rows"), done.tables.items()),
                },
            )
            for name, results in checks.check(run_context).items():
                yield from to_asset_checks(results, PUBLISHED, name)
                run_context.checks += results

    return publish_marts
