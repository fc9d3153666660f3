"""Which landing files are new. Imports nothing heavy: an empty night ends here."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from footfall.core.home import Home
from footfall.core.settings import Settings
from footfall.ingestion.exclusion.erased_contents import clean_form, read_clean_forms
from footfall.ingestion.lake.commit_log import Commit, live_commits, read_commits
from footfall.ingestion.landing.files import LandingFile, discover, reading_of
from footfall.ingestion.landing.hashes import known_hashes, with_hashes
from footfall.ingestion.landing.new_versions import find_new_versions


@dataclass
class Pending:
    """Landing files that are not in the lake.

    Attributes:
        files: in the order to load them: load date, entities before events, path.
        already_loaded: files whose content is in the lake under another name.
        warnings: sentences about files that are not read at all.
        present: every file in landing, with its hash.
        new_versions: files that replace what was loaded under their path; not all of them are in ``files``.
    """

    files: list[LandingFile] = field(default_factory=list)
    already_loaded: list[LandingFile] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    present: list[LandingFile] = field(default_factory=list)
    new_versions: list[LandingFile] = field(default_factory=list)

    @property
    def load_dates(self) -> list[str]:
        return sorted({file.load_date for file in (*self.files, *self.new_versions)})

    @property
    def is_empty(self) -> bool:
        return not self.files and not self.new_versions


def pending(home: Home, settings: Settings, through: date | None = None) -> Pending:
    """Find the landing files with arrival date up to ``through`` (None: all) that are not loaded yet.

    A file with known path, size and time of change is not opened; else its content's hash decides.
    """
    return find_new(home, settings, read_commits(home), through)


def find_new(home: Home, settings: Settings, commits: list[Commit], through: date | None = None) -> Pending:
    """`pending` for a log already read."""
    files, warnings = discover(home, settings)
    last = through.isoformat() if through else None
    files = [file for file in files if last is None or file.load_date <= last]
    hashed = with_hashes(home, files, known_hashes(home, commits))
    fresh, elsewhere = split_known(hashed, live_commits(commits), read_clean_forms(home))
    versions = find_new_versions(home, hashed, commits)
    fresh = [file for file in fresh if file not in versions.lost]
    return Pending(fresh, elsewhere, [*warnings, *versions.warnings], hashed, versions.files)


def split_known(
    files: Iterable[LandingFile], commits: Iterable[Commit], clean_forms: Mapping[str, str | None]
) -> tuple[list[LandingFile], list[LandingFile]]:
    """Split ``files`` into those to load and those whose content is loaded under another name; the rest is loaded.

    Content that was quarantined is read again under a name with another ending. An extract that is delivered again
    after another extract of its entity is new: it changes a setting back. A file and the same file
    rewritten without erased people (``footfall.ingestion.exclusion.erased_contents``) are one content.
    """
    loaded: dict[str | None, set[str]] = {}
    refused: set[tuple[str | None, str]] = set()
    extracts: dict[str, dict[str, set[str | None]]] = {}
    for row in (row for commit in commits for row in commit.files):
        content = clean_form(row["sha256"], clean_forms)
        if row["state"] == "loaded":
            loaded.setdefault(content, set()).add(row["file"])
            if row["kind"] == "entities":
                extracts.setdefault(row["source"], {}).setdefault(row["load_date"], set()).add(content)
        else:
            refused.add((content, reading_of(row["file"])))
    fresh: list[LandingFile] = []
    taken: set[tuple[str | None, str]] = set()
    elsewhere = []
    for file in files:
        content = clean_form(file.sha256, clean_forms)
        if file.path in loaded.get(content, ()):
            continue
        key = content, reading_of(file.path)
        is_known = content in loaded or key in taken
        if is_known and not (file.kind == "entities" and _is_new_extract(file, content, extracts.get(file.source, {}))):
            elsewhere.append(file)
        elif key not in refused:
            fresh.append(file)
            taken.add(key)
            if file.kind == "entities":
                extracts.setdefault(file.source, {}).setdefault(file.load_date, set()).add(content)
    return fresh, elsewhere


def _is_new_extract(file: LandingFile, content: str | None, extracts: dict[str, set[str | None]]) -> bool:
    """Whether the last load date with extracts of the entity, up to the file's own, had other content than the file."""
    before = max((load_date for load_date in extracts if load_date <= file.load_date), default=None)
    return before is None or content not in extracts[before]
