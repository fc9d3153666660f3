"""A real home driven step by step in this process: landing files in, ingestion, feed and dbt, marts out.

Checks, publishing and exports are left out, and dbt's data tests: the property tests check the marts themselves.
"""

import contextlib
import gzip
import json
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from footfall.core.database import connect, quote_identifier, quote_literal
from footfall.core.home import Home
from footfall.core.settings import Settings, load_settings
from footfall.ingestion import load as loading
from footfall.transform import build_sources, dbt_args
from footfall.transform.dbt_runner import forget_compiled

Tables = dict[str, list[dict]]


@dataclass(frozen=True)
class Warehouse:
    """One home and what drives it. ``dbt_project`` may be a copy with a deliberate bug."""

    home: Home
    settings: Settings
    dbt_project: Path = dbt_args.PROJECT

    @classmethod
    def at(cls, root: Path, dbt_project: Path = dbt_args.PROJECT) -> "Warehouse":
        """Make a home in ``root`` (with its ``footfall.yml``, if there is one already)."""
        home = Home(root).ensure()
        return cls(home, load_settings(home), dbt_project)

    def land_events(self, day: date, name: str, lines: Iterable[Mapping], blank: int = 0) -> None:
        """Write one JSON-lines file of raw events after some blank lines; ``name``: ``.jsonl`` or ``.jsonl.gz``."""
        text = "\n" * blank + "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
        path = self.home.landing / "events" / day.isoformat() / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(gzip.compress(text.encode(), 1, mtime=0) if name.endswith(".gz") else text.encode())

    def land_entity(self, day: date, entity: str, rows: Iterable[Mapping], blank: int = 0) -> None:
        """Write one extract after some blank lines."""
        path = self.home.landing / "entities" / day.isoformat() / f"{entity}.jsonl"
        path.parent.mkdir(parents=True, exist_ok=True)
        text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        path.write_text("\n" * blank + text, encoding="utf-8")

    def empty_night(self, day: date) -> None:
        """Take that day's event files away, as somebody does who is about to put better ones there."""
        shutil.rmtree(self.home.landing / "events" / day.isoformat(), ignore_errors=True)

    def load(self, run_id: str, through: date | None = None) -> loading.LoadResult:
        return loading.load(self.home, self.settings, run_id=run_id, through=through)

    def backfill(self, run_id: str, start: date, end: date) -> loading.LoadResult:
        return loading.backfill(self.home, self.settings, run_id=run_id, start=start, end=end)

    def build(self, full_refresh: bool = False, most_rows: int | None = None) -> int:
        """Build the marts from what was loaded since the last build, or all of them from scratch; in how many parts."""
        parts, has_more = 0, True
        while has_more:
            bound = build_sources.bind(
                self.home, self.dbt_project, self.settings, most_rows=most_rows,
                full_refresh=full_refresh and not parts,
            )
            if bound.is_empty:
                break
            run_models(self, is_full=bound.is_full)
            build_sources.finish(self.home, bound, self.settings)
            build_sources.mark_built(self.home, bound, self.settings)
            parts, has_more = parts + 1, bound.has_more
        return parts

    def build_up_to(self, model: str) -> None:
        """Build as far as one model and stop there, as a build does that is killed."""
        bound = build_sources.bind(self.home, self.dbt_project, self.settings)
        if not bound.is_empty and not bound.is_full:
            run_models(self, is_full=False, select=f"+{model}")

    def from_scratch(self, root: Path, most_rows: int | None = None) -> "Warehouse":
        """A second home with the same lake, its marts built from nothing, in parts of ``most_rows`` events."""
        other = Warehouse(Home(root), self.settings, self.dbt_project)
        root.mkdir(parents=True)
        (root / "lake").symlink_to(self.home.lake.resolve(), target_is_directory=True)
        other.home.ensure()
        other.build(full_refresh=True, most_rows=most_rows)
        return other

    def tables(self, names: Iterable[str] | None = None) -> Tables:
        """Rows of the marts, all or those named."""
        with self.marts() as connection:
            if names is None:
                query = "select table_name from duckdb_tables() where database_name = 'built' and schema_name = 'marts'"
                names = sorted(name for (name,) in connection.execute(query).fetchall())
            tables = {}
            for name in names:
                result = connection.execute(f"select * from built.marts.{quote_identifier(name)} order by all")
                columns = [column[0] for column in result.description]
                tables[name] = [dict(zip(columns, row, strict=True)) for row in result.fetchall()]
        return tables

    @contextlib.contextmanager
    def marts(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A connection that sees the marts, to be read only, as ``built.marts.<table>``."""
        with contextlib.closing(connect()) as connection:
            connection.execute(f"attach {quote_literal(str(self.home.marts_file))} as built (read_only)")
            yield connection


def run_models(warehouse: Warehouse, *, is_full: bool, select: str = "*") -> None:
    """Run seeds and models, all or those selected, without tests; the manifest is parsed once a process."""
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager
    from dbt.cli.main import dbtRunner

    os.environ.update(dbt_args.environment(warehouse.home, warehouse.settings))
    target = ("--target", warehouse.settings.warehouse.engine)
    manifest = _manifest(warehouse.dbt_project, warehouse.home.root, *target)
    forget_compiled(manifest)
    try:
        outcome = dbtRunner(manifest=manifest).invoke([
            "--quiet", "--log-level", "none", "--log-level-file", "none", "--no-print", "--no-write-json",
            "build", "--select", select,
            "--exclude-resource-type", "unit_test", "--exclude-resource-type", "test",
            *_places(warehouse.dbt_project, warehouse.home.root), *target, *(["--full-refresh"] if is_full else []),
        ])
    finally:
        DuckDBConnectionManager.close_all_connections()
    if not outcome.success:
        results = getattr(outcome.result, "results", None) or []
        problems = [f"{result.node.name}: {result.message}" for result in results if result.status == "error"]
        raise AssertionError("\n".join(problems) or str(outcome.exception))


#: The parsed project by its folder and target: parsing costs seconds and its result never changes in a test run.
_MANIFESTS: dict[tuple, Any] = {}


def _manifest(project: Path, root: Path, *target: str) -> Any:
    from dbt.cli.main import dbtRunner

    if (project, *target) not in _MANIFESTS:
        outcome = dbtRunner().invoke([
            "--quiet", "--log-level", "none", "--log-level-file", "none", "parse", *_places(project, root), *target,
        ])
        if not outcome.success:
            raise AssertionError(str(outcome.exception))
        _MANIFESTS[project, *target] = outcome.result
    return _MANIFESTS[project, *target]


def _places(project: Path, root: Path) -> list[str]:
    folder = str(root / "warehouse" / "dbt")
    return ["--project-dir", str(project), "--profiles-dir", str(project), "--target-path", folder,
            "--log-path", folder]

