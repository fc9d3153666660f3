"""Erasure in the loader: lines of erased people are counted and not stored; other people's lines are redacted."""

from footfall.ingestion.context import FileTally, LoadContext
from footfall.ingestion.database import parquet, value
from footfall.ingestion.exclusion.match_erased import IS_ERASED, find_erased_ids, find_mentions, redact, redactions_by
from footfall.ingestion.exclusion.mentions import names_erased_person
from footfall.ingestion.exclusion.redact_entities import apply_changes, find_changes
from footfall.ingestion.exclusion.tombstones import Erased

_KEY = "file_no, line_number"


def exclude_events(work: LoadContext, table: str) -> None:
    """Give lines of erased people in ``validated`` the reason ``erased``, and redact the lines of others."""
    con, erased = work.con, work.erased
    if erased is None:
        return
    con.execute(f"insert into seen_workspaces select distinct workspace_id from {table} where workspace_id is not null")
    _exclude_without_consent(work, erased, table)
    if not find_erased_ids(con, table, erased):
        return
    con.execute(f"update {table} set reason = 'erased', detail = null, raw = null where {IS_ERASED}")
    if find_mentions(con, table, _KEY):
        redact(con, table, _KEY, erased)
        con.execute(
            "insert into mention_lines select file_no, line_number, workspace_id, role, member, value from mentions"
        )
        _redact_raw(work, erased, table)


def _exclude_without_consent(work: LoadContext, erased: Erased, table: str) -> None:
    """Lines without consent are stored in the landing file only; those without a workspace are matched by their ids."""
    con = work.con
    rows = con.execute(
        f"select file_no, line_number, concat_ws(' ', user_id, device_id, anonymous_id) from {table} "
        "where reason = 'no_consent' and workspace_id is null"
    ).fetchall()
    for no, number, ids in rows:
        if names_erased_person(ids, erased, known_workspaces(work)):
            con.execute(
                f"update {table} set reason = 'erased' where file_no = $no and line_number = $number",
                {"no": no, "number": number},
            )


def _redact_raw(work: LoadContext, erased: Erased, table: str) -> None:
    """Redact the texts for quarantine as well."""
    con = work.con
    rows = con.execute(
        f"select file_no, line_number, raw from {table} where raw is not null and reason is not null "
        f"and ({_KEY}) in (select ({_KEY}) from mentions)"
    ).fetchall()
    for no, number, raw in rows:
        found = redactions_by(con, f"mentions where file_no = {no} and line_number = {number}", "line_number")[number]
        con.execute(
            f"update {table} set raw = $raw where file_no = $no and line_number = $number",
            {"raw": found.of_json(raw, erased), "no": no, "number": number},
        )


def exclude_entities(work: LoadContext, entity: str) -> None:
    """Mark erased people's rows in ``versions`` (profiles, places in meetings); redact others' rows that name them."""
    con, erased = work.con, work.erased
    if erased is None:
        return
    person_column = {
        "participants": "user_id", "meeting_participants": "user_id",
        "content": "case when content_type = 'user' then content_id end", "meetings": "null::varchar",
        "workspaces": "null::varchar",
    }.get(entity)
    if person_column is None:
        return
    names = con.execute(
        f"select distinct workspace_id, {person_column} from versions "
        f"where workspace_id is not null and {person_column} is not null"
    ).fetchall()
    known = [name for name in names if erased.includes("user", *name)]
    for workspace, name in known:
        con.execute(
            f"update versions set reason = 'erased', detail = null, raw = null "
            f"where workspace_id = $workspace and {person_column} = $name", {"workspace": workspace, "name": name},
        )
    if changes := find_changes(con, "versions", entity, erased):
        con.execute(
            "insert into mention_lines select file_no, line_number, workspace_id, if(is_thing, 'thing', 'profile'), "
            "member, changed.value from changed_entities as changed "
            "inner join versions on versions.rowid = changed.row where file_no is not null"
        )
        con.execute("update versions set raw = null where rowid in (select row from changed_entities)")
        apply_changes(con, "versions", entity, changes)


def exclude_texts(work: LoadContext) -> None:
    """Count, and do not keep, texts in ``rejected`` that could not be read as lines but name an erased person.

    A conflicting duplicate is a line of another person and stays; only its text is removed.
    """
    con, erased = work.con, work.erased
    if erased is None or not value(con, "select count(*) from rejected where raw is not null"):
        return
    known = known_workspaces(work)
    for rowid, workspace, reason, raw in con.execute(
        "select rowid, workspace_id, reason, raw from rejected where raw is not null"
    ).fetchall():
        if not names_erased_person(raw, erased, [workspace] if workspace else known):
            continue
        if reason == "conflicting_duplicate":
            con.execute(
                "update rejected set raw = null, raw_bytes = null, "
                "detail = detail || '; its text names an erased person and is not kept' where rowid = ?", [rowid]
            )
        else:
            con.execute(
                "insert into erased select file_no, line_number from rejected where rowid = ? and file_no is not null",
                [rowid],
            )
            con.execute("update rejected set reason = 'erased', raw = null, raw_bytes = null where rowid = ?", [rowid])
    con.execute("delete from rejected where reason = 'erased'")


def known_workspaces(work: LoadContext) -> list[str]:
    """Ids of the workspaces the lake knows, and those of this commit's own lines."""
    paths = [path for commit in work.commits for path in commit.entities.get("workspaces", ())]
    paths += work.entity_files.get("workspaces", ())
    known = {row["workspace_id"] for commit in work.commits for row in commit.by_workspace} - {None}
    if paths:
        rows = work.con.execute(f"select distinct workspace_id from {parquet(work.home, paths)}").fetchall()
        known |= {workspace for (workspace,) in rows}
    own = work.con.execute("select workspace_id from seen_workspaces").fetchall()
    return sorted(known | {workspace for (workspace,) in own})


def count_erased(work: LoadContext, tallies: list[FileTally]) -> None:
    """Fill the tallies' ``erased``, and note which files name erased people."""
    by_number = {tally.file_no: tally for tally in tallies}
    for no, lines in work.con.execute("select file_no, count(*) from erased group by file_no").fetchall():
        by_number[no].outcomes["erased"] = lines
        by_number[no].names_erased = True
    for (no,) in work.con.execute("select distinct file_no from mention_lines").fetchall():
        by_number[no].names_erased = True


