"""Row counts of the tables a build has made."""

from collections.abc import Mapping
from typing import Any

from footfall.core.database import connect, quote_identifier, value
from footfall.core.home import Home


def count_rows(home: Home, manifest: Mapping[str, Any]) -> dict[str, int]:
    """Rows per model and seed that is a table, by dbt's unique id; counting views would compute them.

    DuckDB counts a table from its metadata, so this costs milliseconds.
    """
    counts = {}
    for path in (home.warehouse_file, home.marts_file):
        if not path.exists():
            continue
        with connect(path, read_only=True) as con:
            tables = set(con.execute("select schema_name, table_name from duckdb_tables()").fetchall())
            for unique_id, node in manifest["nodes"].items():
                if node["resource_type"] not in ("model", "seed") or (node["schema"], node["alias"]) not in tables:
                    continue
                # In full: the file `marts` holds a schema `marts`, and a shorter name would be ambiguous.
                name = ".".join(quote_identifier(part) for part in (path.stem, node["schema"], node["alias"]))
                counts[unique_id] = value(con, f"select count(*) from {name}")
    return counts
