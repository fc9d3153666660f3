"""Event records to typed rows, each with the reason that rejects it, if any; people who were erased are set apart."""

from footfall.ingestion.context import LoadContext
from footfall.ingestion.database import sql, value
from footfall.ingestion.exclusion.exclude import set_apart
from footfall.ingestion.formats.slices import Slice
from footfall.ingestion.validation.readers import hides_answers, reader_of


def judge(work: LoadContext, piece: Slice) -> None:
    """Fill table ``judged`` with the records of ``piece``: lake columns, key, reason, detail, raw."""
    con = work.con
    limits = {
        "load_date": work.load_date, "max_future_minutes": work.settings.limits.max_future_minutes,
        "max_late_days": work.settings.limits.max_late_days, "hides": hides_answers(work, piece),
    }
    con.register("slice", piece.table())
    try:
        query = sql("validate_events").replace("{reader}", reader_of(work, piece))
        con.execute(f"create or replace temp table judged as {query}", limits)
    finally:
        con.unregister("slice")
    if value(con, "select count(*) from judged where reason = '(snake_case)'"):
        con.execute(
            "create or replace temp table snake_case as "
            "select file_no, line_number, raw as line, raw from judged where reason = '(snake_case)'"
        )
        con.execute("delete from judged where reason = '(snake_case)'")
        reader = sql("segment_snake").replace("{records}", "from snake_case")
        con.execute(f"insert into judged {sql('validate_events').replace('{reader}', reader)}", limits)
    if work.erased is not None:
        set_apart(work, "judged")


def keep_unread(work: LoadContext, piece: Slice) -> None:
    """Put lines that are no text or too long into ``rejected``, without their text where consent is in doubt."""
    if piece.rejected:
        work.con.execute("delete from unread")
        work.con.executemany(
            "insert into unread values (?, ?, ?, ?, ?, ?, ?)",
            [(no, line.number, line.reason, line.detail, line.text, line.exact, line.is_whole)
             for no, line in piece.rejected],
        )
        refused, rejected = sql("keep_unread").strip().removesuffix(";").split(";\n")
        work.con.execute(refused)
        work.con.execute(rejected, {"hides": hides_answers(work, piece)})


def keep_rejected(work: LoadContext, piece: Slice) -> None:
    """Put lines of entities that are no text or too long into ``rejected``."""
    if piece.rejected:
        work.con.executemany(
            "insert into rejected(file_no, line_number, reason, detail, raw, raw_bytes) values (?, ?, ?, ?, ?, ?)",
            [(no, line.number, line.reason, line.detail, line.text, line.exact) for no, line in piece.rejected],
        )


def keep_slice(work: LoadContext, part: int) -> None:
    keys, *others = sql("keep_slice").strip().removesuffix(";").split(";\n")
    work.con.execute(keys, {"part": part})
    for statement in others:
        work.con.execute(statement)


def forget(work: LoadContext, bad: list[int]) -> None:
    """Drop what was judged of files that turned out not to be trusted."""
    if bad:
        for table in ("lines", "rejected", "refused", "files"):
            work.con.execute(f"delete from {table} where file_no in (select unnest($bad))", {"bad": bad})
