"""The last nights as `footfall status` shows them: one line a night."""

import os
import shutil
import sys
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from footfall_cli import console

if TYPE_CHECKING:
    from footfall.core.home import Home
    from footfall.core.settings import Settings

#: Status: sign, the sign where the terminal has no Unicode, colour (ANSI), and what people read.
_RESULTS = {
    "published": ("✓", "+", 32, "published"),
    "nothing_new": ("✓", "+", 32, "nothing new"),
    "loaded": ("✓", "+", 32, "loaded"),
    "built": ("✓", "+", 32, "built"),
    "running": ("…", "~", 36, "at work"),
    "missed": ("-", "-", 33, "no run"),
    "refused": ("!", "!", 33, "not started"),
    "stopped": ("!", "!", 33, "stopped"),
    "cut_off": ("✗", "x", 31, "killed"),
    "checks_failed": ("✗", "x", 31, "refused by a check"),
    "failed": ("✗", "x", 31, "failed"),
}
#: Below this width only date, result and reason are shown.
_NARROW = 70


def night_facts(home: "Home", settings: "Settings") -> list[dict[str, Any]]:
    """The last 14 nights, oldest first."""
    from footfall.publishing.nights import last_nights

    return [asdict(night) for night in last_nights(home, settings.schedule.timezone)]


def nights_as_text(nights: Sequence[dict[str, Any]]) -> list[str]:
    """A table of the nights, if there are any; as wide as the terminal, as wide as needed elsewhere."""
    if not nights:
        return []
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
    is_narrow = width is not None and width < _NARROW
    columns = ["night", "result", *([] if is_narrow else ["lines", "rejected", "seconds"]), "version or reason"]
    rows = []
    for night in nights:
        sign, plain, _, words = _result(night)
        numbers = [] if is_narrow else [night["lines"], night["rejected"], night["seconds"]]
        result = f"{sign if _has_unicode() else plain} {words}"
        rows.append([night["night"].isoformat(), result, *numbers, night["reason"] or night["version"] or ""])
    title, *lines = console.table("Last nights", columns, rows).splitlines()
    if width is not None:
        lines = [line if len(line) <= width else f"{line[:width - 1]}…" for line in lines]
    if _has_colour():
        colours = [_result(night)[2] for night in nights]
        lines[2:] = [f"\x1b[{colour}m{line}\x1b[0m" for colour, line in zip(colours, lines[2:], strict=True)]
    return ["\n".join([title, *lines])]


def _result(night: dict[str, Any]) -> tuple[str, str, int, str]:
    if night["status"] == "published" and night["exports_failed"]:
        return ("!", "!", 33, "exports failed")
    return _RESULTS.get(night["status"], _RESULTS["failed"])


def _has_unicode() -> bool:
    try:
        "✓…✗".encode(sys.stdout.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def _has_colour() -> bool:
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
