"""The ``ops`` tables as they may be seen where a workspace is anonymised."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import duckdb

from footfall.core.home import Home
from footfall.core.sql_files import read_sql
from footfall.ingestion.ledger.ledger import Lake
from footfall.publishing.ops import STAGE_SECONDS
from footfall.publishing.show_states import set_as_of

#: Lake files of a commit with its valid lines, live or not.
_PLACES = ("added", "copies", "kept")


@dataclass(frozen=True)
class FewPeople:
    """Landing files whose numbers may be about fewer people than a group; the commit log has these numbers.

    Args:
        files: names of the files.
        runs: the runs that loaded them.
        commits: numbers of the commits that loaded them.
    """

    files: frozenset[str] = field(default_factory=frozenset)
    runs: frozenset[str] = field(default_factory=frozenset)
    commits: frozenset[int] = field(default_factory=frozenset)


def find_few_people(con: duckdb.DuckDBPyConnection, home: Home, lake: Lake) -> FewPeople:
    """The files whose counts are hidden: of 1 to k - 1 people of a protected workspace, or changed by an erasure.

    Also files of which this is not known, because retention removed their rows.

    Args:
        con: sees the complete ``marts``; ``find_hidden`` was called.
    """
    protected = dict(con.execute(
        "select w.workspace_id, w.min_group_size from marts.dim_workspaces as w"
        " semi join protected_workspaces as p on w.workspace_id = p.workspace_id"
    ).fetchall())
    paths = {commit.seq: [home.root / path for place in _PLACES for path in commit.events.get(place, ())]
             for commit in lake.commits}
    lost = {commit.load_date for commit in lake.commits if not all(path.exists() for path in paths[commit.seq])}
    there = [str(path) for listed in paths.values() for path in listed if path.exists()]
    of_few: set[str] = set()
    try:
        if there:
            found = con.execute(read_sql("footfall.publishing", "few_people_files"), {"paths": there}).fetchall()
            of_few = {file for (file,) in found}
    except duckdb.BinderException:
        # Rows that an older version of Footfall wrote do not name their landing file.
        lost = {commit.load_date for commit in lake.commits}
    dates = {row["load_date"] for row in lake.by_workspace if row["workspace_id"] in protected}
    short = {(row["load_date"], row["source"]) for row in lake.by_source
             if row["source"] == "participants" and 0 < row["lines"] < protected.get(row["workspace_id"], 0)}
    hidden = [
        row for row in lake.ledger
        if (row["load_date"], row["source"]) in short or (row["kind"] == "events" and (
            row["file_id"] in of_few or (row["load_date"] in dates and (row["load_date"] in lost or row["erased"]))
        ))
    ]
    ids = {row["file_id"] for row in hidden}
    return FewPeople(
        frozenset(row["file"] for row in hidden), frozenset(row["run_id"] for row in hidden),
        frozenset(commit.seq for commit in lake.commits if any(row["file_id"] in ids for row in commit.files)),
    )


def hide_in_ops(
    con: duckdb.DuckDBPyConnection, data_as_of: Mapping[str, str | None], few: FewPeople
) -> None:
    """Remove from the ``ops`` tables what may be about few people: loads by day, and numbers that were restated.

    For a protected workspace the date of the last data in its answers stays, and the dates on which a number changed.
    Of files, runs and commits that brought lines of few people no number stays. Checks keep their result: the numbers
    that they saw grow with every line.

    Args:
        data_as_of: by protected workspace that has answers, the ISO date of the newest load in them.
        few: files whose numbers may be about few people.
    """
    protected = "workspace_id in (select workspace_id from marts.dim_workspaces where anonymization <> 'none')"
    con.execute(f"delete from ops.load_by_workspace where {protected}")
    set_as_of(con, data_as_of)
    con.execute(f"""
        delete from ops.restatements where {protected} and contains(metric, '.');
        update ops.held_back set lines = null, rejected = null where {protected};
        update ops.restatements set old_value = null, new_value = null where {protected};
        update ops.checks set rows = null, observed = null, message = null;
    """)
    for table, key, names, columns in (
        ("load_ledger", "file", few.files, ("sha256", "bytes", "lines_in", "loaded", "repaired", "duplicates",
                                            "quarantined", "no_consent", "erased")),
        ("quarantine", "file", few.files, ("lines",)),
        ("repaired_values", "file", few.files, ("lines",)),
        ("runs", "run_id", few.runs, ("lines_in", "loaded", "details", "repaired", "duplicates", "quarantined",
                                      *STAGE_SECONDS.values(), "exports_made", "exports_failed", "bytes")),
        ("late_events", "seq", few.commits, ("loaded", "late_1h", "late_24h", "late_7d")),
    ):
        nulls = ", ".join(f"{column} = null" for column in columns)
        con.execute(f"update ops.{table} set {nulls} where {key} in (select unnest($names))", {"names": [*names]})
