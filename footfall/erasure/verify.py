"""Proof that no data of erased people is left: in the lake by column, and in every byte below the home."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from footfall.core.home import Home
from footfall.core.settings import Settings
from footfall.erasure.intent import Intent, Plan, open_files, pending_file
from footfall.erasure.ledger import present
from footfall.erasure.search import ScanResult, own_words, scan
from footfall.ingestion.database import open_loader, parquet, value
from footfall.ingestion.exclusion.match_erased import fill, is_profile
from footfall.ingestion.exclusion.tombstones import is_distinctive
from footfall.ingestion.lake.commit_log import Commit, read_commits
from footfall.transform.dbt_args import PROJECT

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


#: The folders of the code whose words are in every home: reports, definitions, models, names of columns.
_OWN_FOLDERS = ("dbt_project", "exports", "footfall/metrics", "footfall/publishing", "footfall/checks")
_OWN_SUFFIXES = (".py", ".sql", ".csv", ".yml", ".js", ".html")


@dataclass(frozen=True)
class Verified:
    """What the proof looked at. ``rows``: rows of the lake that still have data of erased people; must be 0.

    ``texts``: how many were searched. ``shared``: those of them that other people have as well, such as the same
    user id in another workspace, and ``own`` those that are words of Footfall's own texts; both were searched in the
    columns of the lake only.
    """

    scanned: ScanResult
    rows: int
    texts: int
    shared: int
    own: int

    @property
    def is_clean(self) -> bool:
        return not self.rows and not self.scanned.found


def verify(home: Home, settings: Settings, intent: Intent, plan: Plan) -> Verified:
    """Look for every trace of the erased people."""
    commits = present(home, read_commits(home))
    with open_loader(home, settings) as con:
        con.execute("create temp table traces(workspace_id varchar, id varchar)")
        fill(con, "traces", plan.traces)
        con.execute("create temp table others(workspace_id varchar, id varchar)")
        for query in _identities(home, commits):
            con.execute(f"insert into others select distinct workspace_id, id from ({query}) "
                        "where id in (select id from traces)")
        rows = value(con, "select count(*) from (select distinct workspace_id, id from others) "
                          "semi join traces using (workspace_id, id)")
        shared = {text for (text,) in con.execute(_SHARED).fetchall()}
    texts = {text for _, text in plan.traces if is_distinctive(text)}
    own = own_words(texts - shared, _own_files(are_examples=False))
    wanted = texts - shared - own
    examples = own_words(wanted, _own_files(are_examples=True))
    scanned = scan(home, wanted, leave_out=[pending_file(home), *open_files(home)], model_words=examples)
    return Verified(scanned, rows, len(texts), len(texts & shared), len(own))


_SHARED = "select distinct id from others anti join traces using (workspace_id, id)"


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


def _own_files(*, are_examples: bool) -> list[Path]:
    """The files of the code whose texts get into homes; ``are_examples``: those that test models."""
    files = (path for name in _OWN_FOLDERS for path in (PROJECT.parent / name).rglob("*"))
    return sorted(
        path for path in files
        if path.suffix in _OWN_SUFFIXES and "target" not in path.parts
        and (path.name.startswith("_unit_") or "fixtures" in path.parts) == are_examples
    )
