"""When a load date can be read again without losing what was loaded of it."""

from footfall.core.home import Home
from footfall.ingestion.exclusion.erased_contents import clean_form, read_clean_forms
from footfall.ingestion.lake.commit_log import Commit
from footfall.ingestion.landing.files import LandingFile
from footfall.ingestion.landing.hashes import with_hashes
from footfall.ingestion.retention_record import read_retention_record

_BY_RETENTION = "retention has removed its files"


def reason_to_skip(home: Home, load_date: str, old: list[Commit], files: list[LandingFile]) -> str | None:
    """Why reading the date again would lose what was loaded of it; None where it would not."""
    if not files and not any((home.landing / kind / load_date).is_dir() for kind in ("events", "entities")):
        return "it has no folder in landing any more"
    record = read_retention_record(home)
    if record.is_lake_removed(load_date) and old:
        return _BY_RETENTION
    if record.landing is not None and load_date < record.landing:
        rewritten = read_clean_forms(home)
        present = {clean_form(file.sha256, rewritten) for file in with_hashes(home, files, {})}
        if any(clean_form(row["sha256"], rewritten) not in present for row in _loaded_files(old)):
            return _BY_RETENTION
    return None


def warnings_of_removed_files(
    old: list[Commit], fresh: list[LandingFile], rewritten: dict[str, str | None]
) -> list[str]:
    """A sentence for each loaded file that is not in landing any more as it was."""
    present = {clean_form(file.sha256, rewritten) for file in fresh}
    return [
        f"{row['file']} is no longer in landing as it was loaded; its lines were removed."
        for row in _loaded_files(old) if clean_form(row["sha256"], rewritten) not in present
    ]


def _loaded_files(commits: list[Commit]) -> list[dict]:
    return [row for commit in commits for row in commit.files if row["state"] == "loaded"]
