"""Options that every command takes, and the types of the others."""

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from footfall.core.errors import UsageError
from footfall.core.home import Home

HomeOption = Annotated[
    Path,
    typer.Option("--home", envvar="FOOTFALL_HOME", help="The folder that holds everything of one installation."),
]
JsonOption = Annotated[
    bool, typer.Option("--json", help="One JSON document on standard output; everything else on standard error."),
]
WorkspaceOption = Annotated[
    list[str] | None, typer.Option("--workspace", "-w", help="Only this workspace; may be given several times."),
]
#: Where a home is when nobody says.
DEFAULT_HOME = Path("data")


def as_home(path: Path) -> Home:
    return Home(path.expanduser().absolute())


def as_date(text: str | date) -> date:
    """Read a date option; the error names the form."""
    if isinstance(text, date):
        return text
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is no date; write it as YYYY-MM-DD.") from None



def require_order(first: date | None, last: date | None) -> None:
    """Raise UsageError where a range ends before it begins."""
    if first and last and first > last:
        raise UsageError(
            f"The range is reversed: --from {first} is after --to {last}.", where="--from, --to", hint="Swap the dates."
        )
