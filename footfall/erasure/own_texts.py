"""The e-mails and names that belong to the people to erase and to nobody and nothing else."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import duckdb

from footfall.core.home import Home
from footfall.erasure.people import Person
from footfall.ingestion.database import parquet
from footfall.ingestion.exclusion.spelling import name_keys, spellings
from footfall.ingestion.exclusion.tombstones import is_distinctive
from footfall.ingestion.lake.commit_log import Commit

_PEOPLE = "select distinct workspace_id, user_id, first_name, last_name, email from {rows}"
#: Titles that are the organiser's, even where they are somebody's name: Hugo Boss is a sponsor too.
_ORGANISERS = (
    "select distinct workspace_id, null as id, title from {rows} where content_type in ('sponsor', 'document')"
)
_PROFILES = "select distinct workspace_id, content_id, title from {rows} where content_type = 'user'"


@dataclass
class OwnTexts:
    """Texts with their workspace that identify the people and nothing else; ``shared``: how many were left out."""

    ids: set[Person] = field(default_factory=set)
    names: set[Person] = field(default_factory=set)
    shared: int = 0


def own_texts(
    con: duckdb.DuckDBPyConnection, home: Home, commits: Sequence[Commit], people: Sequence[Person],
    ids: Iterable[Person],
) -> OwnTexts:
    """Ids, e-mails and full names of the people that, in any spelling, nobody else in their workspace has, no sponsor
    and no document.

    Args:
        ids: user ids and devices of the people.
    """
    requested = set(people)
    found: dict[tuple[str, str], set[bool]] = defaultdict(set)
    own = OwnTexts(ids={(workspace, text) for workspace, text in ids if is_distinctive(text)})
    for workspace, user, texts, names in _named(con, home, commits):
        is_requested = (workspace, user) in requested
        for text in (one for one in texts if one and is_distinctive(one)):
            for form in spellings(text):
                found[workspace, form].add(is_requested)
            if is_requested:
                own.ids.add((workspace, text.strip()))
        for name in (one for one in names if one and is_distinctive(one)):
            for key in _keys(name):
                found[workspace, key].add(is_requested)
            if is_requested:
                own.names.add((workspace, name.strip()))
    shared = {(workspace, text) for workspace, text in own.ids if _is_shared(found, workspace, spellings(text))}
    same_names = {(workspace, name) for workspace, name in own.names if _is_shared(found, workspace, _keys(name))}
    own.ids -= shared
    own.names -= same_names
    own.shared = len(shared) + len({(workspace, min(_keys(name))) for workspace, name in same_names})
    return own


def _keys(name: str) -> set[str]:
    return name_keys(name) or spellings(name)


def _is_shared(found: dict[tuple[str, str], set[bool]], workspace: str, forms: set[str]) -> bool:
    return any(False in found.get((workspace, form), ()) for form in forms)


def _named(
    con: duckdb.DuckDBPyConnection, home: Home, commits: Sequence[Commit]
) -> Iterable[tuple[str, str | None, list[str | None], list[str | None]]]:
    """Workspace, user, ids and e-mails, names."""
    for entity, query in (("participants", _PEOPLE), ("content", _PROFILES), ("content", _ORGANISERS)):
        paths = [path for commit in commits for path in commit.entities.get(entity, ())]
        for workspace, user, *texts in con.execute(query.format(rows=parquet(home, paths))).fetchall() if paths else ():
            if entity == "content":
                yield workspace, user, [], texts
                continue
            first, last, email = texts
            yield workspace, user, [user, email], [f"{first} {last}" if first and last else None]
