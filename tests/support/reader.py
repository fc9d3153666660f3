"""All that somebody sees who may read the published folder and the exports."""

from typing import Any

from exports.build_all import export_all
from footfall.core.vocabulary import vocabulary
from tests.support.marts import rows
from tests.support.nights import Nights


def export(nights: Nights) -> None:
    """Write the exports of the night as a run does, without graphs."""
    words = vocabulary()
    # In this process: a worker costs more than the exports.
    alone = nights.settings.exports.model_copy(update={"workers": 1})
    done = export_all(nights.home, nights.settings.model_copy(update={"exports": alone}), run_id=f"run-{nights.night}",
                      formats=words.table_formats + words.report_formats)
    assert not done.failures


def exported(nights: Nights, workspace: str = "") -> dict[str, bytes]:
    """The bytes of every file below ``exports``, or of one workspace's."""
    root = nights.home.exports / workspace
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def everything(nights: Nights) -> dict[str, Any]:
    """Rows of each published table, names of files, documents, and the bytes of exports."""
    file, found = nights.home.published_file, {}
    for schema, table in rows(file, "select schema_name, table_name from duckdb_tables() where not internal"):
        found[f"{schema}.{table}"] = sorted(map(repr, rows(file, f'from "{schema}"."{table}"')))
    folder = (nights.home.published / "current").resolve()
    for name in ("current.json", "state.json"):
        found[name] = (folder / name).read_text(encoding="utf-8")
    found["files"] = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))
    return found | {f"exports/{name}": data for name, data in exported(nights).items()}


def differing(one: dict[str, Any], other: dict[str, Any]) -> set[str]:
    """The names under which two readers see something else."""
    return {name for name in one.keys() | other.keys() if one.get(name) != other.get(name)}
