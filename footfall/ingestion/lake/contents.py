"""What the files of the lake hold, and which of them a build reads: the same for every engine."""

from collections.abc import Iterable

from footfall.core.errors import FootfallError
from footfall.core.home import Home
from footfall.ingestion.lake.commit_log import Commit, live_commits
from footfall.ingestion.retention_record import RetentionRecord

#: Columns of the lake's files.
ENTITIES = {
    "workspaces": (
        "workspace_id varchar, name varchar, timezone varchar, starts_on date, ends_on date, anonymization varchar, "
        "anonymized_domains varchar[], cookie_banner boolean, modules varchar[], target_groups varchar[], "
        "visit_timeout_minutes bigint, idle_cap_seconds bigint, min_group_size bigint, updated_at timestamp, "
        "is_unreadable boolean"
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

#: Columns that every entity's files have besides; which line of which landing file says which of two rows came later.
LINE = "content_hash varchar, file varchar, line_number bigint"

EVENTS = (
    "load_date date, file_id varchar, line_number bigint, workspace_id varchar, message_id varchar, user_id varchar, "
    "anonymous_id varchar, device_id varchar, type varchar, event varchar, occurred_at timestamp, "
    "original_timestamp timestamp, sent_at timestamp, received_at timestamp, os varchar, os_version varchar, "
    "app_version varchar, timezone varchar, module varchar, content_type varchar, content_id varchar, "
    "content_title varchar, duration_seconds decimal(18,3), query varchar, results bigint, properties varchar, "
    "content_hash varchar"
)


def typed_columns(columns: str) -> list[tuple[str, str]]:
    """Name and type (DuckDB's) of each column of one of the lists above."""
    return [(name, kind) for name, kind in (column.split(" ", 1) for column in columns.split(", "))]


def live_entity_files(commits: Iterable[Commit], entity: str) -> list[str]:
    """Paths of an entity's lake files, without those of commits that a backfill replaced."""
    return [path for commit in live_commits(commits) for path in commit.entities.get(entity, [])]


def event_files(home: Home, commits: Iterable[Commit], name: str, retention: RetentionRecord) -> dict[int, list[str]]:
    """Paths of the files ``added`` or ``removed`` of each commit that has some; retention may have removed others."""
    named = {commit.seq: [
        path for path in commit.events.get(name, ())
        if not retention.is_lake_removed(commit.load_date) or (home.root / path).exists()
    ] for commit in commits}
    return {seq: paths for seq, paths in sorted(named.items()) if paths}


def require_files(home: Home, files: Iterable[str]) -> None:
    """Raise FootfallError where a file that a commit names is missing."""
    missing = next((path for path in files if not (home.root / path).exists()), None)
    if missing:
        raise FootfallError(
            "A committed lake file is missing.",
            where=str(home.root / missing),
            hint="Restore it from a backup, or run `footfall run`: it loads the landing zone again.",
        )
