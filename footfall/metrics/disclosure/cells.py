"""Cells of the answers (sets of rows), suppressed until nothing about few protected people follows from them.

A family is a list of cells that share no row: days, modules, items of a type … Cells with fewer than ``k`` protected
people are suppressed: they become one cell, ``OTHER``, which then has none or at least ``k``. Where a number
about few people follows from several cells (``suppression``), one of them is suppressed too. A family that stays unsafe
loses its ``OTHER``, or is withdrawn: nothing of it is published.
"""

from collections import defaultdict
from typing import Any, Literal

import duckdb

from footfall.core.sql_files import sql_files
from footfall.metrics.disclosure.labels import CLIENT_LABEL, OTHER
from footfall.metrics.disclosure.suppression import suppress_until_safe

#: The people who are in no number: nobody, the protected guests, or all protected people.
LeftOut = Literal["nobody", "guests", "protected"]


def suppress_cells(con: duckdb.DuckDBPyConnection, facts: dict[str, Any]) -> LeftOut:
    """Make ``disclosure_current``: the rows of every cell that may be published.

    Args:
        con: after ``footfall.metrics.scope.scope`` of the workspace and ``find_hidden``.
        facts: ``workspace``, ``is_full``, ``start``, ``end`` and ``k``, the fewest people a number may be about.

    Returns:
        Who is left out of the cells. ``protected``: others are named, and the protected people are so few that no
        number may be about them. ``guests``: so few guests came that totals with and without them would show what
        these few did.
    """
    files, k = sql_files("footfall.metrics", "sql/disclosure"), facts["k"]
    con.execute(CLIENT_LABEL)
    con.execute(f"create or replace temp table disclosure_people as {files['people']}", _used(files["people"], facts))
    left_out = _leave_out_few(con, facts)
    groups = files["activity_groups"]
    con.execute(f"create or replace temp table disclosure_activity_groups as {groups}", _used(groups, facts))
    con.execute("""
        create or replace temp table disclosure_suppressed (family varchar, label varchar);
        create or replace temp table disclosure_withdrawn (family varchar);
        create or replace temp table disclosure_withheld (family varchar);
    """)
    for number, name in enumerate(("events", "visits")):
        made = "insert into disclosure_members" if number else "create or replace temp table disclosure_members as"
        con.execute(f"{made} {files[name]}", _used(files[name], facts))
    con.execute("""
        create or replace temp view disclosure_current as
        select
            m.universe, m.family, if(f.label is null, m.label, chr(30) || 'other') as label, m.atom, m.actor_no,
            m.person, m.n
        from disclosure_members as m
        left join disclosure_suppressed as f on m.family = f.family and m.label = f.label
        where
            m.family not in (select family from disclosure_withdrawn)
            and (f.label is null or m.family not in (select family from disclosure_withheld))
    """)
    suppress_until_safe(con, k, ("events", "visits"))
    con.execute(f"insert into disclosure_members {files['users']}", _used(files["users"], facts))
    suppress_until_safe(con, k, ("people",))
    return left_out


def published_cells(con: duckdb.DuckDBPyConnection) -> dict[str, dict[str, int]]:
    """By family and label, how many interactions, visits or people each cell counts (events first where both do)."""
    found: dict[str, dict[str, int]] = defaultdict(dict)
    for family, label, n in con.execute(
        "select family, label, sum(n)::bigint from disclosure_current group by universe, family, label"
        " order by universe desc"
    ).fetchall():
        found[family][label] = n
    # Cells that were suppressed after users were counted, since the state before shows them, are in the others now:
    # where these have other users than were counted and audited, no number of them is published.
    for family, users in con.execute("""
        select c.family, count(distinct c.actor_no)
        from disclosure_current as c
        semi join disclosure_people as p on c.actor_no = p.actor_no and p.user_no is not null
        where c.universe = 'events' and c.label = $other group by c.family
    """, {"other": OTHER}).fetchall():
        counted = found.get(f"users:{family}:{OTHER}", {})
        if counted and counted != {"all": users}:
            del found[f"users:{family}:{OTHER}"]
    return found


def count_suppressed(con: duckdb.DuckDBPyConnection) -> tuple[dict[str, int], frozenset[str]]:
    """By family, how many cells are in ``OTHER`` or withdrawn with it; and the families withdrawn, or without it."""
    withdrawn = frozenset(row[0] for row in con.execute(
        "select family from disclosure_withdrawn union select family from disclosure_withheld").fetchall())
    return dict(con.execute("""
        select m.family, count(distinct m.label) from disclosure_members as m
        left join disclosure_suppressed as f on m.family = f.family and m.label = f.label
        where f.label is not null or m.family in (select family from disclosure_withdrawn) group by m.family
    """).fetchall()), withdrawn


def _leave_out_few(con: duckdb.DuckDBPyConnection, facts: dict[str, Any]) -> LeftOut:
    """Take protected people out of the scope where 1 to ``k`` - 1 did anything and others are named; else guests."""
    # Interactions count by their own date, visits by that of their start: either may be about fewer.
    found = con.execute("""
        with active as (
            select p.person, p.user_no is null as is_guest, 'visits' as counted from scope_visits as v
            inner join disclosure_people as p on v.actor_id = p.actor_id where v.local_date between $start and $end
            union all
            select p.person, p.user_no is null, 'interactions' from scope_visits as v
            inner join disclosure_people as p on v.actor_id = p.actor_id
            semi join scope_usage as u on v.visit_no = u.visit_no and u.local_date between $start and $end
        )
        select count(distinct person), count(distinct person) filter (where is_guest) from active group by counted
    """, {"start": facts["start"], "end": facts["end"]}).fetchall()
    k = facts["k"]
    left_out: LeftOut = "nobody"
    if not facts["is_full"] and any(0 < people < k for people, _ in found):
        left_out = "protected"
    elif any(0 < guests < k for _, guests in found):
        left_out = "guests"
    if left_out != "nobody":
        con.execute("""
            delete from scope_visits where actor_id in (
                select actor_id from disclosure_people where person is not null and ($everyone or user_no is null)
            )""", {"everyone": left_out == "protected"})
        con.execute("delete from scope_usage where visit_no not in (select visit_no from scope_visits)")
    return left_out


def _used(sql: str, facts: dict[str, Any]) -> dict[str, object]:
    return {name: value for name, value in facts.items() if f"${name}" in sql}
