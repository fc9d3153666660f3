"""A build whose rows do not fit into memory: slower, and the same."""

from pathlib import Path

from footfall.home import Home
from sample.generate import generate
from tests.support.warehouse import Warehouse


def test_a_build_that_does_not_fit_into_memory_goes_on_on_disk(tmp_path: Path) -> None:
    home = Home(tmp_path / "home").ensure()
    generate(home, workspaces=1, participants=1500, days=1)
    home.settings_file.write_text("duckdb: {memory_limit: 60MB, threads: 1}\n", encoding="utf-8")
    small = Warehouse.at(home.root)
    lines = small.load("first").lines_in
    small.build()
    rows = small.tables(["fct_events", "fct_visits"])
    home.settings_file.unlink()
    large = Warehouse.at(home.root).from_scratch(tmp_path / "large")
    assert lines > 50_000
    assert {name: len(table) for name, table in rows.items()} == {
        name: len(table) for name, table in large.tables(list(rows)).items()
    }
