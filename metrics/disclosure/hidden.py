"""Who is protected, in which workspaces, and what must not be told of them."""

import duckdb

from metrics.scope import sql_files

#: Relations of this module, in the order in which they are made.
RELATIONS = ("protected_workspaces", "hidden_users", "hidden_devices", "hidden_actors", "hidden_words")
#: What stands in place of a protected person's id.
ANONYMIZED = "(anonymized)"
#: Words shorter than this are too common in searches to be taken for somebody's name.
_SHORTEST_WORD = 3


def find_hidden(con: duckdb.DuckDBPyConnection) -> None:
    """Make the temporary tables ``RELATIONS``, and ``hidden_terms(workspace_id, term)``: searches that name someone.

    Args:
        con: sees the finished marts, before anything is left out of them, as schema ``marts``.
    """
    files = sql_files("disclosure")
    for name in RELATIONS:
        con.execute(f"create or replace temp table {name} as\n{files[name]}")
    con.execute(
        "create or replace temp table hidden_terms as"
        " select distinct s.workspace_id, s.term from marts.fct_searches as s"
        " inner join hidden_words as h on s.workspace_id = h.workspace_id and contains(s.term, h.word)"
        " where length(h.word) >= ?", [_SHORTEST_WORD],
    )
