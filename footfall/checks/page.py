"""The latest checks as one page without scripts, for people who were sent a failed run."""

from collections.abc import Sequence
from datetime import datetime
from html import escape
from pathlib import Path

from footfall.checks.result import CheckResult
from footfall.core.home import Home

_COLUMNS = ("status", "stage", "name", "is_blocking", "rows", "expected", "observed", "message")
_TITLES = ("Status", "Stage", "Check", "Blocks", "Rows", "Expected", "Found", "Message")
_STYLE = (
    ":root{color-scheme:light dark}body{font:15px/1.5 system-ui,sans-serif;margin:2rem}"
    "table{border-collapse:collapse;width:100%}th,td{text-align:left;vertical-align:top;padding:.35rem .6rem;"
    "border-bottom:1px solid #8886;overflow-wrap:anywhere}td:nth-child(5){text-align:right}"
    ".failed td:first-child,.crashed td:first-child{font-weight:700}.failed td:first-child::before{content:'\\2717  '}"
    ".crashed td:first-child::before{content:'\\26A0  '}.passed td:first-child::before{content:'\\2713  '}"
)


def write_page(home: Home, results: Sequence[CheckResult], *, run_id: str, checked_at: datetime) -> Path:
    """Write `<home>/published/checks.html`, whether the checks passed or not; what did not pass stands first.

    A reader finds the page before or the new one, whole.
    """
    home.published.mkdir(parents=True, exist_ok=True)
    path = home.published / "checks.html"
    new = path.with_name(".checks.html.tmp")
    new.write_text(render(results, run_id=run_id, checked_at=checked_at), encoding="utf-8")
    new.replace(path)
    return path


def render(results: Sequence[CheckResult], *, run_id: str, checked_at: datetime) -> str:
    """The page as HTML; every value is escaped, since names of files and workspaces come from strangers."""
    order = ("failed", "crashed", "passed")
    rows = sorted(results, key=lambda result: order.index(result.status))
    counts = ", ".join(f"{sum(result.status == status for result in results)} {status}" for status in reversed(order))
    head = "".join(f"<th scope=col>{title}</th>" for title in _TITLES)
    body = "\n".join(
        f"<tr class={result.status}>" + "".join(f"<td>{_cell(result, column)}</td>" for column in _COLUMNS) + "</tr>"
        for result in rows
    )
    return (
        "<!doctype html>\n<html lang=en>\n<meta charset=utf-8>\n"
        "<meta name=viewport content='width=device-width,initial-scale=1'>\n"
        f"<title>Checks of run {escape(run_id)}</title>\n<style>{_STYLE}</style>\n"
        f"<h1>Checks</h1>\n<p>Run {escape(run_id)}, {checked_at:%Y-%m-%d %H:%M} UTC: {counts}.</p>\n"
        f"<table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody>\n</table>\n</html>\n"
    )


def _cell(result: CheckResult, column: str) -> str:
    value = getattr(result, column)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else escape(f"{value:,}" if isinstance(value, int) else str(value))
