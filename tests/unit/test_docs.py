"""The documents cannot drift: what they list is what there is."""

import re
from collections.abc import Collection, Iterator, Mapping
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


def test_every_ops_table_is_in_the_readme() -> None:
    from footfall.publishing.ops import TABLES

    listed = _read("README.md").split("Schema `ops`:")[1].split("\n\n")[0]
    assert set(re.findall(r"`(\w+)`", listed)) == set(TABLES)


def test_every_top_level_folder_with_code_is_in_the_readmes_tree() -> None:
    tree = _read("README.md").split("## The house")[1].split("```")[1]
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests"}
    assert packages <= set(re.findall(r"^(\w+)/", tree, re.MULTILINE))


def test_every_command_is_named_in_the_documents() -> None:
    from footfall_cli.commands import app

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


# --- the contract, the definitions and the glossary -------------------------------------------------------------------

def _section(number: int) -> str:
    return _read("docs/contract.md").split(f"\n## {number}. ")[1].split("\n## ")[0]


def _rows(text: str) -> dict[str, list[str]]:
    """First cell, without its quotes -> the columns in the other cells, for each row of the tables in ``text``."""
    rows = re.findall(r"^\| `([^`]+)` \| (?:([^|]+) \| )?([^|]+) \|$", text, re.MULTILINE)
    return {name: [*_keys_of(grain), *_columns(cell)] for name, grain, cell in rows}


def _keys_of(grain: str) -> list[str]:
    """The columns of a grain such as "workspace, actor, local_date"; a grain in words has none."""
    keys = {"workspace": "workspace_id", "actor": "actor_id", "user": "user_id", "visit": "visit_id"}
    return [keys.get(name, name) for name in _columns(grain)] if "," in grain else []


def _columns(cell: str) -> list[str]:
    """The columns a cell lists; ``a_ios / _web`` is ``a_ios`` and ``a_web``, and remarks in brackets are no columns."""
    text = re.sub(r"\(.*?\)", "", cell.replace("`", "")).split(". ")[0].replace(" and settings:", "").replace("[]", "")
    names: list[str] = []
    for part in re.split(r"[,/]", text):
        if name := part.strip().rstrip("…"):
            names.append(names[-1].rsplit("_", 1)[0] + name if name.startswith("_") else name)
    return names


def _mart_columns() -> dict[str, set[str]]:
    models = [
        model for path in (ROOT / "dbt_project/models/marts").glob("*.yml")
        for model in yaml.safe_load(path.read_text(encoding="utf-8")).get("models", [])
    ]
    return {model["name"]: {column["name"] for column in model["columns"]} for model in models}


def _missing(promised: dict[str, list[str]], there: Mapping[str, Collection[str]], prefix: str = "") -> Iterator[str]:
    for table, columns in promised.items():
        if table not in there:
            yield prefix + table
        else:
            yield from (f"{prefix}{table}.{column}" for column in columns if column not in there[table])


def _commands_missing() -> Iterator[str]:
    import typer

    from footfall_cli.commands import app

    group = typer.main.get_command(app)
    for usage in re.findall(r"^\| `footfall ([^`]+)` \|", _section(4), re.MULTILINE):
        name, *rest = usage.split(maxsplit=1)
        options = re.findall(r"--[a-z-]+", rest[0] if rest else "")
        command = group.commands.get(name)
        if command is None:
            yield f"footfall {name}"
            continue
        known = {option for parameter in command.params for option in parameter.opts}
        yield from (f"footfall {name} {option}" for option in options if option not in known)
        if name == "quarantine":
            yield from {f"footfall {name} {word}" for word in re.findall(r"[a-z]+", rest[0])} - {
                f"footfall {name} {word}" for word in command.commands
            }


def test_the_contract_is_kept() -> None:
    from footfall.ingestion.entity_columns import ENTITIES
    from footfall.publishing.ops import TABLES

    marts, entities = _rows(_section(6)), _rows(_section(3))
    ledger = re.findall(r"^- `ops\.(\w+)`: (.*?\.)(?: |$)", _section(5).replace("\n  ", " "), re.MULTILINE)
    ops = {table: _columns(cell.rstrip(".")) for table, cell in ledger if table != "quarantine"}
    repaired = re.findall(r"`ops\.(repaired_values)` \(([^)]+)\)", _section(5).replace("\n", " "))
    ops |= {table: _columns(cell) for table, cell in repaired}
    known = {entity: {"workspace_id", *columns} for entity, columns in ENTITIES.items()}
    missing = {
        *_missing(marts, _mart_columns()), *_missing(entities, known, "landing/"), *_missing(ops, TABLES, "ops."),
        *_commands_missing(),
    }
    assert len(marts) > 15 and len(entities) == 5 and set(ops) == {"load_ledger", "held_back", "repaired_values"}
    assert missing == set()


def test_every_target_of_a_mapping_is_in_the_contract_and_no_other() -> None:
    from footfall.ingestion.validation.mapping import TARGETS

    listed = re.search(r"Targets of a mapping: `([^`]+)`", _section(2))
    assert listed is not None and set(re.split(r",\s+", listed[1])) == set(TARGETS)


def test_every_reason_in_the_contract_is_one_that_ingestion_gives() -> None:
    sources = [path for path in (ROOT / "footfall/ingestion").rglob("*") if path.suffix in (".py", ".sql")]
    code = "".join(path.read_text(encoding="utf-8") for path in sources)
    lists = re.search(r"Reasons\s+for\s+a\s+line: ([^.]+)\.\s+For\s+a\s+file: ([^.]+)\.", _section(5))
    reasons = [re.findall(r"`([a-z_]+)`", text) for text in lists.groups()]
    assert [len(some) for some in reasons] == [13, 4]
    assert [name for some in reasons for name in some if not re.search(rf"['\"]{name}[:'\"]", code)] == []
    landing = _read("docs/landing.md")
    assert [name for some in reasons for name in some if f"`{name}`" not in landing] == []


def test_the_definitions_name_columns_that_some_mart_has() -> None:
    columns = set().union(*_mart_columns().values(), *_rows(_section(3)).values())
    others = {"metric_definitions", "duration_seconds", "on_demand"}  # a seed, a field of events, a value
    named = set(re.findall(r"`([a-z]+(?:_[a-z]+)+)`", _read("docs/definitions.md")))
    assert named - columns - others == set()


def test_a_term_of_the_glossary_has_one_sentence_and_is_used() -> None:
    terms = re.findall(r"^\| ([a-z].*?) \| (.*) \|$", _read("docs/glossary.md").replace("| term | meaning |", ""), re.M)
    names = [term for term, _ in terms]
    assert len(names) == len(set(names)) >= 40
    assert [term for term, meaning in terms if not re.fullmatch(r"[A-Z][^.]*(\.\w[^.]*)*\.", meaning)] == []
    folders = ("footfall", "footfall_cli", "exports", "orchestration", "dbt_project", "docs")
    paths = [path for folder in folders for path in (ROOT / folder).rglob("*") if path.name != "glossary.md"]
    texts = [path.read_text(encoding="utf-8") for path in paths if path.suffix in (".py", ".sql", ".yml", ".md")]
    words = re.sub(r"[\s_#-]+", " ", " ".join(texts).lower())
    assert [term for term in names if term.replace("-", " ") not in words] == []


def test_the_files_that_architecture_and_contributing_name_exist() -> None:
    for name in ("docs/architecture.md", "docs/testing.md", "CONTRIBUTING.md"):
        paths = re.findall(r"`((?:\w+/)+[\w.]*|footfall_cli|orchestration)`", _read(name))
        assert len(paths) > 5
        assert [path for path in paths if "/expo/" not in path and not (ROOT / path).exists()] == [], name


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


# --- the promises of docs/privacy.md ----------------------------------------------------------------------------------

_PROMISE = re.compile(r"^\| (.+?) \| `([^`]+)` \| `([^`:]+)::(\w+)` \|$", re.MULTILINE)


def _promises() -> list[tuple[str, str, str, str]]:
    table = _read("docs/privacy.md").split("## Every promise, its module and its test")[1].split("\n## ")[0]
    rows = [row for row in table.splitlines() if row.startswith("| ") and not row.startswith(("| promise", "| ---"))]
    found = _PROMISE.findall(table)
    assert len(found) == len(rows) > 20, "every row has a promise, a module, and a test with its file"
    return found


def test_every_promise_of_privacy_is_kept_in_a_module_and_attacked_by_a_test_that_exist() -> None:
    missing = []
    for promise, module, file, test in _promises():
        path = ROOT / file
        if not (ROOT / module).is_file() or not path.is_file():
            missing.append((promise, module, file))
        elif not re.search(rf"^(?:async )?def {test}\(", path.read_text(encoding="utf-8"), re.MULTILINE):
            missing.append((promise, file, test))
    assert missing == []


def test_every_promise_of_privacy_has_a_module_and_a_test_of_its_own() -> None:
    modules = [module for _, module, _, _ in _promises()]
    tests = [(file, test) for _, _, file, test in _promises()]
    assert sorted(modules) == sorted(set(modules))
    assert sorted(tests) == sorted(set(tests))
