"""The e-mails and names that belong to the people to erase and to nobody and nothing else."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

import duckdb

from footfall.core.home import Home
from footfall.erasure.people import Person
from footfall.ingestion.database import parquet
from footfall.ingestion.exclusion.tombstones import is_distinctive, word
from footfall.ingestion.lake.commit_log import Commit

_PEOPLE = "select distinct workspace_id, user_id, first_name, last_name, email from {rows}"
#: Titles that are the organiser's, even where they are somebody's name: Hugo Boss is a sponsor too.
_ORGANISERS = (
    "select distinct workspace_id, null as id, title from {rows} where content_type in ('sponsor', 'document')"
)
_PROFILES = "select distinct workspace_id, content_id, title from {rows} where content_type = 'user'"


def own_texts(
    con: duckdb.DuckDBPyConnection, home: Home, commits: Sequence[Commit], people: Sequence[Person]
) -> tuple[set[tuple[str, str]], int]:
    """E-mails and full names of the people that nobody else in their workspace has, no sponsor and no document.

    Returns:
        The texts with their workspace, and the number of those left out because something else has them.
    """
    requested = set(people)
    found: dict[tuple[str, str], set[bool]] = defaultdict(set)
    spelled: set[tuple[str, str]] = set()
    for workspace, user, texts in _named(con, home, commits):
        is_requested = (workspace, user) in requested
        for text in (one for one in texts if one and is_distinctive(one)):
            found[workspace, word(text)].add(is_requested)
            if is_requested:
                spelled.add((workspace, text.strip()))
    own = {(workspace, text) for workspace, text in spelled if found[workspace, word(text)] == {True}}
    return own, len({(workspace, word(text)) for workspace, text in spelled - own})


def _named(
    con: duckdb.DuckDBPyConnection, home: Home, commits: Sequence[Commit]
) -> Iterable[tuple[str, str | None, list[str | None]]]:
    for entity, query in (("participants", _PEOPLE), ("content", _PROFILES), ("content", _ORGANISERS)):
        paths = [path for commit in commits for path in commit.entities.get(entity, ())]
        for workspace, user, *texts in con.execute(query.format(rows=parquet(home, paths))).fetchall() if paths else ():
            if entity == "content":
                yield workspace, user, texts
                continue
            first, last, email = texts
            yield workspace, user, [email, f"{first} {last}" if first and last else None]
