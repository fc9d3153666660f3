"""Searches, and words of organisers and clients, that name a protected person."""

import csv
from collections import defaultdict
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path

import duckdb

from footfall.core.database import quote_identifier
from footfall.metrics.disclosure.names import Names, names_of

_PEOPLE = """
    select p.workspace_id, p.user_id, p.email, p.first_name, p.last_name
    from marts.dim_participants as p
    inner join protected_workspaces as w on p.workspace_id = w.workspace_id
    where p.is_anonymized or w.is_full
"""
_PROTECTED = "semi join protected_workspaces using (workspace_id)"
_TERMS = f"select distinct workspace_id, term from marts.fct_searches {_PROTECTED}"
#: What organisers and clients name: modules, events, items and their titles.
_WORDS = f"""
    select distinct
        workspace_id, unnest([module, event, case when content_type is distinct from 'user' then content_id end])
    from marts.fct_events {_PROTECTED}
    union
    select workspace_id, unnest([content_id, title, url])
    from marts.dim_content {_PROTECTED} where content_type <> 'user'
"""
_CATALOG = Path(__file__).parents[3] / "dbt_project" / "seeds" / "event_catalog.csv"


def find_hidden_terms(con: duckdb.DuckDBPyConnection) -> None:
    """Make the temporary table ``hidden_terms`` (workspace_id, term); call ``find_hidden`` first."""
    names = names_of(con.execute(_PEOPLE).fetchall())
    found = _naming(con.execute(_TERMS).fetchall(), names, Names.in_search) if names else []
    _fill(con, "hidden_terms", "term", found)


def find_hidden_words(con: duckdb.DuckDBPyConnection) -> bool:
    """Make the temporary table ``hidden_words`` (workspace_id, word); whether it has any.

    Words of the event catalogue are the product's own, whoever is called like them.

    Args:
        con: sees the marts, and the relations of ``find_hidden``.
    """
    names = names_of(con.execute(_PEOPLE).fetchall())
    words = con.execute(_WORDS).fetchall() if names else []
    own = _catalogue()
    found = _naming((row for row in words if row[1] and row[1] not in own), names, Names.in_title)
    _fill(con, "hidden_words", "word", found)
    return bool(found)


def _naming(
    rows: Iterable[tuple[str, str]], names: dict[str, Names], is_named: Callable[[Names, str], bool]
) -> list[tuple[str, str]]:
    return [(workspace, text) for workspace, text in rows if workspace in names and is_named(names[workspace], text)]


def _fill(con: duckdb.DuckDBPyConnection, table: str, column: str, rows: list[tuple[str, str]]) -> None:
    con.execute(f"create or replace temp table {table} (workspace_id varchar, {quote_identifier(column)} varchar)")
    by_workspace: dict[str, list[str]] = defaultdict(list)
    for workspace, text in rows:
        by_workspace[workspace].append(text)
    for workspace, texts in by_workspace.items():
        con.execute(f"insert into {table} select $workspace, unnest($texts)", {"workspace": workspace, "texts": texts})


@cache
def _catalogue() -> frozenset[str]:
    with _CATALOG.open(encoding="utf-8", newline="") as file:
        return frozenset(row[name] for row in csv.DictReader(file) for name in ("event", "module") if row[name])
