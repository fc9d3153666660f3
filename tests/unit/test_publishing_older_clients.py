"""What is published opens in DuckDB 1.5 too, which most BI drivers still are."""

import json
import os
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest

from footfall.core.settings import Settings
from footfall.publishing.history import RunRecord
from footfall.publishing.ops import TABLES
from footfall.publishing.publish import publish
from tests.support.marts import change, commit, daily, event, make_home

ENVIRONMENT = Path(__file__).parents[2] / ".venv-duckdb15"

READ = """
import sys, duckdb
con = duckdb.connect(sys.argv[1], read_only=True)
tables = con.execute("select schema_name, table_name, estimated_size from duckdb_tables() order by all").fetchall()
for schema, table, _ in tables:
    con.execute(f'select * from "{schema}"."{table}"').fetchall()
events = con.execute("select count(*), sum(engaged_seconds)::varchar from marts.fct_events").fetchone()
parquet = con.execute("select count(*) from read_parquet(?)", [sys.argv[2]]).fetchone()
print(duckdb.__version__, len(tables), *events, *parquet)
"""


def old_python() -> Path:
    """The interpreter of an environment with DuckDB 1.5; made once, where packages can be reached."""
    python = ENVIRONMENT / "bin" / "python"
    if python.exists():
        return python
    base = getattr(sys, "_base_executable", sys.executable)
    steps = (
        [base, "-m", "venv", str(ENVIRONMENT)],
        [str(python), "-m", "pip", "install", "-q", "--retries", "1", "--timeout", "15", "duckdb==1.5.*"],
    )
    for step in steps:
        done = subprocess.run(step, capture_output=True, text=True)
        if done.returncode:
            subprocess.run(["rm", "-rf", str(ENVIRONMENT)], check=True)
            message = f"No environment with DuckDB 1.5 could be made: {done.stderr.strip()[-300:]}"
            if os.environ.get("FOOTFALL_CI"):
                pytest.fail(message)
            pytest.skip(message)
    return python


def test_the_published_file_opens_read_only_in_duckdb_1_5(tmp_path: Path) -> None:
    home = make_home(tmp_path / "home")
    change(home, event("m1", "2026-11-01 10:00:00"), event("m2", "2026-11-01 10:01:00"), *daily("2026-11-01", 2))
    commit(home, 1, "2026-11-01")
    run = RunRecord("run-1", "load", datetime(2026, 11, 1, 23))
    publish(home, Settings(), run=run, published_at=datetime(2026, 11, 1, 23, 30))
    done = subprocess.run(
        [old_python(), "-c", READ, home.published_file, home.published / "marts/fct_events/*.parquet"],
        capture_output=True, text=True, env={"PATH": os.environ["PATH"]},
    )
    assert done.returncode == 0, done.stderr
    version, tables, *counts = done.stdout.split()
    assert version.startswith("1.5.")
    assert int(tables) == len(json.loads(home.current.read_text())["tables"]) + len(TABLES)
    assert counts == ["2", "3.000", "2"]
