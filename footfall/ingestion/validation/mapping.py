"""Mappings of footfall.yml: check that each is one expression over the file's own columns, and build its SQL."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import duckdb

from footfall.core.database import quote_identifier
from footfall.core.errors import SettingsError
from footfall.ingestion.database import value
from footfall.ingestion.problems import FileProblem

#: Names that a query of a mapping gives to its own columns.
OWN_NAMES = ("__file_no", "__line_number", "__raw", "__is_json", "__nothing")
#: Functions of DuckDB that look at the database or the process, or wait; a mapping is about one row of a file.
_ABOUT_THE_DATABASE = frozenset({
    "current_setting", "getvariable", "pg_sleep", "pg_get_viewdef", "pg_get_constraintdef", "format_type",
    "get_block_size", "txid_current", "json_serialize_sql", "json_deserialize_sql", "json_serialize_plan",
})
_MISSING = re.compile(r'Referenced column "(.*?)" not found')
#: What a mapping of events can give (contract, section 2): the field that takes it.
TARGETS = {
    "message_id": "message_id", "workspace_id": "workspace_of_context", "user_id": "user_id",
    "anonymous_id": "anonymous_id", "device_id": "device_id", "type": "type", "event": "event",
    "occurred_at": "stated_time", "original_timestamp": "original_time", "sent_at": "sent_time",
    "received_at": "received_time", "channel": "channel", "os": "os",
    "os_version": "os_version", "app_version": "app_version", "timezone": "timezone",
    "consent": "consent", "module": "module", "content_type": "content_type",
    "content_id": "content_id", "content_title": "content_title", "duration_seconds": "duration_seconds",
    "query": "query", "results": "results", "properties": "properties",
}


def check_targets(source: str, mapping: Mapping[str, str], allowed: Mapping[str, Any]) -> None:
    """Raise SettingsError where a mapping names a column the contract does not have."""
    for column in mapping:
        if column not in allowed:
            raise SettingsError(
                f"Source `{source}` maps `{column}`, which is no column of the contract.", where="footfall.yml",
                hint=f"The columns are {', '.join(allowed)}.",
            )


def columns_named(con: duckdb.DuckDBPyConnection, source: str, mapping: Mapping[str, str]) -> tuple[str, ...]:
    """The columns the expressions of ``mapping`` name, after checking that each is an expression and no more.

    Raises:
        SettingsError: an expression does not parse, or is more than an expression over one row.
    """
    names: dict[str, str] = {}
    for column, expression in mapping.items():
        for name in _check(con, source, column, expression):
            names.setdefault(name.lower(), name)
    return tuple(names.values())


def _check(con: duckdb.DuckDBPyConnection, source: str, column: str, expression: str) -> Iterator[str]:
    if "\0" in expression:
        raise _unusable(source, column, expression.replace("\0", "\\0"), "it has a null character")
    text = value(con, "select json_serialize_sql($query)", {"query": f"select {expression}\n"})
    tree = json.loads(text)
    if tree["error"]:
        raise _unusable(source, column, expression, tree.get("error_message", "it does not parse"))
    node = tree["statements"][0]["node"]
    is_plain = (
        len(tree["statements"]) == 1 and node["type"] == "SELECT_NODE" and node["from_table"]["type"] == "EMPTY"
        and len(node["select_list"]) == 1 and not node["modifiers"] and not node["cte_map"]["map"]
        and not any(node.get(part) for part in ("where_clause", "group_expressions", "having", "sample", "qualify"))
        and not node["select_list"][0].get("alias")
    )
    if not is_plain:
        raise _unusable(source, column, expression, "it is more than one expression")
    for part in _parts(node["select_list"][0]):
        if part.get("class") in ("SUBQUERY", "WINDOW", "STAR", "PARAMETER", "DEFAULT"):
            raise _unusable(source, column, expression, f"a {part['class'].lower()} is not allowed")
        if part.get("class") == "FUNCTION" and (problem := _function_problem(con, part)):
            raise _unusable(source, column, expression, problem)
        if part.get("class") == "COLUMN_REF":
            yield part["column_names"][0]


def _function_problem(con: duckdb.DuckDBPyConnection, part: dict[str, Any]) -> str | None:
    """What keeps a function out of every mapping; None where nothing does."""
    name = part["function_name"]
    if name.lower() in _ABOUT_THE_DATABASE:
        return f"the function `{name}` is about the database, not about a row"
    kinds = con.execute(
        "select distinct function_type, coalesce(stability = 'VOLATILE', false) from duckdb_functions() "
        "where lower(function_name) = lower($name)", {"name": name},
    ).fetchall()
    if not any(kind in ("scalar", "macro", "aggregate") for kind, _ in kinds):
        return None if part.get("is_operator") else f"there is no function `{name}` over a row"
    if all(kind == "aggregate" for kind, _ in kinds):
        return f"the aggregate `{name}` is not allowed"
    return f"the volatile function `{name}` is not allowed" if any(is_volatile for _, is_volatile in kinds) else None


def _parts(tree: Any) -> Iterator[dict[str, Any]]:
    if isinstance(tree, dict):
        yield tree
        for value in tree.values():
            yield from _parts(value)
    elif isinstance(tree, list):
        for value in tree:
            yield from _parts(value)


def bound(
    con: duckdb.DuckDBPyConnection, source: str, mapping: Mapping[str, str], row: str
) -> dict[str, tuple[str, str]]:
    """SQL and type of every mapped column over ``row``, a query of the file's columns.

    An expression that fails on a row gives null there.

    Raises:
        SettingsError: an expression cannot be used with any file.
        FileProblem: the file has no such column, or one of another type.
    """
    found = {}
    for column, expression in mapping.items():
        query = f"try(({expression}\n))"
        try:
            (described,) = con.execute(f"describe select {query} from ({row})").fetchall()
        except duckdb.CatalogException as error:
            raise _unusable(source, column, expression, _first_line(error)) from error
        except duckdb.BinderException as error:
            missing = _MISSING.search(str(error))
            problem = f"it has no column `{missing[1]}`" if missing else _first_line(error)
            raise FileProblem(
                "corrupt_file", f"the mapping of `{column}` does not fit its columns: {problem}"
            ) from error
        found[column] = (query, described[1])
    return found


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0].split(": ", 1)[-1]


def _unusable(source: str, column: str, expression: str, problem: str) -> SettingsError:
    return SettingsError(
        f"The mapping of `{column}` in source `{source}` cannot be used: {problem.rstrip('.')}.",
        where=f"footfall.yml: {column}: {expression}",
        hint="Write one DuckDB expression over the file's own columns.",
    )


def as_text(query: str, kind: str) -> str:
    """SQL of a mapped value as text for the validation; nested values become JSON."""
    if kind.endswith("]") or kind.startswith(("STRUCT", "MAP", "JSON")):
        return f"to_json({query})::varchar"
    return f"({query})::varchar"


def row_of(columns: tuple[str, ...]) -> str:
    """Select list that gives a slice's columns (c0, c1 …) their names in the file, apart from the reader's own."""
    return ", ".join(
        f"c{place} as {quote_identifier(name)}" for place, name in enumerate(columns) if name.lower() not in OWN_NAMES
    ) or "null as __nothing"
