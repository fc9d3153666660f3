"""The first ten steps of visits: flows, their sums, and the cells of the people who took them."""

from collections.abc import Iterator

import duckdb
import numpy as np

from exports.report.cells import Columns, cells, is_new
from footfall.core.database import value

#: Codes of places in a path: any item that is never named at that step, the exit, what continues after the last step;
#: an item's code is ``FIRST`` more than its number.
NEVER_NAMED, EXIT, CONTINUES, FIRST = range(4)
#: Items of a step that the picture names.
TOP = 20

_STEPS = """
    select
        s.step::integer as step, date_diff('day', r.start_date, s.local_date)::integer + 1 as day,
        coalesce(s.user_no, 0)::integer as user, s.item_no::integer as item, s.next_no::integer as next, s.is_end,
        s.interactions::integer as interactions, round(s.seconds_on_item::double * 1000)::bigint as ms
    from scope_steps as s
    cross join report_range as r
    where s.level = $level and s.local_date between r.start_date and r.end_date
"""


#: Visits of an item at a step on a day. Grain: one row per step, number, day, in this order.
_COUNTS = """
    select
        s.step::integer as step, p.number::bigint as number, s.item_no::integer as item,
        date_diff('day', r.start_date, s.local_date)::integer as day, count(*) as visits
    from scope_steps as s
    cross join report_range as r
    inner join report_path_items as p on s.level = p.level and s.item_no = p.item_no
    where s.level = $level and s.local_date between r.start_date and r.end_date
    group by all
    order by step, number, day
"""


def path_tables(con: duckdb.DuckDBPyConnection, level: str) -> dict[str, Columns]:
    """The tables of a level, ``module`` or ``content``, after ``create_relations``.

    Returns:
        ``path_links``: step, source and target of each flow, by number. ``cells_links``: the flows' cells and sums
        (``with_sums``). ``cells_places``: users of a named place; each of eleven columns has a key for every code.
        ``cells_path_items``: items of a step; those that are never named count among (other).
    """
    of_level = {"level": level}
    steps = {name: np.ma.getdata(column) for name, column in con.execute(_STEPS, of_level).fetchnumpy().items()}
    codes = FIRST + value(con, "select count(*) from report_path_items where level = $level", of_level)
    code = np.zeros((12, value(con, "select max(item_no) from scope_items") + 1), dtype=np.int64)
    for step, item, number in named_items(con.execute(_COUNTS, of_level).fetchnumpy()):
        code[step, item] = FIRST + number
    exit_no = value(con, "select item_no from scope_items where kind = 'exit'")
    end = np.where(steps["next"] == exit_no, EXIT, CONTINUES)
    source = code[steps["step"], steps["item"]]
    target = np.where(steps["is_end"], end, code[steps["step"] + 1, steps["next"]])
    flow = (steps["step"] * codes + source) * codes + target

    order = np.argsort(flow << 24 | steps["day"], kind="stable")
    flow, day, user = flow[order], steps["day"][order], steps["user"][order]
    is_flow = is_new(flow)
    link = np.cumsum(is_flow) - 1
    first = np.flatnonzero(is_flow | is_new(day))
    sums = {"key": link[first], "day": day[first], "visits": np.diff(first, append=flow.size)}
    for name in ("interactions", "ms"):
        sums[name] = np.add.reduceat(steps[name][order].astype(np.int64), first) if first.size else first
    flow, parts = flow[is_flow], {}
    parts["source"], parts["target"] = flow // codes % codes, flow % codes
    is_named = (user > 0) & ((parts["source"] > 0) & (parts["target"] > 0))[link]
    found = cells(link[is_named], user[is_named], day[is_named])

    starts, ends = (steps["user"] > 0) & (source > 0), (steps["user"] > 0) & steps["is_end"]
    places = [((steps["step"] - 1) * codes + source)[starts], (steps["step"] * codes + target)[ends]]
    both = [np.concatenate([steps[name][starts], steps[name][ends]]) for name in ("user", "day")]
    return {
        "path_links": {"step": flow // codes // codes, **parts},
        "cells_links": with_sums(found, sums),
        "cells_places": cells(np.concatenate(places), *both),
        "cells_path_items": cells(steps["step"], steps["item"], steps["day"]),
    }


def named_items(counts: Columns) -> Iterator[tuple[int, np.ndarray, np.ndarray]]:
    """Items that can be among the first 20 of a step in some range of days; all others are (other) in each of them.

    An item never is if 20 others have more visits on each of its days, or as many and come before it by name. The
    others are looked for among the 60 with the most visits.

    Args:
        counts: step, number, item, day, visits; in order of step, number, day.

    Yields:
        step, items (as in the data) and their numbers.
    """
    for step in np.unique(counts["step"]):
        of_step = counts["step"] == step
        number, day, visits = (counts[name][of_step] for name in ("number", "day", "visits"))
        first = np.flatnonzero(is_new(number))
        names, items = number[first], counts["item"][of_step][first]
        order = np.lexsort((names, -np.add.reduceat(visits, first)))[:60]
        of_row = np.cumsum(is_new(number)) - 1
        most = np.zeros((names.size, int(day.max()) + 1), dtype=visits.dtype)
        most[of_row, day] = visits
        others = most[order][:, day]
        is_before = (others > visits) | ((others == visits) & (names[order][:, None] < number))
        is_named = np.logical_and.reduceat(is_before, first, axis=1).sum(axis=0) < TOP
        yield int(step), items[is_named], names[is_named]


def with_sums(found: Columns, sums: Columns) -> Columns:
    """The cells of flows with their sums, each in the first cell of its flow and day; it is added where there is none.

    ``visits`` are those beyond ``n`` of the day's cells, ``interactions`` those beyond the visits: both are nearly
    always 0, and take no room.
    """
    wanted, own = (table["key"].astype(np.int64) << 24 | table["day"] for table in (sums, found))
    missing = ~np.isin(wanted, own)
    none = np.zeros(int(missing.sum()), dtype=np.int64)
    added = {"key": sums["key"][missing], "day": sums["day"][missing], "previous": none, "n": none}
    order = np.argsort(np.concatenate([own, wanted[missing]]), kind="stable")
    joined = {name: np.concatenate([found[name], added[name]])[order] for name in ("key", "day", "previous", "n")}
    first = np.searchsorted(np.concatenate([own, wanted[missing]])[order], wanted)
    people = np.add.reduceat(joined["n"], first) if first.size else first
    visits = sums["visits"]
    values = {"visits": visits - people, "interactions": sums["interactions"] - visits, "ms": sums["ms"]}
    for name, numbers in values.items():
        joined[name] = np.zeros(order.size, dtype=np.int64)
        joined[name][first] = numbers
    return joined
