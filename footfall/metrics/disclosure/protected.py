"""The protected people, and in which workspaces. What names them: ``hidden_words``."""

import duckdb

from footfall.core.sql_files import sql_files
from footfall.metrics.disclosure.hidden_words import find_hidden_terms

#: Relations of this module, in the order in which they are made.
RELATIONS = ("protected_workspaces", "hidden_users", "hidden_devices", "hidden_actors")
#: The value in place of a protected person's id.
ANONYMIZED = "(anonymized)"


def find_hidden(con: duckdb.DuckDBPyConnection) -> None:
    """Make the temporary tables ``RELATIONS``, whose SQL files describe them, and ``hidden_terms``.

    Args:
        con: sees the complete marts, protected people included, as schema ``marts``.
    """
    files = sql_files("footfall.metrics", "sql/disclosure")
    for name in RELATIONS:
        con.execute(f"create or replace temp table {name} as\n{files[name]}")
    find_hidden_terms(con)


def find_hidden_content(con: duckdb.DuckDBPyConnection) -> None:
    """Make the temporary table ``hidden_content``; call ``find_hidden`` first.

    Args:
        con: as in ``find_hidden``; the marts include the events of protected people.
    """
    sql = sql_files("footfall.metrics", "sql/disclosure")["hidden_content"]
    con.execute(f"create or replace temp table hidden_content as\n{sql}")
