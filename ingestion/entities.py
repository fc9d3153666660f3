"""Entity files of one load date: typed rows in the lake, every delivered version kept."""

from footfall.duck import quote_identifier
from ingestion.db import sql, value, write
from ingestion.entity_columns import ENTITIES, select_of, table_of
from ingestion.erased import set_entities_apart
from ingestion.events import forget, keep_rejected
from ingestion.mapping import check_targets
from ingestion.records import as_lines, mapped
from ingestion.slices import Slice, make_slices
from ingestion.work import FileTally, Work


def load_entities(work: Work, tallies: list[FileTally]) -> dict[str, list[str]]:
    """Write each entity's rows to the lake and return the files by entity; rejected lines go to ``rejected``."""
    paths: dict[str, list[str]] = {}
    for entity in ENTITIES:
        of_entity = [tally for tally in tallies if tally.file.source == entity]
        if of_entity:
            paths |= _load_entity(work, entity, of_entity)
    work.entity_files = paths
    return paths


def _load_entity(work: Work, entity: str, tallies: list[FileTally]) -> dict[str, list[str]]:
    con = work.con
    judge_entity(work, entity, tallies)
    bad = [tally.file_no for tally in tallies if not tally.is_trusted]
    forget(work, bad)
    set_entities_apart(work, entity)
    con.execute("delete from versions where file_no in (select unnest($bad::integer[]))", {"bad": bad})
    con.execute(sql("keep_entities"))
    if not value(con, "select count(*) from versions where reason is null"):
        return {}
    path = f"lake/entities/{entity}/{work.load_date}/{work.seq:08d}.parquet"
    kept = "select * exclude (file_no, line_number, reason, detail, raw) from versions where reason is null"
    write(con, work.home, kept, path)
    return {entity: [path]}


def judge_entity(work: Work, entity: str, tallies: list[FileTally]) -> None:
    """Fill ``versions`` with the rows of an entity's files, good or not; lines that are no text go to ``rejected``."""
    con = work.con
    con.execute(f"create or replace temp table versions({table_of(entity)})")
    for piece in make_slices(work, tallies):
        keep_rejected(work, piece)
        if piece.batches:
            con.register("slice", piece.table())
            query = select_of(entity, _records(work, entity, piece))
            con.execute(f"insert into versions {query}", {"load_date": work.load_date})
            con.unregister("slice")


def _records(work: Work, entity: str, piece: Slice) -> str:
    mapping = next((s.mapping for s in work.settings.sources.entities if s.name == entity), None)
    if mapping is None:
        return as_lines(piece)
    check_targets(entity, mapping, {"workspace_id": "key", **ENTITIES[entity]})
    query = mapped(work.con, entity, piece.first_file, mapping, piece)
    members = ", ".join(f"{quote_identifier(column)} := {quote_identifier(column)}" for column in mapping)
    line = f"to_json(struct_pack({members}))::varchar" if members else "'{}'"
    return f"select file_no, line_number, if(is_json, {line}, raw) as line, raw from ({query})"
