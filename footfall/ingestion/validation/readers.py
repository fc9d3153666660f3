"""Which SQL turns the records of a slice into the fields to validate."""

from footfall.core.database import quote_identifier
from footfall.ingestion.consent.in_line import is_consent_column
from footfall.ingestion.context import LoadContext
from footfall.ingestion.database import sql
from footfall.ingestion.formats.slices import Slice
from footfall.ingestion.landing.files import SEGMENT
from footfall.ingestion.validation.mapping import TARGETS, check_targets
from footfall.ingestion.validation.records import mapped

#: Fields to validate besides those of `TARGETS`, with their SQL.
_OTHERS = {
    "workspace_of_properties": "null::varchar", "workspace_of_event": "null::varchar", "library": "null::varchar",
    "has_page": "false", "user_agent": "null::varchar",
}
#: Fields that are more than a mapped text.
_READ = {"consent": "consent_in_value({})"}


def has_consent_column(work: LoadContext, piece: Slice) -> bool:
    """Whether the consent answer is in a column of its own, so that it cannot be found in a line's text."""
    mapping = next((s.mapping for s in work.settings.sources.events if s.name == piece.source), None)
    if mapping is not None:
        return "consent" in mapping
    if piece.format == "jsonl":
        return False
    return not piece.columns or any(is_consent_column(name) for name in piece.columns)


def reader_of(work: LoadContext, piece: Slice) -> str:
    """SQL of the fields to validate, over ``{records}`` (`records.as_lines`) or, with a mapping, over ``slice``.

    Raises:
        SettingsError: the source's mapping cannot be used.
    """
    mapping = next((s.mapping for s in work.settings.sources.events if s.name == piece.source), None)
    if piece.source == SEGMENT or mapping is None:
        reader = "segment_camel" if piece.format == "jsonl" else "segment_snake"
        return sql(reader)
    check_targets(piece.source, mapping, TARGETS)
    query = mapped(work.con, piece.source, mapping, piece)
    fields = ", ".join(
        f"{_READ.get(target, '{}').format(f'nonempty({quote_identifier(target)})')} as {field}"
        if target in mapping else f"null::varchar as {field}"
        for target, field in TARGETS.items() if target not in ("properties", "message_id")
    )
    others = ", ".join(f"{value} as {field}" for field, value in _OTHERS.items())
    message_id = (
        "nonempty(message_id)" if "message_id" in mapping else "md5(path || e'\\x1f' || line_number || e'\\x1f' || raw)"
    )
    properties = "nonempty(properties)" if "properties" in mapping else "null::varchar"
    problem = "null::varchar" if piece.format != "jsonl" else (
        "case when not is_json then 'malformed_json' "
        "when not starts_with(ltrim(raw, e' \\t\\r\\n\\v\\f'), '{') then 'not_an_object' end"
    )
    return (
        "select * exclude (object, properties_text), nullif(object::json::varchar, '{}') as properties, "
        "if(properties_text is not null and object is null, ['properties'], null) as mistyped from ("
        f"select file_no, line_number, raw, {problem} as problem, {message_id} as message_id, {fields}, {others}, "
        f"{properties} as properties_text, object_in_text({properties}) as object "
        f"from ({query}) inner join (select file_no, path from files) as names using (file_no))"
    )
