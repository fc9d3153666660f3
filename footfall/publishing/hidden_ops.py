"""The ``ops`` tables as they may be seen where a workspace is anonymised."""

from collections.abc import Mapping

import duckdb

from footfall.publishing.show_states import set_as_of


def hide_in_ops(con: duckdb.DuckDBPyConnection, data_as_of: Mapping[str, str | None]) -> None:
    """Remove from the ``ops`` tables what may be about few people: loads by day, and numbers that were restated.

    For a protected workspace the date of the last data in its answers stays, and the dates on which a number changed.

    Args:
        data_as_of: by protected workspace that has answers, the ISO date of the newest load in them.
    """
    protected = "workspace_id in (select workspace_id from marts.dim_workspaces where anonymization <> 'none')"
    con.execute(f"delete from ops.load_by_workspace where {protected}")
    set_as_of(con, data_as_of)
    con.execute(f"""
        delete from ops.restatements where {protected} and contains(metric, '.');
        update ops.held_back set lines = null, rejected = null where {protected};
        update ops.restatements set old_value = null, new_value = null where {protected};
    """)
