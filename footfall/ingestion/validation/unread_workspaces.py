"""Workspaces whose line could not be read at all: what it ordered is unknown, so they are protected most strictly."""

from footfall.ingestion.context import LoadContext
from footfall.ingestion.entity_columns import STRICTEST, hash_of
from footfall.ingestion.exclusion.exclude import known_workspaces
from footfall.ingestion.exclusion.tombstones import tokens


def protect_unread_workspaces(work: LoadContext) -> None:
    """Add a row with the strictest settings to ``versions`` for each workspace that a rejected line of `workspaces`
    names. It holds until a readable line of the workspace is delivered with a later load date."""
    con = work.con
    lines = con.execute(
        "select file_no, line_number, raw, id_of(workspace_in(raw)) from rejected inner join files using (file_no) "
        "where raw is not null and regexp_matches(files.path, '(^|/)workspaces[^/]*$')"
    ).fetchall()
    if not lines:
        return
    known = set(known_workspaces(work))
    for file_no, number, raw, named in lines:
        for workspace in sorted(({named} if named else set()) | known & set(tokens(raw))):
            con.execute(
                f"insert into versions by name select $date::date as load_date, $workspace as workspace_id, "
                f"{', '.join(f'{value} as {name}' for name, value in STRICTEST.items())}, path as file, "
                "$number::bigint as line_number, true as is_unreadable, file_no from files where file_no = $no",
                {"date": work.load_date, "workspace": workspace, "number": number, "no": file_no},
            )
            work.warnings.append(
                f"A line of workspaces that names `{workspace}` cannot be read: the workspace is protected in the "
                "strictest way until a readable line is delivered on a later day: see `footfall quarantine list`."
            )
    con.execute(f"update versions set content_hash = {hash_of('workspaces')} where is_unreadable")


def warn_of_repaired_settings(work: LoadContext) -> None:
    """Name the workspaces with a setting that protects people and cannot be read."""
    names = (*STRICTEST, "anonymized_domains", "settings")
    for workspace, fields in work.con.execute(
        "select workspace_id, list(distinct field order by field) from (select workspace_id, "
        "unnest(string_split(repaired, e'\\n')) as one, split_part(one, ': ', 1) as field from versions "
        "where reason is null and repaired is not null) where field in (select unnest($names)) "
        "group by all order by all",
        {"names": list(names)},
    ).fetchall():
        work.warnings.append(
            f"Settings of workspace `{workspace}` that protect people cannot be read and are taken in the strictest "
            f"way: {', '.join(fields)}. Deliver the corrected line; see `footfall quarantine list --repaired`."
        )
