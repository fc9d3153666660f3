"""The documents cannot drift: what they list is what there is."""

import re
from collections.abc import Iterator
from pathlib import Path

import yaml
from pydantic import BaseModel

from footfall.core.settings import Settings

ROOT = Path(__file__).resolve().parents[2]


def _read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def _keys(model: type[BaseModel], prefix: str = "") -> Iterator[str]:
    for name, field in model.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            yield from _keys(field.annotation, f"{prefix}{name}.")
        else:
            yield prefix + name


def test_every_setting_is_documented_and_no_other() -> None:
    listed = set(re.findall(r"^\| `([a-z_.]+)` \|", _read("docs/settings.md"), re.MULTILINE))
    assert listed == set(_keys(Settings))


def test_every_mart_is_in_the_readme_and_no_other() -> None:
    table = _read("README.md").split("## The tables")[1].split("Schema `ops`")[0]
    marts = {path.stem for path in (ROOT / "dbt_project/models/marts").glob("*.sql")}
    made_elsewhere = {"metric_definitions", "anonymized_answers"}  # a seed, and a table that publishing adds
    assert set(re.findall(r"^\| `(\w+)`", table, re.MULTILINE)) == marts | made_elsewhere


def test_every_top_level_folder_with_code_is_in_the_readmes_tree() -> None:
    tree = _read("README.md").split("## The house")[1].split("```")[1]
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests"}
    assert packages <= set(re.findall(r"^(\w+)/", tree, re.MULTILINE))


def test_every_command_is_named_in_the_documents() -> None:
    from footfall_cli import app

    documents = _read("README.md") + _read("docs/operations.md") + _read("docs/settings.md")
    commands = [command.name for command in app.registered_commands]
    assert [name for name in commands if f"footfall {name}" not in documents] == []


def test_every_make_target_the_documents_name_exists() -> None:
    targets = set(re.findall(r"^([a-z]+):", _read("Makefile"), re.MULTILINE))
    for name in ("README.md", "CONTRIBUTING.md", "docs/operations.md"):
        assert set(re.findall(r"`make ([a-z]+)", _read(name))) <= targets, name


def test_links_between_documents_lead_somewhere() -> None:
    for path in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")]:
        for target in re.findall(r"\]\(([^)#]+)\)", path.read_text(encoding="utf-8")):
            assert (path.parent / target).exists(), (path.name, target)


def test_the_readmes_mapping_gives_three_events_of_two_visits(tmp_path: Path) -> None:
    from tests.support.warehouse import Warehouse

    readme = _read("README.md")
    settings = readme.split("```yaml\n")[1].split("```")[0]
    lines = readme.split("```csv\n")[1].split("```")[0]
    assert yaml.safe_load(settings)["sources"]["events"][0]["format"] == "csv"
    (tmp_path / "footfall.yml").write_text(settings, encoding="utf-8")
    landing = tmp_path / "landing" / "events" / "2026-09-01"
    landing.mkdir(parents=True)
    (landing / "clicks.csv").write_text(lines, encoding="utf-8")
    warehouse = Warehouse.at(tmp_path)
    result = warehouse.load("readme")
    warehouse.build()
    tables = warehouse.tables(["fct_events", "fct_visits"])
    assert (result.lines_in, len(tables["fct_events"]), len(tables["fct_visits"])) == (3, 3, 2)
