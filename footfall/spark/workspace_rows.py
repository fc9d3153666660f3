"""One workspace's rows straight from Iceberg, of the tables that are in parts by workspace and day.

pyiceberg plans the files by the predicate on the workspace: its bucket, and the smallest and largest workspace that
metadata names for a file, leave a few of them; in these the statistics of groups of rows do the same. What is read is
of the snapshot that a published version names, whatever was built since.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import duckdb

from footfall.core.database import quote_identifier, value
from footfall.core.errors import FootfallError
from footfall.core.home import Home
from footfall.core.settings import Settings
from footfall.spark.tables import Tables, column_definitions, is_known, part_columns, read_files

if TYPE_CHECKING:
    from pyiceberg.table import Table

_MARTS = "marts."
#: The database of a connection that holds one workspace's rows.
OWN = "rows_of_workspace"


@dataclass(frozen=True)
class Read:
    """What was read of one table: files, their bytes in storage, and rows."""

    files: int
    bytes: int
    rows: int


@dataclass(frozen=True)
class WorkspaceTables:
    """The tables of one published version, from which rows can be read; goes to other processes.

    Attributes:
        tables: where they are.
        snapshots: of the version, by `namespace.table`.
    """

    tables: Tables
    snapshots: Mapping[str, int]
    _opened: dict = field(default_factory=dict, repr=False, compare=False)

    def __getstate__(self) -> dict:
        return {"tables": replace(self.tables), "snapshots": dict(self.snapshots), "_opened": {}}  # nothing open

    def __setstate__(self, state: dict) -> None:
        self.__dict__.update(state)

    def in_parts(self) -> list[str]:
        """Names of the tables that are in parts.

        Raises:
            FootfallError: a table or its snapshot is not there.
        """
        return [name for name in sorted(self.snapshots) if name.startswith(_MARTS) and part_columns(self._open(name))]

    def bring(self, con: duckdb.DuckDBPyConnection, names: Sequence[str], workspace: str) -> dict[str, Read]:
        """Make tables of the workspace's rows, in the schema ``marts`` of the database ``OWN``.

        Raises:
            FootfallError: a table cannot be read.
        """
        from pyiceberg.expressions import EqualTo

        done = {}
        for name in names:
            table, snapshot = self._open(name), self.snapshots[name]
            own = EqualTo(part_columns(table)[0], workspace)
            scan = table.scan(snapshot_id=snapshot, row_filter=own)
            files = list(scan.plan_files())
            target = f"{OWN}.marts.{quote_identifier(name.removeprefix(_MARTS))}"
            con.execute(f"create table {target} ({', '.join(column_definitions(scan.projection()))})")
            con.register("rows_of_iceberg", read_files(table, snapshot, files, own))
            try:
                con.execute(f"insert into {target} by name select * from rows_of_iceberg")
            finally:
                con.unregister("rows_of_iceberg")
            done[name] = Read(
                len(files), sum(task.file.file_size_in_bytes for task in files),
                value(con, f"select count(*) from {target}"),
            )
        return done

    def _open(self, name: str) -> "Table":
        if name not in self._opened:
            table = self.tables.open(name)
            if not is_known(table, self.snapshots[name]):
                raise FootfallError(
                    f"The table {name} of Iceberg lacks the snapshot that is published.",
                    where=self.tables.options["warehouse"],
                    hint="See that no other program works on it, then run again.",
                )
            self._opened[name] = table
        return self._opened[name]


def published_tables(home: Home, settings: Settings, current: Mapping[str, Any]) -> WorkspaceTables | None:
    """The tables that a published version names in its ``current.json``; None where it names none of this catalog.

    Raises:
        FootfallError: a table of the version cannot be read.
    """
    tables = Tables.of(home, settings)
    if current.get("catalog") != tables.name:
        return None
    found = WorkspaceTables(tables, current["snapshots"])
    found.in_parts()
    return found


@contextmanager
def rows_of_workspace(
    con: duckdb.DuckDBPyConnection, source: WorkspaceTables, workspace: str
) -> Iterator[dict[str, Read]]:
    """Let `marts.<table>` be the workspace's rows from Iceberg for tables in parts; the others stay the file's.

    Args:
        con: the published file, read only.
    """
    ((file,),) = con.execute("select current_database()").fetchall()
    names = source.in_parts()
    con.execute(f"attach ':memory:' as {OWN} (read_write)")
    try:
        con.execute(f"create schema {OWN}.marts; create schema {OWN}.ops")
        read = source.bring(con, names, workspace)
        others = con.execute(
            "select schema_name, table_name from duckdb_tables() where database_name = $file", {"file": file}
        ).fetchall()
        for schema, table in others:
            if f"{schema}.{table}" not in read:
                place = f"{quote_identifier(schema)}.{quote_identifier(table)}"
                con.execute(f"create view {OWN}.{place} as from {quote_identifier(file)}.{place}")
        con.execute(f"use {OWN}")
        yield read
    finally:
        con.execute(f"use {quote_identifier(file)}")
        con.execute(f"detach {OWN}")
