"""A question: a workspace, a range of local dates, optionally one user or one item. Wrong questions are refused."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import duckdb

from footfall.core.errors import UsageError
from footfall.core.vocabulary import names, vocabulary
from footfall.metrics.scope import cover, limits_of, scope, scoped


@dataclass(frozen=True)
class Question:
    """One question to the metric layer.

    Args:
        workspace_id: the workspace that the question is about.
        start, end: local dates of the workspace, both included; None = the data's own limit on that side.
        user_id: only this participant.
        content_type, content_id: only this kind of item, or only this item (then both).
        top: items a step that ``path_links_top`` names before ``(other)``.
    """

    workspace_id: str
    start: date | None = None
    end: date | None = None
    user_id: str | None = None
    content_type: str | None = None
    content_id: str | None = None
    top: int = 20


def limits(con: duckdb.DuckDBPyConnection, workspace_id: str) -> tuple[date, date] | None:
    """First and last local date with a visit, an interaction or a meeting of those who count; None without any."""
    found = limits_of(con, workspace_id)
    return None if found.first_date is None or found.last_date is None else (found.first_date, found.last_date)


def parameters(con: duckdb.DuckDBPyConnection, question: Question) -> dict[str, Any]:
    """Check the question and turn it into the named parameters of the answers' SQL.

    Raises:
        UsageError: reversed range; unknown workspace, user or item; one person of an anonymized workspace.
    """
    if question.start and question.end and question.start > question.end:
        raise UsageError(
            f"The range is reversed: it starts on {question.start} and ends on {question.end}.",
            hint="Give the earlier date first.",
        )
    if question.top < 1:
        raise UsageError(f"Cannot name the top {question.top} items.", hint="Ask for one or more.")
    scope(con, question.workspace_id, "scope_workspace")
    user_no = _user_no(con, question)
    _check_item(con, question)
    start, end = _range(con, question)
    cover(con, question.workspace_id, start, end)
    return {
        "start": start, "end": end, "user": user_no, "top": question.top,
        "content_type": question.content_type, "content_id": question.content_id,
    }


def _range(con: duckdb.DuckDBPyConnection, question: Question) -> tuple[date, date]:
    """The dates of the question; a missing one is the data's own limit, but never on the wrong side of the other."""
    if question.start and question.end:
        return question.start, question.end
    found = limits_of(con, question.workspace_id)
    start = question.start or found.first_date or question.end or found.fallback_date
    end = question.end or found.last_date or question.start or found.fallback_date
    if start <= end:
        return start, end
    return (start, start) if question.start else (end, end)


def _user_no(con: duckdb.DuckDBPyConnection, question: Question) -> int | None:
    """The number of the participant; None where the question is about everyone."""
    if question.user_id is None:
        return None
    row = scoped(
        con, question.workspace_id,
        "select e.is_anonymized, p.user_no from scope_everyone as e left join scope_people as p using (user_id)"
        " where e.user_id = ?", question.user_id,
    )
    where = f"workspace {question.workspace_id}"
    is_full = "select 1 from scope_workspace where anonymization not in ('none', 'domains')"
    if scoped(con, question.workspace_id, is_full) is not None:
        raise refuse_person(where)
    if row is None:
        raise UsageError(
            f"No participant {question.user_id!r} is known.", where=where,
            hint="Ids are case-sensitive; the sheet `By participant` lists them, except people of anonymized domains.",
        )
    is_anonymized, user_no = row
    if is_anonymized:
        raise refuse_person(where)
    if user_no is None:
        raise UsageError(
            f"Participant {question.user_id!r} does not count: a test account, or outside the target groups.",
            where=where, hint="Ask about a participant who counts, or change the workspace's target groups.",
        )
    return user_no


def refuse_person(where: str) -> UsageError:
    """The error for a question about one person who is protected by the workspace's settings."""
    return UsageError(
        "This workspace's analytics are anonymized: nothing is shown about one person.", where=where,
        hint="Ask about the whole workspace, or about people outside the anonymized domains.",
    )


def _check_item(con: duckdb.DuckDBPyConnection, question: Question) -> None:
    kind, item = question.content_type, question.content_id
    where = f"workspace {question.workspace_id}"
    if item is not None and kind is None:
        raise UsageError(f"Item {item!r} needs its content type.", where=where, hint="Give content_type as well.")
    known = names(vocabulary().content_types)
    of_kind = "select 1 from scope_content where content_type = ? limit 1"
    if kind is not None and kind not in known and scoped(con, question.workspace_id, of_kind, kind) is None:
        raise UsageError(
            f"No content type {kind!r} is known.", where=where, hint="Known: " + ", ".join(known) + "."
        )
    of_item = "select 1 from scope_content where content_type = ? and content_id = ?"
    if item is not None and scoped(con, question.workspace_id, of_item, kind, item) is None:
        raise UsageError(f"No {kind} {item!r} is known.", where=where, hint="Ids are case-sensitive.")
