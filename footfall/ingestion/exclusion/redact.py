"""Other people's lines that name an erased person: the name is replaced, every other byte stays."""

import csv
import io
import re
from collections.abc import Collection, Sequence
from typing import Any

from footfall.ingestion.exclusion.tombstones import unquoted

#: What stands in the place of an erased person's id or name.
ERASED = "(erased)"
#: Member (None: of any name) and the value that is taken out of it.
Rule = tuple[str | None, str]
_MEMBER = re.compile(r'(?:("(?:[^"\\]|\\.)*")(\s*:\s*))?("(?:[^"\\]|\\.)*"|[^\s"{}\[\]:,]+)')
_QUOTED = f'"{ERASED}"'


def redact_json(text: str, rules: Collection[Rule]) -> str:
    """Put the placeholder in the place of values of a text of JSON that a rule names.

    A value goes where it is the whole of a string or number, not where it is a part of one.
    """
    anywhere = {value for member, value in rules if member is None}

    def replaced(match: re.Match[str]) -> str:
        member, between, value = match.groups()
        plain = unquoted(value)
        if plain in anywhere or (member and (unquoted(member), plain) in rules):
            value = _QUOTED
        if member is None:
            return value
        return (_QUOTED if unquoted(member) in anywhere else member) + between + value

    return _MEMBER.sub(replaced, text)


def redact_csv(text: str, names: Sequence[str], rules: Collection[Rule], delimiter: str) -> str:
    """The same for a record of CSV with its line end; rules without a member hold for every column."""
    end = text[len(text.rstrip("\r\n")):]
    rows = list(csv.reader(io.StringIO(text[: len(text) - len(end)], newline=""), delimiter=delimiter))
    if len(rows) != 1:
        return end
    fields = [
        redact_value(field, name, rules) for field, name in zip(rows[0], [*names, *[""] * len(rows[0])], strict=False)
    ]
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator=end or "\n").writerow(fields)
    return out.getvalue()


def redact_value(value: Any, name: str | None, rules: Collection[Rule]) -> Any:
    """The same for a value of a column; nested values and texts of JSON are looked into."""
    if isinstance(value, dict):
        return {key: redact_value(part, key, rules) for key, part in value.items()}
    if isinstance(value, list):
        return [redact_value(part, name, rules) for part in value]
    if not isinstance(value, str):
        return value
    if (None, value) in rules or (name, value) in rules:
        return ERASED
    return redact_json(value, rules) if value[:1] in ("{", "[") else value
