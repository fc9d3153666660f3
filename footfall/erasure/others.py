"""Ids of others in which an id, e-mail or name of the people to erase is: these are not finds and stay as they are."""

import re
from collections.abc import Iterable, Sequence

import duckdb

from footfall.core.home import Home
from footfall.ingestion.database import parquet
from footfall.ingestion.exclusion.mentions import mentions
from footfall.ingestion.exclusion.spelling import fold, name_keys
from footfall.ingestion.exclusion.tombstones import ANYWHERE, Erased
from footfall.ingestion.lake.commit_log import Commit

#: SQL of (workspace_id, id) of everything in the lake that says whose a row is, without people of table ``requested``.
_STAYS = "(workspace_id, {column}) not in (select (workspace_id, id) from requested)"
_OF_EVENTS = (
    "select workspace_id, unnest([user_id, device_id, anonymous_id, message_id]) as id from {rows} "
    f"where user_id is null or {_STAYS.format(column='user_id')}"
)
_OF_ENTITIES = {
    "participants": (
        "select workspace_id, unnest([user_id, email, first_name || ' ' || last_name]) as id from {rows} "
        f"where {_STAYS.format(column='user_id')}"
    ),
    "meeting_participants": f"select workspace_id, user_id as id from {{rows}} where {_STAYS.format(column='user_id')}",
    "content": (
        "select workspace_id, unnest([content_id, title]) as id from {rows} "
        f"where content_type = 'user' and {_STAYS.format(column='content_id')}"
    ),
}


def find_others(
    con: duckdb.DuckDBPyConnection, home: Home, commits: Sequence[Commit], erased: Erased,
    own: Iterable[tuple[str, str]] = (),
) -> list[tuple[str, str]]:
    """(workspace, id) of ids, e-mails, devices, messages and names of others that name one of the people.

    Args:
        erased: their plain names; ids in any workspace are looked at. own: ids of the people themselves.
    """
    wanted = sorted({key for kind, _, key in erased.names if kind == "piece"}, key=lambda key: (-len(key), key))
    if not wanted:
        return []
    workspaces = sorted({workspace for kind, workspace, _ in erased.names if kind in ("text", "name", "unspaced")})
    mine = set(own)
    found = set()
    for query in _queries(home, commits):
        # letters with marks and escapes are compared after folding
        for workspace, text in con.execute(
            f"select distinct workspace_id, id from ({query}) where id is not null "
            "and (regexp_matches(lower(strip_accents(id)), $pieces) or regexp_matches(id, '[^\\x00-\\x7F%]|%'))",
            {"pieces": "|".join(map(re.escape, wanted))},
        ).fetchall():
            if (workspace, text) not in mine and mentions(text, erased, workspaces):
                found.add((workspace, text))
    return sorted(found)


def folded(texts: Iterable[tuple[str, str]]) -> set[tuple[str, str, str]]:
    """As tombstones."""
    return {
        ("other", place, form) for workspace, text in texts for form in (fold(text).strip(), *name_keys(text))
        for place in (workspace, ANYWHERE)
    }


def _queries(home: Home, commits: Sequence[Commit]) -> list[str]:
    events = [
        path for commit in commits for kind in ("added", "removed", "copies", "kept")
        for path in commit.events.get(kind, ())
    ]
    queries = [_OF_EVENTS.format(rows=parquet(home, events))] if events else []
    for entity, query in _OF_ENTITIES.items():
        paths = [path for commit in commits for path in commit.entities.get(entity, ())]
        queries += [query.format(rows=parquet(home, paths))] if paths else []
    return queries
