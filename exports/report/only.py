"""A report about one person holds nothing about anybody else."""

import numpy as np

from exports.report.extract import Columns, Extract

#: What a person's page is made of; every other table is emptied.
_KEPT = ("visits", "usage", "paths_module", "paths_content")


def only(found: Extract, actor: int) -> Extract:
    """The rows of one actor, who becomes number 0 with visits numbered from 0."""
    visits = found.tables["visits"]
    mine = visits["actor"] == actor
    numbers = np.cumsum(mine) - 1
    tables: dict[str, Columns] = {
        name: {column: values[:0] for column, values in table.items()} for name, table in found.tables.items()
    }
    tables["visits"] = {name: values[mine] for name, values in visits.items()} | {
        "actor": np.zeros(int(mine.sum()), dtype=np.int64)
    }
    for name in _KEPT[1:]:
        table = found.tables[name]
        rows = mine[table["visit"]]
        # Engaged time is kept for the first rows only, those of people with a page.
        tables[name] = {column: values[rows[: values.size]] for column, values in table.items()}
        tables[name]["visit"] = numbers[tables[name]["visit"]]
    return Extract(tables, {"users": 1, "pages": 1, "actors": 1})
