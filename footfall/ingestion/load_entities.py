"""Entity files of one load date: typed rows in the lake, every delivered version kept."""

from footfall.ingestion.context import FileTally, LoadContext
from footfall.ingestion.database import sql, value, write
from footfall.ingestion.entity_columns import ENTITIES, UNSTORED
from footfall.ingestion.exclusion.exclude import exclude_entities
from footfall.ingestion.validation.unread_workspaces import (
    protect_unread_workspaces,
    warn_of_repaired_settings,
)
from footfall.ingestion.validation.validate_entities import validate_entity
from footfall.ingestion.validation.validate_events import drop_untrusted

#: Rows that are more than a row of the lake; most files have none.
_IS_ODD = "reason is not null or repairs is not null or has_cleaned_id"


def load_entities(work: LoadContext, tallies: list[FileTally]) -> dict[str, list[str]]:
    """Write each entity's rows to the lake and return the files by entity; rejected lines go to ``rejected``."""
    paths: dict[str, list[str]] = {}
    for entity in ENTITIES:
        of_entity = [tally for tally in tallies if tally.file.source == entity]
        if of_entity:
            paths |= _load_entity(work, entity, of_entity)
    work.entity_files = paths
    return paths


def _load_entity(work: LoadContext, entity: str, tallies: list[FileTally]) -> dict[str, list[str]]:
    con = work.con
    validate_entity(work, entity, tallies)
    bad = [tally.file_no for tally in tallies if not tally.is_trusted]
    drop_untrusted(work, bad)
    exclude_entities(work, entity)
    if bad:
        con.execute("delete from versions where file_no in (select unnest($bad::integer[]))", {"bad": bad})
    if value(con, f"select coalesce(bool_or({_IS_ODD}), false) from versions"):
        con.execute(sql("keep_entities"))
    if entity == "workspaces":
        protect_unread_workspaces(work)
        warn_of_repaired_settings(work)
    if not value(con, "select count(*) from versions where reason is null"):
        return {}
    path = f"lake/entities/{entity}/{work.load_date}/{work.seq:08d}.parquet"
    write(con, work.home, f"select * exclude ({UNSTORED}) from versions where reason is null", path)
    return {entity: [path]}
