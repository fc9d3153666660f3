"""How ids, e-mails and names may be written in a text, and the one form in which all these spellings are compared.

``fold`` takes away case, marks (é, ü), letters that fold (ł, ø, ß), width and characters of no width. ``readings``
takes away escapes: percent, ``\\u``, HTML, several times over. A name is compared by its words in the order of the
alphabet.
"""

import html
import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from urllib.parse import unquote_to_bytes

_LETTERS = {
    "ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ħ": "h", "ŧ": "t", "ŋ": "n", "ə": "e",
    "ƒ": "f", "\N{LATIN SMALL LETTER DOTLESS I}": "i", "\N{RIGHT SINGLE QUOTATION MARK}": "'",
}
_FOLDED = re.compile(f"[{''.join(_LETTERS)}]")
_NO_LETTER = ("Mn", "Me", "Cf")
_TAGS = re.compile("[\U000e0000-\U000e0fff]+")
#: Parts of syllables, which belong together again.
_COMPOSED = re.compile("[\u1100-\u11ff]")
#: How German and Nordic letters are written with the letters of English.
_IN_TWO = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe"})
_IN_ONE = re.compile("ae|oe|ue|aa")
_PIECE = re.compile(r"[^\W_]+")
_SPACE = re.compile(r"\s+")
#: Characters of scripts that are written without spaces: Han, Kana, Hangul.
_UNSPACED = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\U00020000-\U0002ffff]+")
_PERCENT = re.compile(r"(?:%[0-9A-Fa-f]{2})+")
_UNICODE = re.compile(r"(?:\\+u[0-9A-Fa-f]{4})+")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z]{2,8}\d?);")
#: How often a text is unpacked: an address in a parameter of an address in a parameter.
ROUNDS = 3
#: Words of the longest name.
LONGEST_NAME = 6


@cache
def _unseen() -> re.Pattern[str]:
    """Marks on letters, and characters of no width.

    One class of the characters below U+10000 is a table; with others in it, it would be a list of ranges (20 times as
    slow).
    """
    codes = range(0x80, 0x10000)
    found = "".join(map(re.escape, (chr(code) for code in codes if unicodedata.category(chr(code)) in _NO_LETTER)))
    return re.compile(f"[{found}]+")


def fold(text: str) -> str:
    """The text without case, marks, width and characters of no width."""
    if text.isascii():
        return text.lower()
    plain = _TAGS.sub("", _unseen().sub("", unicodedata.normalize("NFKD", text.casefold()))).casefold()
    plain = _FOLDED.sub(lambda found: _LETTERS[found[0]], plain)
    return unicodedata.normalize("NFC", plain) if _COMPOSED.search(plain) else plain


def readings(text: str, rounds: int = ROUNDS) -> Iterator[str]:
    """The folded text, then what it says with its escapes taken away once, twice …"""
    for _ in range(rounds):
        yield fold(text)
        if not ("%" in text or "\\" in text or "&" in text):
            return
        plain = unescaped(text)
        if plain == text:
            return
        text = plain
    yield fold(text)


def unescaped(text: str) -> str:
    """The text with one layer of escapes (percent, ``\\u``, HTML) taken away."""
    if "%" in text:
        text = _PERCENT.sub(_of_percent, text)
    if "\\u" in text:
        text = _UNICODE.sub(_of_unicode, text)
    return _ENTITY.sub(lambda found: html.unescape(found[0]), text) if "&" in text else text


def _of_percent(found: re.Match[str]) -> str:
    data = unquote_to_bytes(found[0])
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def _of_unicode(found: re.Match[str]) -> str:
    units = (int(unit, 16).to_bytes(2, "big") for unit in re.findall("u([0-9A-Fa-f]{4})", found[0]))
    return b"".join(units).decode("utf-16-be", "replace")


def pieces(folded: str) -> list[tuple[int, int, str]]:
    """Runs of letters and digits: start, end, text."""
    return [(found.start(), found.end(), found[0]) for found in _PIECE.finditer(folded)]


def unspaced_runs(folded: str) -> list[str]:
    """Runs of characters of scripts without spaces."""
    return [] if folded.isascii() else _UNSPACED.findall(folded)


def spellings(text: str) -> set[str]:
    """Folded forms of a name or id: with one letter or two for ä, ö, ü, å and ø."""
    composed = unicodedata.normalize("NFC", text.strip()).casefold()
    folded = fold(composed)
    forms = {folded, fold(composed.translate(_IN_TWO)), _IN_ONE.sub(lambda found: found[0][0], folded)}
    return {_SPACE.sub(" ", form) for form in forms if form}


def name_keys(name: str) -> set[str]:
    """The forms of a name of two or more words: its words in the order of the alphabet."""
    keys = set()
    for form in spellings(name):
        words = _PIECE.findall(form)
        if 2 <= len(words) <= LONGEST_NAME:
            keys.add(" ".join(sorted(words)))
    return keys


def unspaced_names(name: str) -> set[str]:
    """A name of a script without spaces as it is in a text: family name first or last, nothing between."""
    words = _PIECE.findall(fold(name))
    if len(words) < 2 or not all(_UNSPACED.fullmatch(word) for word in words):
        return set()
    return {"".join(words), "".join(reversed(words))}


def rare_piece(key: str) -> str | None:
    """The run of letters and digits by which a form is looked up first: one with digits, which fewer words have, else
    the longest; not of the domain of an e-mail, which others have too."""
    found = _PIECE.findall(key.partition("@")[0]) or _PIECE.findall(key)
    return max(found, key=lambda piece: (not piece.isalpha(), len(piece), piece), default=None)
