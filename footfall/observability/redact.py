"""Take out of a sentence what may name a person: values in quotes, e-mail addresses, names of files and users.

Messages of errors have no personal data by rule (``footfall.core.errors``), but may quote a library, which may quote
a value.
"""

import re

#: A landing path from its date on, up to the ending of a data file, else to the end of the line.
_LANDING = re.compile(
    r"(landing/(?:events|entities)(?:/\d{4}-\d\d-\d\d)?/)"
    r"(?:[^\n]*?\.(?:jsonl|ndjson|json|csv|tsv|parquet)(?:\.gz)?\b|[^\n]*)",
    re.IGNORECASE,
)
_PATTERNS = (
    (_LANDING, r"\1…"),
    (re.compile(r"[^\s/'\"]*\.(?:jsonl|ndjson|csv|tsv)(?:\.gz)?\b", re.IGNORECASE), "…"),
    (re.compile(r"\busers/[^/\n]+(?=/)"), "users/…"),
    (re.compile(r"(?<!\w)'[^'\n]*'(?!\w)|\"[^\"\n]*\"|“[^”\n]*”|«[^»\n]*»"), "'…'"),
    (re.compile(r"[^\s@<>'\"=,;:]+@[^\s@<>'\"=,;]+\w"), "…"),
)


def redact(text: str | None, length: int = 500) -> str | None:
    """The text without what may name a person, in one line of at most ``length`` characters; None stays None."""
    if text is None:
        return None
    for pattern, replacement in _PATTERNS:
        text = pattern.sub(replacement, text)
    line = " ".join(text.split())
    return line if len(line) <= length else f"{line[:length - 1]}…"
