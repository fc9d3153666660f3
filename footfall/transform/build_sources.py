"""What a build takes in: views over exactly the lake files of the commits since the last completed build.

dbt's sources point at these views (schema ``lake`` of the warehouse file), so the models name no file and need no
variables, and a build that died half-way takes in the same commits again: ``state.build`` moves only in ``mark_built``.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import duckdb

from footfall.core.database import connect, quote_literal
from footfall.core.errors import FootfallError
from footfall.core.home import Home
from footfall.ingestion.lake.commit_log import Commit, live_commits, read_commits
from footfall.ingestion.retention import RetentionRecord, read_retention_record, require_rows

ENTITIES = {
    "workspaces": (
        "workspace_id varchar, name varchar, timezone varchar, starts_on date, ends_on date, anonymization varchar, "
        "anonymized_domains varchar[], cookie_banner boolean, modules varchar[], target_groups varchar[], "
        "visit_timeout_minutes bigint, idle_cap_seconds bigint, min_group_size bigint, updated_at timestamp"
    ),
    "participants": (
        "workspace_id varchar, user_id varchar, first_name varchar, last_name varchar, email varchar, "
        "company varchar, job_title varchar, groups varchar[], role varchar, is_test boolean, profile_url varchar, "
        "created_at timestamp, updated_at timestamp, deleted_at timestamp"
    ),
    "content": (
        "workspace_id varchar, content_type varchar, content_id varchar, title varchar, url varchar, "
        "sponsor_id varchar, starts_at timestamp, ends_at timestamp, updated_at timestamp, deleted_at timestamp"
    ),
    "meetings": (
        "workspace_id varchar, meeting_id varchar, kind varchar, status varchar, scheduled_start timestamp, "
        "scheduled_end timestamp, created_at timestamp, updated_at timestamp"
    ),
    "meeting_participants": (
        "workspace_id varchar, meeting_id varchar, user_id varchar, response varchar, attended boolean, "
        "joined_at timestamp, left_at timestamp, updated_at timestamp"
    ),
}

EVENTS = (
    "load_date date, file_id varchar, line_number bigint, workspace_id varchar, message_id varchar, user_id varchar, "
    "anonymous_id varchar, device_id varchar, type varchar, event varchar, occurred_at timestamp, "
    "original_timestamp timestamp, sent_at timestamp, received_at timestamp, os varchar, os_version varchar, "
    "app_version varchar, timezone varchar, module varchar, content_type varchar, content_id varchar, "
    "content_title varchar, duration_seconds decimal(18,3), query varchar, results bigint, properties varchar, "
    "content_hash varchar"
)

STATE = """
create schema if not exists lake;
create schema if not exists state;
create table if not exists state.build(
    build_no bigint, built_seq bigint, fingerprint varchar, as_of timestamp, load_dates date[]
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
    """Hash of the dbt project's models, macros and seeds: when it changes, every table is built anew."""
    digest = hashlib.sha256(f"feed {EVENTS} {ENTITIES}".encode())
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
        may_lack_rows: a build from scratch may leave out what retention has let go (`footfall.ingestion.retention`).

    Raises:
        FootfallError: the warehouse file is open elsewhere, or a committed lake file is gone.
    """
    commits = read_commits(home)
    let_go = read_retention_record(home)
    head = commits[-1].seq if commits else 0
    prints = fingerprint(dbt_project)
    build_no, built, built_prints = _last_build(home)
    redefined = built is not None and built_prints != prints
    full = full_refresh or built is None or redefined or built > head or not home.marts_file.exists()
    since = 0 if full else built
    if full and not may_lack_rows:
        require_rows(home, commits)
    if full:
        # what is replaced as a whole leaves no freed blocks, and no bytes, behind
        for path in (home.warehouse_file, home.marts_file):
            path.unlink(missing_ok=True)
            path.with_name(path.name + ".wal").unlink(missing_ok=True)
    days = sorted({date.fromisoformat(commit.load_date) for commit in commits})
    fresh = [commit for commit in commits if commit.seq > since]
    feed = BuildSources(
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
            connection.execute("insert into state.build values (?, null, null, null, [])", [feed.build_no])
        else:
            connection.execute("update state.build set build_no = ?", [feed.build_no])
        connection.execute(
            "create or replace table lake.build(build_no bigint, since_seq bigint, head_seq bigint, as_of timestamp)"
        )
        connection.execute("insert into lake.build values (?, ?, ?, ?)", [feed.build_no, since, head, feed.as_of])
        _bind_events(connection, home, fresh, let_go)
        for entity, columns in ENTITIES.items():
            scan = _scan(home, live_entity_files(commits, entity), f"load_date date, {columns}, content_hash varchar")
            connection.execute(f"create or replace view lake.{entity} as {scan}")
        connection.execute("commit")
    return feed


def is_built(home: Home) -> bool:
    """Whether the warehouse holds every commit of the lake."""
    commits = read_commits(home)
    _, built, _ = _last_build(home)
    return home.marts_file.exists() and built == (commits[-1].seq if commits else 0)


def changed_dates(home: Home, feed: BuildSources) -> list[date] | None:
    """Local dates on which the last build replaced rows of the facts by date; None: on all of them."""
    if feed.is_full:
        return None
    with _warehouse(home) as connection:
        rows = connection.execute(
            "select distinct local_date from intermediate.int_workspace_dates order by local_date"
        ).fetchall()
    return [row[0] for row in rows]


def mark_built(home: Home, feed: BuildSources) -> None:
    """Remember that the warehouse holds every commit up to ``feed.head_seq``, and the settings it was built with."""
    with _warehouse(home) as connection:
        connection.execute(f"attach {quote_literal(str(home.marts_file))} as marts_db (read_only)")
        connection.execute("begin")
        connection.execute(
            "update state.build set built_seq = ?, fingerprint = ?, as_of = ?, load_dates = ?",
            [feed.head_seq, feed.fingerprint, feed.as_of, list(feed.load_dates)],
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


def live_entity_files(commits: Iterable[Commit], entity: str) -> list[str]:
    """Paths of an entity's lake files, without those of commits that a backfill replaced."""
    return [path for commit in live_commits(commits) for path in commit.entities.get(entity, [])]


def _last_build(home: Home) -> tuple[int, int | None, str | None]:
    """Number, last commit and fingerprint of the last build; (0, None, None) where there is none."""
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
            hint="Close whatever else has it open; readers use published/footfall.duckdb.",
        ) from error


def _bind_events(
    connection: duckdb.DuckDBPyConnection, home: Home, commits: list[Commit], let_go: RetentionRecord
) -> None:
    """``events_added``: rows live at the head that were not at the start; ``events_removed``: the other way round."""
    columns = f"{EVENTS}, seq bigint"

    def files(name: str) -> dict[int, list[str]]:
        named = {commit.seq: [
            path for path in commit.events.get(name, ())
            if not let_go.is_lake_removed(commit.load_date) or (home.root / path).exists()
        ] for commit in commits}
        return {seq: paths for seq, paths in named.items() if paths}

    added, removed = files("added"), files("removed")
    connection.execute(f"create or replace view lake.all_added as {_scan_by_seq(home, added, columns)}")
    connection.execute(f"create or replace view lake.events_removed as {_scan_by_seq(home, removed, columns)}")
    survivors = (
        "select added.* from lake.all_added as added where not exists (select 1 from lake.events_removed as removed "
        "where removed.workspace_id = added.workspace_id and removed.message_id = added.message_id "
        "and removed.seq > added.seq)"
    )
    connection.execute(
        f"create or replace view lake.events_added as {survivors if removed else 'select * from lake.all_added'}"
    )


def _scan_by_seq(home: Home, files: dict[int, list[str]], columns: str) -> str:
    """One scan for each commit, so that the commit is a constant and not a string to be parsed on every row."""
    if not files:
        return _scan(home, [], columns)
    return " union all by name ".join(
        f"select *, {seq}::bigint as seq from ({_scan(home, paths, EVENTS)})" for seq, paths in sorted(files.items())
    )


def _scan(home: Home, files: list[str], columns: str) -> str:
    """A query over Parquet files below the home, or one of no rows with the same columns."""
    typed = [column.split(" ", 1) for column in columns.split(", ")]
    if not files:
        return f"select {', '.join(f'null::{kind} as {name}' for name, kind in typed)} where false"
    missing = next((path for path in files if not (home.root / path).exists()), None)
    if missing:
        raise FootfallError(
            "A committed lake file is gone.",
            where=str(home.root / missing),
            hint="Restore it from a backup, or load its date anew: footfall backfill --from DATE --to DATE.",
        )
    paths = ", ".join(quote_literal(str((home.root / path).resolve())) for path in files)
    return f"select {', '.join(name for name, _ in typed)} from read_parquet([{paths}], hive_partitioning=false)"
