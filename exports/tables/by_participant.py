"""The table By participant: one row a participant, one column a functionality."""

from collections.abc import Iterator

import duckdb
import pyarrow as pa

from footfall.core.database import arrow, quote_literal, release_disk_buffers

#: Functionalities that get a column of their own; the rest share one, so that no sheet gets too wide.
MODULE_COLUMNS = 1_000
#: From this number of users on, memory is released before the next table is read.
MANY_USERS = 10_000

#: One row a listed user, in their order, one column a place; the functionalities that are too many share the last.
_PIVOT = """
with numbered as (
    select module, module_kind, 'place' || least(row_no, ?) as place
    from (
        select unnest(names) as module, unnest(kinds) as module_kind, unnest(range(len(names))) as row_no
        from (select ? as names, ? as kinds)
    ) as n
),

placed as (
    select u.user_id, n.place, u.interactions
    from used as u
    inner join numbered as n on u.module = n.module and u.module_kind = n.module_kind
),

wide as (pivot placed on place in ({names}) using sum(interactions) group by user_id)

select {counts}
from listed as l
left join wide as w on l.user_id = w.user_id
order by l.row_no
"""


def pivot(
    con: duckdb.DuckDBPyConnection, users: pa.ChunkedArray
) -> Iterator[tuple[tuple[str, str] | None, pa.ChunkedArray]]:
    """Interactions a user, for each functionality (name, kind), the most used first; users in the order given.

    ``con`` has the temporary table ``used`` (user_id, module, module_kind, interactions), which is dropped. The last is
    None where functionalities beyond ``MODULE_COLUMNS`` share a column.
    """
    is_large = len(users) > MANY_USERS
    names = con.execute(
        "select module, module_kind from used group by all having sum(interactions) > 0"
        " order by sum(interactions) desc, module, module_kind"
    ).fetchall()
    shown: list[tuple[str, str] | None] = [*names[:MODULE_COLUMNS], *([None] if len(names) > MODULE_COLUMNS else [])]
    if shown:
        places = [f"place{number}" for number in range(len(shown))]
        con.register("listed", pa.table({"user_id": users, "row_no": pa.array(range(len(users)))}))
        query = _PIVOT.format(
            names=", ".join(map(quote_literal, places)),
            counts=", ".join(f"coalesce({place}, 0)::bigint" for place in places),
        )
        wide = arrow(con, query, [MODULE_COLUMNS, *map(list, zip(*names, strict=True))], is_large=is_large)
        con.unregister("listed")
        if is_large:
            release_disk_buffers(con)
        yield from zip(shown, wide.columns, strict=True)
    con.execute("drop table used")
