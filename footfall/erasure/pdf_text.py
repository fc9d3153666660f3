"""The text of PDF files as graphs are written: compressed streams, numbers of glyphs, and their map to Unicode."""

import re
import unicodedata
import zlib
from collections.abc import Iterator
from pathlib import Path

_OBJECT = re.compile(rb"(?<!\d)(\d+) 0 obj\b(.*?)\bendobj", re.DOTALL)
_STREAM = re.compile(rb"stream\r?\n(.*?)\r?\nendstream", re.DOTALL)
_FONT = re.compile(rb"/(\w+) (\d+) 0 R")
_TO_UNICODE = re.compile(rb"/ToUnicode (\d+) 0 R")
_SECTION = re.compile(rb"\bbegin(bfchar|bfrange)\b(.*?)\bend\1\b", re.DOTALL)
_HEX = re.compile(rb"<([0-9A-Fa-f]+)>")
#: A font that is chosen, a matrix that moves everything, the place of a glyph, a text that is shown.
_OPERATOR = re.compile(
    rb"/(\w+) [\d.]+ Tf|(\bcm\b)|([-\d.]+) ([-\d.]+) Tm\b"
    rb"|(\((?:\\.|[^\\)])*\)|<[0-9A-Fa-f\s]*>|\[[^\]]*\])\s*T[jJ]", re.DOTALL,
)
#: A step to the left by more than this is a new label, not a mark above the last letter.
_BACK = 30.0
_TEXT = re.compile(rb"\((?:\\.|[^\\)])*\)|<[0-9A-Fa-f\s]*>", re.DOTALL)
_ESCAPE = re.compile(rb"\\(?:([0-7]{1,3})|(.))", re.DOTALL)
_ESCAPES = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


class NoText(ValueError):
    """The file shows text in a way that is not read here."""


def runs(path: Path) -> Iterator[str]:
    """The texts that the file shows, one a label; U+FFFD for a glyph that the file gives no character for.

    Raises:
        NoText: it is no PDF of this kind; its text has to be counted as not searched.
    """
    data = path.read_bytes()
    objects = {int(number): body for number, body in _OBJECT.findall(data)}
    if not objects or b"/Encrypt" in data or b"/ObjStm" in data:
        raise NoText
    fonts: dict[bytes, dict[int, str]] = {}
    for body in objects.values():
        for name, number in _FONT.findall(body.partition(b"stream")[0]):
            found = _TO_UNICODE.search(objects.get(int(number), b""))
            if found:
                fonts[name] = _unicode(_content(objects.get(int(found[1]), b"")))
    for body in objects.values():
        head = body.partition(b"stream")[0]
        if b"/FontFile" in head or b"/Type /CMap" in head:
            continue
        content = _content(body)
        if b" Tf" in content and re.search(rb"\bBT\b", content):
            yield from _runs(content, fonts)


def _content(body: bytes) -> bytes:
    stream = _STREAM.search(body)
    if stream is None:
        return b""
    if b"/FlateDecode" not in body[: stream.start()]:
        return stream[1]
    try:
        return zlib.decompress(stream[1])
    except zlib.error as error:
        raise NoText from error


def _unicode(cmap: bytes) -> dict[int, str]:
    """Glyph numbers and their characters."""
    mapped = {}
    for kind, section in _SECTION.findall(cmap):
        values = _HEX.findall(section)
        if kind == b"bfchar":
            for glyph, text in zip(values[::2], values[1::2], strict=True):
                mapped[int(glyph, 16)] = bytes.fromhex(text.decode()).decode("utf-16-be", "replace")
            continue
        for first, last, start in zip(values[::3], values[1::3], values[2::3], strict=True):
            for place, number in enumerate(range(int(first, 16), int(last, 16) + 1)):
                mapped[number] = chr(int(start, 16) + place)
    return mapped


def _runs(content: bytes, fonts: dict[bytes, dict[int, str]]) -> Iterator[str]:
    run: list[str] = []
    font: dict[int, str] = {}
    place = (0.0, 0.0)
    for name, moved, x, y, shown in [*_OPERATOR.findall(content), (b"", b"cm", b"", b"", b"")]:
        new = (float(x), float(y)) if x else place
        if moved or new[1] != place[1] or new[0] < place[0] - _BACK:
            text = "".join(run)
            yield text
            if any(unicodedata.bidirectional(character) in ("R", "AL") for character in text):
                yield text[::-1]  # glyphs are in the order of the eye
            run = []
        place = new
        if name:
            font = fonts.get(name, {})
        elif shown:
            glyphs = b"".join(_bytes(text) for text in _TEXT.findall(shown))
            run += [font.get(int.from_bytes(glyphs[i : i + 2]), "\ufffd") for i in range(0, len(glyphs), 2)]


def _bytes(text: bytes) -> bytes:
    if text.startswith(b"<"):
        digits = re.sub(rb"\s", b"", text[1:-1])
        return bytes.fromhex((digits + b"0" * (len(digits) % 2)).decode())
    def plain(one: re.Match[bytes]) -> bytes:
        return bytes([int(one[1], 8) & 255]) if one[1] else _ESCAPES.get(one[2], one[2])

    return _ESCAPE.sub(plain, text[1:-1])
