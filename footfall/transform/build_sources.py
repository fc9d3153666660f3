"""What a build takes in: views over exactly the lake files of the commits since the last completed build.

dbt's sources point at these views (schema ``lake`` of the warehouse file), so the models name no file and need no
variables, and a build that died half-way takes in the same commits again: ``state.build`` moves only in ``mark_built``.
"""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import duckdb

from footfall.core.database import connect, quote_literal
from footfall.core.errors import FootfallError
from footfall.core.home import Home
from footfall.ingestion.lake.commit_log import read_commits
from footfall.ingestion.retention import require_rows
from footfall.ingestion.retention_record import read_retention_record
from footfall.transform.lake_views import ENTITIES, EVENTS, bind_views

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


def bind(home: Home, dbt_project: Path, *, full_refresh: bool = False, may_lack_rows: bool = False) -> BuildSources:
    """Point the warehouse's ``lake`` views at what the next build takes in.

    Args:
        home: where lake and warehouse are.
        dbt_project: folder of the models; a change there makes the build a full one.
        full_refresh: build everything from scratch.
        may_lack_rows: a build from scratch may leave out rows removed by retention (`footfall.ingestion.retention`).

    Raises:
        FootfallError: the warehouse file is open elsewhere, or a committed lake file is gone.
    """
    commits = read_commits(home)
    retention = read_retention_record(home)
    head = commits[-1].seq if commits else 0
    prints = fingerprint(dbt_project)
    build_no, built, built_prints = _last_build(home)
    redefined = built is not None and built_prints != prints
    full = full_refresh or built is None or redefined or built > head or not home.marts_file.exists()
    since = 0 if full or built is None else built
    if full and not may_lack_rows:
        require_rows(home, commits)
    if full:
        # files are replaced as a whole: DELETE would leave freed blocks, and bytes, in them
        for path in (home.warehouse_file, home.marts_file):
            path.unlink(missing_ok=True)
            path.with_name(path.name + ".wal").unlink(missing_ok=True)
    days = sorted({date.fromisoformat(commit.load_date) for commit in commits})
    fresh = [commit for commit in commits if commit.seq > since]
    sources = BuildSources(
        build_no=build_no + 1,
        since_seq=since,
        head_seq=head,
        is_full=full,
        is_redefined=redefined,
        load_dates=tuple(sorted({date.fromisoformat(commit.load_date) for commit in fresh})),
        as_of=datetime.combine(days[-1] + timedelta(days=1), datetime.min.time()) if days else None,
        fingerprint=prints,
    )
    with _warehouse(home) as connection:
        connection.execute(STATE)
        connection.execute("begin")
        if full:
            connection.execute("insert into state.build values (?, 0, null, null, null, [])", [sources.build_no])
        else:
            connection.execute("update state.build set build_no = ?", [sources.build_no])
        connection.execute(
            "create or replace table lake.build as select ?::bigint as build_no, built_no, ?::bigint as since_seq, "
            "?::bigint as head_seq, ?::timestamp as as_of from state.build",
            [sources.build_no, since, head, sources.as_of],
        )
        bind_views(connection, home, commits, fresh, retention)
        connection.execute("commit")
    return sources


def is_built(home: Home) -> bool:
    """Whether the warehouse holds every commit of the lake."""
    commits = read_commits(home)
    _, built, _ = _last_build(home)
    return home.marts_file.exists() and built == (commits[-1].seq if commits else 0)


def changed_dates(home: Home, sources: BuildSources) -> list[date] | None:
    """Local dates on which the last build replaced rows of the facts by date; None: on all of them."""
    if sources.is_full:
        return None
    with _warehouse(home) as connection:
        rows = connection.execute(
            "select distinct local_date from intermediate.int_changed_workspace_dates order by local_date"
        ).fetchall()
    return [row[0] for row in rows]


def mark_built(home: Home, sources: BuildSources) -> None:
    """Remember that the warehouse holds every commit up to ``sources.head_seq``, and the settings it was built with."""
    with _warehouse(home) as connection:
        connection.execute(f"attach {quote_literal(str(home.marts_file))} as marts_db (read_only)")
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


def _last_build(home: Home) -> tuple[int, int | None, str | None]:
    """Number, last commit and fingerprint of the last build; (0, None, None) before the first build."""
    if not home.warehouse_file.exists():
        return 0, None, None
    with _warehouse(home) as connection:
        connection.execute(STATE)
        row = connection.execute("select build_no, built_seq, fingerprint from state.build").fetchone()
    return row or (0, None, None)


def _warehouse(home: Home) -> duckdb.DuckDBPyConnection:
    home.warehouse.mkdir(parents=True, exist_ok=True)
    try:
        return connect(home.warehouse_file, temp=home.temp)
    except duckdb.IOException as error:
        raise FootfallError(
            "The warehouse file cannot be opened.",
            where=str(home.warehouse_file),
            hint="Close the program that has it open; readers use published/footfall.duckdb.",
        ) from error
