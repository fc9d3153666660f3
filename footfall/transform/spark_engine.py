"""Builds on Spark: tables are Iceberg's, each build a branch of them, and the marts are brought to `marts.duckdb`."""

import shutil
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

from footfall.core.errors import FootfallError
from footfall.core.home import Home
from footfall.core.progress import Progress, quiet
from footfall.core.settings import Settings
from footfall.core.state_files import read_json, remove
from footfall.core.stop import raise_if_stopped
from footfall.ingestion.lake.commit_log import read_commits
from footfall.spark import branches, maintenance, sources
from footfall.spark.bridge import bring_marts
from footfall.spark.catalogs import catalog_name, warehouse_address
from footfall.spark.damage import record_file, remove_tables_of_elsewhere, removing_files
from footfall.spark.faults import SparkLost, tables_refused
from footfall.spark.figures import figures
from footfall.spark.functions import register_functions
from footfall.spark.layout import require_layout
from footfall.spark.readers import shows_everybody, without_workspaces
from footfall.spark.session import close_session, is_open, open_session
from footfall.spark.state import SparkState, begun, read_state, write_state
from footfall.transform import dbt_args
from footfall.transform.engine import LastBuild, Taken

if TYPE_CHECKING:
    import duckdb
    from pyspark.sql import SparkSession

    from footfall.transform.build_sources import BuildSources

P = ParamSpec("P")
R = TypeVar("R")
#: Of the tables of the last complete build, what a build compares with: the columns of `state.*`.
STATE = {
    "workspaces": (
        "intermediate.int_workspaces",
        "workspace_id varchar, timezone varchar, visit_timeout_seconds integer, idle_cap_seconds integer, "
        "counts_guests boolean",
    ),
    "participants": ("marts.dim_participants", "workspace_id varchar, user_id varchar, is_targeted boolean"),
}
#: Sessions of the users of the view `requested`, and the events of these, in a build's branch.
SESSIONS_OF_PEOPLE = {
    "int_sessions": (
        "select session_id, workspace_id, user_id from intermediate.int_sessions version as of '{branch}' "
        "left semi join requested using (workspace_id, user_id)"
    ),
    "int_events": (
        "select workspace_id, message_id, session_id from intermediate.int_events version as of '{branch}' "
        "where session_id in (select session_id from intermediate.int_sessions version as of '{branch}' "
        "left semi join requested using (workspace_id, user_id))"
    ),
}


def _with_answers(work: Callable[Concatenate["SparkEngine", P], R]) -> Callable[Concatenate["SparkEngine", P], R]:
    """Let a method's errors of Spark and Iceberg be those that people read (`tables_refused`)."""
    @wraps(work)
    def answered(engine: "SparkEngine", *args: P.args, **kwargs: P.kwargs) -> R:
        with tables_refused(engine.settings):
            return work(engine, *args, **kwargs)

    return answered


def _tried_twice(work: Callable[Concatenate["SparkEngine", P], R]) -> Callable[Concatenate["SparkEngine", P], R]:
    """`_with_answers` for what may be repeated by itself: where Spark ends meanwhile, once more with another one."""
    once = _with_answers(work)

    @wraps(work)
    def tried(engine: "SparkEngine", *args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return once(engine, *args, **kwargs)
        except SparkLost as error:
            raise_if_stopped(error)
            engine.close()
            return once(engine, *args, **kwargs)

    return tried


class SparkEngine:
    """See `footfall.transform.engine.Engine`."""

    name = "spark"
    part_rows: int | None = None  # Spark writes to disk what does not fit, and each build is a branch of all tables

    def __init__(self, home: Home, settings: Settings) -> None:
        self.home, self.settings = home, settings
        self.kept_folders: tuple[Path, ...] = (home.iceberg,)

    def last_build(self) -> LastBuild:
        state = self._state()
        return LastBuild(state.build_no, state.built_no, state.built_seq, state.fingerprint)

    def has_tables(self) -> bool:
        return self._state().built_no > 0

    @_with_answers
    def begin(self, sources_: "BuildSources", last: LastBuild, taken: Taken) -> None:
        if sources_.is_full:
            remove_tables_of_elsewhere(self.home)
        session = self._session()
        state = self._state()
        branches.reconcile(session, self._published(), is_full=sources_.is_full)
        built_no = None if sources_.is_full else state.built_no
        if built_no is not None:
            branches.require_unchanged(session, built_no, state.snapshots)
            require_layout(self.home, self.settings, state.snapshots)
        write_state(self.home, begun(state, sources_.build_no, is_full=sources_.is_full))
        branches.begin(session, sources_.build_no, built_no)
        register_functions(session, dbt_args.PROJECT)
        sources.bind_views(
            session, self.home, taken.commits, taken.fresh, taken.retention,
            (sources_.build_no, built_no or 0, sources_.since_seq, sources_.head_seq, sources_.as_of),
            STATE, branches.branch_of(built_no) if built_no is not None else None,
        )

    @_with_answers
    def finish(self, sources_: "BuildSources", progress: Progress = quiet) -> None:
        session = self._session()
        maintenance.compact(session, sources_.build_no)
        snapshots = branches.complete(session, sources_.build_no, is_full=sources_.is_full)
        # state of builds in DuckDB, which no longer fits the marts
        remove(self.home.warehouse_file)
        bring_marts(self.home, self.settings, snapshots, is_full=sources_.is_full, progress=progress)

    @_tried_twice
    def changed_dates(self) -> list[date]:
        return self._changed_dates(self._state().built_no)

    @_tried_twice
    def mark_built(self, sources_: "BuildSources") -> None:
        snapshots = branches.complete(self._session(), sources_.build_no, is_full=sources_.is_full)
        write_state(self.home, SparkState(
            self._catalog(), sources_.build_no, sources_.build_no, sources_.head_seq, sources_.fingerprint,
            sources_.as_of, sources_.load_dates, snapshots,
        ))

    @_tried_twice
    def attach_sessions(self, con: "duckdb.DuckDBPyConnection") -> bool:
        state = self._state()
        # what is loaded and not built yet, was built for this question alone (`orchestration.erase_people`)
        build_no = state.built_no if state.built_seq == self._head() else state.build_no
        if not build_no:
            return False
        session = self._session()
        people = con.execute("select workspace_id, id from requested").fetchall()
        session.createDataFrame(people, "workspace_id string, user_id string").createOrReplaceTempView("requested")
        con.execute("attach ':memory:' as built")
        con.execute("create schema built.intermediate")
        for table, query in SESSIONS_OF_PEOPLE.items():
            rows = session.sql(query.format(branch=branches.branch_of(build_no))).toArrow()
            con.register("rows_of_spark", rows)
            con.execute(f"create table built.intermediate.{table} as select * from rows_of_spark")
            con.unregister("rows_of_spark")
        session.catalog.dropTempView("requested")
        return True

    @_tried_twice
    def name_version(self, run_id: str, left_out: Collection[str] = ()) -> dict[str, Any]:
        session, state = self._session(), self._state()
        branches.reconcile(session, self._published(), is_full=True)
        snapshots = without_workspaces(session, state.snapshots, state.built_no, left_out)
        tag = branches.tag_run(session, snapshots, run_id)
        return {"catalog": state.catalog, "tag": tag, "snapshots": snapshots, "left_out": sorted(left_out)}

    @_tried_twice
    def has_version(self, current: Mapping[str, Any]) -> bool:
        if current.get("catalog") != self._catalog() or shows_everybody(current):
            return False
        return branches.have(self._session(), current["snapshots"])

    @_tried_twice
    def follow(self, kept: Sequence[Mapping[str, Any]]) -> None:
        session = self._session()
        branches.reconcile(session, self._published())
        own = self._state().snapshots
        with removing_files(self.home, own):
            maintenance.expire(session, own, self._tags(kept))

    @_tried_twice
    def remove_for_good(self, kept: Sequence[Mapping[str, Any]]) -> dict[str, int]:
        own = self._state().snapshots
        with removing_files(self.home, own):
            return maintenance.remove_for_good(self._session(), self.home, self.settings, self._tags(kept), own)

    def facts(self) -> Mapping[str, Any]:
        return figures(self._session()) if is_open() else {}

    @_with_answers
    def require_usable(self) -> None:
        session, state = self._session(), self._state()
        if state.built_no:
            branches.require_unchanged(session, state.built_no, state.snapshots)
            require_layout(self.home, self.settings, state.snapshots)

    def remove_tables(self) -> str | None:
        address = warehouse_address(self.home, self.settings)
        remove(self.home.spark_state)
        remove(record_file(self.home))
        if address == str(self.home.iceberg.resolve()) and self.settings.iceberg.catalog.type == "hadoop":
            shutil.rmtree(self.home.iceberg, ignore_errors=True)
        else:
            try:
                with tables_refused(self.settings):
                    maintenance.remove_tables(self._session())
            except FootfallError:
                return address
        return None

    def is_open(self) -> bool:
        return is_open()

    def close(self) -> None:
        close_session()

    def _changed_dates(self, build_no: int) -> list[date]:
        rows = self._session().sql(
            "select distinct local_date from intermediate.int_changed_user_dates "
            f"version as of '{branches.branch_of(build_no)}' order by local_date"
        ).collect()
        return [row[0] for row in rows]

    def _published(self) -> dict[str, int] | None:
        """Snapshot of each table that is published from this catalog; None where none is."""
        current = read_json(self.home.current) or {}
        return current.get("snapshots") if current.get("catalog") == self._catalog() else None

    def _tags(self, kept: Sequence[Mapping[str, Any]]) -> set[str]:
        own = [current for current in kept if current.get("catalog") == self._catalog()]
        return {current["tag"] for current in own if not shows_everybody(current)}

    def _state(self) -> SparkState:
        return read_state(self.home, self._catalog())

    def _head(self) -> int:
        """The newest commit of the lake."""
        return max((commit.seq for commit in read_commits(self.home)), default=0)

    def _catalog(self) -> str:
        return catalog_name(self.home, self.settings)

    def _session(self) -> "SparkSession":
        return open_session(self.home, self.settings)
