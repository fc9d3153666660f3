"""`footfall init` and `footfall sample`: a home to start with."""

import time
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from footfall_cli.options import DEFAULT_HOME, HomeOption, JsonOption, as_date, as_home

INIT_EXAMPLE = "Example: footfall init --home data"
SAMPLE_EXAMPLE = "Example: footfall sample --home data --participants 60 --days 3 --dirty 0.02"
TEMPLATE = Path(__file__).with_name("footfall.example.yml")


def init(
    home: HomeOption = DEFAULT_HOME,
    if_missing: Annotated[
        bool, typer.Option("--if-missing", help="Print nothing if the home exists already.")
    ] = False,
    as_json: JsonOption = False,
) -> int:
    """Make a home: its folders, and a `footfall.yml` that shows every setting. Files that exist stay as they are."""
    from footfall.core.errors import SettingsError
    from footfall_cli import console
    from orchestration.instance_file import write_instance_file

    place = as_home(home).ensure()
    is_new = not place.settings_file.exists()
    if is_new:
        try:
            place.settings_file.write_text(TEMPLATE.read_text(encoding="utf-8"), encoding="utf-8")
        except OSError as error:
            raise SettingsError(
                f"The settings file cannot be written: {error.strerror}.", where=str(place.settings_file),
                hint="Choose another folder with --home or FOOTFALL_HOME, or change its permissions.",
            ) from error
    write_instance_file(place)
    document = {
        "command": "init", "exit_code": 0, "home": place.root, "settings": place.settings_file, "is_new": is_new,
        "landing": place.landing / "events",
    }
    if if_missing and not is_new and not as_json:
        return 0
    state = "written" if is_new else "exists already and stays as it is"
    text = f"{place.settings_file} {state}.\nPut event files into {document['landing']}/<arrival date>/"
    console.emit(document, as_json, f"{text}, then `footfall run`.")
    return 0


def sample(
    home: HomeOption = DEFAULT_HOME,
    workspaces: Annotated[int, typer.Option("--workspaces", help="Workspaces, each with its own time zone.")] = 3,
    participants: Annotated[int, typer.Option("--participants", help="Participants of each workspace.")] = 300,
    days: Annotated[int, typer.Option("--days", help="Days with events.")] = 14,
    start: Annotated[
        date | None, typer.Option("--start", parser=as_date, metavar="YYYY-MM-DD", help="The first of these days.")
    ] = None,
    seed: Annotated[int, typer.Option("--seed", help="The same options and seed give the same bytes.")] = 1,
    dirty: Annotated[float, typer.Option("--dirty", help="Share of lines with a planted fault, 0 to 0.5.")] = 0.0,
    if_empty: Annotated[
        bool, typer.Option("--if-empty", help="Do nothing if the landing zone has files already.")
    ] = False,
    as_json: JsonOption = False,
) -> int:
    """Write a realistic landing zone: an event app with its participants, sessions, meetings and searches."""
    from dataclasses import asdict

    from footfall.sample.generate import DEFAULT_START, generate
    from footfall_cli import console

    place = as_home(home).ensure()
    started = time.monotonic()
    if if_empty and any(path.is_file() for path in place.landing.rglob("*")):
        message = f"{place.landing} has files already; nothing was written."
        console.emit({"command": "sample", "exit_code": 0, "home": place.root, "files": 0}, as_json, message)
        return 0
    with console.reporting() as progress:
        written = generate(
            place, workspaces=workspaces, participants=participants, days=days, start=start or DEFAULT_START, seed=seed,
            dirty=dirty, progress=progress,
        )
    document = {
        "command": "sample", "exit_code": 0, "home": place.root, "landing": place.landing, **asdict(written),
        "seconds": round(time.monotonic() - started, 2),
    }
    text = console.facts(
        f"Sample in {place.landing}",
        [("event files", written.files), ("lines", written.lines), ("bytes", written.bytes),
         ("entity files", written.entity_files), ("planted faults", sum(written.planted.values())),
         ("seconds", document["seconds"])],
    )
    console.emit(document, as_json, f"{text}\nNext: footfall run --home {place.root}")
    return 0
