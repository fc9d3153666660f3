"""Labels of graphs: any text as one printable line, shortened by grapheme to the room that it has.

Vega shortens a text at a UTF-16 unit. That can leave half of a character above U+FFFF, on which the converter fails. So
no specification limits a text: texts are short enough before Vega gets them.
"""

import textwrap
import unicodedata

import regex

_GRAPHEME = regex.compile(r"\X")
_BIDI_CONTROLS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f")
_ELLIPSIS = "\u2026"

#: Thousandths of the font size that characters take in Liberation Sans (as in Arial and Helvetica), from the space on.
_WIDTHS = (
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556, 556, 556,
    556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556,
    833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500,
    556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500,
    334, 260, 334, 584,
)
#: Of characters of other alphabets, and of those that are as wide as high: pictographs take somewhat more.
_OTHER, _WIDE = 800, 1300


def clean_label(text: str | None, limit: int = 200) -> str:
    """Make any text one printable line of at most ``limit`` graphemes.

    SVG is XML, where control characters, surrogates and U+FFFE/FFFF are errors, and where a bidirectional
    override would turn its neighbours around; each becomes a space, and runs of white space become one.
    """
    if not text:
        return ""
    kept = "".join(
        " " if unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp", "Cn") or char in _BIDI_CONTROLS else char
        for char in text[: limit * 20]
    )
    line = " ".join(kept.split())
    parts = _GRAPHEME.findall(line)
    return line if len(parts) <= limit else "".join(parts[: limit - 1]).rstrip() + _ELLIPSIS


def fitted(text: str, room: float, font_size: float = 12) -> str:
    """``text`` shortened by grapheme to ``room`` pixels; widths of characters of other fonts are estimated."""
    parts = _GRAPHEME.findall(text)
    room *= 1000 / font_size
    if sum(map(_width, parts)) <= room:
        return text
    used = float(_width(_ELLIPSIS))
    for place, part in enumerate(parts):
        used += _width(part)
        if used > room:
            return "".join(parts[:place]).rstrip() + _ELLIPSIS
    return text


def _width(grapheme: str) -> int:
    """Thousandths of the font size: of the first character, on which the others of a grapheme stand."""
    first = unicodedata.normalize("NFD", grapheme)[0]
    if " " <= first <= "~":
        return _WIDTHS[ord(first) - 32]
    return _WIDE if unicodedata.east_asian_width(first) in "WF" or first >= "\U0001f000" else _OTHER


def wrap(text: str, width: int) -> list[str]:
    """Break ``text`` into lines of at most ``width`` characters."""
    return textwrap.wrap(clean_label(text, 2_000), width=width, break_long_words=False) or [""]
