"""When a load date can be read again without losing what was loaded of it."""

from footfall.core.home import Home
from footfall.ingestion.exclusion.erased_contents import clean_form, read_clean_forms
from footfall.ingestion.lake.commit_log import Commit
from footfall.ingestion.landing.files import LandingFile
from footfall.ingestion.landing.pending import unreadable_hash, with_hashes
from footfall.ingestion.retention import read_retention_record

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
        if any(clean_form(row["sha256"], rewritten) not in present for row in loaded_files(old)):
            return _BY_RETENTION
    return None


def reason_not_to_replace(
    home: Home, load_date: str, old: list[Commit], present: list[LandingFile]
) -> str | None:
    """Why a new version of a file cannot take the place of the old one; None where it can.

    Args:
        present: all files of the date in landing, with their hashes.
    """
    if read_retention_record(home).is_lake_removed(load_date):
        return _BY_RETENTION
    rewritten = read_clean_forms(home)
    paths = {file.path for file in present if not is_unreadable(file)}
    contents = {clean_form(file.sha256, rewritten) for file in present}
    for row in loaded_files(old):
        if row["file"] not in paths and clean_form(row["sha256"], rewritten) not in contents:
            return (
                f"{row['file']}, loaded with it, is gone from landing or unreadable. Put it back and run "
                f"`footfall backfill --from {load_date} --to {load_date}`"
            )
    return None


def warnings_of_removed_files(
    old: list[Commit], fresh: list[LandingFile], rewritten: dict[str, str | None]
) -> list[str]:
    """A sentence for each loaded file that is not in landing any more as it was."""
    present = {clean_form(file.sha256, rewritten) for file in fresh}
    return [
        f"{row['file']} is no longer in landing as it was loaded; its lines were removed."
        for row in loaded_files(old) if clean_form(row["sha256"], rewritten) not in present
    ]


def is_unreadable(file: LandingFile) -> bool:
    """Whether a file with its hash could not be read."""
    return file.sha256 == unreadable_hash(file.path)


def loaded_files(commits: list[Commit]) -> list[dict]:
    return [row for commit in commits for row in commit.files if row["state"] == "loaded"]
