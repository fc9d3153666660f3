"""dbt's own unit tests, and the rule that dependencies between layers point one way."""

import json
from pathlib import Path

import pytest

from footfall.core.home import Home
from footfall.core.settings import Settings
from footfall.transform import build_sources, dbt_args, dbt_runner

#: What a model of a layer may read.
LAYERS = {
    "staging": {"seeds", "source:lake"},
    "intermediate": {"staging", "intermediate", "seeds", "source:lake", "source:state"},
    "marts": {"staging", "intermediate", "marts", "source:lake"},
}


@pytest.fixture(scope="module")
def manifest(tmp_path_factory: pytest.TempPathFactory) -> dict:
    home = Home(tmp_path_factory.mktemp("parsed")).ensure()
    dbt_runner.parse(home, Settings())
    return json.loads(dbt_args.manifest_path(home).read_text(encoding="utf-8"))


def test_every_unit_test_of_the_models_passes(tmp_path: Path) -> None:
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager
    from dbt.cli.main import dbtRunner

    home = Home(tmp_path).ensure()
    build_sources.bind(home, dbt_args.PROJECT)
    dbt_runner.parse(home, Settings())
    places = dbt_args.parse_arguments(home)[dbt_args.parse_arguments(home).index("--project-dir"):]
    try:
        for arguments in (["seed", "--full-refresh"], ["run", "--empty", "--full-refresh"]):
            assert dbtRunner().invoke(["--quiet", *arguments, *places]).success
        outcome = dbtRunner().invoke(["--quiet", "test", "--select", "test_type:unit", *places])
    finally:
        DuckDBConnectionManager.close_all_connections()
    results = {result.node.name: str(result.status) for result in outcome.result.results}
    assert len(results) >= 35
    assert set(results.values()) == {"pass"}, results


def _layer(node: str, manifest: dict) -> str:
    if node.startswith("source."):
        return f"source:{manifest['sources'][node]['source_name']}"
    entry = manifest["nodes"][node]
    return "seeds" if entry["resource_type"] == "seed" else entry["fqn"][1]


def test_models_read_only_the_layers_below_them(manifest: dict) -> None:
    wrong = [
        (node["name"], parent)
        for node in manifest["nodes"].values() if node["resource_type"] == "model"
        for parent in node["depends_on"]["nodes"]
        if _layer(parent, manifest) not in LAYERS[node["fqn"][1]]
    ]
    assert wrong == []


def test_every_mart_states_its_grain_tests_it_and_keeps_a_contract(manifest: dict) -> None:
    models = {key: node for key, node in manifest["nodes"].items() if node["resource_type"] == "model"}
    marts = {key: node for key, node in models.items() if node["fqn"][1] == "marts"}
    assert len(marts) == 18
    tested = {
        parent
        for node in manifest["nodes"].values()
        if node["resource_type"] == "test" and node["name"].startswith("grain_")
        for parent in node["depends_on"]["nodes"]
    }
    for key, node in marts.items():
        assert "Grain: one row per " in node["description"], node["name"]
        assert node["contract"]["enforced"], node["name"]
        assert key in tested, node["name"]
        assert all(column["description"] for column in node["columns"].values()), node["name"]
