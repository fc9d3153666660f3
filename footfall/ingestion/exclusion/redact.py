"""Other people's lines that name an erased person: the name is replaced, every other byte stays."""

import csv
import io
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from footfall.ingestion.exclusion.mentions import as_document, mentions, split_names
from footfall.ingestion.exclusion.tombstones import Erased, unquoted

#: What stands in the place of an erased person's id or name.
ERASED = "(erased)"
#: Member (None: of any name) and the value that is taken out of it.
Rule = tuple[str | None, str]
_MEMBER = re.compile(r'(?:("(?:[^"\\]|\\.)*")(\s*:\s*))?("(?:[^"\\]|\\.)*"|[^\s"{}\[\]:,]+)')

@dataclass(frozen=True)
class Redaction:
    """What to take out of a line of others: values that name an erased person of ``workspaces``, and values by member.

    A value goes where it is the whole of a string or number, not where it is a part of one.

    Attributes:
        things: ids of something that name a person; each gets a stand-in. identities: the line's own ids, which stay.
    """

    rules: frozenset[Rule] = frozenset()
    workspaces: tuple[str, ...] = ()
    things: frozenset[str] = frozenset()
    identities: frozenset[str] = frozenset()

    def everywhere(self) -> "Redaction":
        """The same for a file with column names of its own: values go from every column."""
        return replace(self, rules=frozenset((None, value) for _, value in self.rules))

    def with_split_names(self, document: Any, erased: Erased) -> "Redaction":
        """The same, and the first and last name of one person in two members of an object."""
        if not isinstance(document, dict | list):
            return self
        found = split_names(document, erased, self.workspaces)
        return replace(self, rules=self.rules | {rule for rule in found if rule[1] not in self.identities})

    def of_value(self, text: str, member: str | None, erased: Erased) -> str:
        """What is left of a string of a member or column."""
        if (None, text) in self.rules or (member, text) in self.rules:
            return ERASED
        if text in self.things:
            return erased.stand_in(text)
        return ERASED if text not in self.identities and mentions(text, erased, self.workspaces) else text

    def of_json(self, text: str, erased: Erased) -> str:
        """Put the placeholder in the place of values of a text of JSON; every other byte stays."""
        whole = self.with_split_names(as_document(text), erased)

        def replaced(match: re.Match[str]) -> str:
            member, between, value = match.groups()
            name, plain = unquoted(member) if member else None, unquoted(value)
            left = whole.of_value(plain, name, erased)
            value = value if left == plain else json.dumps(left)
            if member is None or name is None:
                return value
            left = whole.of_value(name, None, erased)
            return (member if left == name else json.dumps(left)) + between + value

        return _MEMBER.sub(replaced, text)

    def of_csv(self, text: str, names: Sequence[str], delimiter: str, erased: Erased) -> str:
        """The same for a record of CSV with its line end."""
        end = text[len(text.rstrip("\r\n")):]
        rows = list(csv.reader(io.StringIO(text[: len(text) - len(end)], newline=""), delimiter=delimiter))
        if len(rows) != 1:
            return end
        named = list(zip(rows[0], [*names, *[""] * len(rows[0])], strict=False))
        whole = self.with_split_names({name: field for field, name in named}, erased)
        fields = [whole.of_any(field, name, erased) for field, name in named]
        out = io.StringIO()
        csv.writer(out, delimiter=delimiter, lineterminator=end or "\n").writerow(fields)
        return out.getvalue()

    def of_any(self, value: Any, name: str | None, erased: Erased) -> Any:
        """The same for a value of a column; nested values and texts of JSON are looked into."""
        if isinstance(value, dict):
            return {key: self.of_any(part, key, erased) for key, part in value.items()}
        if isinstance(value, list):
            return [self.of_any(part, name, erased) for part in value]
        if not isinstance(value, str):
            return value
        if value[:1] in ("{", "["):
            return self.of_json(value, erased)
        return self.of_value(value, name, erased)
