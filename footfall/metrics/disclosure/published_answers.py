"""Answers about protected workspaces: read as they were published, never computed from what readers have."""

import json

import duckdb
import pyarrow as pa

from footfall.core.database import arrow
from footfall.core.errors import FootfallError, UsageError
from footfall.metrics.catalog import Answer
from footfall.metrics.question import Question, refuse_person
from footfall.metrics.scope import one, protection


def check_protected(con: duckdb.DuckDBPyConnection, question: Question) -> None:
    """Refuse a question that would show more of a protected workspace than its published answers do.

    Raises:
        UsageError: another range than the workspace's own, one item, another number of top items, or one person where
            no person is named.
        FootfallError: the version that is published has no such answers.
    """
    where = f"workspace {question.workspace_id}"
    try:
        own = one(con, "select range_start, range_end from marts.anonymized_answers where workspace_id = ? limit 1",
                  question.workspace_id)
    except duckdb.CatalogException:
        own = None
    if own is None:
        raise FootfallError(
            "This workspace is anonymized, and what is published has no answers about it yet.", where=where,
            hint="Run `footfall run`: it publishes what may be shown.",
        )
    if question.user_id is not None and protection(con, question.workspace_id) != "domains":
        raise refuse_person(where)
    if any(day not in (None, limit) for day, limit in zip((question.start, question.end), own, strict=True)):
        raise UsageError(
            "This workspace is anonymized: it has answers about its own range only, since two ranges could be "
            "subtracted from each other.", where=where, hint=f"Ask without dates, or from {own[0]} to {own[1]}.",
        )
    if question.content_id is not None and question.user_id is None:
        raise UsageError(
            "This workspace is anonymized: there are no answers about one item.", where=where,
            hint="Ask about all items of a type.",
        )
    if question.top != Question.top and question.user_id is None:
        raise UsageError(
            f"This workspace is anonymized: paths name {Question.top} items a step.", where=where,
            hint="Ask without `top`.",
        )


def suppressed(con: duckdb.DuckDBPyConnection, workspace_id: str) -> dict[str, int]:
    """By answer, how many of its cells are suppressed; only answers that have such cells."""
    return dict(con.execute(
        "select answer, max(suppressed) from marts.anonymized_answers where workspace_id = ? and suppressed > 0"
        " group by answer", [workspace_id],
    ).fetchall())


def published_answer(con: duckdb.DuckDBPyConnection, spec: Answer, question: Question) -> pa.Table:
    """The published rows of an answer, in the columns, types and order of ``spec``."""
    structure = json.dumps({column.name: column.type for column in spec.columns})
    of_kind = "where $kind::varchar is null or content_type = $kind" if spec.takes_item and not spec.item_type else ""
    values = {"structure": structure, "workspace": question.workspace_id, "name": spec.name}
    return arrow(
        con,
        'with given as (select position as place, from_json_strict("row", $structure) as answered'
        " from marts.anonymized_answers where workspace_id = $workspace and answer = $name),"
        " shown as (select place, unnest(answered) from given)"
        f" select * exclude (place) from shown {of_kind} order by place",
        values | ({"kind": question.content_type} if of_kind else {}),
    )
