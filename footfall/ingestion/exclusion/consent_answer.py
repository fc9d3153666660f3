"""A person's answer to the question for consent, where a line does not give it in the contract's spelling.

`analytics`, `category_preferences`, `Consent`, a flat column, or an answer in the place of an object
(`"consent": false`). Of several answers a refusal counts.
"""

import json
from typing import Any

import duckdb

_YES = ("true", "1", "yes", "granted")
_PREFERENCES = ("categorypreferences", "consent")


def register(con: duckdb.DuckDBPyConnection) -> None:
    """Make ``consent_answer`` and ``consent_in_line`` known to the connection."""
    for function in (consent_answer, consent_in_line):
        con.create_function(function.__name__, function, [str], str, null_handling="special")  # type: ignore[call-overload]


def consent_answer(consent: str | None) -> str | None:
    """The answer in the JSON text of a line's ``consent``; None without an answer."""
    return _strictest(_answers(_parsed(consent)))


def consent_in_line(line: str | None) -> str | None:
    """The answer in any member of a JSON line or of its context whose name has ``consent`` in it."""
    members = _parsed(line)
    if not isinstance(members, dict):
        return None
    context = members.get("context")
    found = [*members.items(), *(context.items() if isinstance(context, dict) else ())]
    answers: list[str] = []
    for name, value in found:
        if "consent" not in name.lower():
            continue
        if _plain(name) == "consent":
            answers += _answers(value)
        elif name.lower().endswith("analytics"):
            answers += _as_answer(value)
    return _strictest(answers)


def _parsed(text: str | None) -> Any:
    try:
        return json.loads(text) if text else None
    except (ValueError, RecursionError):
        return None


def _plain(name: str) -> str:
    return name.replace("_", "").lower()


def _answers(consent: Any) -> list[str]:
    """Answers in ``consent``: itself where it is no object, and every member called analytics, however deep."""
    if not isinstance(consent, dict):
        return _as_answer(consent)
    found: list[str] = []
    for name, value in consent.items():
        if name.lower().endswith("analytics"):
            found += _as_answer(value)
        elif isinstance(value, dict) or _plain(name) in _PREFERENCES:
            found += _answers(value)
    return found


def _as_answer(value: Any) -> list[str]:
    if value is None or value == "":
        return []
    text = value if isinstance(value, str) else json.dumps(value)
    return [text.encode("utf-8", "replace").decode("utf-8")]


def _strictest(answers: list[str]) -> str | None:
    refusals = [answer for answer in answers if answer.strip().lower() not in _YES]
    return next(iter(refusals or answers), None)
