"""Event records to typed rows, each with the reason that rejects it, if any; lines of erased people are excluded."""

from footfall.ingestion.context import LoadContext
from footfall.ingestion.database import sql, value
from footfall.ingestion.exclusion.exclude import exclude_events
from footfall.ingestion.formats.slices import Slice
from footfall.ingestion.validation.readers import has_consent_column, reader_of


def validate_events(work: LoadContext, piece: Slice) -> None:
    """Fill table ``validated`` with the records of ``piece``: lake columns, key, reason, detail, raw."""
    con = work.con
    limits = {
        "load_date": work.load_date, "max_future_minutes": work.settings.limits.max_future_minutes,
        "max_late_days": work.settings.limits.max_late_days, "has_consent_column": has_consent_column(work, piece),
    }
    con.register("slice", piece.table())
    try:
        query = sql("validate_events").replace("{reader}", reader_of(work, piece))
        con.execute(f"create or replace temp table validated as {query}", limits)
    finally:
        con.unregister("slice")
    if value(con, "select count(*) from validated where reason = '(snake_case)'"):
        con.execute(
            "create or replace temp table snake_case as "
            "select file_no, line_number, raw as line, raw from validated where reason = '(snake_case)'"
        )
        con.execute("delete from validated where reason = '(snake_case)'")
        reader = sql("segment_snake").replace("{records}", "from snake_case")
        con.execute(f"insert into validated {sql('validate_events').replace('{reader}', reader)}", limits)
    if work.erased is not None:
        exclude_events(work, "validated")


def keep_unreadable(work: LoadContext, piece: Slice) -> None:
    """Put lines that are no text or too long into ``rejected``, without their text where consent is uncertain."""
    if piece.rejected:
        work.con.execute("delete from unreadable")
        work.con.register("rejected_lines", piece.rejected_table())
        work.con.execute("insert into unreadable by name from rejected_lines")
        work.con.unregister("rejected_lines")
        without_consent, rejected = sql("keep_unreadable").strip().removesuffix(";").split(";\n")
        work.con.execute(without_consent)
        work.con.execute(rejected, {"has_consent_column": has_consent_column(work, piece)})


def keep_rejected(work: LoadContext, piece: Slice) -> None:
    """Put lines of entities that are no text or too long into ``rejected``."""
    if piece.rejected:
        work.con.register("rejected_lines", piece.rejected_table())
        work.con.execute("insert into rejected by name select * exclude (is_whole) from rejected_lines")
        work.con.unregister("rejected_lines")


def keep_slice(work: LoadContext, part: int) -> None:
    keys, *others = sql("keep_slice").strip().removesuffix(";").split(";\n")
    work.con.execute(keys, {"part": part})
    for statement in others:
        work.con.execute(statement)


def drop_untrusted(work: LoadContext, bad: list[int]) -> None:
    """Drop the validated lines of files that turned out not to be trusted."""
    if bad:
        for table in ("lines", "rejected", "without_consent", "files"):
            work.con.execute(f"delete from {table} where file_no in (select unnest($bad))", {"bad": bad})
