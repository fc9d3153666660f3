"""The bare night in ClickHouse local (chdb): the same answers as ``benchmarks/bare_night.sql``.

    python benchmarks/compare/chdb_night.py LANDING OUT
"""

import json
import re
import sys
import time
from pathlib import Path

import chdb
from chdb import session

CATALOG = Path(__file__).parents[2] / "dbt_project" / "seeds" / "event_catalog.csv"
SETTINGS = {
    "join_use_nulls": 1, "date_time_input_format": "'best_effort'", "input_format_skip_unknown_fields": 1,
    "input_format_json_defaults_for_missing_elements_in_named_tuple": 1,
    "input_format_json_ignore_unknown_keys_in_named_tuple": 1, "input_format_allow_errors_ratio": 1,
    "output_format_parquet_string_as_string": 1,
}


def main(landing: Path, out: Path) -> dict[str, float]:
    out.mkdir(parents=True, exist_ok=True)
    began, seconds = time.perf_counter(), {}
    with session.Session() as con:
        for name, value in SETTINGS.items():
            con.query(f"set {name} = {value}")
        con.query("create database night engine = Atomic")
        con.query("use night")
        files = (Path(__file__).parent / name for name in ("chdb_night.sql", "chdb_night_answers.sql"))
        text = "".join(path.read_text(encoding="utf-8") for path in files)
        statements = [part for part in text.split(";\n") if part.strip()]
        zones = ""
        for statement in statements:
            started = time.perf_counter()
            if "{zones}" in statement:
                found = str(con.query("select distinct timezone from workspaces", "TSV")).split()
                cases = "".join(
                    f"e.timezone = '{zone}', toDate(toTimeZone(fromUnixTimestamp64Milli(e.occurred_at), '{zone}')), "
                    for zone in found
                )
                zones = f"multiIf({cases}null)"
            for hole, text_of in (("landing", landing.resolve()), ("zones", zones), ("catalog", CATALOG)):
                statement = statement.replace(f"{{{hole}}}", str(text_of))
            target = re.search(r"^-- to (\w+)$", statement, re.MULTILINE)
            if target:
                statement += f"\ninto outfile '{out.resolve()}/{target[1]}.parquet' truncate format Parquet"
            con.query(statement)
            first = next(line for line in statement.splitlines() if line and not line.startswith("--"))
            name = target[1] if target else first.split(" engine")[0]
            seconds[name] = round(time.perf_counter() - started, 2)
    return {name: value for name, value in seconds.items() if value >= 0.05} | {
        "total": round(time.perf_counter() - began, 2)
    }


if __name__ == "__main__":
    print(json.dumps({"chdb": chdb.__version__, "seconds": main(Path(sys.argv[1]), Path(sys.argv[2]))}))
