"""Remove erased people from landing files: each file is read and validated as a load does, then rewritten in place.

A removed line leaves its line end, so every other line keeps its number, and a blank line is not counted. Rows of
Parquet are dropped. A file is written aside and moved into place in one step; before that, the hash it will have is
recorded (``footfall.ingestion.exclusion.erased_contents``), so it is never loaded as a new file.
"""

from collections.abc import Collection, Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from footfall.core.database import quote_identifier
from footfall.core.durable import sync
from footfall.core.home import Home
from footfall.core.progress import Progress, quiet
from footfall.core.settings import EntitySource, EventSource, Settings
from footfall.ingestion.context import FileTally, LoadContext
from footfall.ingestion.database import open_loader, sql
from footfall.ingestion.entity_columns import ENTITIES, ID, KEY, TEXT, USER_KEY
from footfall.ingestion.exclusion.erased_contents import mark_uncleaned, note_clean_forms, read_clean_forms
from footfall.ingestion.exclusion.exclude import exclude_entities, exclude_texts
from footfall.ingestion.exclusion.match_erased import redactions_by
from footfall.ingestion.exclusion.redact import Redaction
from footfall.ingestion.exclusion.tombstones import Erased
from footfall.ingestion.formats.slices import Slice
from footfall.ingestion.lake.commit_log import live_commits, read_commits
from footfall.ingestion.landing.files import LandingFile, discover, has_changed
from footfall.ingestion.landing.hashes import hash_file, known_hashes, with_hashes
from footfall.ingestion.landing_erasure.rename import rename_files
from footfall.ingestion.landing_erasure.rewrite import rewrite_parquet, rewrite_text
from footfall.ingestion.landing_erasure.search_lines import anchors, find_in_lines, texts_of
from footfall.ingestion.landing_erasure.search_texts import file_names_erased_person
from footfall.ingestion.problems import FileProblem
from footfall.ingestion.validation.validate_entities import validate_entity
from footfall.ingestion.validation.validate_events import keep_rejected, keep_slice, validate_events
from footfall.ingestion.validation.validate_files import DatabaseLost, validate_files

#: Columns of an event that say whose it is.
_OWN_IDS = ("validated.workspace_id", "user_id", "device_id", "anonymous_id", "message_id")


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


@dataclass(frozen=True)
class _Found:
    """What to remove from one file: lines by number, and what goes from others' lines."""

    lines: frozenset[int]
    redactions: dict[int, Redaction]
    is_damaged: bool
    is_named: bool = False  # somebody erased, in a text that could not be validated


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
    home: Home, settings: Settings, erased: Erased, progress: Progress = quiet, texts: Collection[str] | None = None,
) -> LandingErasure:
    """Read every landing file, and rename and rewrite those that hold erased people.

    Args:
        texts: ids, e-mails and names of those who are erased now, so that only lines that may name them are looked at
            closely; None: every line is.
    """
    rename_files(home, erased)
    files, _ = discover(home, settings)
    return erase_from_files(home, settings, erased, with_hashes(home, files, {}), progress, texts)


def erase_from_files(
    home: Home, settings: Settings, erased: Erased, files: Iterable[LandingFile], progress: Progress = quiet,
    texts: Collection[str] | None = None,
) -> LandingErasure:
    """Rewrite those of ``files`` that hold erased people. Doing it again changes nothing."""
    done = LandingErasure()
    files = list(files)
    for file in files:
        _aside(home.root / file.path).unlink(missing_ok=True)
    if not files:
        return done
    commits = live_commits(read_commits(home))
    pattern = None if texts is None else anchors(texts) or "(?:$)x"
    current_date = ""
    with ExitStack() as stack:
        con = stack.enter_context(open_loader(home, settings))
        for file in files:
            if file.load_date != current_date:
                current_date = file.load_date
                progress(f"Searching the landing files of {current_date} for erased people.")
            work = LoadContext(con, home, settings, file.load_date, 0, "", commits, [], quiet, erased)
            try:
                found = _find(work, file, pattern)
            except DatabaseLost as lost:
                work.con = con = stack.enter_context(open_loader(home, settings))
                work.suspects = {file.path: FileProblem("corrupt_file", str(lost))}
                found = _find(work, file, pattern)
            if not (found.lines or found.redactions or found.is_named) or has_changed(home, file):
                continue
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
                    continue
                note_clean_forms(home, {str(file.sha256): clean})
                aside.replace(path)
                sync(path.parent)
                done.files += 1
            done.lines += len(found.lines)
            done.redacted += len(found.redactions)
    return done


def _find(work: LoadContext, file: LandingFile, pattern: str | None) -> _Found:
    con, tally = work.con, FileTally(0, file)
    con.execute(sql("tables"))
    con.execute("insert into files values (0, $id, $path)", {"id": tally.file_id, "path": file.path})
    if file.kind == "entities":
        validate_entity(work, file.source, [tally])
        exclude_entities(work, file.source)
        con.execute(sql("keep_entities"))
        kept = [
            quote_identifier(name) for name, kind in ENTITIES[file.source].items() if kind in (KEY, USER_KEY, ID, TEXT)
        ] if file.source in ENTITIES else []
        if kept:
            find_in_lines(work, texts_of(work, file), "versions", ["workspace_id", *kept], pattern)
    else:
        for piece in validate_files(work, [tally], validate_events, "validated"):
            keep_rejected(work, piece)
            if piece.batches:
                find_in_lines(work, piece.table(), "validated", _OWN_IDS, pattern)
                _restore_texts(work, piece)
                keep_slice(work, 0)
    exclude_texts(work)
    lines = frozenset(number for (number,) in con.execute("select distinct line_number from erased").fetchall())
    named = redactions_by(con, "mention_lines", "line_number")
    redactions = {number: found for number, found in named.items() if number not in lines}
    if tally.problem is None:
        return _Found(lines, redactions, is_damaged=False)
    return _Found(lines, redactions, is_damaged=True, is_named=file_names_erased_person(work, file))


def _restore_texts(work: LoadContext, piece: Slice) -> None:
    """A load keeps no text of refused lines, but the landing file has it, and it may name erased people."""
    table = piece.table()
    column = next((name for name in ("raw", "line") if name in table.schema.names), None)
    if column is None:
        return
    work.con.register("texts", table.select(["file_no", "line_number", column]))
    work.con.execute(
        f"update validated set reason = 'unread', raw = texts.{column} from texts "
        "where validated.file_no = texts.file_no and validated.line_number = texts.line_number "
        "and validated.raw is null and validated.reason is not null and validated.reason <> 'erased' "
        "and (validated.file_no, validated.line_number) not in "
        "(select (file_no, line_number) from mention_lines)"
    )
    work.con.unregister("texts")


def _rewrite(settings: Settings, file: LandingFile, path: Path, found: _Found, erased: Erased) -> Path:
    aside = _aside(path)
    sources: tuple[EntitySource | EventSource, ...] = (*settings.sources.events, *settings.sources.entities)
    is_mapped = any(source.name == file.source and source.mapping for source in sources)
    redactions = found.redactions
    if is_mapped:
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
