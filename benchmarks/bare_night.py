"""The second, barer yardstick: what one hand-written script of DuckDB needs for the answers of a night.

    python -m benchmarks.bare_night LANDING DATABASE

It reads the landing files with DuckDB's own reader, drops what that cannot read, decides duplicates, and builds visits,
features, content views and links of paths. No quarantine, ledger, lake, history, check or export; ``yardstick.py``
loads as safely as Footfall does. Prints JSON: seconds and processor seconds by table and in total, and rows by table.
"""

import time
from pathlib import Path
from resource import RUSAGE_SELF, getrusage

import duckdb

from benchmarks.measure import YARDSTICK, print_what_was_built
from footfall.core.database import connect

FOLDER = Path(__file__).parent
CATALOG = FOLDER.parent / "dbt_project" / "seeds" / "event_catalog.csv"


def processor_seconds() -> float:
    used = getrusage(RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def build(landing: Path, database: Path) -> dict:
    """Run the script over ``landing``; return ``seconds``, ``cpu`` and ``rows``."""
    began, used = time.perf_counter(), processor_seconds()
    files = {
        "catalog": CATALOG, "workspaces": landing / "entities" / "*" / "workspaces.jsonl",
        "participants": landing / "entities" / "*" / "participants.jsonl",
        "events": landing / "events" / "*" / "*.jsonl.gz",
    }
    seconds: dict[str, float] = {}
    cpu: dict[str, float] = {}
    with connect(database, settings=YARDSTICK) as connection:
        for script in ("bare_night.sql", "bare_night_answers.sql"):
            for statement in duckdb.extract_statements((FOLDER / script).read_text(encoding="utf-8")):
                step, burnt = time.perf_counter(), processor_seconds()
                values = {name: str(files[name]) for name in statement.named_parameters}
                connection.execute(statement, values)
                name = statement.query.split(" as\n")[0].rpartition(" ")[2]
                seconds[name] = time.perf_counter() - step
                cpu[name] = processor_seconds() - burnt
        tables = "select table_name, estimated_size from duckdb_tables() where not temporary order by table_name"
        rows = dict(connection.execute(tables).fetchall())
    seconds["total"] = time.perf_counter() - began
    cpu["total"] = processor_seconds() - used
    return {
        "rows": rows,
        **{kind: {name: round(value, 2) for name, value in values.items() if value >= 0.005}
           for kind, values in (("seconds", seconds), ("cpu", cpu))},
    }


if __name__ == "__main__":
    print_what_was_built(build, __doc__)
