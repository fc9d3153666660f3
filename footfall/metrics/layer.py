"""One function answers everything: ``answer(con, name, question)``."""

from collections.abc import Sequence
from functools import cache, partial

import duckdb
import pyarrow as pa

from footfall.core.database import arrow, parsed, quote_identifier, with_full_memory
from footfall.core.errors import UsageError
from footfall.core.sql_files import sql_files
from footfall.metrics.answers import ANSWERS
from footfall.metrics.catalog import Answer
from footfall.metrics.disclosure.published_answers import check_protected, published_answer
from footfall.metrics.question import Question, parameters
from footfall.metrics.scope import protection, relations, scope

__all__ = ["ANSWERS", "answer", "keep"]


def answer(con: duckdb.DuckDBPyConnection, name: str, question: Question, *, is_large: bool = False) -> pa.Table:
    """Answer one question exactly.

    Args:
        con: from ``open_published``; after ``slice_workspace`` an answer costs milliseconds.
        name: key of ``ANSWERS``.
        question: checked here.
        is_large: there may be very many rows (``footfall.core.database.arrow``).

    Returns:
        A table with exactly the columns, types and row order of ``ANSWERS[name]``: counts are 64-bit integers,
        seconds, shares and ratios doubles (null where they have no value, never NaN), times without zone.

    For a workspace that protects people it is what was published as safe: fewer rows, and null where a number is
    suppressed (``metrics.disclosure``).

    Raises:
        UsageError: unknown answer, or a question that is refused (``footfall.metrics.question.parameters``,
            ``footfall.metrics.disclosure.published_answers.check_protected``).
    """
    safe = _safe(con, name, question)
    return exact(con, name, question, is_large=is_large) if safe is None else safe


def keep(con: duckdb.DuckDBPyConnection, name: str, question: Question, table: str, columns: Sequence[str]) -> None:
    """Answer into the temporary table ``table``, in no order, for further SQL over many rows.

    Args:
        columns: of the answer; columns left out are not computed.
        con, name, question, raises: as in ``answer``.
    """
    safe = _safe(con, name, question)
    if safe is None:
        sql, values = _prepared(con, name, question, columns)
    else:
        con.register("safe_answer", safe.select(columns))
        sql, values = "select * from safe_answer", {}
    with_full_memory(con, partial(con.execute, parsed(con, f"create or replace temp table {table} as\n{sql}"), values))
    con.unregister("safe_answer")


def exact(con: duckdb.DuckDBPyConnection, name: str, question: Question, *, is_large: bool = False) -> pa.Table:
    """Answer from the rows that ``con`` sees, also about protected people; otherwise like ``answer``."""
    sql, values = _prepared(con, name, question)
    return arrow(con, parsed(con, sql), values, is_large=is_large)


def _safe(con: duckdb.DuckDBPyConnection, name: str, question: Question) -> pa.Table | None:
    """What was published as safe; None where the answer may be computed from rows."""
    spec = _spec(name)
    if protection(con, question.workspace_id) == "none":
        return None
    _check_item(spec, question)
    parameters(con, question)
    check_protected(con, question)
    if question.user_id is not None:
        return None
    return published_answer(con, spec, question)


def _prepared(
    con: duckdb.DuckDBPyConnection, name: str, question: Question, columns: Sequence[str] | None = None
) -> tuple[str, dict[str, object]]:
    """The SQL of an answer and its parameters; makes the scope relations that it reads."""
    spec = _spec(name)
    _check_item(spec, question)
    values = {"workspace": question.workspace_id, **parameters(con, question)}
    sql = _compose(spec, None if columns is None else tuple(columns))
    scope(con, question.workspace_id, sql)
    return sql, {key: value for key, value in values.items() if f"${key}" in sql}


def _spec(name: str) -> Answer:
    spec = ANSWERS.get(name)
    if spec is None:
        raise UsageError(f"No answer {name!r} is known.", hint="Known: " + ", ".join(ANSWERS) + ".")
    return spec


def _check_item(spec: Answer, question: Question) -> None:
    if question.content_type is None:
        return
    if not spec.takes_item:
        raise UsageError(f"The answer {spec.name!r} is not about content items.", hint="Ask without content_type.")
    if spec.item_type not in (None, question.content_type):
        raise UsageError(
            f"The answer {spec.name!r} is not about items of type {question.content_type!r}.",
            hint=f"Ask with content_type {spec.item_type!r}.",
        )


@cache
def _compose(spec: Answer, columns: tuple[str, ...] | None) -> str:
    """The answer's SQL after the filtered relations that it reads, with the types and order of ``spec``.

    ``columns``: only these, without an order.
    """
    text, rows = sql_files("footfall.metrics", "sql/answers")[spec.name], ""
    parts = {name: sql for name, (sql, is_part) in relations().items() if is_part}
    parts |= sql_files("footfall.metrics", "sql/filtered")
    for name in reversed(parts):
        if name in text or name in rows:
            rows = f"{name} as (\n{parts[name]}\n),\n{rows}"
    typed = {column.name: f"{quote_identifier(column.name)}::{column.type}" for column in spec.columns}
    shown = ",\n".join(f"{typed[name]} as {quote_identifier(name)}" for name in columns or typed)
    order = f"\norder by {spec.order}" if columns is None else ""
    return f"with {rows}answered as (\n{text}\n)\nselect {shown}\nfrom answered{order}"
