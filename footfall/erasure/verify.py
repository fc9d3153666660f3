"""Proof that no data of erased people is left: in the lake by column, and in every byte below the home."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import duckdb

from footfall.core.home import Home
from footfall.core.settings import Settings
from footfall.erasure.common_words import own_files
from footfall.erasure.intent import Intent, Plan, open_files, pending_file
from footfall.erasure.ledger import present
from footfall.erasure.needles import Needles
from footfall.erasure.others import find_others
from footfall.erasure.questions import ERASE, question_files
from footfall.erasure.search import ScanResult, own_words, scan
from footfall.ingestion.database import EVENT_LIST, open_loader, parquet, value
from footfall.ingestion.exclusion.match_erased import IS_ERASED, fill, find_erased_ids, find_mentions, is_profile
from footfall.ingestion.exclusion.spelling import name_keys, spellings
from footfall.ingestion.exclusion.tombstones import Erased, is_distinctive
from footfall.ingestion.lake.commit_log import Commit, read_commits

_EVENT_IDS = (
    "select workspace_id, user_id as id from {rows} union all "
    "select workspace_id, unnest([device_id, anonymous_id]) from {rows} union all "
    "select workspace_id, content_id from {rows} where {is_profile}"
)
_ENTITY_IDS = {
    "participants": (
        "select workspace_id, unnest([user_id, email, first_name || ' ' || last_name]) as id from {rows}"
    ),
    "meeting_participants": "select workspace_id, user_id as id from {rows}",
    "content": (
        "select workspace_id, title as id from {rows} union all "
        "select workspace_id, content_id from {rows} where content_type = 'user'"
    ),
}


@dataclass(frozen=True)
class Verified:
    """What the proof looked at. ``rows``: rows of the lake that still have data of erased people; must be 0.

    ``texts``: how many were searched. ``shared``: those of them that other people have as well, such as the same
    user id in another workspace, and ``own`` those that are words of Footfall's own texts; both were searched in the
    columns of the lake only. ``questions``: texts of the organiser that nobody has decided about.
    """

    scanned: ScanResult
    rows: int
    texts: int
    shared: int
    own: int
    questions: int = 0

    @property
    def is_clean(self) -> bool:
        return not (self.rows or self.questions or self.scanned.found)


def verify(home: Home, settings: Settings, intent: Intent, plan: Plan) -> Verified:
    """Look for every trace of the erased people."""
    commits = present(home, read_commits(home))
    erased = Erased.of(plan.names, intent.people)
    with open_loader(home, settings) as con:
        con.execute("create temp table traces(workspace_id varchar, id varchar)")
        fill(con, "traces", plan.traces)
        con.execute("create temp table requested(workspace_id varchar, id varchar)")
        con.execute("create temp table others(workspace_id varchar, id varchar)")
        for query in _identities(home, commits):
            con.execute(f"insert into others select distinct workspace_id, id from ({query}) "
                        "where id in (select id from traces)")
        rows = value(con, "select count(*) from (select distinct workspace_id, id from others) "
                          "semi join traces using (workspace_id, id)")
        rows += _named_rows(con, home, commits, erased)
        anywhere = Erased.of({*plan.names} - {name for name in plan.names if name[0] in ("other", "kept")})
        of_others = find_others(con, home, commits, anywhere)
        texts = {text for _, text in plan.traces if is_distinctive(text)}
        shared = {text for (text,) in con.execute(_SHARED).fetchall()} | _equal(texts, of_others)
        shared |= _in_questions(texts, plan) | _in_other_workspaces(con, home, commits, texts, intent)
    # what stands in for a device that a client does not name is also how paths show the profile of another workspace
    shared |= {text for text in texts if text.startswith("user:") and text.removeprefix("user:") in shared}
    own = own_words(texts - shared, own_files(are_examples=False))
    wanted = texts - shared - own
    examples = own_words(wanted, own_files(are_examples=True))
    scanned = scan(
        home, wanted, leave_out=[pending_file(home), *open_files(home), *question_files(home)], model_words=examples,
        others={text for _, text in (*plan.others, *of_others)},
    )
    questions = sum(1 for one in plan.questions if not one["decision"])
    return Verified(scanned, rows, len(texts), len(texts & shared), len(own), questions)


_SHARED = "select distinct id from others anti join traces using (workspace_id, id)"


def _named_rows(con: duckdb.DuckDBPyConnection, home: Home, commits: Sequence[Commit], erased: Erased) -> int:
    """Rows of events that are of erased people or name them in a text."""
    rows = 0
    for commit in commits:
        for kind in ("added", "removed", "copies", "kept"):
            for path in commit.events.get(kind, ()):
                scan_ = parquet(home, [path])
                if find_erased_ids(con, scan_, erased):
                    con.execute(f"create or replace temp table rows_of_file as select {EVENT_LIST} from {scan_}")
                    rows += value(con, f"select count(*) from rows_of_file where {IS_ERASED}")
                    if find_mentions(con, "rows_of_file", "file_id, line_number"):
                        rows += value(con, "select count(distinct (file_id, line_number)) from mentions")
    return rows


def _equal(texts: Iterable[str], others: Iterable[tuple[str, str]]) -> set[str]:
    """Those of the texts that somebody else has, in whichever spelling."""
    forms = {form for _, text in others for form in {*spellings(text), *name_keys(text)}}
    return {text for text in texts if forms & {*spellings(text), *name_keys(text)}}


def _in_questions(texts: Iterable[str], plan: Plan) -> set[str]:
    """Those of the texts that are in a text of the organiser that is kept, or that nobody has decided about."""
    kept = "\n".join(one["text"] for one in plan.questions if one["decision"] != ERASE).encode("utf-8", "surrogatepass")
    return {text for text in texts if kept and Needles.of([text]).count(kept)}


def _in_other_workspaces(
    con: duckdb.DuckDBPyConnection, home: Home, commits: Sequence[Commit], texts: set[str], intent: Intent
) -> set[str]:
    """Those of the texts that are in the data of workspaces where nobody was erased: what is there is kept."""
    events = [path for commit in commits for path in commit.events.get("added", ())]
    content = [path for commit in commits for path in commit.entities.get("content", ())]
    queries = [
        "select distinct unnest([event, module, content_id, content_title, query, properties]) as text "
        f"from {parquet(home, events)} where workspace_id not in (select unnest($workspaces))"
    ] if events else []
    if content:
        queries.append(
            f"select distinct unnest([content_id, title, url]) as text from {parquet(home, content)} "
            "where workspace_id not in (select unnest($workspaces))"
        )
    found: set[str] = set()
    everything = Needles.of(texts)
    for query in queries:
        rows = con.execute(query, {"workspaces": intent.workspaces})
        while batch := rows.fetchmany(100_000):
            data = "\n".join(text for (text,) in batch if text).encode("utf-8", "surrogatepass")
            if everything.count(data):
                found |= {text for text in texts - found if Needles.of([text]).count(data)}
    return found


def _identities(home: Home, commits: Sequence[Commit]) -> list[str]:
    """Queries of (workspace_id, id): everything in the lake that identifies a person."""
    events = [
        path for commit in commits for kind in ("added", "removed", "copies", "kept")
        for path in commit.events.get(kind, ())
    ]
    queries = [_EVENT_IDS.format(rows=parquet(home, events), is_profile=is_profile())] if events else []
    for entity, query in _ENTITY_IDS.items():
        paths = [path for commit in commits for path in commit.entities.get(entity, ())]
        queries += [query.format(rows=parquet(home, paths))] if paths else []
    return queries
