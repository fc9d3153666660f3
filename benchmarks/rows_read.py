"""How many rows each statement of a night's build and tests reads, as DuckDB counts them in its scans.

    python -m benchmarks.rows_read HOME

Loads what is new in the landing folder of HOME and builds it in this process, without publishing. Prints JSON: rows by
statement (a model or test, and the statement's first word), views and files of the lake included. DuckDB counts whole
parts of a table, of up to 122,880 rows, unless it skips them.
"""

import argparse
import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

from dbt.adapters.duckdb.environments.local import DuckDBCursorWrapper

from footfall.core.home import Home
from footfall.core.settings import load_settings
from footfall.ingestion import load as loading
from footfall.transform import build_sources, dbt_args, dbt_runner

#: dbt's comment before a statement names the node that it belongs to.
_STATEMENT = re.compile(r'"node_id": "(?:model|test|seed)\.footfall\.([^".]+)[^"]*".*?\*/\s*(\w+)', re.DOTALL)


def scanned(operators: Any) -> int:
    """Rows that the scans of a profile read; the profile may be one operator or a list."""
    if isinstance(operators, list):
        return sum(map(scanned, operators))
    below = operators.get("operator", []) + operators.get("children", [])
    return operators.get("rows_scanned", 0) + scanned(below)


def rows_read(home: Home) -> dict[str, int]:
    """Load and build what is new; return rows read by statement."""
    settings = load_settings(home)
    loading.load(home, settings, run_id="rows_read")
    bound = build_sources.bind(home, dbt_args.PROJECT, settings)
    counts: Counter[str] = Counter()
    execute = DuckDBCursorWrapper.execute

    def counting(cursor: DuckDBCursorWrapper, sql: str, bindings: Any = None) -> Any:
        statement = _STATEMENT.search(sql)
        if statement is None:
            return execute(cursor, sql, bindings)
        cursor._cursor.execute("pragma enable_profiling = 'no_output'")
        result = execute(cursor, sql, bindings)
        profile = json.loads(cursor._cursor.get_profiling_information("json"))
        counts[f"{statement[1]}: {statement[2]}"] += scanned(profile)
        return result

    DuckDBCursorWrapper.execute = counting  # type: ignore[method-assign]
    try:
        nodes = dbt_runner.build(home, settings, is_full_refresh=bound.is_full)
    finally:
        DuckDBCursorWrapper.execute = execute  # type: ignore[method-assign]
    broken = [f"{node.name}: {node.message}" for node in nodes if node.status in ("error", "fail")]
    if broken:
        raise RuntimeError("\n".join(broken))
    build_sources.finish(home, bound, settings)
    build_sources.mark_built(home, bound, settings)
    return dict(counts)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("home", type=Path)
    print(json.dumps(rows_read(Home(parser.parse_args().home)), indent=1))
