"""The dbt project as its users meet it: commands of dbt alone, descriptions, grains, access, layers."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import duckdb
import pytest

from footfall.core.home import Home
from footfall.core.settings import Settings
from footfall.ingestion.lake.contents import LINE
from footfall.transform import build_sources, dbt_args, dbt_runner, duckdb_engine
from tests.support.warehouse import Warehouse

#: What a model of a layer may read. `int_user_days` keeps what facts alone know: the earlier dates of a person.
LAYERS = {
    "staging": {"seeds", "source:lake"},
    "intermediate": {"staging", "intermediate", "seeds", "source:lake", "source:state"},
    "marts": {"staging", "intermediate", "marts", "source:lake"},
}


def dbt(folder: Path, *arguments: str) -> subprocess.CompletedProcess:
    """Run the command `dbt` in a folder, as somebody does who has no variable of Footfall set."""
    ours = ("FOOTFALL", "DBT", "PYTHON")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return subprocess.run(
        [str(Path(sys.executable).with_name("dbt")), *arguments, "--project-dir", str(dbt_args.PROJECT),
         "--profiles-dir", str(dbt_args.PROJECT), "--target-path", str(folder / "target"),
         "--log-path", str(folder / "logs")],
        cwd=folder, env=environment, capture_output=True, text=True, check=False,
    )


def _read(path: Path) -> dict:
    return json.loads(path.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def from_fixtures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with nothing but what `dbt build --target fixtures` makes in it."""
    folder = tmp_path_factory.mktemp("fixtures")
    outcome = dbt(folder, "build", "--target", "fixtures")
    assert outcome.returncode == 0, outcome.stdout
    return folder


@pytest.fixture(scope="module")
def manifest(from_fixtures: Path) -> dict:
    return _read(from_fixtures / "target" / "manifest.json")


def _models(manifest: dict) -> Iterator[dict]:
    return (node for node in manifest["nodes"].values() if node["resource_type"] == "model")


def test_a_build_from_fixtures_passes_every_test_and_fills_every_fact(from_fixtures: Path) -> None:
    results = _read(from_fixtures / "target" / "run_results.json")["results"]
    statuses = {result["unique_id"]: result["status"] for result in results}
    assert sum(name.startswith("unit_test.") for name in statuses) >= 39
    assert set(statuses.values()) <= {"success", "pass", "no-op"}
    with duckdb.connect(str(from_fixtures / "fixtures_marts.duckdb"), read_only=True) as con:
        tables = [name for (name,) in con.execute("select table_name from duckdb_tables()").fetchall()]
        empty = [name for name in tables if not con.execute(f"from marts.{name} limit 1").fetchall()]
    assert len(tables) == 20
    assert empty == []


def test_every_model_and_column_is_described_and_no_other(from_fixtures: Path, manifest: dict) -> None:
    columns: dict[str, set[str]] = {}
    for file in ("fixtures.duckdb", "fixtures_marts.duckdb"):
        with duckdb.connect(str(from_fixtures / file), read_only=True) as con:
            con.execute(f"attach '{from_fixtures / 'fixtures_marts.duckdb'}' as marts_db (read_only)")
            columns |= dict(con.execute(
                "select table_name, list(column_name) from duckdb_columns() where not internal group by all"
            ).fetchall())
    for node in _models(manifest):
        assert node["description"], node["name"]
        assert set(node["columns"]) == set(columns[node["name"]]), node["name"]
        assert all(column["description"] for column in node["columns"].values()), node["name"]


def test_every_model_states_its_grain_and_a_test_proves_it(manifest: dict) -> None:
    tested = {
        node["attached_node"]: node["test_metadata"]["kwargs"]["columns"]
        for node in manifest["nodes"].values()
        if node["resource_type"] == "test" and (node.get("test_metadata") or {}).get("name") == "grain"
    }
    for node in _models(manifest):
        assert node["description"].strip().endswith(f"Grain: one row per {', '.join(tested[node['unique_id']])}.")


def test_every_mart_keeps_a_contract(manifest: dict) -> None:
    marts = [node for node in _models(manifest) if node["fqn"][1] == "marts"]
    assert len(marts) == 19
    assert all(node["contract"]["enforced"] for node in marts)


def test_each_model_has_a_yaml_file_of_its_own(manifest: dict) -> None:
    for node in _models(manifest):
        assert node["patch_path"].endswith(f"/{node['name']}.yml")


def test_only_marts_may_be_read_from_outside(manifest: dict) -> None:
    access = {(node["fqn"][1], node["access"], node["group"]) for node in _models(manifest)}
    assert access == {
        ("staging", "private", "transform"), ("intermediate", "private", "transform"), ("marts", "public", "transform"),
    }


def test_what_is_made_from_the_marts_is_an_exposure_of_public_models(manifest: dict) -> None:
    exposures = {exposure["name"]: exposure["depends_on"]["nodes"] for exposure in manifest["exposures"].values()}
    assert set(exposures) == {"report", "workbook", "graphs", "bi"}
    for nodes in exposures.values():
        assert all(manifest["nodes"][name].get("access", "public") == "public" for name in nodes)
    published = {node["unique_id"] for node in _models(manifest) if node["fqn"][1] == "marts"}
    assert published <= set(exposures["bi"])


def test_the_documented_columns_of_the_sources_are_those_that_builds_provide(manifest: dict) -> None:
    sources = {
        (source["source_name"], source["name"]): ", ".join(
            f"{column['name']} {column['data_type']}" for column in source["columns"].values()
        )
        for source in manifest["sources"].values()
    }
    for name in ("events_added", "events_removed"):
        assert sources["lake", name] == f"{build_sources.EVENTS}, seq bigint"
    for entity, columns in build_sources.ENTITIES.items():
        assert sources["lake", entity] == f"load_date date, {columns}, {LINE}"
    for name in ("workspaces", "participants"):
        assert sources["state", name] in " ".join(duckdb_engine.STATE.split())


@pytest.fixture
def home(tmp_path: Path) -> Warehouse:
    """A home in `data`, where dbt looks for one, with two nights built."""
    warehouse = Warehouse.at(tmp_path / "data")
    for number, day in enumerate((date(2026, 6, 1), date(2026, 6, 2))):
        warehouse.land_events(day, "events.jsonl", [
            {"messageId": f"{number}-{minute}", "type": "screen", "name": "Home", "userId": "ada",
             "anonymousId": "phone", "timestamp": f"{day}T10:{minute:02}:00Z", "context": {"groupId": "expo"}}
            for minute in range(3)
        ])
        warehouse.load(f"night {number}")
        warehouse.build()
    return warehouse


def test_dbt_alone_builds_a_fact_and_what_follows_in_a_home_and_writes_its_documentation(
    home: Warehouse, tmp_path: Path
) -> None:
    before = home.tables()
    for arguments in (["parse"], ["build", "--select", "fct_visits+"], ["docs", "generate"]):
        outcome = dbt(tmp_path, *arguments)
        assert outcome.returncode == 0, outcome.stdout
    assert home.tables() == before
    catalog = _read(tmp_path / "target" / "catalog.json")["nodes"]
    assert {"model.footfall.int_events", "model.footfall.fct_visits"} <= set(catalog)


def test_a_full_refresh_by_dbt_alone_is_refused_where_it_would_lose_history(home: Warehouse, tmp_path: Path) -> None:
    before = home.tables()
    outcome = dbt(tmp_path, "build", "--full-refresh", "--select", "fct_visits+")
    assert outcome.returncode != 0
    assert "footfall run --full-refresh" in outcome.stdout
    assert home.tables() == before


def test_the_project_is_parsed_for_a_home_without_any_variable_set(tmp_path: Path) -> None:
    home = Home(tmp_path).ensure()
    dbt_runner.parse(home, Settings())
    assert dbt_args.manifest_path(home).exists()


def _layer(node: str, manifest: dict) -> str:
    if node.startswith("source."):
        return f"source:{manifest['sources'][node]['source_name']}"
    entry = manifest["nodes"][node]
    return "seeds" if entry["resource_type"] == "seed" else entry["fqn"][1]


def test_models_read_only_the_layers_below_them(manifest: dict) -> None:
    wrong = {
        (node["name"], _layer(parent, manifest))
        for node in _models(manifest) for parent in node["depends_on"]["nodes"]
        if _layer(parent, manifest) not in LAYERS[node["fqn"][1]]
    }
    # facts that are read again instead of being written twice (docs/decisions/0003 and 0016)
    assert wrong == {("int_user_days", "marts"), ("int_visits", "marts"), ("int_visit_steps", "marts")}
