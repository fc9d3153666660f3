"""Functions on text that SQL lacks, or that only few values need: for those a call of Python costs less than the SQL.

Every function is called from a CASE of ``sql/macros.sql`` for the values that the plain SQL before it cannot read.
"""

import json
import re
import unicodedata
from collections.abc import Callable, Collection
from datetime import date, datetime, timedelta
from typing import Any

import duckdb

_SPACES = re.compile(r"[\s\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+")
#: Characters of no width: soft hyphen, zero-width space, joiners, direction marks, word joiner, byte order mark …
_INVISIBLE = re.compile(r"[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff]")
_AROUND_IDS = "".join(
    chr(code) for code in range(0x10000)
    if unicodedata.category(chr(code)) in ("Zs", "Zl", "Zp", "Cc", "Cf")
)
_FRACTION_OF_ZERO = re.compile(r"(-?[0-9]+)\.0+")
_MEMBER = "\x1c"
_SURROGATES = re.compile(
    r"\\\\|\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(\\u[dD][89a-fA-F][0-9a-fA-F]{2})"
)
_TIME = re.compile(
    r"(?P<year>\d{4})(?:-?W(?P<week>\d{2})-?(?P<weekday>[1-7])|-?(?P<month>\d{2})-?(?P<day>\d{2})|-?(?P<ordinal>\d{3}))"
    r"(?:[T ](?P<hour>\d{2})(?::?(?P<minute>\d{2})(?::?(?P<second>\d{2}))?)?(?:[.,](?P<fraction>\d+))?"
    r" ?(?P<zone>Z|[+\u2212-]\d{2}(?::?\d{2})?)?)?", re.ASCII,
)


def register(con: duckdb.DuckDBPyConnection, not_an_id: Collection[str]) -> None:
    """Make the functions known to the connection.

    Args:
        not_an_id: texts that stand for a missing id, in any case.
    """
    words = {word.strip().lower() for word in not_an_id}

    def clean_id(text: str) -> str | None:
        text = without_fraction(text.strip(_AROUND_IDS))
        return None if text.lower() in words else text or None

    texts: dict[str, Callable[[str], Any]] = {
        "clean_id": clean_id, "fold_term": fold_term, "canonical_members": canonical_members,
        "without_lone_surrogates": without_lone_surrogates,
    }
    for name, function in texts.items():
        con.create_function(name, function, [str], str, null_handling="special")  # type: ignore[call-overload]
    con.create_function("rare_time", rare_time, [str], "TIMESTAMP", null_handling="special")  # type: ignore[call-overload]


def encodable(text: str) -> str:
    """The text with U+FFFD in the place of lone surrogates, which Python's JSON reads and DuckDB cannot store."""
    return text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")


def fold_term(text: str | None) -> str | None:
    """A search term as it is compared: Unicode canonical caseless matching, without characters of no width, white
    space reduced to single spaces. None where nothing visible is left."""
    if text is None:
        return None
    folded = unicodedata.normalize("NFD", _INVISIBLE.sub("", text)).casefold()
    return _SPACES.sub(" ", unicodedata.normalize("NFC", folded)).strip() or None


def without_fraction(text: str) -> str:
    """``42`` for ``42.0``."""
    found = _FRACTION_OF_ZERO.fullmatch(text)
    return found[1] if found else text


def without_lone_surrogates(text: str | None) -> str | None:
    """JSON text with U+FFFD in the place of escapes of half a surrogate pair (``\\ud83c``)."""
    if text is None:
        return None
    return _SURROGATES.sub(lambda found: "\\ufffd" if found[1] else found[0], text)


def rare_time(text: str | None) -> datetime | None:
    """A time (UTC) in a form of ISO 8601 that a cast cannot read: basic form, week and ordinal dates, a comma, a
    fraction of any unit, 24:00; or of RFC 3339: lower case, a leap second, which is the second after it."""
    found = _TIME.fullmatch((text or "").strip(_AROUND_IDS).upper())
    if not found:
        return None
    part = found.groupdict()
    try:
        day = _date(part)
        moment = datetime(day.year, day.month, day.day) + _since_midnight(part)
        return moment - _offset(part["zone"])
    except (ValueError, OverflowError):
        return None


def _date(part: dict[str, str | None]) -> date:
    year = int(part["year"] or 0)
    if part["week"]:
        return date.fromisocalendar(year, int(part["week"]), int(part["weekday"] or 1))
    if part["ordinal"]:
        day = date(year, 1, 1) + timedelta(days=int(part["ordinal"]) - 1)
        if day.year != year:
            raise ValueError(part["ordinal"])
        return day
    return date(year, int(part["month"] or 0), int(part["day"] or 0))


def _since_midnight(part: dict[str, str | None]) -> timedelta:
    hour, minute, second = (int(part[name] or 0) for name in ("hour", "minute", "second"))
    unit = 1_000_000 if part["second"] else 60_000_000 if part["minute"] else 3_600_000_000
    digits = part["fraction"] or "0"
    passed = timedelta(hours=hour, minutes=minute, seconds=second) + timedelta(
        microseconds=int(digits) * unit // 10 ** len(digits)
    )
    if minute > 59 or second > 60 or hour > 24 or (hour == 24 and passed > timedelta(days=1)):
        raise ValueError(part["hour"])
    return passed


def _offset(zone: str | None) -> timedelta:
    if zone in (None, "", "Z"):
        return timedelta()
    digits = re.sub(r"\D", "", zone or "")
    hours, minutes = int(digits[:2]), int(digits[2:] or 0)
    if hours > 23 or minutes > 59:
        raise ValueError(zone)
    offset = timedelta(hours=hours, minutes=minutes)
    return offset if (zone or "").startswith("+") else -offset


def canonical_members(text: str) -> str:
    """A JSON object in the form of the SQL macro ``canonical``, for any values."""
    try:
        members = json.loads(text, parse_float=_Number, parse_int=_Number, parse_constant=_Number)
        parts = [
            (f'{_dumped(key)[1:-1]}"', _dumped(_canonical(value)))
            for key, value in members.items() if value not in (None, "")
        ]
    except (ValueError, RecursionError):
        return text
    parts.sort(key=lambda part: part[0].encode("utf-8", "surrogatepass"))
    return encodable(_MEMBER.join(f"{name}:{value}" for name, value in parts).replace('"', ""))


class _Number(str):
    """A number of JSON as it was written."""


def _dumped(value: Any) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def _canonical(value: Any) -> Any:
    if isinstance(value, str) and not isinstance(value, _Number) and value[:1] in ("{", "["):
        try:
            value = json.loads(value, parse_float=_Number, parse_int=_Number, parse_constant=_Number)
        except (ValueError, RecursionError):
            return value
    if isinstance(value, dict):
        return {key: _canonical(part) for key, part in value.items() if part not in (None, "")}
    if isinstance(value, list):
        return [_canonical(part) for part in value]
    if isinstance(value, str):
        return value.lower() if value in ("True", "False") else without_fraction(value)
    return value
