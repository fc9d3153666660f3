"""A person's answer to the question for consent, wherever a line has it, and the SQL functions that give it.

Answers are searched in every member whose name says that it holds consent, however deep, in flat columns, and in
what consent managers add to the context. `properties` may hold words of the app's own: there only a clear answer about
the purpose, or a refusal, counts. Of several answers a refusal counts.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any

import duckdb

from footfall.ingestion.consent.answers import Found, is_empty, parsed_json, read
from footfall.ingestion.consent.words import (
    Words,
    answer_of,
    is_consent,
    is_fact,
    is_list,
    is_whole_answer,
    letters,
    may_hold_consent,
)

#: Members that hold what the app says, not its library.
_OF_THE_APP = frozenset({"properties", "traits", "extra", "payload", "integrations"})


def register(con: duckdb.DuckDBPyConnection, keys: Iterable[str]) -> None:
    """Make ``consent_in_context``, ``consent_in_line`` and ``consent_in_value`` known to the connection.

    Each gives ``true``, ``false``, or null without an answer. Texts of answers repeat, so results are remembered.

    Args:
        keys: the setting ``consent.analytics_keys``.
    """
    words = Words.of(keys)

    @lru_cache(4096)
    def consent_in_context(members: str | None) -> str | None:
        return _as_text(None if members is None else answer_in({"context": parsed_json(members)}, words))

    @lru_cache(4096)
    def consent_in_value(value: str | None) -> str | None:
        return _as_text(None if value is None else read("consent", value, words).result())

    def consent_in_line(line: str | None) -> str | None:
        return _as_text(None if line is None else answer_in(parsed_json(line), words))

    functions: tuple[Callable[..., str | None], ...] = (consent_in_context, consent_in_value, consent_in_line)
    names = ("consent_in_context", "consent_in_value", "consent_in_line")
    for name, function in zip(names, functions, strict=True):
        con.create_function(name, function, [str], str, null_handling="special")  # type: ignore[call-overload]


def is_consent_column(name: str) -> bool:
    """Whether a column of a flat file may hold an answer."""
    return is_consent(name) or may_hold_consent(name) or letters(name).endswith(("analytics", "analyticsstorage"))


def patterns(keys: Iterable[str]) -> dict[str, str]:
    """What is put into ``sql/consent.sql``: regular expressions for the text of a line that cannot be parsed."""
    words = Words.of(keys)
    return {
        "is_own_form": str(words.is_purpose("Analytics")).lower(),
        "purpose_names": "|".join(r"[\s_-]*".join(map(re.escape, key)) for key in words.keys),
        "consent_words": (
            "consent|active_?groups|cookiebot|tcf?_?string|category_?preferences|onetrust|didomi|usercentrics"
        ),
    }


def answer_in(line: Any, words: Words) -> bool | None:
    """The answer in a parsed line, or in members of its context; a line that cannot be parsed is not understood."""
    if not isinstance(line, Mapping):
        return False if line is None else None
    try:
        answers = [answer for answer in _answers("", line, words, of_app=False) if answer is not None]
    except RecursionError:
        return False
    return all(answers) if answers else None


def _answers(place: str, members: Mapping[str, Any], words: Words, *, of_app: bool) -> Iterator[bool | None]:
    other_categories: list[bool] = []
    for name, value in members.items():
        is_object = isinstance(value, (Mapping, list))
        if is_empty(value):
            continue
        if is_consent(name):
            if is_object or _is_answer(name, value, words):
                yield _result(read(name, value, words), of_app)
            elif "categorypreferences" in letters(name):
                other_categories.append(True)
        elif may_hold_consent(name) and is_object:
            yield _result(read(name, value, words), True)
        elif place and not of_app and words.is_purpose(name) and not is_object and not is_fact(name):
            yield answer_of(value)
        elif isinstance(value, Mapping):
            yield from _answers(name, value, words, of_app=of_app or letters(name) in _OF_THE_APP)
    if other_categories and not any(words.is_purpose(name) for name in members if is_consent(name)):
        yield False


def _is_answer(name: str, value: Any, words: Words) -> bool:
    """Whether a single value under a name with `consent` in it is an answer."""
    if words.is_purpose(name):
        return True
    if is_fact(name) and not is_list(name):
        return False
    return is_whole_answer(name) or (isinstance(value, str) and is_list(name))


def _result(found: Found, of_app: bool) -> bool | None:
    if not of_app:
        return found.result()
    if not all(found.answers) or False in found.general:
        return False
    return True if found.answers else None


def _as_text(answer: bool | None) -> str | None:
    return None if answer is None else "true" if answer else "false"
