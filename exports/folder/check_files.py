"""Checks of a folder before it moves into place: rows in the files against the tables, and totals against marts."""

from collections.abc import Mapping, Sequence

import duckdb
import pyarrow.compute as pc
import pyarrow.parquet as pq

from exports.tables.table import StoredTable
from footfall.core.errors import FootfallError
from footfall.metrics.question import Question, parameters
from footfall.metrics.scope import protection


def check_counts(what: str, stored: Sequence[StoredTable], counts: Mapping[str, int]) -> None:
    """Compare the rows found in files with those of the tables.

    Raises:
        FootfallError: a file has more or fewer rows than its table.
    """
    for one in stored:
        if counts[one.table.key] != one.rows:
            raise FootfallError(
                f"{what}: {counts[one.table.key]:,} rows were written of {one.rows:,}.", where=one.table.title,
                hint="The folder was not replaced. Run `footfall export` again; if it stays so, report it.",
            )


def check_totals(con: duckdb.DuckDBPyConnection, question: Question, stored: Sequence[StoredTable]) -> None:
    """Compare the interactions of two sheets with the published daily totals of the same range.

    Raises:
        FootfallError: they differ.
    """
    # The daily totals of a protected workspace are not published; its answers were made from one list of cells.
    if question.user_id is not None or protection(con, question.workspace_id) != "none":
        return
    limits = parameters(con, question)
    published = con.execute(
        "select coalesce(sum(interactions), 0)::bigint from marts.agg_interactions_by_os"
        " where workspace_id = ? and local_date between ? and ?",
        [question.workspace_id, limits["start"], limits["end"]],
    ).fetchall()[0][0]
    for one in stored:
        if one.table.key in ("by_functionality", "interactions"):
            total = pc.sum(pq.read_table(one.path, columns=["interactions"])["interactions"]).as_py() or 0
            if total != published:
                raise FootfallError(
                    f"The sheet has {total:,} interactions, the published tables {published:,}.",
                    where=one.table.title,
                    hint="The folder was not replaced. Run `footfall run --full-refresh`; if it stays so, report it.",
                )
