"""Landing files that changed after they were loaded, and whether the new version can take the place of the old one."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from footfall.core.home import Home
from footfall.ingestion.exclusion.erased_contents import clean_form, read_clean_forms
from footfall.ingestion.lake.commit_log import Commit, live_commits
from footfall.ingestion.landing.files import LandingFile
from footfall.ingestion.landing.hashes import unreadable_hash
from footfall.ingestion.retention_record import read_retention_record


@dataclass
class NewVersions:
    """Changed files.

    Attributes:
        files: to be loaded in the place of their old versions, by loading their load dates again.
        lost: loaded before and unreadable now; their lines stay.
        warnings: sentences about files whose old version cannot be replaced, and about the ``lost`` ones.
    """

    files: list[LandingFile] = field(default_factory=list)
    lost: list[LandingFile] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def find_new_versions(home: Home, files: Iterable[LandingFile], commits: Iterable[Commit]) -> NewVersions:
    """Compare ``files`` (with hashes) with what the commits in force loaded under their paths."""
    clean_forms = read_clean_forms(home)
    rows: dict[str, list[dict]] = defaultdict(list)
    for row in (row for commit in live_commits(commits) for row in commit.files):
        rows[row["load_date"]].append({**row, "content": clean_form(row["sha256"], clean_forms)})
    present: dict[str, dict[str, LandingFile]] = defaultdict(dict)
    for file in files:
        present[file.load_date][file.path] = file
    found = NewVersions()
    for load_date, of_date in sorted(present.items()):
        versions: dict[str, set[str]] = defaultdict(set)
        for row in rows[load_date]:
            versions[row["file"]].add(row["content"])
        contents = {file.path: clean_form(file.sha256, clean_forms) for file in of_date.values()}
        changed = [path for path, known in versions.items() if path in contents and contents[path] not in known]
        if changed:
            _sort_out(home, found, load_date, [of_date[path] for path in changed], rows[load_date], contents)
    return found


def _sort_out(
    home: Home, found: NewVersions, load_date: str, changed: list[LandingFile], rows: list[dict],
    contents: dict[str, str | None],
) -> None:
    loaded = [row for row in rows if row["state"] == "loaded"]
    paths = {row["file"] for row in loaded}
    lost = [file for file in changed if file.sha256 == unreadable_hash(file.path) and file.path in paths]
    found.lost += lost
    found.warnings += [f"{file.path} cannot be read any more; the lines loaded from it stay." for file in lost]
    changed = [file for file in changed if file not in lost]
    missing = [row["file"] for row in loaded if row["file"] not in contents and row["content"] not in contents.values()]
    missing += [file.path for file in lost]
    if read_retention_record(home).is_lake_removed(load_date):
        reason = "retention has removed its files"
    elif missing:
        reason = (
            f"{missing[0]}, loaded with it, is gone from landing or unreadable. Put it back and run "
            f"`footfall backfill --from {load_date} --to {load_date}`"
        )
    else:
        found.files += changed
        return
    found.warnings += [
        f"{file.path} is a new version of a loaded file, and the lines of the old version stay: {reason}."
        for file in changed
    ]
