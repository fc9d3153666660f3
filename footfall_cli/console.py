"""What a terminal shows: progress on standard error, results on standard output as text or one JSON document."""

import json
import logging
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from footfall.core.progress import Progress
from footfall.observability import logs
from footfall.observability.redact import redact


def is_interactive() -> bool:
    """Whether a person can answer a question."""
    return sys.stdin.isatty() and sys.stderr.isatty()


@contextmanager
def reporting() -> Iterator[Progress]:
    """Progress for long work: a moving status line on a terminal, plain lines with the seconds elsewhere.

    With ``--log-format json`` an event of the log.
    """
    if logs.is_json():
        yield lambda sentence: logs.write("progress", logging.DEBUG, message=redact(sentence))
        return
    started = time.monotonic()
    if not sys.stderr.isatty():
        def plain(sentence: str) -> None:
            print(f"{time.monotonic() - started:7.1f} s  {sentence}", file=sys.stderr, flush=True)

        yield plain
        return

    from rich.console import Console

    console = Console(stderr=True)
    with console.status("Starting") as status:
        last: list[tuple[str, float]] = []

        def lively(sentence: str) -> None:
            now = time.monotonic()
            # A step that took a while stays on the screen with its time; the quick ones only pass by.
            if last and now - last[0][1] >= 1:
                console.print(f"{now - last[0][1]:7.1f} s  {last[0][0]}", style="dim", markup=False, highlight=False)
            last[:] = [(sentence, now)]
            status.update(sentence.replace("[", "\\["))

        yield lively


def to_json(document: Mapping[str, Any]) -> str:
    """The document as JSON text; dates in ISO form, decimals as numbers, paths as text."""
    return json.dumps(document, default=_plain, ensure_ascii=False, indent=2)


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, Path):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")


def emit(document: Mapping[str, Any], as_json: bool, text: str | None = None) -> None:
    """Print the result of a command on standard output."""
    print(to_json(document) if as_json else text or "", flush=True)


def table(title: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    """A small text table, numbers to the right; as wide as its content, so that it survives a pipe."""
    cells = [[_cell(value) for value in row] for row in rows]
    numeric = [
        bool(rows) and all(isinstance(row[i], int | float | None) for row in rows) for i in range(len(columns))
    ]
    widths = [max(len(column), *(len(row[i]) for row in cells), 0) for i, column in enumerate(columns)]

    def line(values: Sequence[str]) -> str:
        padded = (
            value.rjust(width) if right else value.ljust(width)
            for value, width, right in zip(values, widths, numeric, strict=True)
        )
        return "  " + "  ".join(padded).rstrip()

    body = [line(row) for row in cells] or ["  (none)"]
    return "\n".join([title, line(list(columns)), line(["-" * width for width in widths]), *body])


def facts(title: str, pairs: Sequence[tuple[str, Any]]) -> str:
    """A list of names and values under a title."""
    width = max((len(name) for name, _ in pairs), default=0)
    return "\n".join([title, *(f"  {name.ljust(width)}  {_cell(value)}" for name, value in pairs)])


def _cell(value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:,.1f}"
    return visible(str(value))


def visible(text: str) -> str:
    """Text from files without control characters: an escape sequence among them would reach the terminal."""
    return "".join(character if character.isprintable() else "�" for character in text)
