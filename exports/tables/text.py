"""Text from apps and people, made safe for a cell of a workbook and a field of a CSV file. Parquet keeps it as it is.

- Control characters that XML cannot hold are shown as their picture (U+0000 as U+2400), in both.
- A workbook cell holds 32,767 characters; a longer text is cut there and ends with a note.
- A CSV field that a spreadsheet would take for a formula gets a leading apostrophe. A text that has one already gets
  a second one, so that dropping one leading apostrophe always gives the text back.
"""

import re

#: Characters a workbook cell can hold, counted as Excel does, in UTF-16 units.
CELL_LIMIT = 32_767
#: What a cut text ends with.
CUT_MARK = " … [cut at 32,767 characters; whole in the Parquet and CSV files]"

_CONTROL = {code: chr(0x2400 + code) for code in range(0x20) if chr(code) not in "\t\n\r"}
_CONTROL |= {0xFFFE: "\ufffd", 0xFFFF: "\ufffd"}
_VISIBLE = str.maketrans(_CONTROL)
_CONTROLS = "\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x{fffe}\\x{ffff}"
#: Texts of usual length that ``xml_text`` may change, as an RE2 pattern.
NOT_PLAIN_XML = f"[{_CONTROLS}&<>\\r]|_x[0-9A-Fa-f]{{4}}_"
#: Texts that ``csv_text`` may change, as an RE2 pattern.
NOT_PLAIN_CSV = f"[{_CONTROLS}\\r\\n\",]|^['\\t]|^[\\s\\pZ\\x{{85}}]*[=+\\-@\uff1d\uff0b\uff0d\uff20]"

_XML = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"})
_ESCAPE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")

# Also after white space, which some spreadsheets skip, and the full-width forms, which some take for the same.
_ANY_QUOTED = re.compile('[\r\n",]')
_FORMULA = re.compile("(?:^['\t\r\n])|(?:^\\s*[=+\\-@\uff1d\uff0b\uff0d\uff20])")


def visible(text: str) -> str:
    """Show control characters that XML forbids as their picture; tab, line feed and carriage return stay."""
    return text.translate(_VISIBLE)


def cut(text: str) -> str:
    """Shorten a text that no workbook cell can hold; it ends with a note."""
    if len(text) * 2 <= CELL_LIMIT or _units(text) <= CELL_LIMIT:
        return text
    room = CELL_LIMIT - _units(CUT_MARK)
    kept = text.encode("utf-16-le")[: room * 2].decode("utf-16-le", "ignore")
    return kept + CUT_MARK


def xml_text(text: str) -> str:
    """Escape a text for the XML of a worksheet."""
    # Excel reads `_x0041_` as the letter A, so an underscore that starts such a text is escaped itself.
    return _ESCAPE.sub("_x005F_", cut(visible(text))).translate(_XML)


def csv_text(text: str) -> str:
    """Make a text safe as a CSV field, quoted where RFC 4180 requires it."""
    text = visible(text)
    if _FORMULA.match(text):
        text = f"'{text}"
    return '"' + text.replace('"', '""') + '"' if _ANY_QUOTED.search(text) else text


def csv_original(field: str) -> str:
    """Undo the apostrophe of ``csv_text``."""
    return field[1:] if field.startswith("'") else field


def _units(text: str) -> int:
    return len(text) + sum(1 for character in text if ord(character) > 0xFFFF)
