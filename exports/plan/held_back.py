"""Workspaces whose exports stay as they are, because too many lines of their last data were rejected."""

import duckdb


def reasons_to_hold_back(con: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """The reason by workspace, in words; empty for a version that was published before there was such a table.

    No name here may be ``held_back``: where the table is absent, DuckDB reads Python objects of its name.
    """
    try:
        rows = con.execute(
            "select workspace_id, list(source || ' of ' || load_date order by load_date, source) as loads"
            " from ops.held_back group by workspace_id order by workspace_id"
        ).fetchall()
    except duckdb.CatalogException:
        return {}
    return {workspace: f"Too many lines of {' and '.join(loads[:3])} were rejected" for workspace, loads in rows}
