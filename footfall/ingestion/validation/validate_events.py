"""Event records to typed rows, each with the reason that rejects it, if any; lines of erased people are excluded."""

from typing import Any

import pyarrow as pa

from footfall.ingestion.context import LoadContext
from footfall.ingestion.database import sql, value
from footfall.ingestion.exclusion.exclude import exclude_events
from footfall.ingestion.formats.slices import Slice
from footfall.ingestion.validation.readers import has_consent_column, reader_of
from footfall.ingestion.validation.records import as_lines

_LINE = "file_no, line_number"
#: Lines whose `context` is JSON text of an object, with the object itself in its place.
_CONTEXT_TEXTS = (
    "select {line}, json_merge_patch(line, json_object('context', object_text(line -> '$.context')::json))::varchar "
    "as line, raw from ({records}) where case when {is_chosen} and json_valid(line) "
    "then object_text(line -> '$.context') is not null else false end"
)
#: Lines that are JSON once U+FFFD is in the place of broken characters: a text that was cut inside an emoji leaves half
#: of a surrogate pair (``\\ud83c``). Only lines found to be no JSON are looked at.
_REPAIRED_LINES = (
    "select file_no, line_number, fixed as line, raw from ("
    "select *, without_lone_surrogates(line) as fixed from slice semi join ("
    "from validated where reason in ('malformed_json', 'no_consent')) as suspects using (file_no, line_number) "
    "where (contains(line, '\\ud') or contains(line, '\\uD')) and not json_valid(line)) where json_valid(fixed)"
)


def validate_events(work: LoadContext, piece: Slice) -> None:
    """Fill table ``validated`` with the records of ``piece``: lake columns, key, reason, detail, raw, repairs."""
    con = work.con
    limits = {
        "load_date": work.load_date, "max_future_minutes": work.settings.limits.max_future_minutes,
        "max_late_days": work.settings.limits.max_late_days, "has_consent_column": has_consent_column(work, piece),
    }
    con.register("slice", _with_raw(piece))
    try:
        reader = reader_of(work, piece)
        query = sql("validate_events").replace("{reader}", reader.replace("{records}", as_lines(piece)))
        con.execute(f"create or replace temp table validated as {query}", limits)
        if "{records}" in reader:
            _validate_again(work, as_lines(piece), reader, limits)
        if piece.format == "jsonl" and len(repaired := con.sql(_REPAIRED_LINES).to_arrow_table()):
            con.unregister("slice")
            con.register("slice", repaired)
            con.execute(f"delete from validated where ({_LINE}) in (select ({_LINE}) from slice)")
            con.execute(f"insert into validated {query}", limits)
            if "{records}" in reader:
                _validate_again(work, as_lines(piece), reader, limits)
    finally:
        con.unregister("slice")
    if work.erased is not None:
        exclude_events(work, "validated")


def register_slice(work: LoadContext, piece: Slice) -> None:
    """Make the piece the table ``slice``; JSON lines get a column ``raw``, and broken characters in them are replaced.

    For entities, whose files are small; lines of events are repaired after they were found to be no JSON.
    """
    con, table = work.con, _with_raw(piece)
    con.register("slice", table)
    if piece.format != "jsonl":
        return
    fixed = con.sql(
        f"select {_LINE}, fixed from (select {_LINE}, case when not json_valid(line) "
        "then without_lone_surrogates(line) end as fixed from slice "
        "where contains(line, '\\ud') or contains(line, '\\uD')) where json_valid(fixed)"
    ).to_arrow_table()
    if len(fixed):
        con.register("fixed", fixed)
        con.unregister("slice")
        con.register("unfixed", table)
        table = con.sql(
            f"select {_LINE}, coalesce(fixed, line) as line, raw from unfixed left join fixed using ({_LINE}) "
            f"order by {_LINE}"
        ).to_arrow_table()
        con.unregister("unfixed")
        con.unregister("fixed")
        con.register("slice", table.cast(_plain(table.schema)))


def _with_raw(piece: Slice) -> pa.Table:
    table = piece.table()
    return table.append_column("raw", table["line"]) if piece.format == "jsonl" else table


def _plain(schema: pa.Schema) -> pa.Schema:
    return pa.schema([field.with_type(pa.string()) if field.type == pa.large_string() else field for field in schema])


def _validate_again(work: LoadContext, records: str, reader: str, limits: dict[str, Any]) -> None:
    """Lines in snake_case among others, and lines whose context is JSON text, are read in the form they have."""
    con = work.con
    found = "(file_no, line_number) in (select (file_no, line_number) from validated where {})"
    is_text = "reason = 'bad_type' and detail = 'context'"
    if value(con, f"select count(*) from validated where {is_text}"):
        query = _CONTEXT_TEXTS.format(line=_LINE, records=records, is_chosen=found.format(is_text))
        con.execute(f"create or replace temp table context_texts as {query}")
        if value(con, "select count(*) from context_texts"):
            _replace_validated(work, "context_texts", reader, limits)
    if value(con, "select count(*) from validated where reason = '(snake_case)'"):
        chosen = found.format("reason = '(snake_case)'")
        rows = f"select {_LINE}, line, raw from ({records}) where {chosen}"
        con.execute(f"create or replace temp table snake_case as {rows}")
        _replace_validated(work, "snake_case", sql("segment_snake"), limits)


def _replace_validated(work: LoadContext, table: str, reader: str, limits: dict[str, Any]) -> None:
    work.con.execute(f"delete from validated where ({_LINE}) in (select ({_LINE}) from {table})")
    query = sql("validate_events").replace("{reader}", reader.replace("{records}", f"from {table}"))
    work.con.execute(f"insert into validated {query}", limits)


def keep_unreadable(work: LoadContext, piece: Slice) -> None:
    """Put lines that are no text or too long into ``rejected``, without their text where consent is uncertain."""
    if piece.rejected:
        work.con.execute("delete from unreadable")
        work.con.register("rejected_lines", piece.rejected_table())
        work.con.execute("insert into unreadable by name select *, answers_in(raw) as answers from rejected_lines")
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
    """Keep the keys of valid lines, rejected lines, repaired values and counts of the slice just validated."""
    keys, *others = sql("keep_slice").strip().removesuffix(";").split(";\n")
    work.con.execute(keys, {"part": part})
    for statement in others:
        work.con.execute(statement)


def drop_untrusted(work: LoadContext, bad: list[int]) -> None:
    """Drop the validated lines of files that turned out not to be trusted."""
    if bad:
        for table in ("lines", "rejected", "without_consent", "repaired_values", "cleaned_ids", "files"):
            work.con.execute(f"delete from {table} where file_no in (select unnest($bad))", {"bad": bad})
