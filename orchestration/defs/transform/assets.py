"""The dbt models as assets, built in this process in one go."""

from collections.abc import Iterator, Mapping
from typing import Any

import dagster as dg
from dagster_dbt import dbt_assets

from footfall.core.stop import raise_if_stopped
from footfall.spark.faults import SparkLost, TablesLost
from footfall.transform import build_sources
from footfall.transform.build_parts import build_in_parts, is_unfinished
from footfall.transform.dbt_runner import build
from footfall.transform.engine import engine_of
from orchestration.defs.transform import checks
from orchestration.defs.transform.rows import count_rows
from orchestration.defs.transform.selection import require_safe
from orchestration.defs.transform.translator import FootfallTranslator
from orchestration.run_context import RunContext
from orchestration.steps import POOL, step


class BuildConfig(dg.Config):
    """How the models are built."""

    full_refresh: bool = False


def model_assets(manifest: Mapping[str, Any]) -> dg.AssetsDefinition:
    """One asset a seed and model, one check for all data tests of each.

    The models are not partitioned: each is one table that a load changes wherever its events belong. Partitions would
    also cost an event a model and load date (measured: 12 ms each, 50 models x 60 days = 36 s).
    """
    translator = FootfallTranslator()

    @dbt_assets(manifest=manifest, dagster_dbt_translator=translator, name="models", pool=POOL)
    def models(
        context: dg.AssetExecutionContext, config: BuildConfig, run_context: dg.ResourceParam[RunContext]
    ) -> Iterator[dg.MaterializeResult | dg.AssetCheckResult]:
        with step(context, run_context):
            selected = _selected(context, manifest, translator) if context.is_subset else None
            with run_context.stage("build", "Building the models."):
                if selected is None:
                    _build_all(run_context, is_full_refresh=config.full_refresh)
                else:
                    _build_some(run_context, manifest, selected)
            rows = count_rows(run_context.home, manifest)
            figures = build_sources.figures(run_context.home, run_context.settings)
            for node in run_context.nodes:
                if node.kind in ("model", "seed") and node.status == "success":
                    yield dg.MaterializeResult(
                        asset_key=translator.get_asset_spec(manifest, node.unique_id, None).key,
                        metadata={"seconds": node.seconds, **_row_count(rows.get(node.unique_id)), **figures},
                    )
            yield from checks.as_dagster(run_context.nodes, manifest, translator, selected)
            checks.require_models(run_context)
            run_context.require_passed(checks.as_results(run_context.nodes))
            if run_context.build_sources is not None:
                build_sources.mark_built(run_context.home, run_context.build_sources, run_context.settings)

    return models


def mart_keys(manifest: Mapping[str, Any]) -> list[dg.AssetKey]:
    """Asset keys of the tables that are published, in order of their names."""
    translator = FootfallTranslator()
    nodes = manifest["nodes"].values()
    marts = [node for node in nodes if node["resource_type"] in ("model", "seed") and node["schema"] == "marts"]
    return sorted(translator.get_asset_spec(manifest, node["unique_id"], None).key for node in marts)


def _build_all(run_context: RunContext, *, is_full_refresh: bool) -> None:
    """Build everything; once more where Spark has ended, and from scratch where its tables are damaged."""
    try:
        _build_once(run_context, is_full_refresh=is_full_refresh)
    except SparkLost as error:
        raise_if_stopped(error)
        run_context.progress(f"{error.message} Starting Spark again.")
        engine_of(run_context.home, run_context.settings).close()
        _build_once(run_context, is_full_refresh=is_full_refresh)
    except TablesLost as error:
        if is_full_refresh:
            raise
        run_context.progress(f"{error.message} Every table is built again from the lake.")
        _build_once(run_context, is_full_refresh=True)


def _build_once(run_context: RunContext, *, is_full_refresh: bool) -> None:
    home, settings, progress = run_context.home, run_context.settings, run_context.progress
    sources, run_context.nodes = build_in_parts(
        home, settings, is_full_refresh=is_full_refresh, manifest=run_context.dbt_manifest, progress=progress,
    )
    run_context.build_sources = sources
    if not is_unfinished(run_context.nodes):
        build_sources.finish(home, sources, settings, progress)


def _build_some(run_context: RunContext, manifest: Mapping[str, Any], selected: list[str]) -> None:
    """Build a selection out of the tables of the last build. Without `build_sources`, nothing of it is published."""
    home, settings = run_context.home, run_context.settings
    require_safe(home, manifest, selected, settings)
    names = [manifest["nodes"][unique_id]["name"] for unique_id in selected]
    run_context.nodes = build(
        home, settings, select=names, manifest=run_context.dbt_manifest, progress=run_context.progress,
    )


def _selected(
    context: dg.AssetExecutionContext, manifest: Mapping[str, Any], translator: FootfallTranslator
) -> list[str]:
    """dbt's unique ids of the seeds and models that this run selects."""
    ids = {
        translator.get_asset_spec(manifest, unique_id, None).key: unique_id
        for unique_id, node in manifest["nodes"].items() if node["resource_type"] in ("model", "seed")
    }
    return sorted(ids[key] for key in context.selected_asset_keys)


def _row_count(rows: int | None) -> dict[str, Any]:
    return {} if rows is None else {"dagster/row_count": rows}
