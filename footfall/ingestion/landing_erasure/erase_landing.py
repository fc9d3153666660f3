"""Remove erased people from landing files: each file is read and validated as a load does, then rewritten in place.

A removed line leaves its line end, so every other line keeps its number, and a blank line is not counted. Rows of
Parquet are dropped. A file is written aside and moved into place in one step; before that, the hash it will have is
recorded (``footfall.ingestion.exclusion.erased_contents``), so it is never loaded as a new file.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from footfall.core.durable import sync
from footfall.core.home import Home
from footfall.core.progress import Progress, quiet
from footfall.core.settings import Settings
from footfall.ingestion.context import LoadContext
from footfall.ingestion.database import open_loader
from footfall.ingestion.exclusion.erased_contents import mark_uncleaned, note_clean_forms, read_clean_forms
from footfall.ingestion.exclusion.tombstones import Erased
from footfall.ingestion.lake.commit_log import live_commits, read_commits
from footfall.ingestion.landing.files import LandingFile, discover, has_changed
from footfall.ingestion.landing.hashes import hash_file, known_hashes, with_hashes
from footfall.ingestion.landing_erasure.candidates import Candidates
from footfall.ingestion.landing_erasure.find_lines import Found, find_in_files, is_mapped
from footfall.ingestion.landing_erasure.rename import rename_files
from footfall.ingestion.landing_erasure.rewrite import rewrite_parquet, rewrite_text
from footfall.ingestion.problems import FileProblem
from footfall.ingestion.validation.validate_files import DatabaseLost


@dataclass
class LandingErasure:
    """What was removed from the landing zone.

    Attributes:
        files: rewritten. removed_files: damaged ones that held lines of erased people and cannot be rewritten.
        lines: removed. redacted: lines of other people that named erased people.
    """

    files: int = 0
    removed_files: int = 0
    lines: int = 0
    redacted: int = 0

    def __add__(self, other: "LandingErasure") -> "LandingErasure":
        return LandingErasure(
            self.files + other.files, self.removed_files + other.removed_files, self.lines + other.lines,
            self.redacted + other.redacted,
        )


def erase_from_marked_files(
    home: Home, settings: Settings, erased: Erased, progress: Progress = quiet
) -> LandingErasure:
    """Rename files whose name names erased people, and rewrite those whose content is known to hold them: as loaded, or
    delivered again."""
    rename_files(home, erased)
    marked = read_clean_forms(home)
    if not marked:
        return LandingErasure()
    files, _ = discover(home, settings)
    files = with_hashes(home, files, known_hashes(home, read_commits(home)))
    return erase_from_files(home, settings, erased, [file for file in files if file.sha256 in marked], progress)


def erase_from_all_files(
    home: Home, settings: Settings, erased: Erased, progress: Progress = quiet, now: Erased | None = None,
) -> LandingErasure:
    """Read every landing file, and rename and rewrite those that hold erased people.

    Args:
        now: those who are erased now, by their plain names, so that only lines that may name one of them are validated.
            Files that were delivered again with people erased earlier are validated completely. None: all files are.
    """
    rename_files(home, erased)
    files, _ = discover(home, settings)
    files = with_hashes(home, files, {})
    if now is None:
        return erase_from_files(home, settings, erased, files, progress)
    marked = read_clean_forms(home)
    again = erase_from_files(home, settings, erased, [one for one in files if one.sha256 in marked], progress)
    others = [one for one in files if one.sha256 not in marked]
    return again + erase_from_files(home, settings, now, others, progress, Candidates(now.names))


def erase_from_files(
    home: Home, settings: Settings, erased: Erased, files: Iterable[LandingFile], progress: Progress = quiet,
    candidates: Candidates | None = None,
) -> LandingErasure:
    """Rewrite those of ``files`` that hold erased people. Doing it again changes nothing.

    Args:
        candidates: which lines may name one of them; None: every line.
    """
    done = LandingErasure()
    files = list(files)
    for file in files:
        _aside(home.root / file.path).unlink(missing_ok=True)
    if not files:
        return done
    commits = live_commits(read_commits(home))
    current_date = ""
    with ExitStack() as stack:
        work = LoadContext(
            stack.enter_context(open_loader(home, settings)), home, settings, "", 0, "", commits, [], quiet, erased
        )

        def reopen() -> None:
            work.con = stack.enter_context(open_loader(home, settings))

        for group in _groups(files, is_filtered=candidates is not None):
            if group[0].load_date != current_date:
                current_date = group[0].load_date
                progress(f"Searching the landing files of {current_date} for erased people.")
            for file, found in _find_safely(work, group, candidates, reopen):
                _carry_out(home, settings, erased, file, found, done)
    return done


def _groups(files: Iterable[LandingFile], *, is_filtered: bool) -> Iterator[list[LandingFile]]:
    """Event files of a date together, since few of their lines are validated; others one by one."""
    for _, group in groupby(files, key=lambda file: (file.load_date, file.kind)):
        together = list(group)
        if is_filtered and together[0].kind == "events":
            yield together
        else:
            yield from ([file] for file in together)


def _find_safely(
    work: LoadContext, files: list[LandingFile], candidates: Candidates | None, reopen: Callable[[], None]
) -> list[tuple[LandingFile, Found]]:
    """Each file with what to remove from it. Where a file ends the database, the others are searched without it."""
    try:
        return find_in_files(work, files, candidates)
    except DatabaseLost as lost:
        reopen()
        if len(files) > 1:
            return [pair for file in files for pair in _find_safely(work, [file], candidates, reopen)]
        work.suspects = {files[0].path: FileProblem("corrupt_file", str(lost))}
        try:
            return find_in_files(work, files, candidates)
        finally:
            work.suspects = {}


def _carry_out(
    home: Home, settings: Settings, erased: Erased, file: LandingFile, found: Found, done: LandingErasure
) -> None:
    if not (found.lines or found.redactions or found.is_named) or has_changed(home, file):
        return
    path = home.root / file.path
    if found.is_damaged:
        mark_uncleaned(home, [file.sha256])
        path.unlink()
        done.removed_files += 1
    else:
        aside = _rewrite(settings, file, path, found, erased)
        clean = hash_file(aside, file.path)
        if clean == file.sha256:
            # what names somebody is an id of somebody else
            aside.unlink()
            return
        note_clean_forms(home, {str(file.sha256): clean})
        aside.replace(path)
        sync(path.parent)
        done.files += 1
    done.lines += len(found.lines)
    done.redacted += len(found.redactions)


def _rewrite(settings: Settings, file: LandingFile, path: Path, found: Found, erased: Erased) -> Path:
    aside = _aside(path)
    redactions = found.redactions
    if is_mapped(settings, file.source):
        # the file has its own column names, so a value is removed from every column
        redactions = {number: redaction.everywhere() for number, redaction in redactions.items()}
    if file.format == "parquet":
        rewrite_parquet(path, aside, found.lines, redactions, erased)
    else:
        rewrite_text(path, aside, file.format, found.lines, redactions, erased, settings.limits.max_line_bytes)
    aside.chmod(path.stat().st_mode & 0o777)
    sync(aside)
    return aside


def _aside(path: Path) -> Path:
    """Where a file is written before it replaces ``path``; a load ignores this name."""
    return path.with_name(f".{path.name}.erasing")
