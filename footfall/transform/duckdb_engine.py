"""Builds in DuckDB: tables and state are in `<home>/warehouse/warehouse.duckdb`, marts in `marts.duckdb`."""

import shutil
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from footfall.core.database import connect, quote_literal
from footfall.core.errors import FootfallError
from footfall.core.home import Home
from footfall.core.progress import Progress, quiet
from footfall.core.state_files import remove
from footfall.spark.damage import record_file
from footfall.transform.engine import LastBuild, Taken
from footfall.transform.lake_views import bind_views

if TYPE_CHECKING:
    from footfall.transform.build_sources import BuildSources

#: Events that a build takes in at once. Of twice as many parts, each has the fixed costs of a build (about 4 s).
PART_ROWS = 3_000_000
STATE = """
create schema if not exists lake;
create schema if not exists state;
create table if not exists state.build(
    build_no bigint, built_no bigint, built_seq bigint, fingerprint varchar, as_of timestamp, load_dates date[]
);
create table if not exists state.workspaces(
    workspace_id varchar, timezone varchar, visit_timeout_seconds integer, idle_cap_seconds integer,
    counts_guests boolean
);
create table if not exists state.participants(workspace_id varchar, user_id varchar, is_targeted boolean);
"""


class DuckDBEngine:
    """See `footfall.transform.engine.Engine`."""

    name = "duckdb"
    part_rows: int | None = PART_ROWS
    kept_folders: tuple[Path, ...] = ()

    def __init__(self, home: Home) -> None:
        self.home = home

    def last_build(self) -> LastBuild:
        if not self.home.warehouse_file.exists():
            return LastBuild()
        with self._warehouse() as connection:
            connection.execute(STATE)
            row = connection.execute("select build_no, built_no, built_seq, fingerprint from state.build").fetchone()
        return LastBuild(*row) if row else LastBuild()

    def has_tables(self) -> bool:
        return self.home.marts_file.exists()

    def begin(self, sources: "BuildSources", last: LastBuild, taken: Taken) -> None:
        remove(self.home.warehouse / "marts.json")  # the marts are no longer those of Spark's tables
        if sources.is_full:
            # files are replaced as a whole: DELETE would leave freed blocks, and bytes, in them
            for path in (self.home.warehouse_file, self.home.marts_file):
                path.unlink(missing_ok=True)
                path.with_name(path.name + ".wal").unlink(missing_ok=True)
        with self._warehouse() as connection:
            connection.execute(STATE)
            connection.execute("begin")
            if sources.is_full:
                connection.execute("insert into state.build values (?, 0, null, null, null, [])", [sources.build_no])
            else:
                connection.execute("update state.build set build_no = ?", [sources.build_no])
            connection.execute(
                "create or replace table lake.build as select ?::bigint as build_no, built_no, ?::bigint as since_seq, "
                "?::bigint as head_seq, ?::timestamp as as_of from state.build",
                [sources.build_no, sources.since_seq, sources.head_seq, sources.as_of],
            )
            bind_views(connection, self.home, list(taken.commits), list(taken.fresh), taken.retention)
            connection.execute("commit")

    def finish(self, sources: "BuildSources", progress: Progress = quiet) -> None:
        """Nothing to do: dbt has written the file itself."""

    def changed_dates(self) -> list[date]:
        with self._warehouse() as connection:
            rows = connection.execute(
                "select distinct local_date from intermediate.int_changed_user_dates order by local_date"
            ).fetchall()
        return [row[0] for row in rows]

    def mark_built(self, sources: "BuildSources") -> None:
        with self._warehouse() as connection:
            connection.execute(f"attach {quote_literal(str(self.home.marts_file))} as marts_db (read_only)")
            connection.execute("begin")
            connection.execute(
                "update state.build set built_no = build_no, built_seq = ?, fingerprint = ?, as_of = ?, load_dates = ?",
                [sources.head_seq, sources.fingerprint, sources.as_of, list(sources.load_dates)],
            )
            connection.execute("delete from state.workspaces")
            connection.execute(
                "insert into state.workspaces select workspace_id, timezone, visit_timeout_seconds, idle_cap_seconds, "
                "counts_guests from intermediate.int_workspaces"
            )
            connection.execute("delete from state.participants")
            connection.execute(
                "insert into state.participants "
                "select workspace_id, user_id, is_targeted from marts_db.marts.dim_participants"
            )
            connection.execute("commit")
        # tables of Spark that are older than these, and which no erasure would reach
        remove(self.home.spark_state)
        remove(record_file(self.home))
        shutil.rmtree(self.home.iceberg, ignore_errors=True)

    def attach_sessions(self, con: duckdb.DuckDBPyConnection) -> bool:
        if not self.home.warehouse_file.exists():
            return False
        con.execute(f"attach {quote_literal(str(self.home.warehouse_file))} as built (read_only)")
        return True

    def name_version(self, run_id: str, left_out: Collection[str] = ()) -> dict[str, Any]:
        return {}

    def has_version(self, current: Mapping[str, Any]) -> bool:
        return "catalog" not in current  # a version of Spark names tables that are no more

    def follow(self, kept: Sequence[Mapping[str, Any]]) -> None:
        pass

    def remove_for_good(self, kept: Sequence[Mapping[str, Any]]) -> dict[str, int]:
        return {}

    def facts(self) -> Mapping[str, Any]:
        return {}

    def require_usable(self) -> None:
        """A file needs nothing; a damaged one is found among the files of the home."""

    def remove_tables(self) -> str | None:
        for path in (self.home.warehouse_file, self.home.warehouse_file.with_name("warehouse.duckdb.wal")):
            remove(path)
        return None

    def is_open(self) -> bool:
        return False

    def close(self) -> None:
        """Nothing is open."""

    def _warehouse(self) -> duckdb.DuckDBPyConnection:
        self.home.warehouse.mkdir(parents=True, exist_ok=True)
        try:
            return connect(self.home.warehouse_file, temp=self.home.temp)
        except duckdb.IOException as error:
            raise FootfallError(
                "The warehouse file cannot be opened.",
                where=str(self.home.warehouse_file),
                hint="Close the program that has it open; readers use published/footfall.duckdb.",
            ) from error
