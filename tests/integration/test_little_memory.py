"""A build whose rows do not fit into memory: slower, and nothing else."""

from pathlib import Path

from footfall.core.home import Home
from footfall.ingestion.ledger.ledger import read_lake
from footfall.sample.generate import generate
from tests.support.warehouse import Warehouse


def test_a_build_that_does_not_fit_into_memory_goes_on_on_disk(tmp_path: Path) -> None:
    home = Home(tmp_path).ensure()
    generate(home, workspaces=1, participants=1500, days=1)
    home.settings_file.write_text("duckdb: {memory_limit: 60MB, threads: 1}\n", encoding="utf-8")
    warehouse = Warehouse.at(tmp_path)
    warehouse.load("first")
    warehouse.build()
    with warehouse.marts() as con:
        events = con.execute("select count(*) from built.marts.fct_events").fetchone()[0]
    assert events == read_lake(home).live_rows > 50_000
