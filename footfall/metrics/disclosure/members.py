"""The rows behind each cell of a workspace, as sparse matrices of whole numbers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import duckdb
import numpy as np
from scipy.sparse import csr_array

from footfall.core.database import arrow
from footfall.metrics.disclosure.solving import Cell

_QUERY = """
    select universe, family, label, list(struct_pack(atom := atom, person := person, n := n)) as members
    from {table} group by universe, family, label order by universe, family, label
"""


@dataclass(frozen=True)
class Members:
    """The rows (atoms) of protected people behind the cells of one universe; cells of a family share none.

    Args:
        cells: in order; also those without a row of a protected person.
        atoms: 1 where a cell has an atom. Shape (cells, atoms).
        own: atoms of each person in each cell. Shape (cells, people).
        person: of each atom. Shape (atoms,).
        n: rows that an atom stands for. Shape (atoms,).
    """

    cells: Sequence[Cell]
    atoms: csr_array
    own: csr_array
    person: np.ndarray
    n: np.ndarray

    def people(self) -> dict[Cell, int]:
        """How many protected people are behind each cell."""
        return dict(zip(self.cells, np.diff(self.own.indptr).tolist(), strict=True))

    def merged(self, current: Mapping[Cell, Cell | None]) -> "Members":
        """With cells that are published together as one, and without those that are not published (None)."""
        cells = sorted({cell for cell in map(current.__getitem__, self.cells) if cell is not None})
        place = {cell: number for number, cell in enumerate(cells)}
        kept = [(place[cell], number) for number, cell in enumerate(map(current.__getitem__, self.cells))
                if cell is not None]
        into = incidence(np.array(kept, dtype=np.int64).reshape(-1, 2).T, (len(cells), len(self.cells)))
        return Members(cells, into @ self.atoms, into @ self.own, self.person, self.n)


def load_members(con: duckdb.DuckDBPyConnection, table: str = "disclosure_members") -> dict[str, Members]:
    """The members of each universe in ``table``."""
    found = arrow(con, _QUERY.format(table=table), None)
    universes = np.array(found["universe"].to_pylist(), dtype=object)
    lists = found["members"].combine_chunks()
    ends = lists.offsets.to_numpy()
    rows = lists.flatten()
    atom, n = (rows.field(name).to_numpy() for name in ("atom", "n"))
    # 0: not a protected person
    person = rows.field("person").fill_null(0).to_numpy()
    named = list(zip(found["family"].to_pylist(), found["label"].to_pylist(), strict=True))
    made = {}
    for universe in sorted(set(universes)):
        (cells,) = np.nonzero(universes == universe)
        first, last = int(cells[0]), int(cells[-1]) + 1
        part = slice(ends[first] - ends[0], ends[last] - ends[0])
        cell = np.repeat(np.arange(last - first), np.diff(ends[first : last + 1]))
        is_theirs = person[part] > 0
        made[universe] = _members(
            named[first:last], cell[is_theirs], atom[part][is_theirs], person[part][is_theirs], n[part][is_theirs]
        )
    return made


def incidence(places: np.ndarray, shape: tuple[int, int]) -> csr_array:
    """A matrix of zeros with 1 at the places (row, column), which add up. Shape of ``places`` (2, ones)."""
    return csr_array((np.ones(places.shape[1], dtype=np.int64), tuple(places)), shape=shape)


def _members(
    cells: Sequence[Cell], cell: np.ndarray, atom: np.ndarray, person: np.ndarray, n: np.ndarray
) -> Members:
    width = int(atom.max(initial=-1)) + 1
    of_atom = np.zeros((2, width), dtype=np.int64)
    of_atom[0, atom], of_atom[1, atom] = person, n
    own = incidence(np.array([cell, person]), (len(cells), int(person.max(initial=0)) + 1))
    own.sum_duplicates()
    return Members(cells, incidence(np.array([cell, atom]), (len(cells), width)), own, *of_atom)
