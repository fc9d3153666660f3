"""`exports`: workbook, tables, report and graphs of each workspace."""

from collections.abc import Iterator

import dagster as dg

from orchestration.defs.exports import checks
from orchestration.defs.publish.assets import PUBLISHED
from orchestration.defs.results import to_asset_checks
from orchestration.observe import figures_of_stage
from orchestration.run_context import RunContext
from orchestration.steps import POOL, step

EXPORTS = dg.AssetKey("exports")


def exports_asset() -> dg.AssetsDefinition:
    """Files of every workspace whose data changed; the others stay as they are."""

    @dg.multi_asset(
        name="export",
        group_name="exports",
        specs=[
            dg.AssetSpec(
                EXPORTS, deps=[PUBLISHED], kinds={"excel", "csv", "parquet"},
                description="`exports/<workspace>/<range>/`: what stakeholders open.",
            )
        ],
        check_specs=checks.specs(EXPORTS),
        pool=POOL,
    )
    def export(
        context: dg.AssetExecutionContext, run_context: dg.ResourceParam[RunContext]
    ) -> Iterator[dg.MaterializeResult | dg.AssetCheckResult]:
        from exports.again import export_night
        from exports.folder.failure import summarise

        with step(context, run_context):
            with run_context.stage("export", "Writing exports."):
                run_context.exported = export_night(
                    run_context.home, run_context.settings, run_id=context.run_id, progress=run_context.progress
                )
            yield dg.MaterializeResult(
                asset_key=EXPORTS,
                metadata={
                    "folder": dg.MetadataValue.path(str(run_context.home.exports)),
                    "index": dg.MetadataValue.path(str(run_context.home.exports / "index.html")),
                    **figures_of_stage(run_context, "export"), "seconds": run_context.seconds["export"],
                },
            )
            for name, results in checks.check(run_context).items():
                yield from to_asset_checks(results, EXPORTS, name)
                run_context.checks += results
            failed = run_context.unclean or summarise(run_context.exported.failures)
            if failed is not None:
                raise failed
            run_context.end()

    return export
