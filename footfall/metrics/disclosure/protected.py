"""Who is protected, in which workspaces, and what must not be told of them."""

import duckdb

from footfall.metrics.scope import sql_files

#: Relations of this module, in the order in which they are made.
RELATIONS = ("protected_workspaces", "hidden_users", "hidden_devices", "hidden_actors", "hidden_terms")
#: What stands in place of a protected person's id.
ANONYMIZED = "(anonymized)"


def find_hidden(con: duckdb.DuckDBPyConnection) -> None:
    """Make the temporary tables ``RELATIONS``; what is in each is said in its file.

    Args:
        con: sees the finished marts, before anything is left out of them, as schema ``marts``.
    """
    files = sql_files("disclosure")
    for name in RELATIONS:
        con.execute(f"create or replace temp table {name} as\n{files[name]}")
