"""Remove other people's rows: a report about one person, or about users who may be named, holds nobody else's data."""

import numpy as np

from exports.report.extract import Columns, Extract

#: Tables behind a user's page; every other table is emptied.
_KEPT = ("visits", "usage", "paths_module", "paths_content")


def only_person(found: Extract, actor: int) -> Extract:
    """The rows of one actor, who becomes number 0 with visits numbered from 0."""
    return _only_actors(found, actor, actor + 1, {"users": 1, "pages": 1, "actors": 1, "named": 1})


def only_named(found: Extract) -> Extract:
    """The rows of users who may be named (they have the first numbers), with the time each of them was last seen."""
    people = found.counts["named"]
    counts = {"users": people, "pages": found.counts["pages"], "actors": people, "named": people}
    kept = _only_actors(found, 0, people, counts)
    seen = found.tables["last_seen"]
    return Extract(kept.tables | {"last_seen": {name: values[seen["actor"] < people] for name, values in seen.items()}},
                   kept.counts)


def _only_actors(found: Extract, first: int, end: int, counts: dict[str, int]) -> Extract:
    """The rows of actors from ``first`` to before ``end``; actors and visits are renumbered from 0."""
    visits = found.tables["visits"]
    is_kept = (visits["actor"] >= first) & (visits["actor"] < end)
    numbers = np.cumsum(is_kept) - 1
    tables: dict[str, Columns] = {
        name: {column: values[:0] for column, values in table.items()} for name, table in found.tables.items()
    }
    tables["visits"] = {name: values[is_kept] for name, values in visits.items()}
    tables["visits"]["actor"] = tables["visits"]["actor"].astype(np.int64) - first
    for name in _KEPT[1:]:
        table = found.tables[name]
        rows = is_kept[table["visit"]]
        # Engaged time exists for the first rows only, those of users with a page.
        tables[name] = {column: values[rows[: values.size]] for column, values in table.items()}
        tables[name]["visit"] = numbers[tables[name]["visit"]]
    return Extract(tables, counts)
