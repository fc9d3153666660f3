"""A report holds nothing about people it is not about: of one person, or of those who may be named."""

import numpy as np

from exports.report.extract import Columns, Extract

#: What a person's page is made of; every other table is emptied.
_KEPT = ("visits", "usage", "paths_module", "paths_content")


def only(found: Extract, actor: int) -> Extract:
    """The rows of one actor, who becomes number 0 with visits numbered from 0."""
    return _kept(found, actor, actor + 1, {"users": 1, "pages": 1, "actors": 1, "named": 1})


def named(found: Extract) -> Extract:
    """The rows of those who may be named, who have the first numbers; and what each of them was seen last."""
    people = found.counts["named"]
    counts = {"users": people, "pages": found.counts["pages"], "actors": people, "named": people}
    kept = _kept(found, 0, people, counts)
    seen = found.tables["last_seen"]
    return Extract(kept.tables | {"last_seen": {name: values[seen["actor"] < people] for name, values in seen.items()}},
                   kept.counts)


def _kept(found: Extract, first: int, end: int, counts: dict[str, int]) -> Extract:
    """The rows of actors from ``first`` to before ``end``, numbered anew from 0."""
    visits = found.tables["visits"]
    mine = (visits["actor"] >= first) & (visits["actor"] < end)
    numbers = np.cumsum(mine) - 1
    tables: dict[str, Columns] = {
        name: {column: values[:0] for column, values in table.items()} for name, table in found.tables.items()
    }
    tables["visits"] = {name: values[mine] for name, values in visits.items()}
    tables["visits"]["actor"] = tables["visits"]["actor"].astype(np.int64) - first
    for name in _KEPT[1:]:
        table = found.tables[name]
        rows = mine[table["visit"]]
        # Engaged time is kept for the first rows only, those of people with a page.
        tables[name] = {column: values[rows[: values.size]] for column, values in table.items()}
        tables[name]["visit"] = numbers[tables[name]["visit"]]
    return Extract(tables, counts)
