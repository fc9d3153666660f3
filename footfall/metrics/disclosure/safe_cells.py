"""What may be published of one workspace: its cells after suppression, from which the answers are made."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import duckdb

from footfall.metrics.disclosure.cells import LeftOut
from footfall.metrics.disclosure.labels import OTHER
from footfall.metrics.layer import exact
from footfall.metrics.question import Question

Row = dict[str, Any]


@dataclass(frozen=True)
class SafeCells:
    """What may be published of one workspace.

    Args:
        con: a connection that sees its unprojected marts.
        question: the workspace and its own range.
        cells: by family and label, what each cell counts; a family without a cell has no row, unless it is withdrawn.
        withdrawn: families of which nothing is published.
        is_full: everyone is protected.
        left_out: who is in no number, from ``suppress_cells``.
        key: the key of pseudonyms.
        state: id of the published state, which pseudonyms depend on.
    """

    con: duckdb.DuckDBPyConnection
    question: Question
    cells: Mapping[str, Mapping[str, int]]
    withdrawn: frozenset[str]
    is_full: bool
    left_out: LeftOut
    key: bytes
    state: str = ""

    def exact(self, name: str) -> list[Row]:
        return exact(self.con, name, self.question).to_pylist()

    def is_published(self, *families: str) -> bool:
        """Whether every cell of these families is published by itself."""
        return not any(family in self.withdrawn or OTHER in self.cells.get(family, ()) for family in families)

    def count(self, family: str, label: str = "all") -> int | None:
        """What a cell counts; 0 where it has no row, None where it is suppressed."""
        found = self.cells.get(family, {}).get(label)
        return found if found is not None or not self.is_published(family) else 0

    def users(self, family: str, label: str) -> int | None:
        """Users of a cell; None where they are suppressed, and for the others together where no cell counts them."""
        found = self.count(f"users:{family}:{label}")
        return None if label == OTHER and not found else found
