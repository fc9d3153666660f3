"""Entity records to typed rows, each with the reason that rejects it, if any."""

from functools import partial

from footfall.core.database import quote_identifier
from footfall.ingestion.context import FileTally, LoadContext
from footfall.ingestion.entity_columns import ENTITIES, table_of
from footfall.ingestion.formats.slices import Slice
from footfall.ingestion.validation.entity_sql import select_of
from footfall.ingestion.validation.mapping import check_targets
from footfall.ingestion.validation.records import as_lines, mapped
from footfall.ingestion.validation.validate_events import keep_rejected, register_slice
from footfall.ingestion.validation.validate_files import validate_files


def validate_entity(work: LoadContext, entity: str, tallies: list[FileTally]) -> None:
    """Fill ``versions`` with the rows of an entity's files, good or not; lines that are no text go to ``rejected``."""
    con = work.con
    con.execute(f"create or replace temp table versions({table_of(entity)})")
    for piece in validate_files(work, tallies, partial(_validate_slice, entity), "versions"):
        keep_rejected(work, piece)


def _validate_slice(entity: str, work: LoadContext, piece: Slice) -> None:
    register_slice(work, piece)
    try:
        query = select_of(entity, _records(work, entity, piece))
        work.con.execute(f"insert into versions {query}", {"load_date": work.load_date})
    finally:
        work.con.unregister("slice")


def _records(work: LoadContext, entity: str, piece: Slice) -> str:
    mapping = next((s.mapping for s in work.settings.sources.entities if s.name == entity), None)
    if mapping is None:
        return as_lines(piece)
    check_targets(entity, mapping, {"workspace_id": "key", **ENTITIES[entity]})
    query = mapped(work.con, entity, mapping, piece)
    members = ", ".join(f"{quote_identifier(column)} := {quote_identifier(column)}" for column in mapping)
    line = f"to_json(struct_pack({members}))::varchar" if members else "'{}'"
    return f"select file_no, line_number, if(is_json, {line}, raw) as line, raw from ({query})"
