"""What a run removes at its end, by ``retention.*``: after publishing, so that only published data is removed."""

from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, timedelta

from footfall.core import file_modes
from footfall.core.home import Home
from footfall.core.settings import Settings
from footfall.core.state_files import read_number
from orchestration.pending_work import forget_exports


@dataclass(frozen=True)
class Removed:
    """How much was removed: files, versions, folders."""

    landing_files: int = 0
    lake_files: int = 0
    quarantine_files: int = 0
    published_versions: int = 0
    export_folders: int = 0

    @property
    def facts(self) -> dict[str, int]:
        return {field.name: getattr(self, field.name) for field in fields(self)}


def finish(home: Home, settings: Settings, today: date | None = None) -> Removed:
    """Remove what is older than the settings allow, and restore the file modes of the home. Call it under the lock.

    Reads file names and the commit log where nothing is old enough; nothing at all where nothing is set.
    """
    removed = remove_old(home, settings, today or datetime.now(UTC).date())
    file_modes.apply(home, settings.access)
    return removed


def remove_old(home: Home, settings: Settings, today: date) -> Removed:
    """`finish` without the modes."""
    kept = {name: days for name, days in settings.retention.model_dump().items() if name.endswith("_days")}
    limits = {name: today - timedelta(days=days) for name, days in kept.items() if days is not None}
    if not limits or not home.current.exists():
        return Removed()
    from exports.folder.retention import remove_old_exports
    from footfall.ingestion.retention import empty_old_quarantine, remove_old_lake, remove_old_landing
    from footfall.publishing.versions import kept_documents, remove_old_versions
    from footfall.transform.engine import engine_at_work, engine_of

    published = read_number(home.current, "lake_seq")
    counts = {}
    # the lake first: a crash between the two leaves landing files, from which nothing is lost
    if before := limits.get("lake_days"):
        counts["lake_files"] = remove_old_lake(home, before, published)
    if before := limits.get("landing_days"):
        counts["landing_files"] = remove_old_landing(home, settings, before)
    if before := limits.get("quarantine_days"):
        counts["quarantine_files"] = empty_old_quarantine(home, before)
    if before := limits.get("published_days"):
        counts["published_versions"] = len(remove_old_versions(home, before))
        if counts["published_versions"]:
            with engine_at_work(home, settings):
                engine_of(home, settings).follow(kept_documents(home))
    if before := limits.get("exports_days"):
        folders = remove_old_exports(home.exports, settings.exports.ranges, before)
        forget_exports(home, folders)
        counts["export_folders"] = len(folders)
    return Removed(**counts)
