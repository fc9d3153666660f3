"""Suppress cells until nothing about few protected people follows from those that are published.

Three audits, from the cheapest to the most thorough: the people behind each cell; differences of rows (``audit.sql``),
for readers who know which rows there are; and the linear system of all published cells (``equations``), for readers who
know what every number means. They are repeated until none of them finds anything.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

import duckdb

from footfall.core.sql_files import sql_files
from footfall.metrics.disclosure.equations import Equations, Hidden, Part
from footfall.metrics.disclosure.labels import OTHER
from footfall.metrics.disclosure.remedy import ASIDE, Step, remedy
from footfall.metrics.disclosure.solving import Cell

#: Kinds of rows that cells consist of. A number of rows can only be subtracted from a number of rows of its kind.
_UNIVERSES = ("events", "visits", "people")
#: A part of the visits or people and the rest: suppressed as early as the families of one number.
_ASIDE = (*ASIDE, "who")


def suppress_until_safe(con: duckdb.DuckDBPyConnection, k: int, universes: Sequence[str]) -> None:
    """Suppress until nothing is unsafe. Every round gives a number up, so it ends.

    Args:
        con: has ``disclosure_members``, ``disclosure_current`` and the tables of what is suppressed.
        k: the fewest people a number may be about.
        universes: kinds of rows whose linear system is audited.
    """
    audit = sql_files("footfall.metrics", "sql/disclosure")["audit"]
    equations = Equations(_parts(con, universes, k), k)
    unaudited = set(_UNIVERSES)
    while True:
        people = _people(con)
        bad = {cell for cell, found in people.items() if any(0 < number < k for number in found.values())}
        while not bad and unaudited:
            universe = min(unaudited)
            bad = set(con.execute(audit, {"universe": universe, "k": k, "aside": list(_ASIDE)}).fetchall())
            if not bad:
                unaudited.remove(universe)
        if bad:
            touched = _suppress(con, bad, people)
        else:
            before = _hidden(con)
            findings = equations.findings(before)
            if not findings:
                return
            fewest = {cell: min(found.values()) for cell, found in people.items()}
            touched = _take(con, {remedy(finding, fewest) for finding in findings}, people)
            if _hidden(con) == before:
                # What cannot be changed cell by cell is given up.
                touched = _take(con, {("withdraw", cell) for finding in findings for cell in finding}, people)
        unaudited |= {universe for cell, found in people.items() if cell[0] in touched for universe in found}


def suppress_also(con: duckdb.DuckDBPyConnection, bad: Iterable[Cell]) -> None:
    """Suppress further cells: those given, or where one is alone in its family, the family."""
    _suppress(con, list(bad), _people(con))


def _parts(con: duckdb.DuckDBPyConnection, universes: Sequence[str], k: int) -> Iterator[Part]:
    sql = sql_files("footfall.metrics", "sql/disclosure")["parts"]
    for group, cells, n, people in con.execute(sql, {"universes": list(universes), "k": k}).fetchall():
        found = tuple((cell["family"], cell["label"]) for cell in cells)
        yield Part(group, found, n, None if people is None else frozenset(people))


def _hidden(con: duckdb.DuckDBPyConnection) -> Hidden:
    def families(table: str) -> set[str]:
        return {row[0] for row in con.execute(f"select family from {table}").fetchall()}

    cells = set(con.execute("select family, label from disclosure_suppressed").fetchall())
    return Hidden(cells, families("disclosure_withheld"), families("disclosure_withdrawn"))


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
    _add(con, suppressed, withdrawn)
    changed = {family for family, _ in suppressed} | withdrawn
    return _with_links(changed, people)


def _take(con: duckdb.DuckDBPyConnection, steps: Iterable[Step], people: Mapping[Cell, object]) -> set[str]:
    """Do what the linear audit asks for; returns the families that this changed."""
    by_kind: dict[str, set[Cell]] = defaultdict(set)
    for kind, cell in steps:
        by_kind[kind].add(cell)
    con.execute("insert into disclosure_withheld select unnest($1::varchar[])",
                [sorted(family for family, _ in by_kind["withhold"])])
    _add(con, by_kind["suppress"], {family for family, _ in by_kind["withdraw"]})
    return _with_links({family for cells in by_kind.values() for family, _ in cells}, people)


def _add(con: duckdb.DuckDBPyConnection, suppressed: Iterable[Cell], withdrawn: Iterable[str]) -> None:
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


def _with_links(changed: set[str], people: Mapping[Cell, object]) -> set[str]:
    """With families of items, those of links, in which cells were suppressed with them."""
    if any(family.startswith("items:") for family in changed):
        return changed | {family for family, _ in people if family.startswith("links:")}
    return changed


def _is_aside(cell: Cell) -> bool:
    return cell[0].split(":")[0] in _ASIDE


