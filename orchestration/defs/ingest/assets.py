"""`raw_events` and `raw_entities`: one load fills both, a partition a load date."""

from collections.abc import Iterator
from datetime import date

import dagster as dg

from orchestration.defs.ingest import checks
from orchestration.run_context import RunContext

RAW_EVENTS = dg.AssetKey("raw_events")
RAW_ENTITIES = dg.AssetKey("raw_entities")


class LoadConfig(dg.Config):
    """How the run loads. From the user interface a partition is loaded again, so the default mode is `backfill`.

    `reload`: in mode `load`, the dates to load again before new files are loaded.
    """

    mode: str = "backfill"
    through: str | None = None
    only: list[str] | None = None
    reload: list[str] | None = None


def raw_assets(load_dates: dg.PartitionsDefinition) -> dg.AssetsDefinition:
    """The landing zone's files, typed and accounted for, in the lake."""

    @dg.multi_asset(
        name="ingest",
        group_name="ingest",
        specs=[
            dg.AssetSpec(
                RAW_EVENTS, kinds={"parquet"},
                description="Accepted events with their ledger and quarantine. Grain: one row per accepted event.",
            ),
            dg.AssetSpec(
                RAW_ENTITIES, kinds={"parquet"},
                description="Every delivered version of workspaces, participants, content and meetings.",
            ),
        ],
        check_specs=checks.specs(RAW_EVENTS),
        partitions_def=load_dates,
        backfill_policy=dg.BackfillPolicy.single_run(),
    )
    def ingest(
        context: dg.AssetExecutionContext, config: LoadConfig, run_context: dg.ResourceParam[RunContext]
    ) -> Iterator[dg.MaterializeResult | dg.AssetCheckResult]:
        keys = context.partition_key_range
        first, last = date.fromisoformat(keys.start), date.fromisoformat(keys.end)
        run_context.load_dates = run_context.load_dates or (first, last)
        with run_context.stage("load", "Loading landing files."):
            run_context.loaded = _load(run_context, context.run_id, config, first, last)
        for key, day_metadata in checks.metadata_by_date(run_context).items():
            if keys.start <= key <= keys.end:
                context.add_asset_metadata(day_metadata, asset_key=RAW_EVENTS, partition_key=key)
        lake = dg.MetadataValue.path(str(run_context.home.lake))
        yield dg.MaterializeResult(asset_key=RAW_EVENTS, metadata={"lake": lake})
        yield dg.MaterializeResult(asset_key=RAW_ENTITIES)
        with run_context.stage("check", "Checking the load."):
            results = checks.check(run_context)
        yield from checks.as_dagster(results, RAW_EVENTS)
        run_context.require_passed(results)

    return ingest


def _load(run_context: RunContext, run_id: str, config: LoadConfig, first: date, last: date):
    from footfall.ingestion.load import backfill, load

    home, settings, progress = run_context.home, run_context.settings, run_context.progress
    if config.mode == "backfill":
        return backfill(home, settings, run_id=run_id, start=first, end=last, only=config.only, progress=progress)
    through = date.fromisoformat(config.through) if config.through else None
    if not config.reload:
        return load(home, settings, run_id=run_id, through=through, progress=progress)
    days = sorted(map(date.fromisoformat, config.reload))
    loaded = backfill(
        home, settings, run_id=run_id, start=days[0], end=days[-1], only=config.reload, progress=progress,
    )
    loaded.extend(load(home, settings, run_id=run_id, through=through, progress=progress))
    return loaded
