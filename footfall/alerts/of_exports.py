"""Conditions of exports: workspaces held back, exports that failed."""

from footfall.alerts.alert import MOST_WORKSPACES, Alert, plain
from footfall.alerts.facts import Facts
from footfall.core.moments import as_moment
from footfall.core.safe_names import folder_names


def held_back(facts: Facts) -> Alert | None:
    """Exports of workspaces stay as they were, because too many lines of them were rejected."""
    found = [row for row in facts.current.get("held_back", ()) if "workspace_id" in row]
    if not found:
        return None
    ids = {row["workspace_id"] for row in found}
    return Alert(
        "held_back", f"{_workspaces(len(ids))} held back: too many of the lines were rejected, so the exports stay as "
        "they were.",
        "`footfall quarantine list` names the lines. Repair or remove the files, change the mapping in footfall.yml, "
        "or raise `checks.max_quarantined_share` there if the data is right; then `footfall run`.",
        as_moment(facts.current.get("published_at")) or facts.now,
        " ".join(sorted(f"{row['workspace_id']} {row.get('load_date')} {row.get('source')}" for row in found)),
        _shown(facts, ids),
    )


def failed_exports(facts: Facts) -> Alert | None:
    """Export folders, or files in them, could not be made by the last finished run."""
    if not facts.failed_exports:
        return None
    folders = {path.split("/")[0] for path in facts.failed_exports}
    known = named_workspaces(facts)
    ids = {one for one, folder in folder_names(known).items() if folder in folders}
    return Alert(
        "failed_exports", f"{_workspaces(len(folders))} without some exports of the last run; all others were made.",
        "`footfall run` tries again, and its message gives the reason.", facts.finished_at or facts.now,
        " ".join(sorted(facts.failed_exports)), _shown(facts, ids),
    )


def _workspaces(number: int) -> str:
    return "One workspace is" if number == 1 else f"{number:,} workspaces are"


def _shown(facts: Facts, ids: set[str]) -> tuple[str, ...]:
    """The first of the ids that the organiser's extracts name; any event can bring another one."""
    return tuple(plain(one) for one in sorted(ids & named_workspaces(facts))[:MOST_WORKSPACES])


def named_workspaces(facts: Facts) -> set[str]:
    """Ids of the published workspaces that an extract delivers; none where the published tables cannot be read."""
    import duckdb

    from footfall.core.database import connect

    try:
        with connect(facts.home.published_file, read_only=True) as con:
            rows = con.execute("select workspace_id from marts.dim_workspaces where not is_inferred").fetchall()
    except duckdb.Error:
        return set()
    return {workspace for (workspace,) in rows}
