"""Ids that are words which everybody uses: `nobody`, `attendee`. They are looked for in columns of ids only."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import duckdb

from footfall.core.home import Home
from footfall.erasure.people import Person
from footfall.erasure.search import own_words
from footfall.ingestion.database import parquet
from footfall.ingestion.exclusion.spelling import fold, pieces
from footfall.ingestion.lake.commit_log import Commit
from footfall.transform.dbt_args import PROJECT

#: The folders of the code whose words are in every home: reports, definitions, models, names of columns.
_FOLDERS = ("dbt_project", "exports", "footfall/metrics", "footfall/publishing", "footfall/checks")
_SUFFIXES = (".py", ".sql", ".csv", ".yml", ".js", ".html")
#: People besides the one to erase who search for a word of letters before it counts as one that everybody uses.
_MANY = 3


def own_files(*, are_examples: bool) -> list[Path]:
    """The files of the code whose texts get into homes; ``are_examples``: those that test models."""
    files = (path for name in _FOLDERS for path in (PROJECT.parent / name).rglob("*"))
    return sorted(
        path for path in files
        if path.suffix in _SUFFIXES and "target" not in path.parts
        and (path.name.startswith("_unit_") or "fixtures" in path.parts) == are_examples
    )


def common_words(
    con: duckdb.DuckDBPyConnection, home: Home, commits: Sequence[Commit], ids: Iterable[Person]
) -> set[Person]:
    """Those of the ids (with their workspace) that are words of Footfall, or, of letters only, of their workspace:
    names of events, modules and members, words of titles, words that several people search for."""
    ids = set(ids)
    own = own_words({text for _, text in ids}, own_files(are_examples=False))
    letters = {(workspace, text) for workspace, text in ids if text.isalpha()}
    used = _words_of(con, home, commits, letters) if letters else set()
    return {
        (workspace, text) for workspace, text in ids
        if text in own or (text.isalpha() and (workspace, fold(text)) in used)
    }


def _words_of(
    con: duckdb.DuckDBPyConnection, home: Home, commits: Sequence[Commit], letters: set[Person]
) -> set[tuple[str, str]]:
    wanted = {(workspace, fold(text)) for workspace, text in letters}
    kinds = ("added", "copies", "kept")
    events = [path for commit in commits for kind in kinds for path in commit.events.get(kind, ())]
    content = [path for commit in commits for path in commit.entities.get("content", ())]
    found: set[tuple[str, str]] = set()
    if events:
        scan = parquet(home, events)
        found |= _words(con, f"select distinct workspace_id, unnest([event, module, content_type]) from {scan}", wanted)
        found |= _words(
            con, f"select distinct workspace_id, unnest(json_keys(properties)) from {scan} "
            "where json_valid(properties) and json_type(properties) = 'OBJECT'", wanted,
        )
        searches: dict[tuple[str, str], set[str]] = {}
        for workspace, who, query in con.execute(
            f"select distinct workspace_id, coalesce(user_id, device_id, ''), query from {scan} where query is not null"
        ).fetchall():
            for _, _, word in pieces(fold(query)):
                if (workspace, word) in wanted and fold(who) != word:
                    searches.setdefault((workspace, word), set()).add(who)
        found |= {word for word, people in searches.items() if len(people) >= _MANY}
    if content:
        titles = f"select distinct workspace_id, title from {parquet(home, content)} where content_type <> 'user'"
        found |= _words(con, titles, wanted)
    return found


def _words(con: duckdb.DuckDBPyConnection, query: str, wanted: set[tuple[str, str]]) -> set[tuple[str, str]]:
    return {
        (workspace, word) for workspace, text in con.execute(query).fetchall() if text
        for _, _, word in pieces(fold(text)) if (workspace, word) in wanted
    }
