"""Answers in texts: cookies of consent managers, lists of ids, strings of IAB's framework and of Google."""

import base64
import binascii
import re
from urllib.parse import unquote_plus

from footfall.ingestion.consent.words import IAB_PURPOSES, Words, answer_of, is_negative, letters

_BITS = re.compile(r"[01]{8,24}")
_TC_STRING = re.compile(r"C[A-Za-z0-9_-]{25,}(?:\..*)?")
#: Where the purposes a person consented to begin in a TC string of version 2, and how many there are (in bits).
_FIRST_PURPOSE, _PURPOSES = 152, 24
_GOOGLE = re.compile(r"G1[01-]([01-])\w*")
#: Looked at from each word on: in `groups=C0002:0` the value of one is the name of the next.
_PAIR = re.compile(r"(?<!\w)(?=([\w.-]+)[\"']?\s*[:=]\s*[\"']?([\w-]*))")
_SEPARATORS = re.compile(r"[,;|\s&]+")


def answers_in_text(text: str, words: Words, *, is_negative_list: bool = False) -> list[bool]:
    """The answers in a text that stands for consent; a text that is not understood is a refusal.

    Args:
        is_negative_list: ids in it are what was refused.
    """
    text = unquote_plus(unquote_plus(text)).strip()
    if not text:
        return []
    plain = answer_of(text)
    if plain is not None:
        return [plain is not is_negative_list]
    if found := _GOOGLE.fullmatch(text):
        return [found[1] == "1"]
    if _BITS.fullmatch(text):
        return [purposes_allowed(text)]
    if _TC_STRING.fullmatch(text):
        bits = _bits_of(text)
        return [bits is not None and purposes_allowed(bits)]
    pairs = [answer_of(value) is True for name, value in _PAIR.findall(text) if words.is_purpose(name)]
    if pairs:
        return pairs
    return answers_in_list(_SEPARATORS.split(text), words, is_negative_list=is_negative_list)


def answers_in_list(items: list[str], words: Words, *, is_negative_list: bool = False) -> list[bool]:
    """The answer in a list of purposes: those the person agreed to, or with ``is_negative_list`` refused."""
    names = [item for item in items if letters(item)]
    is_named = any(words.is_purpose(name) for name in names)
    if is_negative_list:
        return [False] if is_named else []
    return [is_named and not any(is_negative(name) or letters(name) in ("no", "not") for name in names)]


def purposes_allowed(bits: str) -> bool:
    """Whether all purposes of analytics are set in ``bits``, of which the first is purpose 1."""
    return all(bits[purpose - 1 : purpose] == "1" for purpose in IAB_PURPOSES)


def _bits_of(tc_string: str) -> str | None:
    core = tc_string.split(".")[0]
    try:
        data = base64.urlsafe_b64decode(core + "=" * (-len(core) % 4))
    except (binascii.Error, ValueError):
        return None
    bits = "".join(f"{byte:08b}" for byte in data)
    return bits[_FIRST_PURPOSE : _FIRST_PURPOSE + _PURPOSES]
