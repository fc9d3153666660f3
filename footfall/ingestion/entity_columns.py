"""The columns of every entity (contract, section 3), and the SQL that types and validates their lines."""

import json

from footfall.core.database import quote_identifier, quote_literal

_KEY, _USER_KEY, _TEXT, _ZONE, _DATE, _TIME, _FLAG, _COUNT, _LIST = (
    "key", "user key", "text", "zone", "date", "time", "flag", "count", "list",
)
_CONTENT_TYPES = ("form", "page", "user", "agenda_session", "speaker", "sponsor", "document", "abstract", "live_stream")

#: Column -> kind; a tuple lists the values allowed. ``workspace_id`` comes first everywhere.
ENTITIES: dict[str, dict[str, str | tuple[str, ...]]] = {
    "workspaces": {
        "name": _TEXT, "timezone": _ZONE, "starts_on": _DATE, "ends_on": _DATE,
        "anonymization": _TEXT, "anonymized_domains": _LIST, "cookie_banner": _FLAG,
        "modules": _LIST, "target_groups": _LIST, "visit_timeout_minutes": _COUNT, "idle_cap_seconds": _COUNT,
        "min_group_size": _COUNT, "updated_at": _TIME,
    },
    "participants": {
        "user_id": _USER_KEY, "first_name": _TEXT, "last_name": _TEXT, "email": _TEXT, "company": _TEXT,
        "job_title": _TEXT, "groups": _LIST, "role": ("attendee", "speaker", "sponsor", "staff"), "is_test": _FLAG,
        "profile_url": _TEXT, "created_at": _TIME, "updated_at": _TIME, "deleted_at": _TIME,
    },
    "content": {
        "content_type": _CONTENT_TYPES, "content_id": _KEY, "title": _TEXT, "url": _TEXT, "sponsor_id": _TEXT,
        "starts_at": _TIME, "ends_at": _TIME, "updated_at": _TIME, "deleted_at": _TIME,
    },
    "meetings": {
        "meeting_id": _KEY, "kind": ("one_to_one", "group"),
        "status": ("requested", "accepted", "declined", "cancelled", "expired"), "scheduled_start": _TIME,
        "scheduled_end": _TIME, "created_at": _TIME, "updated_at": _TIME,
    },
    "meeting_participants": {
        "meeting_id": _KEY, "user_id": _USER_KEY, "response": ("pending", "accepted", "declined"), "attended": _FLAG,
        "joined_at": _TIME, "left_at": _TIME, "updated_at": _TIME,
    },
}
#: Keys that have values to choose from, so that their kind does not say they are needed.
_NEEDED = {"content": ("content_type",)}
#: Columns that may also be inside an object ``settings``.
_SETTINGS = (
    "anonymization", "anonymized_domains", "cookie_banner", "modules", "target_groups", "visit_timeout_minutes",
    "idle_cap_seconds", "min_group_size",
)
#: Settings that protect people. A line is not rejected for a value that cannot be understood: without the line nobody
#: would be protected. Such a value is taken for the one that shows least (here and in the models).
_PROTECTIVE = frozenset({"anonymization", "min_group_size"})
#: Larger numbers would not fit what the models make of them. A smallest group of this size hides every number.
_MOST = 10_000_000
_TYPES = {_DATE: "date", _TIME: "timestamp", _FLAG: "boolean", _COUNT: "bigint", _LIST: "varchar[]"}


def table_of(entity: str) -> str:
    """Columns (SQL) of the table `select_of` fills: the lake's, then file_no, line_number, reason, detail, raw."""
    columns = ", ".join(
        f"{quote_identifier(name)} {_TYPES.get(kind, 'varchar') if isinstance(kind, str) else 'varchar'}"
        for name, kind in ENTITIES[entity].items()
    )
    return (
        f"load_date date, workspace_id varchar, {columns}, content_hash varchar, file_no integer, line_number bigint, "
        "reason varchar, detail varchar, raw varchar"
    )


def select_of(entity: str, records: str) -> str:
    """SQL that validates ``records`` (a query of file_no, line_number, line, raw), with parameter ``$load_date``."""
    columns = {"workspace_id": _KEY, **ENTITIES[entity]}
    members: dict[str, object] = dict.fromkeys(columns, "VARCHAR")
    if entity == "workspaces":
        members["settings"] = dict.fromkeys(_SETTINGS, "VARCHAR")
    texts = ", ".join(f"{_text(entity, name)} as {quote_identifier('text_' + name)}" for name in columns)
    typed = ", ".join(f"{_typed(name, kind)} as {quote_identifier(name)}" for name, kind in columns.items())
    names = ", ".join(quote_identifier(name) for name in columns)
    structure = quote_literal(json.dumps(members))
    return (
        "with parsed as (select *, json_valid(line) as is_json from (" + records + ")), "
        f"objects as (select *, case when is_json then from_json(line, {structure}) end as entity from parsed), "
        f"texts as (select *, {texts} from objects), typed as (select *, {typed} from texts), "
        f"validated as (select *, {_rejection(entity, columns)} as rejection from typed) "
        f"select $load_date::date, {names}, {hash_of(entity)}, file_no, line_number, "
        "split_part(rejection, ': ', 1), nullif(split_part(rejection, ': ', 2), ''), if(rejection is null, null, raw) "
        "from validated"
    )


def hash_of(entity: str, **replaced: str) -> str:
    """SQL of ``content_hash`` over an entity's columns; ``replaced``: SQL in the place of some of them."""
    names = ("workspace_id", *ENTITIES[entity])
    hashed = ", ".join(f"coalesce(({replaced.get(name, quote_identifier(name))})::varchar, e'\\x1e')" for name in names)
    return f"md5(concat_ws(e'\\x1f', {hashed}))"


def _text(entity: str, name: str) -> str:
    member = f"nonempty(entity.{quote_identifier(name)})"
    if entity == "workspaces" and name in _SETTINGS:
        return f"coalesce({member}, nonempty(entity.settings.{quote_identifier(name)}))"
    return member


def _typed(name: str, kind: str | tuple[str, ...]) -> str:
    text = quote_identifier("text_" + name)
    if name == "min_group_size":
        number = f"try_cast({text} as bigint)"
        return f"if({text} is null or {number} between 1 and {_MOST}, {number}, {_MOST})"
    return {
        _DATE: f"try_cast({text} as date)",
        _TIME: f"time_of({text})",
        _FLAG: f"try_cast({text} as boolean)",
        _COUNT: f"try_cast({text} as bigint)",
        _LIST: f"list_of({text})",
    }.get(kind, text)  # type: ignore[arg-type]


def _rejection(entity: str, columns: dict[str, str | tuple[str, ...]]) -> str:
    branches = [
        ("not is_json", "malformed_json"),
        ("not starts_with(ltrim(line, e' \\t\\r\\n\\v\\f'), '{')", "not_an_object"),
        *((_is_mistyped(name, kind), f"bad_type: {name}") for name, kind in columns.items() if name not in _PROTECTIVE),
    ]
    for name, kind in columns.items():
        if name in _PROTECTIVE:
            continue
        value, text = quote_identifier(name), quote_identifier("text_" + name)
        if kind in (_KEY, _USER_KEY) or name in _NEEDED.get(entity, ()):
            reason = {"workspace_id": "missing_workspace_id", "user_id": "missing_actor"}.get(name, "bad_type")
            branches.append((f"{text} is null", f"{reason}: {name} is missing"))
        if kind in (_DATE, _TIME):
            branches.append((
                f"{text} is not null and ({value} is null or not ({value} >= date '1900-01-01' "
                f"and {value} < date '2200-01-01'))", f"bad_timestamp: {name} cannot be read",
            ))
        elif kind in (_FLAG, _COUNT, _LIST):
            bounds = f" or {value} not between 1 and {_MOST}" if kind == _COUNT else ""
            branches.append((f"{text} is not null and ({value} is null{bounds})", f"bad_type: {name}"))
        elif kind == _ZONE:
            branches.append((
                f"{value} not in (select name from pg_timezone_names())", f"bad_type: {name} is no IANA time zone",
            ))
        elif isinstance(kind, tuple):
            values = ", ".join(quote_literal(allowed) for allowed in kind)
            branches.append((f"{value} not in ({values})", f"bad_type: {name} is none of {', '.join(kind)}"))
    return "case " + " ".join(f"when {test} then {quote_literal(rejection)}" for test, rejection in branches) + " end"


def _is_mistyped(name: str, kind: str | tuple[str, ...]) -> str:
    wrong = {_LIST: "('OBJECT', 'BOOLEAN')", _FLAG: "('OBJECT', 'ARRAY')"}.get(kind, "('OBJECT', 'ARRAY', 'BOOLEAN')")  # type: ignore[arg-type]
    text = quote_identifier("text_" + name)
    return f"is_suspect({text}) and json_type(line, {quote_literal('$.' + name)}) in {wrong}"
