"""Whether the answers of another program are those of the bare script, row for row.

    python -m benchmarks.compare.same_answers DATABASE OUT

DATABASE: of ``benchmarks.bare_night``; OUT: a folder with ``visits.parquet``, ``features.parquet`` and so on, whose
times and durations are milliseconds. Prints for each table the rows of both and those that the other lacks.
"""

import sys
from pathlib import Path

from footfall.core.database import connect, quote_identifier, quote_literal

_MS = "(1000 * {0})::bigint"
#: Columns of the bare script as the others write them.
TABLES = {
    "visits": (
        "workspace_id, actor_id, user_id, epoch_ms(started_at) as started_at, epoch_ms(ended_at) as ended_at, "
        f"local_date, events, interactions, {_MS.format('engaged_seconds')} as engaged_ms, entry_module, exit_module"
    ),
    "features": (
        "workspace_id, actor_id, local_date, module, os, interactions::bigint as interactions, views::bigint as views, "
        f"visits, {_MS.format('engaged_seconds')} as engaged_ms"
    ),
    "content_views": (
        "workspace_id, actor_id, content_type, content_id, user_id, os, local_date, epoch_ms(viewed_at) as viewed_at, "
        f"{_MS.format('seconds_viewed')} as viewed_ms"
    ),
    "path_links": (
        "workspace_id, local_date, level, step, source as item, target, target_kind, visits, users, "
        f"interactions::bigint as interactions, {_MS.format('seconds_on_source')} as ms"
    ),
}


def main(database: Path, out: Path) -> int:
    is_same = True
    with connect() as con:
        con.execute(f"attach {quote_literal(str(database))} as bare (read_only)")
        for table, columns in TABLES.items():
            path = out / f"{table}.parquet"
            files = quote_literal(str(path if path.is_file() else path / "*.parquet"))
            con.execute(f"create or replace temp view expected as select {columns} from bare.main.{table}")
            names = ", ".join(quote_identifier(name) for (name, *_) in con.execute("describe expected").fetchall())
            con.execute(f"create or replace temp view found as select {names} from read_parquet({files})")
            counts = con.execute(
                "select (select count(*) from expected), (select count(*) from found), "
                "(select count(*) from (from expected except all from found)), "
                "(select count(*) from (from found except all from expected))"
            ).fetchall()[0]
            print(table, *counts)
            is_same = is_same and counts[2:] == (0, 0)
    return int(not is_same)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
