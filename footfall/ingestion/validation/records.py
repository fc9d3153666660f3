"""The records of a slice as SQL: as lines of JSON, or as the fields a mapping gives."""

import json
from collections.abc import Mapping

import duckdb

from footfall.core.database import quote_identifier, quote_literal
from footfall.ingestion.formats.names import flat_names, json_object, row_as_json
from footfall.ingestion.formats.slices import Slice
from footfall.ingestion.validation.mapping import as_text, bound, columns_named, row_of

_JSON_COLUMNS = ("context", "properties", "settings")


def as_lines(piece: Slice) -> str:
    """Query of file_no, line_number, line (each record as a JSON object), raw (its exact text)."""
    if piece.format == "jsonl":
        return "select file_no, line_number, line, raw from slice"
    line = json_object({name: _member(piece, name, places) for name, places in flat_names(piece.columns).items()})
    if piece.format == "parquet":
        return f"select *, line as raw from (select file_no, line_number, {line} as line from slice)"
    return f"select file_no, line_number, {line} as line, raw from slice"


def _member(piece: Slice, name: str, places: list[int]) -> str:
    """SQL of the value of a member; of several columns with one name the first that is not null counts."""
    values = [_value(piece, name, f"c{place}") for place in places]
    if len(places) == 1:
        return values[0]
    cases = " ".join(
        f"when c{place} is not null then to_json({value})" for place, value in zip(places, values, strict=True)
    )
    return f"case {cases} end"


def _value(piece: Slice, name: str, column: str) -> str:
    if name in _JSON_COLUMNS and piece.is_text(column):
        return f"case when json_valid({column}) then {column}::json else to_json({column}) end"
    return column


def mapped(con: duckdb.DuckDBPyConnection, source: str, mapping: Mapping[str, str], piece: Slice) -> str:
    """Query of file_no, line_number, raw, is_json and every mapped column as text.

    Raises:
        SettingsError: an expression cannot be used with any file.
        FileProblem: an expression does not fit the file's columns.
    """
    if piece.format == "jsonl":
        names = columns_named(con, source, mapping)
        members = json.dumps(dict.fromkeys(names, "VARCHAR"))
        row = ", ".join(f"o.{quote_identifier(name)} as {quote_identifier(name)}" for name in names)
        records = (
            "select file_no as __file_no, line_number as __line_number, raw as __raw, is_json as __is_json"
            f"{', ' if row else ''}{row} from (select *, case when is_json then from_json(line, "
            f"{quote_literal(members)}) end as o from (select *, json_valid(line) as is_json from slice))"
        ) if names else (
            "select file_no as __file_no, line_number as __line_number, raw as __raw, "
            "json_valid(line) as __is_json from slice"
        )
    else:
        columns_named(con, source, mapping)
        raw = "raw" if piece.format == "csv" else row_as_json(piece.columns)
        records = (
            f"select file_no as __file_no, line_number as __line_number, {raw} as __raw, true as __is_json, "
            f"{row_of(piece.columns)} from slice"
        )
    own = f"select * exclude (__file_no, __line_number, __raw, __is_json) from ({records})"
    if piece.format == "jsonl" and not names:
        own = "select 1 as __nothing"
    expressions = bound(con, source, mapping, own)
    texts = ", ".join(f"{as_text(*value)} as {quote_identifier(name)}" for name, value in expressions.items())
    return (
        "select __file_no as file_no, __line_number as line_number, __raw as raw, __is_json as is_json, "
        f"{texts} from ({records})"
    )
