"""The night's exports, and damaged folders that no night writes (`footfall export --from`), made again."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import duckdb

from exports.build_all import FORMATS, Exported, export_all
from exports.folder.forget import NOTE, is_of_dates
from exports.folder.manifest import USERS
from exports.folder.places import places
from exports.plan.plan import user_folder
from footfall.core.errors import UsageError
from footfall.core.home import Home
from footfall.core.progress import Progress, quiet
from footfall.core.safe_names import encoded, folder_names
from footfall.core.settings import Settings
from footfall.core.state_files import read_json, remove
from footfall.metrics.question import limits
from footfall.metrics.source import open_published


@dataclass(frozen=True)
class _Wanted:
    """What the command of a folder was: `user_id` is None for a folder about everyone."""

    workspace_id: str
    user_id: str | None
    formats: tuple[str, ...]


def export_night(home: Home, settings: Settings, *, run_id: str, progress: Progress = quiet) -> Exported:
    """Make the settings' exports whose content has changed, and every folder with a note; as ``export_all``."""
    notes = sorted(path for place in places(str(home.exports)) if (path := home.exports / place / NOTE).exists())
    done = [export_all(home, settings, run_id=run_id, progress=progress)]
    warnings = []
    for note in notes:
        folder = note.parent.relative_to(home.exports)
        try:
            with open_published(home, settings) as con:
                wanted = _find_command(con, folder, read_json(note))
            done.append(export_all(
                home, settings, run_id=run_id, workspaces=[wanted.workspace_id], ranges=[folder.name],
                user=wanted.user_id, formats=wanted.formats or None, progress=progress,
            ))
        except UsageError as error:
            with suppress(OSError):
                remove(note)
            # of a user, the path is personal
            name = "/".join(folder.parts[:1] + folder.parts[-1:])
            warnings.append(f"The damaged folder {name} cannot be made again: {error.message}")
            progress(warnings[-1])
    return _together(done, warnings)


def _together(done: Sequence[Exported], warnings: Sequence[str]) -> Exported:
    """One result of several; the first is about every workspace."""
    return replace(
        done[0],
        folders=tuple(folder for one in done for folder in one.folders),
        made=tuple(folder for one in done for folder in one.made),
        files=tuple(file for one in done for file in one.files),
        bytes=sum(one.bytes for one in done),
        reports=tuple(report for one in done for report in one.reports),
        failures=tuple(failure for one in done for failure in one.failures),
        warnings=(*done[0].warnings, *warnings),
        complete=done[-1].complete, damaged=done[-1].damaged,
        seconds=sum(one.seconds for one in done),
    )


def _find_command(con: duckdb.DuckDBPyConnection, folder: Path, note: dict | None) -> _Wanted:
    """What a folder is about, from its path.

    Raises:
        UsageError: the workspace or the user is not published any more, or no date of the range is.
    """
    known = {name: one for one, name in folder_names(
        row[0] for row in con.execute("select workspace_id from marts.dim_workspaces").fetchall()
    ).items()}
    workspace = known.get(folder.parts[0])
    if workspace is None:
        raise UsageError("its workspace is not published any more.")
    user = None
    if folder.parts[1] == USERS:
        user = next(_users_of(con, workspace, folder.parts[2]), None)
        if user is None:
            raise UsageError("its participant is not published any more.")
    if is_of_dates(folder):
        start, end = map(date.fromisoformat, folder.name.split("_"))
        dates = limits(con, workspace)
        if dates is None or end < dates[0] or dates[1] < start:
            raise UsageError("the published tables have none of its dates any more.")
    formats = (note or {}).get("formats") or ()
    return _Wanted(workspace, user, tuple(name for name in FORMATS if name in formats))


def _users_of(con: duckdb.DuckDBPyConnection, workspace: str, name: str) -> Iterator[str]:
    """The participants whose folder has this name."""
    rows = con.execute("select user_id from marts.dim_participants where workspace_id = ?", [workspace]).fetchall()
    for (user,) in rows:
        if name.startswith(encoded(user)) and user_folder(con, workspace, user) == name:
            yield user
