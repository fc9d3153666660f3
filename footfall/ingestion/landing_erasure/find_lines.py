"""What to remove from landing files: their lines are read and validated as a load does, without storing anything."""

from dataclasses import dataclass
from functools import partial

from footfall.core.database import quote_identifier
from footfall.core.settings import EntitySource, EventSource, Settings
from footfall.ingestion.context import FileTally, LoadContext
from footfall.ingestion.database import sql
from footfall.ingestion.entity_columns import ENTITIES, ID, KEY, TEXT, USER_KEY
from footfall.ingestion.exclusion.exclude import exclude_entities, exclude_texts
from footfall.ingestion.exclusion.match_erased import redactions_by
from footfall.ingestion.exclusion.redact import Redaction
from footfall.ingestion.formats.slices import Slice
from footfall.ingestion.landing.files import LandingFile
from footfall.ingestion.landing_erasure.candidates import Candidates
from footfall.ingestion.landing_erasure.search_lines import find_in_lines, texts_of
from footfall.ingestion.landing_erasure.search_texts import file_names_erased_person
from footfall.ingestion.validation.validate_entities import validate_entity
from footfall.ingestion.validation.validate_events import keep_rejected, keep_slice, validate_events
from footfall.ingestion.validation.validate_files import validate_files

#: Columns of an event that say whose it is.
_OWN_IDS = ("validated.workspace_id", "user_id", "device_id", "anonymous_id", "message_id")


@dataclass(frozen=True)
class Found:
    """What to remove from one file: lines by number, and what goes from others' lines."""

    lines: frozenset[int]
    redactions: dict[int, Redaction]
    is_damaged: bool
    is_named: bool = False  # somebody erased, in a text that could not be validated


def find_in_files(
    work: LoadContext, files: list[LandingFile], candidates: Candidates | None
) -> list[tuple[LandingFile, Found]]:
    """Each of the files (of one date and kind) with what to remove from it.

    Args:
        candidates: which lines may name an erased person; None: every line.

    Raises:
        DatabaseLost: see ``footfall.ingestion.validation.validate_files``.
    """
    con, tallies = work.con, [FileTally(no, file) for no, file in enumerate(files)]
    work.load_date = files[0].load_date
    con.execute(sql("tables"))
    for tally in tallies:
        con.execute("insert into files values (?, ?, ?)", [tally.file_no, tally.file_id, tally.file.path])
    if files[0].kind == "entities":
        _search_entities(work, tallies[0], candidates)
    else:
        validate = partial(_validate, candidates)
        for piece in validate_files(work, tallies, validate, "validated", is_complete=candidates is None):
            keep_rejected(work, piece)
            if piece.batches:
                find_in_lines(work, piece.table(), "validated", _OWN_IDS, candidates)
                _restore_texts(work, piece)
                keep_slice(work, 0)
    exclude_texts(work)
    return [(tally.file, _found(work, tally)) for tally in tallies]


def _validate(candidates: Candidates | None, work: LoadContext, piece: Slice) -> None:
    column = {"jsonl": "line", "csv": "raw"}.get(piece.format)
    if candidates is not None and column is not None and not is_mapped(work.settings, piece.source):
        # a mapping may make an id that is not in the line
        piece.batches = candidates.chosen(piece.batches, column)
    if piece.batches or candidates is None:
        validate_events(work, piece)


def _search_entities(work: LoadContext, tally: FileTally, candidates: Candidates | None) -> None:
    file, con = tally.file, work.con
    texts = texts_of(work, file)
    if candidates is not None and texts.is_complete and not is_mapped(work.settings, file.source) and not (
        candidates.places(texts.lines["line"])
    ):
        return
    validate_entity(work, file.source, [tally])
    exclude_entities(work, file.source)
    con.execute(sql("keep_entities"))
    kept = [
        quote_identifier(name) for name, kind in ENTITIES[file.source].items() if kind in (KEY, USER_KEY, ID, TEXT)
    ] if file.source in ENTITIES else []
    if kept:
        find_in_lines(work, texts.lines, "versions", ["workspace_id", *kept], candidates)


def _found(work: LoadContext, tally: FileTally) -> Found:
    number = tally.file_no
    lines = frozenset(line for (line,) in work.con.execute(
        "select distinct line_number from erased where file_no = ?", [number]
    ).fetchall())
    named = redactions_by(work.con, f"mention_lines where file_no = {number}", "line_number")
    redactions = {line: found for line, found in named.items() if line not in lines}
    if tally.problem is None:
        return Found(lines, redactions, is_damaged=False)
    return Found(lines, redactions, is_damaged=True, is_named=file_names_erased_person(work, tally.file))


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


def is_mapped(settings: Settings, name: str) -> bool:
    """Whether a source has a mapping."""
    sources: tuple[EntitySource | EventSource, ...] = (*settings.sources.events, *settings.sources.entities)
    return any(source.name == name and source.mapping for source in sources)
