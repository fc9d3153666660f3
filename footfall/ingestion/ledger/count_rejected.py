"""Lines of a commit by source and workspace, and how many of them were rejected."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any

from footfall.ingestion.context import FileTally, LoadContext
from footfall.ingestion.database import parquet

#: The one name of all sources of events; every entity has its own.
EVENTS = "events"
Counts = Counter[tuple[str, str, str | None]]


def count_rejected(work: LoadContext, tallies: Iterable[FileTally], events: dict[str, Any]) -> list[dict[str, Any]]:
    """Count this commit's own lines by source and workspace.

    A rejected line that names no workspace counts for the workspace of its file, where all other lines of the file
    name the same one.

    Args:
        events: the lake files of the commit (``Commit.events``).

    Returns:
        Rows ``source`` (``events`` or an entity), ``workspace_id`` (None where it is not known), ``lines`` and
        ``rejected``. Lines of erased people, and of files quarantined whole, are not in it.
    """
    files = {
        tally.file_no: (EVENTS if tally.file.kind == "events" else tally.file.source, tally.file_id)
        for tally in tallies if tally.is_trusted
    }
    accepted, rejected = _accepted(work, files, events), _rejected(work, files)
    workspaces: dict[tuple[str, str], set[str]] = defaultdict(set)
    for source, file, workspace in (*accepted, *rejected):
        workspaces[source, file] |= set() if workspace is None else {workspace}
    lines: Counter[tuple[str, str | None]] = Counter()
    bad: Counter[tuple[str, str | None]] = Counter()
    for counts, is_bad in ((accepted, False), (rejected, True)):
        for (source, file, workspace), number in counts.items():
            of_file = workspaces[source, file]
            owner = next(iter(of_file)) if workspace is None and len(of_file) == 1 else workspace
            lines[source, owner] += number
            bad[source, owner] += number * is_bad
    return [
        {"source": source, "workspace_id": workspace, "lines": lines[source, workspace],
         "rejected": bad[source, workspace]}
        for source, workspace in sorted(lines, key=lambda key: (key[0], key[1] or ""))
    ]


def _accepted(work: LoadContext, files: dict[int, tuple[str, str]], events: dict[str, Any]) -> Counts:
    """Valid lines, duplicates and lines without consent, by source, file and workspace; of entities the file is ''."""
    found: Counts = Counter()
    own = [path for path in events.get("added", ()) if not path.endswith("-revived.parquet")]
    for source, paths in {
        EVENTS: [*own, *events.get("kept", ()), *events.get("copies", ())], **work.entity_files
    }.items():
        if paths:
            file = "file_id" if source == EVENTS else "''"
            found.update({
                (source, name, workspace): lines for name, workspace, lines in work.con.execute(
                    f"select {file} as file, workspace_id, count(*) from {_of_lines(work, source, paths)} group by all"
                ).fetchall()
            })
    for no, workspace, lines in work.con.execute(
        "select file_no, workspace_id, sum(lines)::bigint from without_consent group by all"
    ).fetchall():
        if no in files:
            found[*files[no], workspace] += lines
    return found


def _of_lines(work: LoadContext, source: str, paths: list[str]) -> str:
    """Rows that stand for a valid line: workspaces also have some of lines that could not be read."""
    scan = parquet(work.home, paths)
    return f"{scan} where not is_unreadable" if source == "workspaces" else scan


def _rejected(work: LoadContext, files: dict[int, tuple[str, str]]) -> Counts:
    """Rejected lines likewise. A conflicting duplicate is a valid line, and counted as one."""
    found: Counts = Counter()
    for no, workspace, lines in work.con.execute(
        "select file_no, workspace_id, count(*) from rejected "
        "where line_number is not null and reason <> 'conflicting_duplicate' group by all"
    ).fetchall():
        if no in files:
            source, file = files[no]
            found[source, file if source == EVENTS else "", workspace] += lines
    return found
