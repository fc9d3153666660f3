"""Checks of `footfall doctor` on what comes in and what operators read: landing files, last night, logs, metrics."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from footfall.core.home import Home
from footfall_cli.finding import Finding
from footfall_cli.options import is_home

if TYPE_CHECKING:
    from footfall.ingestion.landing.files import LandingFile

#: A gzip file that grows more than this is no file of events: they grow 5 to 30 times.
_MOST_GROWTH = 200
#: Findings of one kind that are listed one by one.
_MOST = 10


def look_at_landing(home: Home) -> list[Finding]:
    """What a run will not read, or will quarantine whole, of the files that are not loaded yet."""
    from footfall.core.errors import SettingsError
    from footfall.core.settings import load_settings
    from footfall.ingestion.landing.files import discover

    if not is_home(home):
        return []
    try:
        files, warnings = discover(home, load_settings(home))
    except SettingsError:
        return []  # reported as settings
    found = [
        *(Finding("landing file", False, warning, "Move it out of the landing zone, or rename it.")
          for warning in warnings),
        *(Finding("landing file", False, f"{file.path}: {file.problem}",
                  "A run quarantines it as `unreadable` and loads the others. Replace it by a regular file, or remove "
                  "it.") for file in files if file.problem is not None),
        *(Finding("landing file", False, f"{file.path}: {file.size:,} bytes unpack to {size:,}",
                  "That is no file of events: look at it, and remove it. A run would read all of it.")
          for file, size in _bombs(home, files)),
    ]
    if not found:
        return [Finding("landing", True, f"{len(files):,} files, all with a name that is read")]
    more = len(found) - _MOST
    rest = [Finding("landing file", False, f"and {more:,} more", "`footfall run` names them as warnings.")]
    return [*found[:_MOST], *(rest if more > 0 else [])]


def _bombs(home: Home, files: "list[LandingFile]") -> "Iterator[tuple[LandingFile, int]]":
    """Gzip files that say of themselves that they unpack to far more than events do, with that size."""
    for file in files:
        if file.problem is None and file.path.endswith(".gz") and file.size > 1_000:
            try:
                with (home.root / file.path).open("rb") as opened:
                    opened.seek(-4, os.SEEK_END)
                    size = int.from_bytes(opened.read(4), "little")
            except OSError:
                continue
            if size > file.size * _MOST_GROWTH:
                yield file, size


def look_at_last_night(home: Home) -> list[Finding]:
    """How the last night ended, and how many were missed since."""
    from footfall.core.errors import SettingsError
    from footfall.core.settings import load_settings
    from footfall.publishing.nights import CUT_OFF, MISSED, last_nights

    try:
        nights = last_nights(home, load_settings(home).schedule.timezone)
    except SettingsError:
        return []  # reported as settings
    ran = [night for night in nights if night.status != MISSED]
    if not ran:
        return []
    last, missed = ran[-1], sum(night.status == MISSED for night in nights)
    status = last.status.replace("_", " ")
    found = f"{last.night}: {status}{f'; {missed} of the last {len(nights)} nights without a run' if missed else ''}"
    if last.status not in ("failed", "checks_failed", CUT_OFF):
        return [Finding("last night", True, found)]
    if last.is_over:
        return [Finding("last night", True, f"{found}; a later run found nothing left to do")]
    reason = f" ({last.reason})" if last.reason else ""
    return [Finding("last night", False, found + reason, "Run `footfall run`: it says what is wrong, or goes on.")]


def look_at_logs(home: Home) -> list[Finding]:
    """Whether the log and the metrics file can be written."""
    from footfall.core.errors import SettingsError
    from footfall.core.settings import load_settings
    from footfall.observability.logs import FILE
    from footfall.observability.prometheus import metrics_file

    try:
        settings = load_settings(home).observability
    except SettingsError:
        return []  # reported as settings
    paths = {"log": home.logs / FILE, "metrics": metrics_file(home, settings.prometheus_file)}
    hints = {
        "log": "Make it a file that its owner may write, or remove it: the next run makes it again.",
        "metrics": "Correct observability.prometheus_file, or the permissions of its folder.",
    }
    return [
        Finding(name, problem is None, f"{path}{f': {problem}' if problem else ''}", hints[name])
        for name, path in paths.items() for problem in [_why_not_written(path)]
    ]


def _why_not_written(path: Path) -> str | None:
    """Why a file cannot be written, as a phrase."""
    if path.is_symlink() and path.name.endswith(".log"):
        return "it is a link"
    if path.exists():
        if not path.is_file():
            return "it is no file"
        return None if os.access(path, os.W_OK) else "it cannot be written"
    folder = next(one for one in path.parents if one.exists() or one.is_symlink())
    if not folder.is_dir():
        return f"{folder} is no folder"
    return None if os.access(folder, os.W_OK) else f"{folder} cannot be written"
