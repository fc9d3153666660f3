"""Dependencies point one way (CONTRIBUTING): who may import whom, read from the source."""

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
#: Packages of this project that each package may import besides itself.
MAY_IMPORT = {
    "footfall": set(),
    "sample": {"footfall"},
    "ingestion": {"footfall"},
    "checks": {"footfall", "ingestion", "publishing"},
    "publishing": {"footfall", "ingestion", "metrics"},
    "metrics": {"footfall"},
    "exports": {"footfall", "metrics"},
    "erasure": {"footfall", "ingestion", "publishing", "exports"},
    "orchestration": {"footfall", "ingestion", "checks", "publishing", "metrics", "exports", "erasure"},
    "footfall.cli": {
        "footfall", "sample", "ingestion", "checks", "publishing", "metrics", "exports", "erasure", "orchestration",
    },
}


def _imports(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.split(".")[0])
    return found


def test_packages_import_only_what_is_below_them() -> None:
    wrong = []
    for package in sorted({name.split(".")[0] for name in MAY_IMPORT}):
        for path in sorted((ROOT / package).rglob("*.py")):
            owner = "footfall.cli" if "footfall/cli" in path.as_posix() else package
            known = _imports(path) & {name.split(".")[0] for name in MAY_IMPORT}
            wrong += [(path.relative_to(ROOT).as_posix(), name) for name in known - MAY_IMPORT[owner] - {package}]
    assert wrong == []


def test_exports_and_metrics_read_no_warehouse_and_no_lake() -> None:
    for package in ("exports", "metrics"):
        for path in (ROOT / package).rglob("*.py"):
            text = path.read_text(encoding="utf-8")
            assert not any(name in text for name in ("warehouse_file", "marts_file", "home.lake")), path
