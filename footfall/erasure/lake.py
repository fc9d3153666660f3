"""The lake without erased people: every file that has a row of one is rewritten, commit by commit.

New files get new names and the commit that names them replaces the old one in one step, so a killed process
leaves each commit old or new; doing it again finds nothing left to do. Files that no commit names are swept.
"""

import re
from dataclasses import replace
from pathlib import PurePosixPath

import duckdb

from footfall.core.home import Home
from footfall.core.progress import Progress, quiet
from footfall.core.settings import Settings
from footfall.erasure.file_names import new_paths, rename_in_rows, renamed_paths, with_new_paths
from footfall.erasure.intent import Intent, Plan
from footfall.erasure.ledger import present, workspaces
from footfall.erasure.repaired import remaining_repairs
from footfall.ingestion.database import EVENT_LIST, open_loader, parquet, value, write
from footfall.ingestion.deduplication.deduplicate import fetch_rows
from footfall.ingestion.exclusion.match_erased import IS_ERASED, fill, find_erased_ids, find_mentions, redact
from footfall.ingestion.exclusion.mentions import names_erased_person
from footfall.ingestion.exclusion.redact_entities import apply_changes, count_changed, find_changes
from footfall.ingestion.exclusion.tombstones import Erased
from footfall.ingestion.lake.commit_log import Commit, live_commits, read_commits, sweep, write_commit

_LINE = "file_id, line_number"
_OWNER = {
    "participants": "user_id", "meeting_participants": "user_id", "content": "content_id", "meetings": "null::varchar",
    "workspaces": "null::varchar",
}


def rewrite_lake(
    home: Home, settings: Settings, intent: Intent, plan: Plan, erased: Erased, progress: Progress = quiet
) -> dict[str, int]:
    """Rewrite every file of the lake and of quarantine that has rows of erased people; counts of what changed."""
    counts: dict[str, int] = {}
    commits = read_commits(home)
    with open_loader(home, settings) as con:
        known = workspaces(con, home, commits)
        con.execute(f"create temp table lost_conflicts({_columns()})")
        fill(con, "lost_conflicts", plan.lost_conflicts)
        renamed = renamed_paths(commits, erased)
        if renamed:
            counts["landing files renamed"] = len(renamed)
        for commit in commits:
            progress(f"Removing rows from commit {commit.seq} of {len(commits)}.")
            new = _Rewriter(con, home, erased, (intent.number, intent.attempt), known, counts, renamed).commit(commit)
            if new != commit:
                write_commit(home, new)
        _note_erasure(con, home, intent, plan)
    sweep(home, read_commits(home))
    return counts


class _Rewriter:
    """One commit's files, one after the other; tables ``lost`` and ``rehashed`` name its lines that change."""

    def __init__(
        self, con: duckdb.DuckDBPyConnection, home: Home, erased: Erased, number: tuple[int, int], known: list[str],
        counts: dict[str, int], renamed: dict[str, str],
    ) -> None:
        self.con, self.home, self.erased, self.number, self.known, self.counts, self.renamed = (
            con, home, erased, number, known, counts, renamed,
        )

    def commit(self, commit: Commit) -> Commit:
        """The commit without erased people; the same one where nothing changes."""
        self.con.execute(f"create or replace temp table lost({_columns()})")
        self.con.execute("create or replace temp table lost_rows(file varchar, line_number bigint)")
        self.con.execute(f"create or replace temp table rehashed({_columns()}, content_hash varchar)")
        events = dict(commit.events)
        for kind in ("added", "removed", "copies", "kept"):
            if kind in events:
                events[kind] = [path for old in events[kind] for path in self._events(old, kind)]
        events["keys"] = [path for old in events.get("keys", ()) for path in self._keys(old)]
        entities = {
            entity: [path for old in paths for path in self._entity(entity, old)]
            for entity, paths in commit.entities.items()
        }
        quarantine = [path for old in commit.quarantine for path in self._quarantine(old)]
        repaired = [path for old in commit.repaired for path in self._repaired(old)]
        commit = with_new_paths(commit, self.renamed)
        new = replace(commit, events=events, entities=entities, quarantine=quarantine, repaired=repaired)
        if list(new.paths()) == list(commit.paths()):
            return commit
        for kind in ("added", "removed"):
            if events.get(kind) != commit.events.get(kind):
                events[f"{kind}_rows"] = self._rows(events[kind])
        return new

    def _rows(self, paths: list[str]) -> int:
        return value(self.con, f"select count(*) from {parquet(self.home, paths)}") if paths else 0

    def _count(self, place: str, rows: int) -> None:
        self.counts[place] = self.counts.get(place, 0) + rows

    def _write(self, old: str, query: str) -> list[str]:
        """Write rows to the file's new name; no rows, no file."""
        self._count("files rewritten", 1)
        if not value(self.con, f"select count(*) from ({query})"):
            return []
        path = new_name(old, *self.number)
        write(self.con, self.home, query, path)
        return [path]

    def _events(self, old: str, kind: str) -> list[str]:
        con, scan = self.con, parquet(self.home, [old])
        if not (self.home.root / old).exists():
            # removed by retention
            return [old]
        if not find_erased_ids(con, scan, self.erased):
            return [old]
        con.execute(f"create or replace temp table rows_of_file as select {EVENT_LIST} from {scan}")
        con.execute(f"create or replace temp table erased_lines as select {_LINE} from rows_of_file where {IS_ERASED}")
        is_named = find_mentions(con, "rows_of_file", _LINE)
        lost = value(con, "select count(*) from erased_lines")
        if not lost and not is_named:
            return [old]
        if is_named:
            redact(con, "rows_of_file", _LINE, self.erased)
            self._count("events of others redacted", value(con, f"select count(*) from (select distinct {_LINE} "
                                                                 "from mentions)"))
        if kind != "removed":
            con.execute("insert into lost from erased_lines")
            con.execute(
                f"insert into rehashed select {_LINE}, content_hash from rows_of_file "
                f"where ({_LINE}) in (select ({_LINE}) from mentions)"
            )
        self._count("events", lost)
        return self._write(old, f"select {EVENT_LIST} from rows_of_file where not {IS_ERASED}")

    def _keys(self, old: str) -> list[str]:
        con, scan = self.con, parquet(self.home, [old])
        touched = f"({_LINE}) in (select ({_LINE}) from lost union all select ({_LINE}) from rehashed)"
        is_renamed = bool(new_paths(con, scan, self.erased, "path"))
        if not is_renamed and not value(con, f"select count(*) from {scan} where {touched}"):
            return [old]
        con.execute(
            "create or replace temp table keys_of_file as select keys.* exclude (filename) replace "
            f"(coalesce(rehashed.content_hash, keys.content_hash) as content_hash) from {scan} as keys "
            f"left join rehashed using ({_LINE}) where ({_LINE}) not in (select ({_LINE}) from lost)"
        )
        if is_renamed:
            rename_in_rows(con, "keys_of_file", self.erased, "path")
        return self._write(old, "select * from keys_of_file")

    def _entity(self, entity: str, old: str) -> list[str]:
        con, scan, owner = self.con, parquet(self.home, [old]), _OWNER.get(entity)
        if owner is None:
            return [old]
        con.execute(f"create or replace temp table entity_rows as select * exclude (filename) from {scan}")
        con.execute("create or replace temp table people(workspace_id varchar, id varchar)")
        for workspace, one in con.execute(f"select distinct workspace_id, {owner} from entity_rows").fetchall():
            if one is not None and self.erased.includes("user", workspace, one):
                con.execute("insert into people values (?, ?)", [workspace, one])
        is_erased = f"(workspace_id, {owner}) in (select (workspace_id, id) from people)"
        if entity == "content":
            is_erased = f"(content_type = 'user' and {is_erased})"
        rows = parquet(self.home, [old], later="file varchar, line_number bigint")
        con.execute(
            f"insert into lost_rows select file, line_number from {rows} where {is_erased} and file is not null"
        )
        lost = value(con, f"select count(*) from entity_rows where {is_erased}")
        con.execute(f"delete from entity_rows where {is_erased}")
        changes = find_changes(con, "entity_rows", entity, self.erased)
        changed = count_changed(con)
        apply_changes(con, "entity_rows", entity, changes)
        if not rename_in_rows(con, "entity_rows", self.erased) and not lost and not changed:
            return [old]
        self._count(f"rows of {entity}", lost)
        if changed:
            self._count(f"rows of {entity} of others redacted", changed)
        return self._write(old, "select * from entity_rows")

    def _quarantine(self, old: str) -> list[str]:
        con, scan = self.con, parquet(self.home, [old])
        con.execute(
            f"create or replace temp table rejects as select * exclude (filename) from {scan}"
        )
        con.execute("create or replace temp table dropped(id bigint)")
        con.execute("create or replace temp table emptied(id bigint)")
        for rowid, reason, raw, is_lost in con.execute(
            f"select rowid, reason, raw, coalesce(({_LINE}) in (select ({_LINE}) from lost_conflicts), false) "
            "from rejects"
        ).fetchall():
            if is_lost:
                con.execute("insert into dropped values (?)", [rowid])
            elif raw is not None and names_erased_person(raw, self.erased, self.known):
                table = "emptied" if reason == "conflicting_duplicate" else "dropped"
                con.execute(f"insert into {table} values (?)", [rowid])
        lost, emptied = (value(con, f"select count(*) from {table}") for table in ("dropped", "emptied"))
        is_renamed = rename_in_rows(con, "rejects", self.erased) + rename_in_rows(con, "rejects", self.erased, "detail")
        if not lost and not emptied and not is_renamed:
            return [old]
        self._count("quarantined lines", lost + emptied)
        con.execute(
            "update rejects set raw = null, raw_bytes = null, detail = coalesce(detail || '; ', '') || "
            "'its text names somebody who was erased and is not kept' where rowid in (select id from emptied)"
        )
        return self._write(old, "select * from rejects where rowid not in (select id from dropped)")

    def _repaired(self, old: str) -> list[str]:
        query = remaining_repairs(self.con, self.home, old, self.erased, self.known)
        return [old] if query is None else self._write(old, query)


def _columns() -> str:
    return "file_id varchar, line_number bigint"


def new_name(path: str, number: int, attempt: int = 1) -> str:
    """The name of a lake file rewritten by erasure ``number``; its commit's number stays in front."""
    parts = PurePosixPath(path)
    tag = f"{number}r{attempt}" if attempt > 1 else str(number)
    stem = re.sub(r"^(\d{8})(?:-e\d+(?:r\d+)?)?", rf"\1-e{tag}", parts.name)
    return (parts.parent / stem).as_posix()


def _note_erasure(con: duckdb.DuckDBPyConnection, home: Home, intent: Intent, plan: Plan) -> None:
    """Add the commit of the erasure: ledger rows moved to ``erased``, and others' lines that are live now."""
    commits = read_commits(home)
    if any(commit.run_id == intent.run_id for commit in commits) or not commits:
        return
    seq, load_date = len(commits) + 1, max(commit.load_date for commit in commits)
    con.execute("create or replace temp table revived(seq bigint, file_id varchar, line_number bigint, state varchar)")
    if plan.revived:
        con.executemany("insert into revived values (?, ?, ?, ?)", plan.revived)
    stem = f"lake/events/{load_date}/{seq:08d}"
    wanted = "select seq, file_id, line_number from revived where state = 'loaded'"
    rows = fetch_rows(con, home, live_commits(present(home, commits)), wanted, f"{stem}-revived.parquet")
    released = f"quarantine/{load_date}/{seq:08d}-released.parquet"
    if plan.revived:
        write(con, home, "select file_id, line_number from revived", released)
    write_commit(home, Commit(
        seq=seq, kind="erasure", run_id=intent.run_id, load_date=load_date, committed_at=intent.requested_at,
        events={
            "added": [f"{stem}-revived.parquet"] if rows else [], "added_rows": rows, "removed": [],
            "removed_rows": 0, "copies": [], "kept": [], "keys": [],
        },
        released=[released] if plan.revived else [], adjustments=plan.adjustments,
        by_workspace=plan.by_workspace,
    ))
