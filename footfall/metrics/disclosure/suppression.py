"""Suppress cells until nothing about few protected people follows from those that are published.

Three audits, from the cheapest to the most thorough: the people behind each cell; differences of rows (``audit``), for
readers who know which rows there are; and the linear system of all published cells (``equations``), for readers who
know what every number means. They are repeated until none of them finds anything.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

import duckdb

from footfall.metrics.disclosure.audit import find_differences
from footfall.metrics.disclosure.equations import Equations, Hidden
from footfall.metrics.disclosure.labels import OTHER
from footfall.metrics.disclosure.members import Members, load_members
from footfall.metrics.disclosure.parts import find_parts
from footfall.metrics.disclosure.remedy import ASIDE, Step, remedy
from footfall.metrics.disclosure.solving import Cell

#: A part of the visits or people and the rest: suppressed as early as the families of one number.
_ASIDE = (*ASIDE, "who")
#: For each cell, how many protected people are behind it in each universe that has it.
_People = Mapping[Cell, Mapping[str, int]]


def suppress_until_safe(con: duckdb.DuckDBPyConnection, k: int, universes: Sequence[str]) -> None:
    """Suppress until nothing is unsafe. Every round gives a number up, so it ends.

    Args:
        con: has ``disclosure_members`` and the tables of what is suppressed, to which this adds.
        k: the fewest people a number may be about.
        universes: kinds of rows whose linear system is audited.
    """
    members, hidden = load_members(con), _read(con)
    before = hidden.copy()
    links = _links(members)
    equations = Equations(find_parts(members, universes, k), k)
    unaudited = set(members)
    while True:
        current = _current(members, hidden)
        people = _people(current)
        bad = {cell for cell, found in people.items() if any(0 < number < k for number in found.values())}
        while not bad and unaudited:
            universe = min(unaudited)
            bad = find_differences(current[universe], k, _ASIDE)
            if not bad:
                unaudited.remove(universe)
        if bad:
            touched = _suppress(hidden, links, bad, people)
        else:
            findings = equations.findings(hidden)
            if not findings:
                break
            fewest = {cell: min(found.values()) for cell, found in people.items()}
            unchanged = hidden.copy()
            touched = _take(hidden, links, {remedy(finding, fewest) for finding in findings}, people)
            if hidden == unchanged:
                # What cannot be changed cell by cell is given up.
                touched = _take(hidden, links, {("withdraw", cell) for finding in findings for cell in finding}, people)
        unaudited |= {universe for cell, found in people.items() if cell[0] in touched for universe in found}
    _write(con, before, hidden)


def suppress_also(con: duckdb.DuckDBPyConnection, bad: Iterable[Cell]) -> None:
    """Suppress further cells: those given, or where one is alone in its family, the family."""
    members, hidden = load_members(con), _read(con)
    before = hidden.copy()
    _suppress(hidden, _links(members), list(bad), _people(_current(members, hidden)))
    _write(con, before, hidden)


def _read(con: duckdb.DuckDBPyConnection) -> Hidden:
    def families(table: str) -> set[str]:
        return {row[0] for row in con.execute(f"select family from {table}").fetchall()}

    cells = set(con.execute("select family, label from disclosure_suppressed").fetchall())
    return Hidden(cells, families("disclosure_withheld"), families("disclosure_withdrawn"))


def _write(con: duckdb.DuckDBPyConnection, before: Hidden, hidden: Hidden) -> None:
    cells = sorted(hidden.cells - before.cells)
    con.execute("insert into disclosure_suppressed select unnest($1::varchar[]), unnest($2::varchar[])",
                [[family for family, _ in cells], [label for _, label in cells]])
    for table, families in (("withheld", hidden.withheld - before.withheld),
                            ("withdrawn", hidden.withdrawn - before.withdrawn)):
        con.execute(f"insert into disclosure_{table} select unnest($1::varchar[])", [sorted(families)])


def _current(members: Mapping[str, Members], hidden: Hidden) -> dict[str, Members]:
    """The cells as they are published now."""
    def published(cell: Cell) -> Cell | None:
        current = hidden.current(cell)
        return current if hidden.is_published(current) else None

    return {
        universe: found.merged({cell: published(cell) for cell in found.cells}) for universe, found in members.items()
    }


def _people(current: Mapping[str, Members]) -> _People:
    found: dict[Cell, dict[str, int]] = defaultdict(dict)
    for universe, members in current.items():
        for cell, number in members.people().items():
            found[cell][universe] = number
    return found


def _links(members: Mapping[str, Members]) -> dict[Cell, list[Cell]]:
    """By path item of a step, the links that it is source or target of."""
    found: dict[Cell, list[Cell]] = defaultdict(list)
    for cell in (cell for one in members.values() for cell in one.cells if cell[0].startswith("links:")):
        _, level, step = cell[0].split(":")
        source, target = cell[1].split(chr(31))[:2]
        found[f"items:{level}:{step}", source].append(cell)
        found[f"items:{level}:{int(step) + 1}", target].append(cell)
    return found


def _suppress(
    hidden: Hidden, links: Mapping[Cell, Sequence[Cell]], bad: Iterable[Cell], people: _People
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
    _add(hidden, links, suppressed, withdrawn)
    changed = {family for family, _ in suppressed} | withdrawn
    return _with_links(changed, people)


def _take(
    hidden: Hidden, links: Mapping[Cell, Sequence[Cell]], steps: Iterable[Step], people: _People
) -> set[str]:
    """Do what the linear audit asks for; returns the families that this changed."""
    by_kind: dict[str, set[Cell]] = defaultdict(set)
    for kind, cell in steps:
        by_kind[kind].add(cell)
    hidden.withheld.update(family for family, _ in by_kind["withhold"])
    _add(hidden, links, by_kind["suppress"], {family for family, _ in by_kind["withdraw"]})
    return _with_links({family for cells in by_kind.values() for family, _ in cells}, people)


def _add(
    hidden: Hidden, links: Mapping[Cell, Sequence[Cell]], suppressed: Iterable[Cell], withdrawn: Iterable[str]
) -> None:
    hidden.withdrawn.update(withdrawn)
    for cell in suppressed:
        hidden.cells.add(cell)
        # A path item that is not shown at a step is shown neither as source nor as target there.
        hidden.cells.update(links.get(cell, ()))


def _with_links(changed: set[str], people: _People) -> set[str]:
    """With families of items, those of links, in which cells were suppressed with them."""
    if any(family.startswith("items:") for family in changed):
        return changed | {family for family, _ in people if family.startswith("links:")}
    return changed


def _is_aside(cell: Cell) -> bool:
    return cell[0].split(":")[0] in _ASIDE


