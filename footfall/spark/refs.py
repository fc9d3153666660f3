"""What the tables of builds are called, and the names that their snapshots have."""

from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

#: Namespaces of the tables that dbt makes; `lake` and `state` are what a build reads, and have no branches.
NAMESPACES = ("staging", "intermediate", "marts")
#: Statements at a time: each is a commit to the catalog of 0.1 to 0.5 s that waits more than it computes.
_AT_A_TIME = 4


@dataclass(frozen=True)
class Refs:
    """Names that a table has for snapshots; ``snapshots``: every snapshot that it still has."""

    branches: Mapping[str, int]
    tags: Mapping[str, int]
    snapshots: frozenset[int]

    @property
    def main(self) -> int | None:
        return self.branches.get("main")


def catalog(session: "SparkSession") -> str:
    """Name of the session's catalog."""
    return session.catalog.currentCatalog()


def tables(session: "SparkSession") -> list[str]:
    """The tables in the namespaces of builds, as `namespace.table`, sorted."""
    known = {row[0] for row in session.sql("show namespaces").collect()}
    found = []
    for namespace in NAMESPACES:
        if namespace in known:
            found += [f"{namespace}.{row[1]}" for row in session.sql(f"show tables in {namespace}").collect()]
    return sorted(found)


def read_refs(session: "SparkSession", names: Iterable[str]) -> dict[str, Refs]:
    """Branches, tags and snapshots of tables, by one query for all of them."""
    names = list(names)
    if not names:
        return {}
    rows = session.sql(" union all ".join(
        f"select '{name}', name, type, snapshot_id from {name}.refs "
        f"union all select '{name}', null, 'SNAPSHOT', snapshot_id from {name}.snapshots" for name in names
    )).collect()
    found = {}
    for name in names:
        own = [row for row in rows if row[0] == name]
        found[name] = Refs(
            {row[1]: row[3] for row in own if row[2] == "BRANCH"},
            {row[1]: row[3] for row in own if row[2] == "TAG"},
            frozenset(row[3] for row in own if row[2] == "SNAPSHOT"),
        )
    return found


def run_all(session: "SparkSession", work: Mapping[str, Iterable[str]]) -> None:
    """Run statements, those of one table one after the other, some tables at a time; raises the first error."""

    def run(statements: Iterable[str]) -> None:
        for statement in statements:
            session.sql(statement).collect()

    with ThreadPoolExecutor(_AT_A_TIME) as pool:
        list(pool.map(run, work.values()))
