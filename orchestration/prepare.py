"""What every run does before it loads anything, in whichever way it was started."""

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from footfall.core import file_modes
from footfall.core.home import Home
from footfall.core.home_version import require_known
from footfall.core.progress import Progress, quiet
from footfall.core.settings import Settings
from orchestration.damage import Damage, find_damage, heal
from orchestration.migrate import migrate

if TYPE_CHECKING:
    from orchestration.erase_people import Outcome as Erasure


@dataclass(frozen=True)
class Prepared:
    """What was found and repaired.

    Attributes:
        erasure: the result of an interrupted erasure that was finished.
        damage: the damaged files that were removed, so that the run makes them again.
        is_lake_emptied: the lake was damaged or of an older version, and is loaded again from the landing zone.
    """

    erasure: "Erasure | None" = None
    damage: list[Damage] = field(default_factory=list)
    is_lake_emptied: bool = False


def prepare(home: Home, settings: Settings, progress: Progress = quiet, *, is_in_dagster: bool = False) -> Prepared:
    """Finish erasures, bring the home to this version, and repair what is damaged. Call it with the home's lock held.

    Args:
        is_in_dagster: Dagster's files are in use, so damaged ones stay, and those that name an erased person;
            `footfall run` sets the damaged ones aside, `footfall erase --resume` removes the others.

    Raises:
        SettingsError: a newer Footfall wrote the home, or the key of erasures is missing.
        FootfallError: an erasure could not be finished, or a damaged lake cannot be loaded again.
    """
    require_known(home)
    file_modes.apply(home.ensure(), settings.access)
    erasure = settle_erasures(home, settings, progress, is_in_dagster=is_in_dagster)
    had_commits = has_commits(home)
    migrate(home, settings, progress)
    done = repair(home, settings, progress, is_in_dagster=is_in_dagster)
    return replace(done, erasure=erasure, is_lake_emptied=had_commits and not has_commits(home))


def repair(
    home: Home, settings: Settings, progress: Progress = quiet, *, deep: bool = False, is_in_dagster: bool = False
) -> Prepared:
    """Remove damaged files of the home that the run then makes again.

    Args:
        deep: read every file, not only those that changed since they were verified.
    """
    had_commits = has_commits(home)
    damage = [one for one in find_damage(home, deep=deep) if not (is_in_dagster and one.part == "dagster")]
    heal(home, settings, damage, progress)
    return Prepared(damage=damage, is_lake_emptied=had_commits and not has_commits(home))


def settle_erasures(
    home: Home, settings: Settings, progress: Progress = quiet, *, is_in_dagster: bool = False
) -> "Erasure | None":
    """Finish an erasure that was interrupted, and remove erased people from landing files that brought them again.

    Where nobody was ever erased, this only looks whether two files exist.

    Returns:
        The result of an erasure that was finished.
    """
    from footfall.ingestion.exclusion.tombstones import erasure_is_pending, read_tombstones, tombstone_files

    finished = None
    if erasure_is_pending(home):
        from orchestration.erase_people import finish

        finished = finish(home, settings, progress, is_in_dagster=is_in_dagster)
    erased = read_tombstones(home, settings) if tombstone_files(home) else None
    if erased is not None:
        from footfall.ingestion.landing_erasure.erase_landing import erase_from_marked_files

        erase_from_marked_files(home, settings, erased, progress)
    return finished


def has_commits(home: Home) -> bool:
    """Whether anything was loaded."""
    return any(home.commits.glob("*.json"))
