"""`footfall doctor`: checks what a run needs."""

import os
from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

import typer

from footfall.core.home import Home
from footfall.core.stop import raise_if_stopped
from footfall_cli.alerts import look_at_alerts
from footfall_cli.doctor_engine import look_at_engine
from footfall_cli.doctor_inputs import look_at_landing, look_at_last_night, look_at_logs
from footfall_cli.doctor_machine import look_at_disk, look_at_times, look_at_versions
from footfall_cli.doctor_state import look_at_dagster_runs, look_at_state_files
from footfall_cli.finding import Finding
from footfall_cli.options import DEFAULT_HOME, HomeOption, JsonOption, as_home, is_home
from footfall_cli.sections import as_problem

if TYPE_CHECKING:
    from footfall.core.errors import SettingsError
    from footfall.core.settings import Settings

EXAMPLE = "Example: footfall doctor --home data --deep"


def doctor(
    home: HomeOption = DEFAULT_HOME,
    deep: Annotated[
        bool, typer.Option("--deep", help="Read every file of the home, not only those that changed."),
    ] = False,
    as_json: JsonOption = False,
) -> int:
    """Check versions, settings, disk, locks, time zones, and every file of the home against its checksum.

    Repairs nothing: the next `footfall run` does.
    """
    from footfall_cli import console

    place = as_home(home)
    place.require_usable_path()
    looks: list[Callable[[Home], list[Finding]]] = [
        look_at_versions, _home, _settings, look_at_engine, look_at_disk, _access, _key, _lock, look_at_times,
        look_at_landing, look_at_last_night, look_at_logs, look_at_state_files, look_at_dagster_runs, look_at_alerts,
        _published, partial(_damage, deep=deep),
    ]
    findings = [finding for look in looks for finding in _look(look, place)]
    is_well = all(finding.is_ok for finding in findings)
    document: dict[str, Any] = {
        "command": "doctor", "exit_code": 0 if is_well else 1 if is_home(place) else 2, "home": place.root,
        "is_well": is_well,
        "findings": [asdict(finding) for finding in findings],
    }
    console.emit(document, as_json, "\n".join([f"Doctor on {place.root}", *_as_lines(findings)]))
    return document["exit_code"]


def _as_lines(findings: list[Finding]) -> list[str]:
    """One line a finding, and what to do below one that is not well."""
    from footfall_cli.console import visible

    width = max((len(one.name) for one in findings), default=0)
    lines = []
    for one in findings:
        lines.append(f"  {'ok ' if one.is_ok else 'FIX'}  {one.name.ljust(width)}  {visible(one.found)}")
        if not one.is_ok:
            lines.append(f"{' ' * (width + 9)}To do: {visible(one.hint)}")
    return lines


def _look(look: Callable[[Home], list[Finding]], home: Home) -> list[Finding]:
    """What one check finds; one that fails on what it meets is a finding, and the others are carried out."""
    try:
        return look(home)
    except Exception as error:  # noqa: BLE001 - the net of a check, which must be able to meet any state of a home
        raise_if_stopped(error)
        problem = as_problem(error, home)
        name = getattr(look, "func", look).__name__.removeprefix("look_at_").replace("_", " ").strip()
        found = f"{problem['message']} {problem['where'] or ''}".strip()
        return [Finding(name, False, found, problem["hint"] or "")]


def _home(home: Home) -> list[Finding]:
    folder = next(path for path in (home.root, *home.root.parents) if path.exists())
    is_ok = folder.is_dir() and os.access(folder, os.W_OK)
    found = "writable" if is_ok else f"{folder} is not a folder that can be written"
    if is_ok and not is_home(home):
        return [Finding("home", False, "not made yet", f"Make it: `footfall init --home {home.root}`.")]
    return [Finding("home", is_ok, found, "Choose another with --home or FOOTFALL_HOME, or change its permissions.")]


def _settings(home: Home) -> list[Finding]:
    from footfall.core.errors import SettingsError
    from footfall.core.settings import load_settings

    try:
        settings = load_settings(home)
    except SettingsError as error:
        return [Finding("settings", False, f"{error.message} {error.where or ''}".strip(), error.hint or "")]
    found = "defaults" if not home.settings_file.exists() else str(home.settings_file)
    return [
        Finding("settings", True, found), _zone("schedule.timezone", settings.schedule.timezone),
        *(
            Finding("mapping", False, f"{error.message} {error.where or ''}".strip(), error.hint or "")
            for error in _bad_mappings(settings)
        ),
    ]


def _bad_mappings(settings: "Settings") -> "list[SettingsError]":
    if not (settings.sources.events or settings.sources.entities):
        return []
    from footfall.ingestion.check_mappings import find_bad_mappings

    return find_bad_mappings(settings)


def _zone(name: str, zone: str) -> Finding:
    from footfall.core.zones import known_zones

    if zone not in known_zones():
        return Finding(name, False, f"{zone} is unknown", "Use an IANA name such as Europe/Vienna.")
    return Finding(name, True, zone)


def _access(home: Home) -> list[Finding]:
    from footfall.core.errors import SettingsError
    from footfall.core.file_modes import wrong_modes
    from footfall.core.settings import load_settings

    try:
        access = load_settings(home).access
    except SettingsError:
        return []  # reported by `_settings`
    wider = [wrong.path for wrong in wrong_modes(home, access) if wrong.is_wider]
    if not wider:
        return [Finding("access", True, f"published: {access.published}, exports: {access.exports}, the rest: owner")]
    found = f"{len(wider):,} files or folders are open to others, such as {wider[0]}"
    return [Finding("access", False, found, "The next `footfall run` closes your files; chmod those of other owners.")]


def _key(home: Home) -> list[Finding]:
    from footfall.core.errors import SettingsError
    from footfall.core.secret import key_id
    from footfall.core.settings import load_settings
    from footfall.ingestion.exclusion.tombstones import home_key, tombstone_files

    try:
        settings = load_settings(home)
    except SettingsError:
        return []  # reported by `_settings`
    if not (settings.privacy.key or home.key_file.exists() or tombstone_files(home)):
        return [Finding("privacy.key", True, "none yet; made when it is needed")]
    try:
        return [Finding("privacy.key", True, f"id {key_id(home_key(home, settings))}")]
    except SettingsError as error:
        return [Finding("privacy.key", False, error.message, error.hint or "")]


def _lock(home: Home) -> list[Finding]:
    from footfall.core import lock

    holder = lock.holder(home)
    if holder is None:
        return [Finding("lock", True, "free")]
    found = f"pid {holder.pid} ({holder.command}) since {holder.since}"
    if holder.is_alive:
        return [Finding("lock", True, f"held by {found}")]
    return [Finding("lock", False, f"{found} was cut off", "Run `footfall run`: it takes over and finishes the work.")]


def _published(home: Home) -> list[Finding]:
    from footfall.core.state_files import read_json

    current = read_json(home.current)
    if current is None or not home.published_file.exists():
        return [Finding("published", True, "nothing yet")]  # what is damaged of it is among the files
    return [Finding("published", True, f"{len(current['tables'])} tables in {home.published_file}")]


def _damage(home: Home, *, deep: bool) -> list[Finding]:
    from footfall.core.errors import FootfallError
    from footfall.core.home_version import require_known
    from orchestration.damage import look_for_damage

    if not is_home(home):
        return []
    try:
        require_known(home)
        damage = look_for_damage(home, deep=deep)
    except FootfallError as error:
        return [Finding("files", False, f"{error.message} {error.where or ''}".strip(), error.hint or "")]
    if damage is None:
        return [Finding("files", True, "not looked at while a run works on them")]
    remedy = _lake_remedy(home) if any(one.part == "lake" for one in damage) else ""
    if not damage:
        how = "every file was read" if deep else "files that did not change were not read; --deep reads them all"
        return [Finding("files", True, f"as their checksums say; {how}")]
    return [
        Finding(f"{one.part} file", False, f"{one.path.relative_to(home.root)}: {one.problem}",
                (remedy if one.part == "lake" else "") or one.remedy)
        for one in damage
    ]


def _lake_remedy(home: Home) -> str:
    """What to do where a damaged lake cannot be loaded again from landing; empty where it can."""
    from footfall.core.errors import FootfallError
    from footfall.core.settings import load_settings
    from orchestration.damage import require_remedy

    try:
        require_remedy(home, load_settings(home))
    except FootfallError as error:
        return f"{error.message} {error.hint or ''}".strip()
    return ""
