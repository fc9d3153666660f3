"""The latest checks as one page without scripts, for people who receive the message of a failed run."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from footfall.checks.result import CheckResult
from footfall.core.home import Home
from footfall.core.state_files import put

#: What did not pass stands first.
_ORDER = ("failed", "crashed", "passed")


def write_page(home: Home, results: Sequence[CheckResult], *, run_id: str, checked_at: datetime) -> Path:
    """Write `<home>/published/checks.html`, whether the checks passed or not.

    A reader finds the old page or the new one, complete.
    """
    home.published.mkdir(parents=True, exist_ok=True)
    path = home.published / "checks.html"
    new = path.with_name(".checks.html.tmp")
    new.write_text(render(results, run_id=run_id, checked_at=checked_at), encoding="utf-8")
    put(new, path)
    return path


def render(results: Sequence[CheckResult], *, run_id: str, checked_at: datetime) -> str:
    """The page as HTML; every value is escaped, because strangers choose the names of files and workspaces."""
    from jinja2 import Environment, PackageLoader

    template = Environment(loader=PackageLoader("footfall.checks", ""), autoescape=True).get_template("page.html.j2")
    rows = sorted(results, key=lambda result: _ORDER.index(result.status))
    counts = ", ".join(f"{sum(result.status == status for result in results)} {status}" for status in reversed(_ORDER))
    return template.render(results=rows, run_id=run_id, checked_at=checked_at, counts=counts)
