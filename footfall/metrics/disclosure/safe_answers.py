"""What may be told of one workspace: its cells as they were folded, from which the answers are made."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import duckdb

from footfall.metrics.disclosure.cells import OTHER
from footfall.metrics.layer import exact
from footfall.metrics.question import Question

Row = dict[str, Any]


@dataclass(frozen=True)
class Told:
    """What may be told of one workspace.

    Args:
        con: a connection that sees its unprojected marts.
        question: the workspace and its own range.
        k: the fewest people a number may be about.
        cells: by family and label, what each cell counts; a family without a cell had no row, unless it is withdrawn.
        withdrawn: families that nothing is told of.
        is_full: nobody is named.
        is_everyone: what ``fold_cells`` returned.
        key: the key of pseudonyms.
    """

    con: duckdb.DuckDBPyConnection
    question: Question
    k: int
    cells: Mapping[str, Mapping[str, int]]
    withdrawn: frozenset[str]
    is_full: bool
    is_everyone: bool
    key: bytes

    def exact(self, name: str) -> list[Row]:
        return exact(self.con, name, self.question).to_pylist()

    def is_told(self, *families: str) -> bool:
        """Whether every cell of these families is told by itself."""
        return not any(family in self.withdrawn or OTHER in self.cells.get(family, ()) for family in families)

    def count(self, family: str, label: str = "all") -> int | None:
        """What a cell counts; 0 where it has no row, None where that is not told."""
        found = self.cells.get(family, {}).get(label)
        return found if found is not None or not self.is_told(family) else 0
