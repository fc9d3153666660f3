"""Homes of older versions are brought to this one before a run.

Version 1 (until 2026-11): lines were validated by stricter rules, so that an optional value could reject its line, and
contents were compared as they were written. What the landing zone still has is loaded again by today's rules.
"""

from footfall.core.errors import FootfallError
from footfall.core.home import HOME_VERSION, Home
from footfall.core.home_version import read_version, write_version
from footfall.core.progress import Progress, quiet
from footfall.core.settings import Settings
from orchestration.damage import load_again


def migrate(home: Home, settings: Settings, progress: Progress = quiet) -> bool:
    """Bring the home to this version; return whether it was older. Call it under the lock, before anything is loaded.

    Killed at any moment, it begins again.
    """
    version = read_version(home)
    if version is None or version >= HOME_VERSION:
        return False
    if any(home.commits.glob("*.json")):
        try:
            files = load_again(home, settings)
            progress(f"The home has version {version}: its {files:,} landing files are loaded again.")
        except FootfallError as error:
            progress(
                f"The home has version {version}. What was loaded stays as that version validated it, since it cannot "
                f"be loaded again: {error.message}"
            )
    write_version(home)
    return True
