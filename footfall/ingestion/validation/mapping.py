"""Mappings of footfall.yml: check that each is one expression over the file's own columns, and build its SQL."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import duckdb

from footfall.core.database import quote_identifier
from footfall.core.errors import SettingsError
from footfall.ingestion.database import value

#: What a mapping of events can give (contract, section 2): the field that takes it.
TARGETS = {
    "message_id": "message_id", "workspace_id": "workspace_of_context", "user_id": "user_id",
    "anonymous_id": "anonymous_id", "device_id": "device_id", "type": "type", "event": "event",
    "occurred_at": "stated_time", "original_timestamp": "original_time", "sent_at": "sent_time",
    "received_at": "received_time", "os": "os", "os_version": "os_version", "app_version": "app_version",
    "timezone": "timezone", "consent": "consent", "module": "module", "content_type": "content_type",
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
        if part.get("class") == "COLUMN_REF":
            yield part["column_names"][0]


def _parts(tree: Any) -> Iterator[dict[str, Any]]:
    if isinstance(tree, dict):
        yield tree
        for value in tree.values():
            yield from _parts(value)
    elif isinstance(tree, list):
        for value in tree:
            yield from _parts(value)


def bound(
    con: duckdb.DuckDBPyConnection, source: str, file: str, mapping: Mapping[str, str], row: str
) -> dict[str, tuple[str, str]]:
    """SQL and type of every mapped column over ``row``, a query of the file's columns.

    An expression that fails on a row gives null there.

    Raises:
        SettingsError: an expression names a column the file does not have, or cannot be bound.
    """
    found = {}
    for column, expression in mapping.items():
        query = f"try(({expression}\n))"
        try:
            (described,) = con.execute(f"describe select {query} from ({row})").fetchall()
        except duckdb.Error as error:
            names = [name for name, *_ in con.execute(f"describe {row}").fetchall()]
            problem = str(error).splitlines()[0].removeprefix("Binder Error: ")
            raise _unusable(
                source, column, expression, problem, f"{file} has the columns {', '.join(names)}."
            ) from error
        found[column] = (query, described[1])
    return found


def _unusable(source: str, column: str, expression: str, problem: str, hint: str = "") -> SettingsError:
    return SettingsError(
        f"The mapping of `{column}` in source `{source}` cannot be used: {problem.rstrip('.')}.",
        where=f"footfall.yml: {column}: {expression}",
        hint=f"Write one DuckDB expression over the file's own columns. {hint}".strip(),
    )


def as_text(query: str, kind: str) -> str:
    """SQL of a mapped value as text for the validation; nested values become JSON."""
    if kind.endswith("]") or kind.startswith(("STRUCT", "MAP", "JSON")):
        return f"to_json({query})::varchar"
    return f"({query})::varchar"


def row_of(columns: tuple[str, ...]) -> str:
    """Select list that gives a slice's columns (c0, c1 …) their names in the file."""
    return ", ".join(f"c{place} as {quote_identifier(name)}" for place, name in enumerate(columns))
