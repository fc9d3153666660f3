"""Differences of cells about few people, and parts of groups of families, compared with plain Python sets."""

from collections import defaultdict
from collections.abc import Mapping

import duckdb
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from footfall.metrics.disclosure.audit import find_differences
from footfall.metrics.disclosure.members import Members, load_members
from footfall.metrics.disclosure.parts import find_parts

FAMILIES = ("day", "openings", "module", "content:form")
Cells = Mapping[tuple[str, str], set[int]]

#: For each atom: who, how many rows, and its label in each family or none.
ATOMS = st.lists(
    st.tuples(st.sampled_from((None, 1, 2, 3, 4, 5, 6)), st.integers(1, 3),
              st.tuples(*[st.sampled_from((None, "a", "b"))] * len(FAMILIES))),
    min_size=1, max_size=14,
)


def load(atoms: list[tuple]) -> dict[str, Members]:
    rows = [("events", family, label, number, person, n) for number, (person, n, labels) in enumerate(atoms)
            for family, label in zip(FAMILIES, labels, strict=True) if label]
    if not rows:
        return {}
    named = dict(zip(("universe", "family", "label", "atom", "person", "n"), zip(*rows, strict=True), strict=True))
    with duckdb.connect() as con:
        con.register("given", pa.table(named | {"person": pa.array(named["person"], pa.int32())}))
        return load_members(con, "given")


def sets(atoms: list[tuple]) -> Cells:
    """The atoms of protected people in each cell."""
    found: dict[tuple[str, str], set[int]] = defaultdict(set)
    for number, (person, _, labels) in enumerate(atoms):
        for family, label in zip(FAMILIES, labels, strict=True):
            if label and person:
                found[family, label].add(number)
    return found


def is_isolating(atoms: list[tuple], cells: Cells, k: int) -> bool:
    """Whether a cell minus the cells of a family inside it, or those that cover it minus itself, is about few."""
    def few(rows: set[int]) -> bool:
        return 0 < len({atoms[row][0] for row in rows}) < k

    for (family, _), rows in cells.items():
        for other in {name for name, _ in cells} - {family}:
            theirs = [some for (name, _), some in cells.items() if name == other]
            inside = set().union(*(some for some in theirs if some <= rows))
            over = set().union(*(some for some in theirs if some & rows))
            if (inside and few(rows - inside)) or (rows <= over and few(over - rows)):
                return True
    return False


@given(ATOMS, st.integers(2, 4))
@settings(max_examples=80, deadline=None)
def test_a_cell_is_given_up_exactly_where_a_difference_is_about_few_people(atoms: list[tuple], k: int) -> None:
    members, cells = load(atoms), sets(atoms)
    found = find_differences(members["events"], k, ("openings",)) if members else set()
    assert bool(found) == is_isolating(atoms, cells, k)
    assert found <= cells.keys()


@given(ATOMS, st.integers(2, 4))
@settings(max_examples=40, deadline=None)
def test_parts_are_the_rows_in_the_same_cells_of_a_group(atoms: list[tuple], k: int) -> None:
    groups = {"days": ("day",), "modules": ("openings", "module", "content:form")}
    expected = set()
    for group, families in groups.items():
        rows: dict[tuple, list] = defaultdict(list)
        for person, n, labels in atoms:
            cells = tuple((family, label) for family, label in zip(FAMILIES, labels, strict=True)
                          if label and family in families)
            if cells and person:
                rows[tuple(sorted(cells))].append((person, n))
        for cells, some in rows.items():
            people = frozenset(person for person, _ in some)
            expected.add((group, cells, sum(n for _, n in some), people if len(people) < k else None))
    found = list(find_parts(load(atoms), ("events", "visits"), k))
    assert {(part.group, tuple(sorted(part.cells)), part.n, part.people) for part in found} == expected
    assert len(found) == len(expected)


def test_parts_of_more_families_than_64_bits_have_combinations_stay_apart() -> None:
    with duckdb.connect() as con:
        con.execute("""
            create table disclosure_members as
            select
                'events' as universe, 'content:' || family as family, (atom * family % 97)::varchar as label, atom,
                (atom % 9 + 1)::integer as person, 1::bigint as n
            from range(200) as a (atom), range(1, 30) as f (family)
        """)
        found = list(find_parts(load_members(con), ("events",), 3))
    assert len(found) == 97 and {len(part.cells) for part in found} == {29}
    assert sorted(part.n for part in found) == [2] * 91 + [3] * 6
