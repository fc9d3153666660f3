"""Workspaces whose settings are in quarantine: they may protect people, so everyone of them is protected."""

import duckdb

from footfall.core.home import Home
from footfall.core.sql_files import read_sql
from footfall.ingestion.ledger.ledger import Lake


def unread_settings(con: duckdb.DuckDBPyConnection, home: Home, lake: Lake) -> list[str]:
    """Ids of workspaces without settings, while a rejected line of ``workspaces`` names them or its newest file is in
    quarantine.

    Args:
        con: sees the finished marts as schema ``marts``.
    """
    files = [row for row in lake.ledger if row["source"] == "workspaces"]
    newest = [row for row in files if row["load_date"] == files[-1]["load_date"]]
    if not files or not con.execute("select exists (from marts.dim_workspaces where is_inferred)").fetchall()[0][0]:
        return []
    paths = [str(home.root / path) for commit in lake.commits for path in commit.quarantine]
    paths = [path for path in paths if home.root.joinpath(path).exists()]
    texts = con.execute(
        "select raw from read_parquet(?, hive_partitioning = false) "
        "where file in (select unnest(?)) and raw is not null",
        [paths, [row["file"] for row in files]],
    ).fetchall() if paths else []
    found = con.execute(read_sql("footfall.publishing", "unread_settings"), {
        "texts": [text for (text,) in texts], "is_unread": any(row["state"] == "quarantined" for row in newest),
    }).fetchall()
    return [workspace for (workspace,) in found]
