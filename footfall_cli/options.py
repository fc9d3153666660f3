"""Options that every command takes, and the types of the others."""

import os
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

import typer

from footfall.core.errors import SettingsError, UsageError
from footfall.core.home import Home
from footfall.core.home_version import require_known
from footfall.observability import logs
from footfall.observability.logs import FORMAT_VARIABLE

HomeOption = Annotated[
    Path,
    typer.Option("--home", envvar="FOOTFALL_HOME", help="The folder that holds everything of one installation."),
]
JsonOption = Annotated[
    bool, typer.Option("--json", help="One JSON document on standard output; everything else on standard error."),
]


def _use_log_format(value: str | None) -> str | None:
    """Make it the setting ``observability.log_format`` of this process."""
    if value is not None:
        os.environ[FORMAT_VARIABLE] = value
        if value == "json":
            logs.use_json()
    return value


LogFormatOption = Annotated[
    Literal["text", "json"] | None,
    typer.Option(
        "--log-format", callback=_use_log_format, is_eager=True,
        help="json: progress and errors as one JSON document a line on standard error.",
    ),
]
WorkspaceOption = Annotated[
    list[str] | None, typer.Option("--workspace", "-w", help="Only this workspace; may be given several times."),
]
#: The home without --home and FOOTFALL_HOME.
DEFAULT_HOME = Path("data")


def as_home(path: Path) -> Home:
    """The home at a path, which need not exist."""
    return Home(path.expanduser().absolute())


def existing_home(path: Path) -> Home:
    """The home at a path.

    Raises:
        SettingsError: the folder does not exist, or has neither settings nor a landing zone, or a newer
            Footfall wrote it.
    """
    home = as_home(path)
    home.require_usable_path()
    if not is_home(home):
        raise SettingsError(
            "There is no home here: no footfall.yml and no landing folder.", where=str(home.root),
            hint="Check --home and FOOTFALL_HOME, or make a home with `footfall init --home DIR`.",
        )
    require_known(home)
    return home


def is_home(home: Home) -> bool:
    return home.settings_file.is_file() or home.landing.is_dir()


def home_of(arguments: Sequence[str]) -> Home:
    """The home that a command line names, whether or not the rest of it makes sense."""
    path = os.environ.get("FOOTFALL_HOME") or str(DEFAULT_HOME)
    for place, argument in enumerate(arguments):
        if argument == "--home" and place + 1 < len(arguments):
            path = arguments[place + 1]
        elif argument.startswith("--home="):
            path = argument.removeprefix("--home=")
    return as_home(Path(path))


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
