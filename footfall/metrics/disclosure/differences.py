"""No difference of two published states is about few people.

Somebody may keep every state that was shown and subtract any two. So each cell is compared with the last state in which
it was shown, person by person, and cells whose difference is about 1 to k - 1 people are suppressed as well.
"""

import duckdb

from footfall.core.sql_files import sql_files
from footfall.metrics.disclosure.answered import Answered
from footfall.metrics.disclosure.suppression import suppress_also, suppress_until_safe

#: Each person's part of each cell, as it is kept of the states that were shown. ``place``: ``shown`` by itself in the
#: last state, ``folded`` into the cell of the others there, or shown by itself in an ``older`` one and not since.
PARTS = (
    "workspace_id varchar, family_key ubigint, cell ubigint, person ubigint, n bigint,"
    " elapsed_seconds decimal(18, 3), engaged_seconds decimal(18, 3), place varchar"
)
#: A state that loses one of these numbers says too little.
_HEADLINES = ("total", "total_visits", "active")
#: Cells that are not counted when two states are compared: numbers beside others, and groups without a name.
_UNCOUNTED = ("users", "activity_group")
_UNIVERSES = ("events", "visits", "people")
_PLACES = """
    create or replace temp table difference_places as
    select
        p.family, p.label,
        case
            when p.family in (select family from disclosure_withdrawn) then 'none'
            when f.label is null then 'shown'
            when p.family in (select family from disclosure_withheld) then 'none'
            else 'folded'
        end as place
    from (select distinct family, label from difference_parts) as p
    left join (select distinct family, label from disclosure_suppressed) as f
        on p.family = f.family and p.label = f.label
"""


def find_parts(con: duckdb.DuckDBPyConnection, key: bytes, workspace: str) -> None:
    """Make ``difference_parts`` and ``difference_places`` of the cells that ``suppress_cells`` left."""
    sql = sql_files("footfall.metrics", "sql/differences")["parts"]
    con.execute(f"create or replace temp table difference_parts as {sql}", {"key": key.hex(), "workspace": workspace})
    con.execute(_PLACES)


def suppress_differences(con: duckdb.DuckDBPyConnection, one: Answered, before: str) -> None:
    """Suppress cells until neither a cell nor its difference to a state that was shown is about few people.

    Args:
        con: after ``find_parts``.
        before: table with the columns ``PARTS``.
    """
    con.execute(f"create or replace temp table difference_before as from {before} where workspace_id = $workspace",
                {"workspace": one.workspace_id})
    unsafe = sql_files("footfall.metrics", "sql/differences")["unsafe"]
    is_audited = True
    while True:
        found = con.execute(unsafe, {"k": one.k}).fetchall()
        if found:
            suppress_also(con, found)
            is_audited = False
        elif not is_audited:
            suppress_until_safe(con, one.k, _UNIVERSES)
            is_audited = True
        else:
            return
        con.execute(_PLACES)


def count_cells(con: duckdb.DuckDBPyConnection) -> int:
    """How many cells are shown by themselves, without numbers that stand beside others."""
    return con.execute(
        "select count(*) from difference_places where place = 'shown'"
        " and split_part(family, ':', 1) not in (select unnest($1::varchar[]))", [list(_UNCOUNTED)]
    ).fetchall()[0][0]


def has_lost_headlines(con: duckdb.DuckDBPyConnection) -> bool:
    """Whether a headline that the state before had is missing; call ``suppress_differences`` first."""
    return con.execute(
        "select exists (from difference_places as s"
        " inner join difference_parts as p on s.family = p.family and s.label = p.label"
        " semi join difference_before as b on p.cell = b.cell and b.place = 'shown'"
        " where s.place <> 'shown' and s.family in (select unnest($1::varchar[])))", [list(_HEADLINES)]
    ).fetchall()[0][0]


def keep_parts(con: duckdb.DuckDBPyConnection, workspace: str, target: str, before: str | None) -> None:
    """Add the parts of the state that is shown now to ``target``, with those of older states that still matter."""
    con.execute(
        f"insert into {target} by name select $workspace as workspace_id, p.* exclude (family, label), s.place"
        " from difference_parts as p inner join difference_places as s on p.family = s.family and p.label = s.label"
        " where s.place <> 'none'", {"workspace": workspace},
    )
    if before is not None:
        con.execute(
            f"insert into {target} by name select b.* replace ('older' as place) from {before} as b"
            " where b.workspace_id = $workspace and b.place in ('shown', 'older') and b.cell not in"
            f" (select cell from {target} where workspace_id = $workspace and place = 'shown')",
            {"workspace": workspace},
        )
