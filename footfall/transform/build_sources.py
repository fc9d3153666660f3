"""What a build takes in: views over exactly the lake files of the commits since the last completed build.

dbt's sources point at these views (schema ``lake`` of the warehouse file), so the models name no file and need no
variables, and a build that died half-way takes in the same commits again: ``state.build`` moves only in ``mark_built``.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path

from footfall.core.home import Home
from footfall.core.progress import Progress, quiet
from footfall.core.settings import Settings
from footfall.ingestion.lake.commit_log import Commit, read_commits
from footfall.ingestion.lake.contents import ENTITIES, EVENTS
from footfall.ingestion.retention import require_rows
from footfall.ingestion.retention_record import read_retention_record
from footfall.spark.faults import TablesLost
from footfall.transform.engine import Taken, engine_of


@dataclass(frozen=True)
class BuildSources:
    """What one build takes in.

    Attributes:
        build_no: number of this build, greater than that of every build begun before.
        since_seq: commits up to this one are built already (0: none).
        head_seq: the last commit that is taken in (0: the lake is empty).
        lake_seq: the last commit of the lake.
        is_full: everything is to be built from scratch (``dbt build --full-refresh``).
        is_redefined: full because models, seeds or the code that feeds them changed since the last build.
        load_dates: load dates of the commits taken in, sorted.
        as_of: end of the last load date in the lake (UTC); None for an empty lake.
        fingerprint: hash of everything that defines the tables besides the data.
        parts: how many builds took it in, one after the other.
        lost: full because the tables of the last build are lost: what happened to them, as a sentence; else empty.
    """

    build_no: int
    since_seq: int
    head_seq: int
    lake_seq: int
    is_full: bool
    is_redefined: bool
    load_dates: tuple[date, ...]
    as_of: datetime | None
    fingerprint: str
    parts: int = 1
    lost: str = ""

    @property
    def is_empty(self) -> bool:
        """Nothing to build."""
        return self.since_seq == self.head_seq and not self.is_full

    @property
    def has_more(self) -> bool:
        """Whether the lake has commits after those that are taken in."""
        return self.head_seq < self.lake_seq

    def after(self, earlier: "BuildSources") -> "BuildSources":
        """What both builds took in together, of which this one came directly after ``earlier``."""
        return replace(
            self, since_seq=earlier.since_seq, is_full=earlier.is_full, is_redefined=earlier.is_redefined,
            load_dates=tuple(sorted({*earlier.load_dates, *self.load_dates})), parts=earlier.parts + 1,
        )


def fingerprint(dbt_project: Path) -> str:
    """Hash of the dbt project's models, macros, seeds and variables: when it changes, every table is built again."""
    digest = hashlib.sha256(f"sources {EVENTS} {ENTITIES}".encode())
    digest.update((dbt_project / "vars.yml").read_bytes())
    for folder in ("models", "macros", "seeds"):
        for path in sorted((dbt_project / folder).rglob("*")):
            if path.suffix in (".sql", ".csv"):
                digest.update(str(path.relative_to(dbt_project)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def bind(
    home: Home, dbt_project: Path, settings: Settings | None = None, *, full_refresh: bool = False,
    may_lack_rows: bool = False, most_rows: int | None = None,
) -> BuildSources:
    """Let the sources of dbt be what the next build takes in, in the engine of the settings.

    Where another program has removed tables of the last build, or changed their columns, the build is a full one.

    Args:
        home: where lake and warehouse are.
        dbt_project: folder of the models; a change there makes the build a full one.
        settings: name the engine; None: DuckDB.
        full_refresh: build everything from scratch.
        may_lack_rows: a build from scratch may leave out rows removed by retention (`footfall.ingestion.retention`).
        most_rows: events that the build takes in at most, of commits in their order, at least one of them; the rest is
            for the next build. None: everything that is new.

    Raises:
        FootfallError: the warehouse is open elsewhere or cannot be reached, or a committed lake file is gone.
    """
    engine = engine_of(home, settings or Settings())
    commits = read_commits(home)
    retention = read_retention_record(home)
    lake_seq = commits[-1].seq if commits else 0
    prints = fingerprint(dbt_project)
    last = engine.last_build()
    built = last.built_seq
    redefined = built is not None and last.fingerprint != prints
    full = full_refresh or built is None or redefined or built > lake_seq or not engine.has_tables()
    since = 0 if full or built is None else built
    if full and not may_lack_rows:
        require_rows(home, commits)
    days = sorted({date.fromisoformat(commit.load_date) for commit in commits})
    fresh = first_part([commit for commit in commits if commit.seq > since], most_rows)
    sources = BuildSources(
        build_no=last.build_no + 1,
        since_seq=since,
        head_seq=fresh[-1].seq if fresh else lake_seq,
        lake_seq=lake_seq,
        is_full=full,
        is_redefined=redefined,
        load_dates=tuple(sorted({date.fromisoformat(commit.load_date) for commit in fresh})),
        as_of=datetime.combine(days[-1] + timedelta(days=1), datetime.min.time()) if days else None,
        fingerprint=prints,
    )
    try:
        engine.begin(sources, last, Taken(commits, fresh, retention, sources.as_of))
    except TablesLost as error:
        if full:
            raise
        again = bind(
            home, dbt_project, settings, full_refresh=True, may_lack_rows=may_lack_rows, most_rows=most_rows
        )
        return replace(again, lost=error.message)
    return sources


def first_part(commits: Sequence[Commit], most_rows: int | None) -> list[Commit]:
    """The first of so few parts that each has at most ``most_rows`` new events, but for a commit that has more alone.

    The parts have about as many events each.
    """
    rows = [commit.events.get("added_rows", 0) for commit in commits]
    if most_rows is None or sum(rows) <= most_rows:
        return list(commits)
    enough = sum(rows) / -(-sum(rows) // most_rows)
    taken = 0
    for place, added in enumerate(rows):
        if added and (taken >= enough or (taken and taken + added > most_rows)):
            return list(commits[:place])
        taken += added
    return list(commits)


def is_built(home: Home, settings: Settings | None = None) -> bool:
    """Whether the warehouse holds every commit of the lake."""
    engine = engine_of(home, settings or Settings())
    commits = read_commits(home)
    return engine.has_tables() and engine.last_build().built_seq == (commits[-1].seq if commits else 0)


def changed_dates(home: Home, sources: BuildSources, settings: Settings | None = None) -> list[date] | None:
    """Local dates on which the last build replaced rows of tables by date; None: on any of them."""
    return None if sources.is_full or sources.parts > 1 else engine_of(home, settings or Settings()).changed_dates()


def finish(
    home: Home, sources: BuildSources, settings: Settings | None = None, progress: Progress = quiet
) -> None:
    """After dbt: let `<home>/warehouse/marts.duckdb` hold the finished marts, wherever they were built."""
    engine_of(home, settings or Settings()).finish(sources, progress)


def figures(home: Home, settings: Settings) -> Mapping[str, str | int | float]:
    """What the engine reports of its work, by name; empty for DuckDB, whose results say it."""
    return engine_of(home, settings).facts()


def mark_built(home: Home, sources: BuildSources, settings: Settings | None = None) -> None:
    """Remember that the warehouse holds every commit up to ``sources.head_seq``, and the settings it was built with."""
    engine_of(home, settings or Settings()).mark_built(sources)
