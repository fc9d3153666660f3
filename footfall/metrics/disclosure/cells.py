"""Cells of the answers (sets of rows), suppressed until none, and no difference of two, is about few protected people.

A family is a list of cells that share no row: days, modules, items of a type … Cells with fewer than ``k`` protected
people are suppressed: they become one cell, ``OTHER``, which then has none or at least ``k``. Where a cell can be
subtracted from others so that few people remain (``audit.sql``), it is suppressed too. A family that stays unsafe is
withdrawn: nothing of it is published.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, Literal

import duckdb

from footfall.core.sql_files import sql_files
from footfall.metrics.disclosure.labels import CLIENT_LABEL, OTHER

#: Kinds of rows that cells consist of. A number of rows can only be subtracted from a number of rows of its kind.
_UNIVERSES = ("events", "visits", "people")

#: Families of one number, or of a part and the rest, that stand beside the tables: these are suppressed first.
_ASIDE = ("users", "visit_interactions", "openings", "who", "guests", "known", "single", "median", "p90")

Cell = tuple[str, str]
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
        where m.family not in (select family from disclosure_withdrawn)
    """)
    _suppress_until_safe(con, k)
    con.execute(f"insert into disclosure_members {files['users']}", _used(files["users"], facts))
    _suppress_until_safe(con, k)
    return left_out


def published_cells(con: duckdb.DuckDBPyConnection) -> dict[str, dict[str, int]]:
    """By family and label, how many interactions, visits or people each cell counts (events first where both do)."""
    found: dict[str, dict[str, int]] = defaultdict(dict)
    for family, label, n in con.execute(
        "select family, label, sum(n)::bigint from disclosure_current group by universe, family, label"
        " order by universe desc"
    ).fetchall():
        found[family][label] = n
    return found


def count_suppressed(con: duckdb.DuckDBPyConnection) -> tuple[dict[str, int], frozenset[str]]:
    """By family, how many cells are in ``OTHER`` or withdrawn with it; and the families withdrawn."""
    withdrawn = frozenset(row[0] for row in con.execute("select family from disclosure_withdrawn").fetchall())
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


def _suppress_until_safe(con: duckdb.DuckDBPyConnection, k: int) -> None:
    """Suppress until nothing is unsafe. Every round suppresses a cell or withdraws a family, so it ends."""
    audit = sql_files("footfall.metrics", "sql/disclosure")["audit"]
    unaudited = set(_UNIVERSES)
    while True:
        people = _people(con)
        bad = {cell for cell, found in people.items() if any(0 < number < k for number in found.values())}
        while not bad and unaudited:
            universe = min(unaudited)
            bad = set(con.execute(audit, {"universe": universe, "k": k, "aside": list(_ASIDE)}).fetchall())
            if not bad:
                unaudited.remove(universe)
        if not bad:
            return
        touched = _suppress(con, bad, people)
        unaudited |= {universe for cell, found in people.items() if cell[0] in touched for universe in found}


def _people(con: duckdb.DuckDBPyConnection) -> dict[Cell, dict[str, int]]:
    """For each cell, how many protected people are behind it in each universe that has it."""
    found: dict[Cell, dict[str, int]] = defaultdict(dict)
    for universe, family, label, number in con.execute(
        "select universe, family, label, count(distinct person) from disclosure_current group by all"
    ).fetchall():
        found[family, label][universe] = number
    return found


def _suppress(
    con: duckdb.DuckDBPyConnection, bad: Iterable[Cell], people: Mapping[Cell, Mapping[str, int]]
) -> set[str]:
    """Move cells into the ``OTHER`` of their family; returns the families that this changed."""
    # Without the numbers aside the tables may be safe as they are.
    bad = [cell for cell in bad if _is_aside(cell)] or list(bad)
    fewest = {cell: min(found.values()) for cell, found in people.items()}
    labels: dict[str, list[str]] = defaultdict(list)
    # A cell without protected people would not add people to the rest, so it comes last.
    for family, label in sorted(people, key=lambda cell: (not fewest[cell], fewest[cell], cell)):
        labels[family].append(label)
    suppressed, withdrawn, alone = set(), set(), set()
    for family, label in bad:
        if len(labels[family]) == 1:
            alone.add(family)
            continue
        # What is suppressed already cannot be suppressed again: the next smallest joins it.
        rest = [label] if label != OTHER else [one for one in labels[family] if one != OTHER]
        if rest:
            suppressed.add((family, rest[0]))
        else:
            withdrawn.add(family)
    if suppressed:
        # What would have to be withdrawn may be safe once these are suppressed.
        withdrawn.clear()
    withdrawn |= alone
    con.execute("insert into disclosure_suppressed select unnest($1::varchar[]), unnest($2::varchar[])",
                [[family for family, _ in sorted(suppressed)], [label for _, label in sorted(suppressed)]])
    con.execute("insert into disclosure_withdrawn select unnest($1::varchar[])", [sorted(withdrawn)])
    # A path item that is not shown at a step is shown neither as source nor as target there.
    con.execute("""
        insert into disclosure_suppressed
        with links as (
            select distinct
                family, label, replace(family, 'links:', 'items:') as source_family,
                split_part(label, chr(31), 1) as source, split_part(label, chr(31), 2) as target,
                concat('items:', split_part(family, ':', 2), ':', split_part(family, ':', 3)::integer + 1)
                    as target_family
            from disclosure_members where starts_with(family, 'links:')
        )
        (
            select k.family, k.label from links as k
            semi join disclosure_suppressed as f on f.family = k.source_family and f.label = k.source
            union
            select k.family, k.label from links as k
            semi join disclosure_suppressed as f on f.family = k.target_family and f.label = k.target
        )
        except
        select family, label from disclosure_suppressed
    """)
    changed = {family for family, _ in suppressed} | withdrawn
    return changed | {family for family, _ in people if family.startswith("links:")} if any(
        family.startswith("items:") for family in changed) else changed


def _is_aside(cell: Cell) -> bool:
    return cell[0].split(":")[0] in _ASIDE


def _used(sql: str, facts: dict[str, Any]) -> dict[str, object]:
    return {name: value for name, value in facts.items() if f"${name}" in sql}
