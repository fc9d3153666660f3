"""The SQL that types and validates the lines of an entity: what rejects a line, and what is repaired."""

import json
import re

from footfall.core.database import quote_identifier, quote_literal
from footfall.ingestion.entity_columns import (
    COUNT,
    DATE,
    ENTITIES,
    FLAG,
    ID,
    KEY,
    LIST,
    MOST,
    SETTINGS,
    SPELLINGS,
    STRICTEST,
    TIME,
    USER_KEY,
    WORD_KEYS,
    ZONE,
    Kind,
    hash_of,
)

_IDS = (KEY, USER_KEY, ID)
_BAD_KINDS = {LIST: "('OBJECT', 'BOOLEAN')", FLAG: "('OBJECT', 'ARRAY')"}


def select_of(entity: str, records: str) -> str:
    """SQL that validates ``records`` (a query of file_no, line_number, line, raw), with parameter ``$load_date``; its
    columns are those of `entity_columns.table_of`."""
    columns: dict[str, Kind] = {"workspace_id": KEY, **ENTITIES[entity]}
    members: dict[str, str] = dict.fromkeys(columns, "VARCHAR")
    has_settings = entity == "workspaces"
    if has_settings:
        members["settings"] = "JSON"
    names = ", ".join(quote_identifier(name) for name in columns)
    texts = ", ".join(f"{_text(name, has_settings)} as {_id('text', name)}" for name in columns)
    # a cast of its own, since the macro that reads times would repeat it
    casts = ", ".join(
        f"try_cast({_id('text', name)} as timestamptz) as {_id('cast', name)}"
        for name, kind in columns.items() if kind in (TIME, DATE)
    )
    typed = ", ".join(f"{_typed(name, kind)} as {_id('typed', name)}" for name, kind in columns.items())
    optional = {name: kind for name, kind in columns.items() if not is_key(name, kind)}
    problems = ", ".join(
        f"{_problem(name, kind, has_settings)} as {_id('problem', name)}" for name, kind in optional.items()
    )
    values = ", ".join(
        f"{_value(name, name in optional, has_settings)} as {quote_identifier(name)}" for name in columns
    )
    repairs = ", ".join(
        f"case when {_id('problem', name)} is not null then repair({quote_literal(name)}, {_id('problem', name)}, "
        f"{_id('text', name)}) end" for name in optional
    )
    any_problem = " or ".join(f"{_id('problem', name)} is not null" for name in optional)
    if has_settings:
        any_problem += " or has_bad_settings"
        repairs += ", case when has_bad_settings then repair('settings', 'bad_type', settings_text) end"
    cleaned = " or ".join(
        f"{_id('text', name)} is distinct from {_id('typed', name)}" for name, kind in columns.items() if kind in _IDS
    )
    settings = _settings() if has_settings else "null as settings, null as settings_text, false as has_bad_settings"
    return f"""
with parsed as (select *, json_valid(line) as is_json from ({records})),
objects as (
    select *, case when is_json then from_json(line, {quote_literal(json.dumps(members))}) end as entity from parsed
),
with_settings as (select *, {settings} from objects),
texts as (select *, {texts} from with_settings),
casts as (select *, {casts} from texts),
typed as (select *, {typed} from casts),
checked as (select *, {problems}, {_rejection(columns)} as rejection from typed),
repaired as (
    select *, {values}, case when {any_problem} then
        to_json(list_filter([{repairs}], lambda one: one is not null))::varchar end as repairs from checked
)
select
    $load_date::date, {names}, {hash_of(entity)}, files.path, line_number,
    repaired_text(repairs){', false' if has_settings else ''}, file_no, split_part(rejection, ': ', 1),
    nullif(split_part(rejection, ': ', 2), ''), if(rejection is null, null, raw), repairs, {cleaned}
from repaired
inner join files using (file_no)
"""


def is_key(name: str, kind: Kind) -> bool:
    """Whether a line is rejected without this column."""
    return kind in (KEY, USER_KEY) or name in WORD_KEYS


def _id(prefix: str, name: str) -> str:
    return quote_identifier(f"{prefix}_{name}")


def _settings() -> str:
    """The object `settings` of a workspace, also as JSON text; where it is neither, all that it may say is unread."""
    structure = quote_literal(json.dumps(dict.fromkeys(SETTINGS, "VARCHAR")))
    return (
        f"from_json(object_text(entity.settings), {structure}) as settings, entity.settings::varchar as settings_text, "
        "coalesce(json_type(entity.settings) <> 'NULL' and object_text(entity.settings) is null "
        "and nonempty(entity.settings ->> '$') is not null, false) as has_bad_settings"
    )


def _text(name: str, has_settings: bool) -> str:
    member = f"nonempty(entity.{quote_identifier(name)})"
    if has_settings and name in SETTINGS:
        return f"coalesce({member}, nonempty(settings.{quote_identifier(name)}))"
    return member


def _typed(name: str, kind: Kind) -> str:
    text = _id("text", name)
    if isinstance(kind, tuple):
        words = {re.sub("[^a-z0-9]", "", word): word for word in kind} | SPELLINGS.get(name, {})
        cases = " ".join(f"when {quote_literal(letters)} then {quote_literal(word)}" for letters, word in words.items())
        return f"case letters_of({text}) {cases} end"
    if kind in _IDS:
        return f"id_of({text})"
    time = f"time_of_cast({_id('cast', name)}, {text})"
    return {
        DATE: f"time_within_bounds(coalesce(try_cast({text} as date), {time}::date)::timestamp)::date",
        TIME: time,
        FLAG: f"flag_of({text})",
        COUNT: f"try_cast(without_fraction({text}) as bigint)",
        LIST: f"list_of({text})",
        ZONE: f"zone_of({text})",
    }.get(kind, text)


def _problem(name: str, kind: Kind, has_settings: bool) -> str:
    """SQL of what makes an optional value unusable, null where nothing does."""
    text, typed = _id("text", name), _id("typed", name)
    bad_kinds = _BAD_KINDS.get(kind, "('OBJECT', 'ARRAY', 'BOOLEAN')")  # type: ignore[arg-type]
    json_kind = f"json_type(line, {quote_literal('$.' + name)})"
    if has_settings and name in SETTINGS:
        json_kind = f"coalesce({json_kind}, json_type(object_text(entity.settings), {quote_literal('$.' + name)}))"
    unusable = {
        DATE: "'bad_timestamp'", TIME: "'bad_timestamp'", ZONE: "'unknown_time_zone'", LIST: "'bad_type'",
        COUNT: f"if(try_cast({text} as double) is null, 'not_a_number', 'out_of_range')",
    }.get(kind, "'unknown_value'")  # type: ignore[arg-type]
    bounds = f" or not {typed} between 1 and {MOST}" if kind == COUNT else ""
    return (
        f"case when {text} is null then null when is_suspect({text}) and {json_kind} in {bad_kinds} then 'bad_type' "
        f"when {typed} is null{bounds} then {unusable} "
        f"when is_broken({text}, raw) then 'broken_character' end"
    )


def _value(name: str, is_optional: bool, has_settings: bool) -> str:
    typed, problem = _id("typed", name), _id("problem", name)
    if not is_optional:
        return typed
    strictest = STRICTEST.get(name, "null") if has_settings else "null"
    value = f"case when {problem} is null or {problem} = 'broken_character' then {typed} else {strictest} end"
    if not has_settings or name not in STRICTEST:
        return value
    unread = f"has_bad_settings and {_id('text', name)} is null"
    if name == "anonymization":
        # domains that cannot be read: everybody is protected
        unread += (
            f" or ({typed} = 'domains' and ({_id('problem', 'anonymized_domains')} is not null "
            f"or has_bad_settings and {_id('text', 'anonymized_domains')} is null))"
        )
    return f"if({unread}, {strictest}, {value})"


def _rejection(columns: dict[str, Kind]) -> str:
    """SQL of what rejects a line: it is no object, or does not say whose it is."""
    branches = [
        ("not is_json", "malformed_json"),
        ("not starts_with(ltrim(line, e' \\t\\r\\n\\v\\f'), '{')", "not_an_object"),
    ]
    keys = [name for name, kind in columns.items() if is_key(name, kind)]
    for name in keys:
        wrong = f"json_type(line, {quote_literal('$.' + name)}) in ('OBJECT', 'ARRAY', 'BOOLEAN')"
        branches.append((f"is_suspect({_id('text', name)}) and {wrong}", f"bad_type: {name}"))
    for name in keys:
        reason = {"workspace_id": "missing_workspace_id", "user_id": "missing_actor"}.get(name, "bad_type")
        missing = f"{_id('text', name)} is null or {_id('typed', name)} is null"
        branches.append((missing, f"{reason}: {name} is missing"))
        if name in WORD_KEYS:
            words = ", ".join(columns[name])
            branches[-1] = (f"{_id('text', name)} is null", f"{reason}: {name} is missing")
            branches.append((f"{_id('typed', name)} is null", f"{reason}: {name} is not one of {words}"))
    return "case " + " ".join(f"when {test} then {quote_literal(reason)}" for test, reason in branches) + " end"
