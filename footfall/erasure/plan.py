"""What is to be removed: ids, devices, signed-out events, names; and what this changes in the ledger and copies."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

import duckdb

from footfall.core.home import Home
from footfall.core.settings import Settings
from footfall.erasure.common_words import common_words
from footfall.erasure.intent import Plan
from footfall.erasure.ledger import Changes, present, rejected_texts
from footfall.erasure.others import find_others, folded
from footfall.erasure.own_texts import own_texts
from footfall.erasure.people import Person
from footfall.erasure.questions import Question, find_questions, tombstones_of
from footfall.erasure.repaired import count_repaired_events
from footfall.erasure.revive import MOVED, MOVED_COLUMNS, find_revived
from footfall.ingestion.database import open_loader, parquet
from footfall.ingestion.exclusion.match_erased import IS_ERASED, fill, find_erased_ids
from footfall.ingestion.exclusion.mentions import names_of_texts
from footfall.ingestion.exclusion.tombstones import Erased, Name
from footfall.ingestion.lake.commit_log import Commit, live_commits, read_commits
from footfall.transform.engine import engine_of
from footfall.transform.signed_out_events import SIGNED_OUT_BY_SESSION

_EXCLUSIVE = """
with used as (
    select workspace_id, unnest([device_id, anonymous_id]) as id, (workspace_id, user_id) in
        (select (workspace_id, id) from requested) as is_requested
    from {rows}
    where user_id is not null and workspace_id in (select workspace_id from requested)
)
select distinct workspace_id, id
from (select workspace_id, unnest([device_id, anonymous_id]) as id from {rows})
where (workspace_id, lower(id)) in (
    select (workspace_id, lower(id)) from used where id is not null
    group by workspace_id, lower(id) having bool_and(is_requested)
)
order by all
"""
_LINE = "file_id, line_number"
_OWNER = {"participants": "user_id", "meeting_participants": "user_id", "content": "content_id"}


def make_plan(home: Home, settings: Settings, people: Sequence[Person]) -> Plan:
    """Find everything that is to be removed. Changes nothing; the marts must be those of the newest commit."""
    logged = read_commits(home)
    commits = present(home, logged)
    plan = Plan()
    with open_loader(home, settings) as con:
        con.execute("create temp table requested(workspace_id varchar, id varchar)")
        fill(con, "requested", list(people))
        con.execute("create temp table own_devices(workspace_id varchar, id varchar)")
        names: set[Name] = {("user", *person) for person in people}
        names |= {("device", *pair) for pair in _devices(con, home, commits)}
        names |= {("message", *pair) for pair in _messages(con, home, settings, commits)}
        ids = [(workspace, text) for kind, workspace, text in names if kind in ("user", "device")]
        own = own_texts(con, home, commits, people, ids)
        common = common_words(con, home, commits, own.ids)
        own.ids -= common
        plan.shared_names, plan.common_words = own.shared, len(common)
        names |= names_of_texts(own.ids, own.names)
        mine = {(workspace, text) for kind, workspace, text in names if kind in ("user", "device", "message")}
        plan.others = find_others(con, home, commits, Erased.of(names), own.ids | own.names | mine)
        names |= folded(plan.others)
        erased = Erased.of(names, people)
        plan.questions = [asdict(one) for one in find_questions(con, home, commits, erased)]
        names |= tombstones_of(Question(**one) for one in plan.questions)
        plan.names = sorted(names)
        known = _known(con, home, commits)
        plan.traces = sorted((own.ids | own.names | (set(people) - common)) - (set(people) - known))
        erased = Erased.of(names, people)
        changes = Changes()
        _events(con, home, commits, erased, plan, changes)
        if commits != logged:
            # retention removed rows, and with them the dates of some events
            plan.days = [(workspace, None) for workspace in sorted({workspace for workspace, _ in people})]
        _entities(con, home, commits, plan, changes)
        for row in rejected_texts(con, home, live_commits(commits), erased):
            changes.add(row["file_id"], "quarantined", reason=row["reason"])
            plan.found["quarantined lines"] = plan.found.get("quarantined lines", 0) + 1
        plan.adjustments = changes.as_adjustments()
        plan.known = len(known)
        if plan.found and not known:
            # only rejected lines name them
            plan.traces = sorted({*plan.traces, *(set(people) - common)})
    return plan


def _paths(commits: Iterable[Commit], kinds: Sequence[str] = ("added", "copies", "kept")) -> list[str]:
    return [path for commit in commits for kind in kinds for path in commit.events.get(kind, ())]


def _devices(con: duckdb.DuckDBPyConnection, home: Home, commits: Sequence[Commit]) -> list[Person]:
    if not (paths := _paths(commits)):
        return []
    pairs = con.execute(_EXCLUSIVE.format(rows=parquet(home, paths))).fetchall()
    fill(con, "own_devices", pairs)
    return pairs


def _messages(
    con: duckdb.DuckDBPyConnection, home: Home, settings: Settings, commits: Sequence[Commit]
) -> list[Person]:
    if not (paths := _paths(commits)) or not engine_of(home, settings).attach_sessions(con):
        return []
    pairs = con.execute(SIGNED_OUT_BY_SESSION.format(rows=parquet(home, paths))).fetchall()
    con.execute("detach built")
    return pairs


def _events(
    con: duckdb.DuckDBPyConnection, home: Home, commits: Sequence[Commit], erased: Erased, plan: Plan, changes: Changes
) -> None:
    """Fill table ``gone``: lines of erased people with their present state, and count them."""
    columns = "workspace_id, message_id, file_id, line_number"
    con.execute(
        "create temp table gone(seq bigint, workspace_id varchar, message_id varchar, file_id varchar, "
        "line_number bigint, state varchar)"
    )
    con.execute(f"create temp table once_live({MOVED_COLUMNS})")
    live: dict[tuple[str, str], tuple[str, int]] = {}
    days: set[tuple[str, str | None]] = set()
    in_force = {commit.seq for commit in live_commits(commits)}
    for commit in commits:
        for kind in ("removed", "added", "copies", "kept"):
            for path in commit.events.get(kind, ()):
                scan = parquet(home, [path])
                if not find_erased_ids(con, scan, erased, with_texts=False):
                    continue
                rows = con.execute(f"select {columns} from {scan} where {IS_ERASED}").fetchall()
                days |= set(con.execute(
                    f"select distinct workspace_id, occurred_at::date::varchar from {scan} where {IS_ERASED}"
                ).fetchall())
                for workspace, message, file, number in rows:
                    if kind == "removed":
                        live.pop((workspace, message), None)
                    elif kind == "added":
                        live[workspace, message] = (file, number)
                if kind == "added":
                    con.execute(f"insert into once_live select {MOVED} from {scan} where {IS_ERASED}")
                if kind != "removed" and commit.seq in in_force and not path.endswith("-revived.parquet"):
                    con.execute(f"insert into gone select {commit.seq}, {columns}, null from {scan} where {IS_ERASED}")
    plan.days = sorted(days)
    con.execute("create temp table live_lines(file_id varchar, line_number bigint)")
    fill(con, "live_lines", list(live.values()))
    _set_states(con, home, commits)
    plan.lost_conflicts = con.execute(
        f"select distinct {_LINE} from gone where ({_LINE}) in (select ({_LINE}) from all_conflicts)"
    ).fetchall()
    for file, state, lines in con.execute("select file_id, state, count(*) from gone group by all").fetchall():
        reason = "conflicting_duplicate" if state == "quarantined" else None
        changes.add(file, state, lines, reason)
        plan.found["events" if state == "loaded" else "copies of events"] = (
            plan.found.get("events" if state == "loaded" else "copies of events", 0) + lines
        )
    plan.revived = find_revived(con, home, commits, erased)
    plan.by_workspace = _by_workspace(con)
    for _, file, _, after in plan.revived:
        changes.move(file, "quarantined", after, "conflicting_duplicate")
    count_repaired_events(con, home, commits, plan.revived, changes)


def _set_states(con: duckdb.DuckDBPyConnection, home: Home, commits: Sequence[Commit]) -> None:
    """Tables ``conflicts`` (in quarantine now) and ``all_conflicts`` (there or once there), then what each line is."""
    con.execute("create temp table conflicts(file_id varchar, line_number bigint)")
    con.execute("create temp table all_conflicts as from conflicts")
    in_force = {commit.seq for commit in live_commits(commits)}
    for commit in commits:
        for path in commit.released if commit.seq in in_force else ():
            con.execute(f"delete from conflicts where ({_LINE}) in (select ({_LINE}) from {parquet(home, [path])})")
        for path in commit.quarantine:
            for table in ("conflicts", "all_conflicts") if commit.seq in in_force else ("all_conflicts",):
                con.execute(f"insert into {table} select {_LINE} from {parquet(home, [path])} "
                            "where reason = 'conflicting_duplicate'")
    con.execute(
        "update gone set state = case "
        f"when ({_LINE}) in (select ({_LINE}) from live_lines) then 'loaded' "
        f"when ({_LINE}) in (select ({_LINE}) from conflicts) then 'quarantined' "
        "else 'duplicates' end"
    )


def _by_workspace(con: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """Live lines that go and come, in the form of a commit's ``by_workspace`` (``ingestion.ledger.update_ledger``)."""
    names = ("load_date", "workspace_id", "loaded", "no_consent", "late_1h", "late_24h", "late_7d")
    rows = con.execute(
        "select load_date::varchar as day, workspace_id, sum(lines)::bigint, 0, "
        "coalesce(sum(lines) filter (late >= interval 1 hour and late < interval 24 hour), 0)::bigint, "
        "coalesce(sum(lines) filter (late >= interval 24 hour and late < interval 7 day), 0)::bigint, "
        "coalesce(sum(lines) filter (late >= interval 7 day), 0)::bigint "
        f"from (select distinct -1 as lines, * from once_live semi join live_lines using ({_LINE}) "
        "union all select 1 as lines, * from now_live) group by all order by all"
    ).fetchall()
    return [dict(zip(names, row, strict=True)) for row in rows]


def _entities(
    con: duckdb.DuckDBPyConnection, home: Home, commits: Sequence[Commit], plan: Plan, changes: Changes
) -> None:
    for commit in live_commits(commits):
        for entity, owner in _OWNER.items():
            paths = commit.entities.get(entity, ())
            if not paths:
                continue
            where = f"(workspace_id, {owner}) in (select (workspace_id, id) from requested)"
            where += " and content_type = 'user'" if entity == "content" else ""
            scan = parquet(home, paths, later="file varchar, repaired varchar")
            found = con.execute(f"select file, repaired, count(*) from {scan} where {where} group by all").fetchall()
            for file, repaired, rows in found:
                plan.found[f"rows of {entity}"] = plan.found.get(f"rows of {entity}", 0) + rows
                _take_from_files(commit, entity, file, repaired, rows, changes)


def _take_from_files(
    commit: Commit, entity: str, file: str | None, repaired: str | None, rows: int, changes: Changes
) -> None:
    """Rows of the lake name their landing file; those of older versions do not: mostly there is one."""
    for row in commit.files:
        if row["source"] == entity and row["kind"] == "entities" and rows and file in (None, row["file"]):
            here = min(rows, row["loaded"])
            changes.add(row["file_id"], "loaded", here)
            if repaired is not None:
                changes.repaired.add(row["file_id"], repaired, -here)
            rows -= here


def _known(con: duckdb.DuckDBPyConnection, home: Home, commits: Sequence[Commit]) -> set[Person]:
    """The people who have a row in the lake. An id that no row has cannot be found in it."""
    parts = [
        f"select workspace_id, {owner} as id from {parquet(home, paths)}"
        + (" where content_type = 'user'" if entity == "content" else "")
        for entity, owner in _OWNER.items()
        if (paths := [path for commit in commits for path in commit.entities.get(entity, ())])
    ]
    if paths := _paths(commits):
        parts.append(f"select workspace_id, user_id from {parquet(home, paths)}")
    if not parts:
        return set()
    query = " union ".join(parts)
    return set(con.execute(
        f"select workspace_id, id from requested where (workspace_id, id) in (select (workspace_id, id) from ({query}))"
    ).fetchall())


