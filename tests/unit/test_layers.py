"""Dependencies point one way (docs/architecture.md): which package may import which, read from the source."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
#: Each package may import itself and those after it.
PACKAGES = ("footfall_cli", "orchestration", "exports", "footfall")
#: The library's folders: each may import itself and those after it.
LIBRARY = (
    "alerts", "erasure", "checks", "publishing", "metrics", "transform", "spark", "ingestion", "sample",
    "observability", "core",
)
#: The folders of `exports/` and of `footfall/ingestion/`, in the same way. Modules beside them are the way in: they
#: know every folder; `BASE` is what every folder may know.
EXPORTS = ("folder", "report", "graphs", "workbook", "plan", "tables")
INGESTION = (
    "landing_erasure", "ledger", "validation", "formats", "landing", "lake", "deduplication", "exclusion",
    "consent",
)
BASE = {"context", "database", "entity_columns", "problems", "retention_record"}
#: Of the library, what `exports/` may know: answers over published tables, not how these came to be.
LIBRARY_OF_EXPORTS = {"core", "metrics"}


def _imports(path: Path) -> Iterator[str]:
    """Dotted names that a module imports, also inside functions; what is only for type checkers is left out."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    typing_only = {
        id(node) for block in ast.walk(tree)
        if isinstance(block, ast.If) and ast.unparse(block.test) == "TYPE_CHECKING" for node in ast.walk(block)
    }
    for node in ast.walk(tree):
        if id(node) in typing_only:
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _modules(folder: str) -> list[Path]:
    return sorted((ROOT / folder).rglob("*.py"))


def _wrong(inside: str, order: tuple[str, ...], base: set[str] = frozenset()) -> list[tuple[str, str]]:
    """Imports inside the package ``inside`` that go against ``order``."""
    depth = len(inside.split(".")) if inside else 0
    wrong = []
    for number, folder in enumerate(order):
        for path in _modules("/".join((*inside.split("."), folder)) if inside else folder):
            for name in _imports(path):
                parts = name.split(".")
                if parts[:depth] != (inside.split(".") if inside else []) or len(parts) <= depth:
                    continue
                known = set(order[number:]) | base
                is_ours = parts[depth] in order or (inside and len(parts) > depth)
                if is_ours and parts[depth] not in known:
                    wrong.append((path.relative_to(ROOT).as_posix(), name))
    return wrong


def test_packages_import_only_what_is_below_them() -> None:
    assert [pair for pair in _wrong("", PACKAGES) if pair[1].split(".")[0] in PACKAGES] == []


def test_folders_of_the_library_import_only_what_is_below_them() -> None:
    assert _wrong("footfall", LIBRARY) == []


def test_stages_of_ingestion_import_only_what_is_below_them() -> None:
    assert _wrong("footfall.ingestion", INGESTION, BASE) == []


def test_folders_of_exports_import_only_what_is_below_them() -> None:
    assert _wrong("exports", EXPORTS) == []


def test_every_folder_with_code_has_its_place_in_the_order() -> None:
    for inside, order in (("footfall", LIBRARY), ("footfall/ingestion", INGESTION), ("exports", EXPORTS)):
        folders = {path.parent.name for path in (ROOT / inside).glob("*/__init__.py")}
        assert folders == set(order), inside


def test_exports_know_published_tables_and_nothing_of_how_they_came_to_be() -> None:
    for path in _modules("exports"):
        known = {name.split(".")[1] for name in _imports(path) if name.startswith("footfall.")}
        assert known <= LIBRARY_OF_EXPORTS, path


def test_exports_and_metrics_read_no_warehouse_and_no_lake() -> None:
    for package in ("exports", "footfall/metrics"):
        for path in _modules(package):
            text = path.read_text(encoding="utf-8")
            assert not any(name in text for name in ("warehouse_file", "marts_file", "home.lake")), path


def test_only_transform_knows_tables_between_lake_and_marts() -> None:
    for path in (path for package in PACKAGES for path in _modules(package)):
        is_allowed = "footfall/transform" in path.as_posix()
        assert is_allowed or "int_" not in path.read_text(encoding="utf-8").replace("print_", ""), path


def _picture() -> str:
    """The order of the folders as the picture of docs/architecture.md."""
    groups = {"footfall": LIBRARY, "exports": EXPORTS, "footfall/ingestion": INGESTION}
    lines = ["flowchart TD", f"    {' --> '.join(PACKAGES)}"]
    for title, order in groups.items():
        name = title.replace("/", "_")
        lines += [f'    subgraph inside_{name}["inside {title}/"]', "        direction LR"]
        lines += ["        " + " --> ".join(f"{name}_{folder}[{folder}]" for folder in order), "    end"]
    return "\n".join(lines)


def test_the_picture_of_the_dependencies_shows_this_order() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    assert page.split("```mermaid\n")[1].split("\n```")[0] == _picture()
