"""Rows of entities that are about others and name an erased person: profiles, titles, addresses, ids of meetings.

The organiser's titles stay, except those that are the name itself; a title with more than the name in it is asked about
(``footfall.erasure.questions``). The name of somebody else stays.
"""

from dataclasses import dataclass
from typing import Any

import duckdb

from footfall.core.database import quote_identifier, value
from footfall.ingestion.entity_columns import hash_of
from footfall.ingestion.exclusion.mentions import is_name, mentions, whole
from footfall.ingestion.exclusion.redact import ERASED
from footfall.ingestion.exclusion.tombstones import Erased

#: Texts whose values go, and ids that get a stand-in.
_TEXTS = {
    "participants": ("company", "job_title", "profile_url", "groups"), "content": ("title", "url"),
    "workspaces": ("name",),
}
_THINGS = {
    "content": ("content_id", "sponsor_id"), "meetings": ("meeting_id",), "meeting_participants": ("meeting_id",),
}
_OF_PROFILES = "coalesce(content_type = 'user', false)"


@dataclass(frozen=True)
class Change:
    """A value of a column that was replaced, in the rows of a workspace."""

    workspace: str
    column: str
    before: Any
    after: Any


def find_changes(con: duckdb.DuckDBPyConnection, table: str, entity: str, erased: Erased) -> list[Change]:
    """The values in ``table`` that name erased people, and what takes their place.

    Fills ``changed_entities`` (row: rowid of the table, member, value: what goes, is_thing).
    """
    con.execute(
        "create or replace temp table changed_entities(row bigint, member varchar, value varchar, is_thing boolean)"
    )
    changes = []
    for column in (*_TEXTS.get(entity, ()), *_THINGS.get(entity, ())):
        is_thing = column in _THINGS.get(entity, ())
        where = f"workspace_id is not null and {column} is not null and {_is_others(entity, column)}"
        for workspace, before in con.execute(
            f"select distinct workspace_id, {quote_identifier(column)} from {table} where {where}"
        ).fetchall():
            after = _after(before, column, is_thing, workspace, erased)
            if after == before:
                continue
            changes.append(Change(workspace, column, before, after))
            gone = [one for one in before if one not in after] if isinstance(before, list) else [before]
            names = {"workspace": workspace, "before": before}
            rows = f"from {table} where {where} and workspace_id = $workspace and {quote_identifier(column)} = $before"
            con.execute(
                f"insert into changed_entities select rowid, $member, unnest($gone::varchar[]), $is_thing {rows}",
                {**names, "gone": gone, "is_thing": is_thing, "member": None if isinstance(before, list) else column},
            )
    return changes


def apply_changes(con: duckdb.DuckDBPyConnection, table: str, entity: str, changes: list[Change]) -> None:
    """Put the changes into ``table`` with new content hashes. Rowids change: DuckDB writes rows with lists again."""
    for change in sorted(changes, key=lambda one: isinstance(one.after, list)):
        column = quote_identifier(change.column)
        con.execute(
            f"update {table} set {column} = $after, content_hash = {hash_of(entity, **{change.column: '$after'})} "
            f"where workspace_id = $workspace and {column} = $before and {_is_others(entity, change.column)}",
            {"workspace": change.workspace, "before": change.before, "after": change.after},
        )


def count_changed(con: duckdb.DuckDBPyConnection) -> int:
    """Rows that the last call of ``find_changes`` found."""
    return value(con, "select count(distinct row) from changed_entities")


def _is_others(entity: str, column: str) -> str:
    return f"not {_OF_PROFILES}" if entity == "content" and column != "url" else "true"


def _after(before: Any, column: str, is_thing: bool, workspace: str, erased: Erased) -> Any:
    if isinstance(before, list):
        return list(dict.fromkeys(
            ERASED if mentions(one, erased, [workspace]) else one for one in before if one is not None
        ))
    if column == "title":
        return ERASED if is_name(before, erased, workspace) else before
    if column == "name":
        return ERASED if erased.includes("title", workspace, whole(before)) else before
    if not mentions(before, erased, [workspace]):
        return before
    return erased.stand_in(before) if is_thing else ERASED

