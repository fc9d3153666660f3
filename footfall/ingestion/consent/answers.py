"""The answers in the value of a member that holds consent: any nesting, maps and lists of purposes, texts.

Of several answers a refusal counts. A value that is there and not understood is a refusal.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from footfall.ingestion.consent.texts import answers_in_list, answers_in_text
from footfall.ingestion.consent.words import (
    IAB_PURPOSES,
    NAMING,
    Words,
    answer_of,
    is_fact,
    is_general,
    is_iab,
    is_ids,
    is_left_out,
    is_list,
    is_negative,
    letters,
)


@dataclass
class Found:
    """What a value says.

    Attributes:
        answers: about the purpose. general: about everything, such as `{"status": "denied"}`; None: not understood.
        is_something: there is a value at all. is_understood: even without an answer (`deniedConsentIds: ["ads"]`).
    """

    answers: list[bool] = field(default_factory=list)
    general: list[bool | None] = field(default_factory=list)
    is_something: bool = False
    is_understood: bool = False

    def result(self) -> bool | None:
        """True: a clear yes; False: a refusal, or not understood; None: no answer."""
        if not all(self.answers) or False in self.general:
            return False
        if self.answers:
            return True
        if self.general:
            return None not in self.general
        return None if self.is_understood or not self.is_something else False


def is_empty(value: Any) -> bool:
    return value is None or (isinstance(value, (str, dict)) and not value)


def read(name: str, value: Any, words: Words) -> Found:
    """What the member ``name`` says."""
    found = Found()
    _read(found, name, value, words, inside=is_iab(name), is_root=True)
    return found


def _read(found: Found, name: str, value: Any, words: Words, *, inside: bool, is_root: bool = False) -> None:
    """``inside``: of IAB's framework, where numbers are purposes."""
    if is_empty(value) or is_left_out(name):
        return
    if words.is_purpose(name):
        found.answers += _about_purpose(name, value, words)
    elif isinstance(value, Mapping):
        _read_object(found, name, value, words, inside)
    elif isinstance(value, list):
        _read_list(found, name, value, words, inside)
    elif isinstance(value, str) and value.lstrip()[:1] in ("{", "[") and (parsed := parsed_json(value)) is not None:
        _read(found, name, parsed, words, inside=inside, is_root=is_root)
    elif isinstance(value, str) and not is_general(name) and (is_list(name) or _holds_text(name)):
        answers = answers_in_text(value, words, is_negative_list=is_negative(name))
        found.answers += answers
        found.is_understood |= is_negative(name) and not answers
    elif is_root or is_general(name):
        _read_general(found, name, value, words)
    elif not is_fact(name):
        found.is_something = True


def _holds_text(name: str) -> bool:
    """Whether a text of this name is IAB's or a cookie."""
    return letters(name).endswith(("tcstring", "tcfstring", "consents", "cookie"))


def _read_general(found: Found, name: str, value: Any, words: Words) -> None:
    answer = answer_of(value)
    if is_negative(name):
        # `optOut: false` is no refusal, and no clear yes either
        found.is_understood = True
        found.general += [] if answer is False else [False]
    elif answer is not None or not isinstance(value, str):
        found.general.append(answer)
    else:
        answers = answers_in_text(value, words)
        found.general += answers if True in answers else [None]


def _read_object(found: Found, name: str, value: Mapping[str, Any], words: Words, inside: bool) -> None:
    numbered = {letters(key): one for key, one in value.items() if letters(key).removeprefix("purpose").isdecimal()}
    if inside and numbered:
        known = [one for key, one in numbered.items() if key.removeprefix("purpose") in map(str, IAB_PURPOSES)]
        found.answers.append(bool(known) and all(answer_of(one) is True for one in known))
        return
    if is_ids(name) and all(isinstance(one, str) and answer_of(one) is None for one in value.values()):
        _read_list(found, name, [*value, *value.values()], words, inside)  # ids with their labels
        return
    if is_negative(name) and any(words.is_purpose(key) for key in value):
        found.answers.append(False)
        return
    if any(words.is_purpose(one) for one in _names_in(value)):
        found.answers.append(_about_object(value, words))
        return
    # Google's consent mode: what holds until the person answers, and the answer
    is_superseded = {letters(key) for key in value} >= {"default", "update"}
    for key, one in value.items():
        if not (is_superseded and letters(key) == "default"):
            _read(found, key, one, words, inside=inside or is_iab(key))


def _read_list(found: Found, name: str, value: list[Any], words: Words, inside: bool) -> None:
    objects = [one for one in value if isinstance(one, (Mapping, list))]
    if objects:
        for one in objects:
            if isinstance(one, Mapping) and not any(map(words.is_purpose, [*_names_in(one), *one])) and any(
                map(is_general, one)
            ) and _names_in(one):
                found.is_understood = True  # another purpose
            else:
                _read(found, name, one, words, inside=inside)
        return
    if inside and all(str(one).strip().isdecimal() for one in value):
        numbers = {int(one) for one in value}
        if is_negative(name):
            found.is_understood = True
            found.answers += [False] * bool(numbers & set(IAB_PURPOSES))
        else:
            found.answers.append(numbers >= set(IAB_PURPOSES))
        return
    answers = answers_in_list([str(one) for one in value], words, is_negative_list=is_negative(name))
    found.answers += answers
    found.is_understood |= is_negative(name)


def _names_in(value: Mapping[str, Any]) -> list[str]:
    return [one for name, one in value.items() if letters(name) in NAMING and isinstance(one, str)]


def _about_purpose(name: str, value: Any, words: Words) -> list[bool]:
    """The answers in the value of a member that is named after the purpose."""
    if isinstance(value, Mapping):
        return [_about_object(value, words)]
    if isinstance(value, str) and value.lstrip()[:1] in ("{", "[") and (parsed := parsed_json(value)) is not None:
        return _about_purpose(name, parsed, words)
    answer = answer_of(value)
    if is_negative(name):
        return [] if answer is False else [False]
    return [answer is True]


def _about_object(value: Mapping[str, Any], words: Words) -> bool:
    """Whether an object about the purpose, such as `{"status": "granted", "at": …}`, is a clear yes."""
    found = Found(is_something=True)
    for name, one in value.items():
        if letters(name) in NAMING and answer_of(one) is None:
            continue
        if is_general(name) or (not is_fact(name) and isinstance(one, (bool, int))):
            _read_general(found, name, one, words)
        elif words.is_purpose(name) or isinstance(one, Mapping):
            found.answers.append(_about_purpose(name, one, words) == [True])
    return found.result() is True


def parsed_json(text: str) -> Any:
    try:
        return json.loads(text, object_pairs_hook=pairs)
    except (ValueError, RecursionError):
        return None


def pairs(members: list[tuple[str, Any]]) -> dict[str, Any]:
    """A JSON object; of a member that is there twice both values, so that a refusal in either is seen."""
    found: dict[str, Any] = {}
    for name, value in members:
        while name in found:
            name += " "
        found[name] = value
    return found
