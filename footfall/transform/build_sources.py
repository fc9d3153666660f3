"""What a build takes in: views over exactly the lake files of the commits since the last completed build.

dbt's sources point at these views (schema ``lake`` of the warehouse file), so the models name no file and need no
variables, and a build that died half-way takes in the same commits again: ``state.build`` moves only in ``mark_built``.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from footfall.core.home import Home
from footfall.core.progress import Progress, quiet
from footfall.core.settings import Settings
from footfall.ingestion.lake.commit_log import read_commits
from footfall.ingestion.lake.contents import ENTITIES, EVENTS
from footfall.ingestion.retention import require_rows
from footfall.ingestion.retention_record import read_retention_record
from footfall.transform.engine import Taken, engine_of


@dataclass(frozen=True)
class BuildSources:
    """What one build takes in.

    Attributes:
        build_no: number of this build, greater than that of every build begun before.
        since_seq: commits up to this one are built already (0: none).
        head_seq: the last commit of the lake (0: the lake is empty).
        is_full: everything is to be built from scratch (``dbt build --full-refresh``).
        is_redefined: full because models, seeds or the code that feeds them changed since the last build.
        load_dates: load dates of the commits taken in, sorted.
        as_of: end of the last load date in the lake (UTC); None for an empty lake.
        fingerprint: hash of everything that defines the tables besides the data.
    """

    build_no: int
    since_seq: int
    head_seq: int
    is_full: bool
    is_redefined: bool
    load_dates: tuple[date, ...]
    as_of: datetime | None
    fingerprint: str

    @property
    def is_empty(self) -> bool:
        """Nothing to build."""
        return self.since_seq == self.head_seq and not self.is_full


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
    may_lack_rows: bool = False,
) -> BuildSources:
    """Let the sources of dbt be what the next build takes in, in the engine of the settings.

    Args:
        home: where lake and warehouse are.
        dbt_project: folder of the models; a change there makes the build a full one.
        settings: name the engine; None: DuckDB.
        full_refresh: build everything from scratch.
        may_lack_rows: a build from scratch may leave out rows removed by retention (`footfall.ingestion.retention`).

    Raises:
        FootfallError: the warehouse is open elsewhere or cannot be reached, or a committed lake file is gone.
    """
    engine = engine_of(home, settings or Settings())
    commits = read_commits(home)
    retention = read_retention_record(home)
    head = commits[-1].seq if commits else 0
    prints = fingerprint(dbt_project)
    last = engine.last_build()
    built = last.built_seq
    redefined = built is not None and last.fingerprint != prints
    full = full_refresh or built is None or redefined or built > head or not engine.has_tables()
    since = 0 if full or built is None else built
    if full and not may_lack_rows:
        require_rows(home, commits)
    days = sorted({date.fromisoformat(commit.load_date) for commit in commits})
    fresh = [commit for commit in commits if commit.seq > since]
    sources = BuildSources(
        build_no=last.build_no + 1,
        since_seq=since,
        head_seq=head,
        is_full=full,
        is_redefined=redefined,
        load_dates=tuple(sorted({date.fromisoformat(commit.load_date) for commit in fresh})),
        as_of=datetime.combine(days[-1] + timedelta(days=1), datetime.min.time()) if days else None,
        fingerprint=prints,
    )
    engine.begin(sources, last, Taken(commits, fresh, retention, sources.as_of))
    return sources


def is_built(home: Home, settings: Settings | None = None) -> bool:
    """Whether the warehouse holds every commit of the lake."""
    engine = engine_of(home, settings or Settings())
    commits = read_commits(home)
    return engine.has_tables() and engine.last_build().built_seq == (commits[-1].seq if commits else 0)


def changed_dates(home: Home, sources: BuildSources, settings: Settings | None = None) -> list[date] | None:
    """Local dates on which the last build replaced rows of the facts by date; None: on all of them."""
    return None if sources.is_full else engine_of(home, settings or Settings()).changed_dates()


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
