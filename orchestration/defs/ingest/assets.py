"""`raw_events` and `raw_entities`: one load fills both, a partition a load date."""

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Any

import dagster as dg

from orchestration.defs.ingest import checks
from orchestration.pending_work import mark_started, nothing_new
from orchestration.run_context import RunContext
from orchestration.show_partitions import RAW_ENTITIES, RAW_EVENTS, metadata_by_date
from orchestration.steps import POOL, step

if TYPE_CHECKING:
    from footfall.ingestion.load_result import LoadResult


class LoadConfig(dg.Config):
    """How the run loads.

    `mode`: `load` takes what was not loaded yet, `backfill` loads dates again. Left empty: `backfill` for a run over
    partitions, whose dates it loads again, else `load`.
    `first`, `last`: the dates of a backfill without partitions. `only`: the only ones of them. `through`: in mode
    `load`, load nothing that arrived later.
    """

    mode: str = ""
    first: str | None = None
    last: str | None = None
    only: list[str] | None = None
    through: str | None = None


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
        # Without anything new no asset is made, and Dagster skips the steps below.
        can_subset=True,
        pool=POOL,
    )
    def ingest(
        context: dg.AssetExecutionContext, config: LoadConfig, run_context: dg.ResourceParam[RunContext]
    ) -> Iterator[dg.MaterializeResult | dg.AssetCheckResult]:
        with step(context, run_context, is_work=False):
            dates = _dates(context, config)
            if dates is None and not run_context.has_work and not _is_full_refresh(context):
                _note_nothing_new(context, run_context)
                return
            mark_started(run_context.home)
            with run_context.stage("load", "Loading landing files."):
                run_context.loaded = _load(run_context, context.run_id, config, dates)
            _note_dates(context, run_context)
            lake = dg.MetadataValue.path(str(run_context.home.lake))
            for asset in sorted(context.selected_asset_keys):
                yield dg.MaterializeResult(asset_key=asset, metadata={"lake": lake})
            with run_context.stage("check", "Checking the load."):
                results = checks.check(run_context)
            yield from checks.as_dagster(results, RAW_EVENTS, context.selected_asset_check_keys)
            run_context.require_passed(results)

    return ingest


def _dates(context: dg.AssetExecutionContext, config: LoadConfig) -> tuple[date, date] | None:
    """The first and last load date to load again; None: load what is new."""
    if config.mode == "load":
        return None
    if context.has_partition_key_range or context.has_partition_key:
        keys = context.partition_key_range
        return date.fromisoformat(keys.start), date.fromisoformat(keys.end)
    if config.first and config.last:
        return date.fromisoformat(config.first), date.fromisoformat(config.last)
    return None


def _is_full_refresh(context: dg.AssetExecutionContext) -> bool:
    ops: Any = context.run.run_config.get("ops", {})
    return bool(ops.get("models", {}).get("config", {}).get("full_refresh"))


def _note_nothing_new(context: dg.AssetExecutionContext, run_context: RunContext) -> None:
    run_context.nothing_new = nothing_new(run_context.home)
    run_context.progress(run_context.nothing_new)
    for asset in sorted(context.selected_asset_keys):
        context.log_event(dg.AssetObservation(asset, metadata={"nothing new": run_context.nothing_new}))
    if run_context.unclean is not None:
        raise run_context.unclean
    run_context.end()


def _load(
    run_context: RunContext, run_id: str, config: LoadConfig, dates: tuple[date, date] | None
) -> "LoadResult":
    from footfall.ingestion.load import backfill, load

    home, settings, progress = run_context.home, run_context.settings, run_context.progress
    if dates is not None:
        run_context.command = "backfill" if run_context.command == "run" else run_context.command
        run_context.load_dates = run_context.load_dates or dates
        if not run_context.is_lake_emptied:
            return backfill(
                home, settings, run_id=run_id, start=dates[0], end=dates[1], only=config.only, progress=progress
            )
    through = date.fromisoformat(config.through) if config.through else None
    days = sorted(run_context.reload)
    loaded = None
    if days and dates is None:
        only = [day.isoformat() for day in days]
        loaded = backfill(home, settings, run_id=run_id, start=days[0], end=days[-1], only=only, progress=progress)
    new = load(home, settings, run_id=run_id, through=through, progress=progress)
    if loaded is None:
        return new
    loaded.extend(new)
    return loaded


def _note_dates(context: dg.AssetExecutionContext, run_context: RunContext) -> None:
    """Show the load dates with their lines: as partitions of the run, or one by one where it has none."""
    loaded = run_context.loaded.load_dates if run_context.loaded else []
    by_date = metadata_by_date(run_context.home)
    if context.has_partition_key_range or context.has_partition_key:
        keys = context.partition_key_range
        for key, lines in by_date.items():
            if keys.start <= key <= keys.end:
                context.add_asset_metadata(lines, asset_key=RAW_EVENTS, partition_key=key)
        return
    for key in sorted(set(loaded) & set(by_date)):
        context.log_event(dg.AssetMaterialization(RAW_EVENTS, partition=key, metadata=by_date[key]))
        context.log_event(dg.AssetMaterialization(RAW_ENTITIES, partition=key))
