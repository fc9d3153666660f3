"""What differs between the engines of a build: DuckDB's file or Spark's tables of Iceberg. Chosen nowhere else."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from footfall.core.home import Home
from footfall.core.progress import Progress, quiet
from footfall.core.settings import Settings
from footfall.ingestion.lake.commit_log import Commit
from footfall.ingestion.retention_record import RetentionRecord

if TYPE_CHECKING:
    import duckdb

    from footfall.transform.build_sources import BuildSources


@dataclass(frozen=True)
class LastBuild:
    """What the tables hold.

    Attributes:
        build_no: number of the last build begun; 0 before the first.
        built_no: number of the last complete build; None or 0 before the first.
        built_seq: the last commit in it. fingerprint: of its definitions.
    """

    build_no: int = 0
    built_no: int | None = None
    built_seq: int | None = None
    fingerprint: str | None = None


@dataclass(frozen=True)
class Taken:
    """What a build takes in: all commits of the lake, those of them that are new, and what retention removed."""

    commits: Sequence[Commit]
    fresh: Sequence[Commit]
    retention: RetentionRecord
    as_of: datetime | None


class Engine(Protocol):
    """What a build needs of an engine. ``name`` is also the name of dbt's target."""

    name: str
    #: Events that one build takes in at most, where the commits allow that; None: any number.
    part_rows: int | None
    #: What an erasure leaves in the warehouse's folder: `remove_for_good` takes the bytes out of it.
    kept_folders: tuple[Path, ...]

    def last_build(self) -> LastBuild:
        """What the tables hold now."""

    def has_tables(self) -> bool:
        """Whether the tables of the last build are there, so that the next one can change them."""

    def begin(self, sources: "BuildSources", last: LastBuild, taken: Taken) -> None:
        """Let dbt's sources be what the build takes in, and the tables ready for it: empty ones for a full build."""

    def finish(self, sources: "BuildSources", progress: Progress = quiet) -> None:
        """Make `<home>/warehouse/marts.duckdb` hold the marts of the build that dbt has made."""

    def changed_dates(self) -> list[date]:
        """Local dates on which the last build replaced rows of tables by date, those of unique users included."""

    def mark_built(self, sources: "BuildSources") -> None:
        """Remember that the tables hold the build; the last step, by one write."""

    def attach_sessions(self, con: "duckdb.DuckDBPyConnection") -> bool:
        """Attach as ``built`` the sessions of the last build and their events: all, or those of table ``requested``.

        Args:
            con: holds a table ``requested`` of workspace_id and id, users.

        Returns:
            Whether there is a build.
        """

    def name_version(self, run_id: str, left_out: Collection[str] = ()) -> dict[str, Any]:
        """Name the tables of the last complete build for the version that a run is about to publish.

        Args:
            left_out: the anonymised workspaces, of which readers of the tables see no row.

        Returns:
            What `published/current.json` says about them.

        Raises:
            FootfallError: another program has changed the tables; what is published stays.
        """

    def has_version(self, current: Mapping[str, Any]) -> bool:
        """Whether the tables still have what a published version's `current.json` says about them."""

    def follow(self, kept: Sequence[Mapping[str, Any]]) -> None:
        """Let readers of the tables see what is published now.

        Args:
            kept: the `current.json` of each published version that is kept; states that none names are removed.
        """

    def remove_for_good(self, kept: Sequence[Mapping[str, Any]]) -> dict[str, int]:
        """Remove every byte that the ``kept`` versions do not need; counts by name, empty where nothing is to do."""

    def facts(self) -> Mapping[str, Any]:
        """Figures of the build to show, by name; empty where the engine has none."""

    def require_usable(self) -> None:
        """Raise FootfallError where a build could not begin: nothing answers, or another program changed the tables."""

    def remove_tables(self) -> str | None:
        """Remove the engine's own tables, which another engine has replaced; where they are if that is not possible."""

    def is_open(self) -> bool:
        """Whether something works for the engine outside of this process."""

    def close(self) -> None:
        """End what works for the engine outside of this process."""


def engine_of(home: Home, settings: Settings) -> Engine:
    """The engine of the setting `warehouse.engine`."""
    if settings.warehouse.engine == "spark":
        from footfall.transform.spark_engine import SparkEngine

        return SparkEngine(home, settings)
    from footfall.transform.duckdb_engine import DuckDBEngine

    return DuckDBEngine(home)


@contextmanager
def engine_at_work(home: Home, settings: Settings) -> Iterator[None]:
    """At the end, close what was opened for the engine meanwhile; it stays open from one step of a run to the next."""
    engine = engine_of(home, settings)
    was_open = engine.is_open()
    try:
        yield
    finally:
        if not was_open:
            engine.close()
