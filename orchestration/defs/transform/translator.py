"""How dbt's nodes become Dagster's assets and checks."""

from collections.abc import Mapping
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator, DagsterDbtTranslatorSettings, DbtProject

TESTS = "dbt_tests"


class FootfallTranslator(DagsterDbtTranslator):
    """Lake tables are the raw assets; models are grouped by layer; a model's data tests make up one check.

    One check a model, not one a test: every check costs two events of about 12 ms, and there are hundreds of tests.
    The check's metadata lists them.
    """

    def __init__(self) -> None:
        # All entities of the lake are one raw asset.
        super().__init__(DagsterDbtTranslatorSettings(enable_duplicate_source_asset_keys=True))

    def get_asset_key(self, dbt_resource_props: Mapping[str, Any]) -> dg.AssetKey:
        if dbt_resource_props["resource_type"] != "source":
            return super().get_asset_key(dbt_resource_props)
        if dbt_resource_props["source_name"] != "lake":
            return dg.AssetKey([dbt_resource_props["source_name"], dbt_resource_props["name"]])
        is_event = dbt_resource_props["name"].startswith(("events", "build"))
        return dg.AssetKey("raw_events" if is_event else "raw_entities")

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str | None:
        if dbt_resource_props["resource_type"] == "seed":
            return "seeds"
        return dbt_resource_props["fqn"][1] if len(dbt_resource_props["fqn"]) > 2 else "models"

    def get_asset_check_spec(
        self, asset_spec: dg.AssetSpec, manifest: Mapping[str, Any], unique_id: str, project: DbtProject | None
    ) -> dg.AssetCheckSpec | None:
        if asset_spec.metadata["dagster_dbt/unique_id"] != node_of_test(manifest, unique_id):
            return None
        return dg.AssetCheckSpec(
            TESTS, asset=asset_spec.key, blocking=True, description="All data tests of this model in the dbt project.",
        )


def node_of_test(manifest: Mapping[str, Any], unique_id: str) -> str | None:
    """The model a test is shown at: the one it is written at, else (a test over several) the last it reads."""
    test = manifest["nodes"][unique_id]
    if test.get("attached_node"):
        return test["attached_node"]
    read = [name for name in test["depends_on"]["nodes"] if name.startswith(("model.", "seed."))]
    return read[-1] if read else None
