"""The columns of every entity (contract, section 3), and the tables that hold them."""

from footfall.core.database import quote_identifier, quote_literal
from footfall.core.vocabulary import names, vocabulary

KEY, USER_KEY, ID, TEXT, ZONE, DATE, TIME, FLAG, COUNT, LIST = (
    "key", "user key", "id", "text", "zone", "date", "time", "flag", "count", "list",
)
#: Kind of a column; a tuple lists the values allowed.
Kind = str | tuple[str, ...]
_WORDS = vocabulary()

#: ``workspace_id`` comes first everywhere.
ENTITIES: dict[str, dict[str, Kind]] = {
    "workspaces": {
        "name": TEXT, "timezone": ZONE, "starts_on": DATE, "ends_on": DATE,
        "anonymization": _WORDS.anonymizations, "anonymized_domains": LIST, "cookie_banner": FLAG,
        "modules": LIST, "target_groups": LIST, "visit_timeout_minutes": COUNT, "idle_cap_seconds": COUNT,
        "min_group_size": COUNT, "updated_at": TIME,
    },
    "participants": {
        "user_id": USER_KEY, "first_name": TEXT, "last_name": TEXT, "email": TEXT, "company": TEXT,
        "job_title": TEXT, "groups": LIST, "role": names(_WORDS.roles), "is_test": FLAG,
        "profile_url": TEXT, "created_at": TIME, "updated_at": TIME, "deleted_at": TIME,
    },
    "content": {
        "content_type": names(_WORDS.content_types), "content_id": KEY, "title": TEXT, "url": TEXT, "sponsor_id": ID,
        "starts_at": TIME, "ends_at": TIME, "updated_at": TIME, "deleted_at": TIME,
    },
    "meetings": {
        "meeting_id": KEY, "kind": names(_WORDS.meeting_kinds), "status": names(_WORDS.meeting_statuses),
        "scheduled_start": TIME, "scheduled_end": TIME, "created_at": TIME, "updated_at": TIME,
    },
    "meeting_participants": {
        "meeting_id": KEY, "user_id": USER_KEY, "response": _WORDS.meeting_responses, "attended": FLAG,
        "joined_at": TIME, "left_at": TIME, "updated_at": TIME,
    },
}
#: Keys that are one of a list of words.
WORD_KEYS = ("content_type",)
#: Other spellings of words, by their letters and digits.
SPELLINGS = {
    "status": {"canceled": "cancelled"},
    "kind": {"oneonone": "one_to_one", "1on1": "one_to_one", "1to1": "one_to_one", "11": "one_to_one"},
}
#: Columns that may also be in an object ``settings``.
SETTINGS = (
    "anonymization", "anonymized_domains", "cookie_banner", "modules", "target_groups", "visit_timeout_minutes",
    "idle_cap_seconds", "min_group_size",
)
#: Largest number of a setting. A smallest group of this size hides every number.
MOST = 10_000_000
#: What protects people, as SQL of the strictest value: it takes the place of a value that cannot be read. A group that
#: is an empty text is nobody's, since lists lose their empty items.
STRICTEST = {
    "anonymization": quote_literal(_WORDS.anonymizations[-1]), "cookie_banner": "true",
    "target_groups": "['']", "min_group_size": str(MOST),
}
_TYPES = {DATE: "date", TIME: "timestamp", FLAG: "boolean", COUNT: "bigint", LIST: "varchar[]"}
#: Columns of table ``versions`` that do not go to the lake.
UNSTORED = "file_no, reason, detail, raw, repairs, has_cleaned_id"


def lake_columns(entity: str) -> str:
    """Columns (SQL) of an entity's lake files.

    ``file`` and ``line_number`` (in landing) say which of two rows came later; ``repaired`` has `field: problem` of
    values that could not be used. A row of workspaces ``is_unreadable`` stands for a line that could not be read.
    """
    columns = ", ".join(
        f"{quote_identifier(name)} {_TYPES.get(kind, 'varchar') if isinstance(kind, str) else 'varchar'}"
        for name, kind in ENTITIES[entity].items()
    )
    flag = ", is_unreadable boolean" if entity == "workspaces" else ""
    return (
        f"load_date date, workspace_id varchar, {columns}, content_hash varchar, file varchar, line_number bigint, "
        f"repaired varchar{flag}"
    )


def table_of(entity: str) -> str:
    """Columns (SQL) of table ``versions``: the lake's and those of validation."""
    return (
        f"{lake_columns(entity)}, file_no integer, reason varchar, detail varchar, raw varchar, "
        "repairs varchar, has_cleaned_id boolean"
    )


def hash_of(entity: str, **replaced: str) -> str:
    """SQL of ``content_hash`` over an entity's columns; ``replaced``: SQL in the place of some of them."""
    names = ("workspace_id", *ENTITIES[entity])
    hashed = ", ".join(f"coalesce(({replaced.get(name, quote_identifier(name))})::varchar, e'\\x1e')" for name in names)
    return f"md5(concat_ws(e'\\x1f', {hashed}))"
