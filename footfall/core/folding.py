"""Texts folded so that the ways to write one name are equal: case, accents, scripts, transliterations, escapes.

`Łukasz`, `LUKASZ` and `%C5%81ukasz` are one; so are `Müller`, `Mueller` and `Muller`, `Ødegård`, `Oedegaard` and
`odegard`, `Чехов` and `Chekhov`. Han, kana and hangul keep their characters (katakana are written as hiragana); there
is no dictionary of their readings. The result is no text to show: letters that transliterations confuse are one letter.
"""

# ruff: noqa: RUF001 -- letters of other scripts are what this module is about
import html
import re
import unicodedata
from functools import lru_cache
from urllib.parse import unquote

_ESCAPES = re.compile(r"\\+[uU]([0-9a-fA-F]{4})")
_WORDS = re.compile(r"[^\W_]+")
_INVISIBLE = re.compile("[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff]")
_SINGLE = str.maketrans({
    "ł": "l", "ø": "o", "đ": "d", "ħ": "h", "ı": "i", "æ": "a", "œ": "o", "þ": "th", "ð": "d", "ŋ": "n", "ə": "a",
    "ŧ": "t", "ɓ": "b", "ɗ": "d", "ƙ": "k", "ʻ": "", "ʼ": "", "’": "", "'": "", "ʹ": "", "`": "", "´": "",
    # Cyrillic
    "а": "a", "б": "b", "в": "v", "г": "g", "ґ": "g", "д": "d", "е": "e", "є": "ye", "ж": "zh", "з": "z", "и": "i",
    "і": "i", "ј": "i", "к": "k", "л": "l", "љ": "li", "м": "m", "н": "n", "њ": "ni", "о": "o", "п": "p", "р": "r",
    "с": "s", "т": "t", "ћ": "c", "ђ": "d", "у": "u", "ф": "f", "х": "kh", "ц": "ts", "ч": "ch", "џ": "dz", "ш": "sh",
    "щ": "shch", "ъ": "", "ы": "i", "ь": "", "э": "e", "ю": "yu", "я": "ya",
    # Greek
    "α": "a", "β": "v", "γ": "g", "δ": "d", "ε": "e", "ζ": "z", "η": "i", "θ": "th", "ι": "i", "κ": "k", "λ": "l",
    "μ": "m", "ν": "n", "ξ": "ks", "ο": "o", "π": "p", "ρ": "r", "σ": "s", "τ": "t", "υ": "i", "φ": "f", "χ": "ch",
    "ψ": "ps", "ω": "o",
})
#: Spellings that one letter has in different transliterations, and double letters; in this order.
_CONFUSED = [(re.compile(pattern), letter) for pattern, letter in (
    (r"tsch|tch|kh", "h"), (r"shch|sch|sh", "s"), (r"ch", "h"), (r"zh", "z"), (r"ph", "f"), (r"ck|c|q", "k"),
    (r"w", "v"), (r"th", "t"), (r"x", "ks"), (r"[yj]", "i"), (r"i?([aeou])e(?=[^aeiou]|$)", r"\1"),
    (r"i+([aou])", r"\1"), (r"([a-z])\1+", r"\1"),
)]
_KATAKANA = {code: code - 0x60 for code in range(0x30A1, 0x30F7)}
_CJK = re.compile(r"[\u3005\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uac00-\ud7a3\U00020000-\U0003ffff]")


def words_of(text: str) -> list[str]:
    """The words of a text, folded; what is written without spaces is one word."""
    if not text.isascii():
        text = _INVISIBLE.sub("", text)
    text = _unescaped(text)
    if text.isascii():
        text = text.lower().replace("'", "").replace("`", "")
    else:
        text = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
        text = "".join(one for one in text if unicodedata.category(one) not in ("Mn", "Cf"))
        text = text.replace("ου", "ou").translate(_SINGLE)
        text = unicodedata.normalize("NFC", text).translate(_KATAKANA)
    return [word for word in map(fold_word, _WORDS.findall(text)) if word]


def _unescaped(text: str) -> str:
    """Without the escapes of addresses, of HTML and of JSON, also of an escaped text that was escaped again."""
    for _ in range(3):
        before = text
        if "%" in text:
            text = unquote(text)
        if "&" in text:
            text = html.unescape(text)
        if "\\u" in text or "\\U" in text:
            text = _ESCAPES.sub(lambda found: chr(int(found[1], 16)), text)
        if text == before:
            break
    return text


@lru_cache(100_000)
def fold_word(word: str) -> str:
    """A word of lower-case letters with the letters that transliterations confuse as one."""
    folded = word
    for pattern, letter in _CONFUSED:
        folded = pattern.sub(letter, folded)
    return folded if len(folded) > 1 else word


def is_cjk(text: str) -> bool:
    """Whether a text has characters of scripts that are written without spaces."""
    return _CJK.search(text) is not None
