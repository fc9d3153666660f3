"""`footfall doctor`: checks what a run needs."""

import os
import platform
import shutil
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Annotated, Any

import typer

from footfall.core.home import Home
from footfall_cli.options import DEFAULT_HOME, HomeOption, JsonOption, as_home, is_home

if TYPE_CHECKING:
    from footfall.core.errors import SettingsError
    from footfall.core.settings import Settings

EXAMPLE = "Example: footfall doctor --home data --deep"
#: Package: lowest and first unsupported version (docs/decisions and requirements.in say why).
VERSIONS = {
    "duckdb": ("1.5", "3"), "dagster": ("1.13", "2"), "dagster-dbt": ("0.29", "1"), "dbt-core": ("1.12", "1.13"),
    "dbt-duckdb": ("1.11", "2"), "great-expectations": ("1.24", "2"), "typer": ("0.19", "0.26"),
}
#: With less, a run may not have enough room: it needs space for a copy of the marts besides its own data.
FREE_BYTES = 2_000_000_000


@dataclass(frozen=True)
class Finding:
    """One thing that was checked; `hint` is what to do where `is_ok` is False."""

    name: str
    is_ok: bool
    found: str
    hint: str = ""


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
        _versions, _home, _settings, _disk, _access, _key, _lock, _time, _published, partial(_damage, deep=deep),
    ]
    findings = [finding for look in looks for finding in look(place)]
    is_well = all(finding.is_ok for finding in findings)
    document: dict[str, Any] = {
        "command": "doctor", "exit_code": 0 if is_well else 1 if is_home(place) else 2, "home": place.root,
        "is_well": is_well,
        "findings": [asdict(finding) for finding in findings],
    }
    rows = [("ok" if one.is_ok else "FIX", one.name, one.found, "" if one.is_ok else one.hint) for one in findings]
    console.emit(document, as_json, console.table(f"Doctor on {place.root}", ["", "what", "found", "to do"], rows))
    return document["exit_code"]


def _versions(home: Home) -> list[Finding]:
    findings = [
        Finding(
            "python", sys.version_info[:2] == (3, 11), platform.python_version(), "Use Python 3.11: `make setup`.",
        )
    ]
    for package, (least, first_bad) in VERSIONS.items():
        try:
            found = version(package)
        except PackageNotFoundError:
            findings.append(Finding(package, False, "not installed", "Install the lock: `make setup`."))
            continue
        is_ok = _parts(least) <= _parts(found) < _parts(first_bad)
        findings.append(Finding(package, is_ok, found, f">={least},<{first_bad} is supported: `make setup`."))
    return findings


def _parts(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split(".")[:3] if part.isdigit())


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


def _disk(home: Home) -> list[Finding]:
    folder = next(path for path in (home.root, *home.root.parents) if path.exists())
    free = shutil.disk_usage(folder).free
    return [Finding("disk", free >= FREE_BYTES, f"{free / 1e9:,.1f} GB free", "Free space: a run needs 2 GB or more.")]


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


def _time(home: Home) -> list[Finding]:
    # Nothing depends on the host's zone; it is shown because people compare clocks with it.
    clock = Finding("host clock", True, f"{time.strftime('%Y-%m-%d %H:%M')} {time.tzname[0]}")
    return [clock, _zones()]


def _zones() -> Finding:
    """All local times are those of DuckDB's database of zones; the system's may be of another year."""
    from footfall.core.zones import zones_that_differ

    differ = zones_that_differ(datetime.now(UTC))
    if not differ:
        return Finding("time zones", True, "DuckDB's, the same as the system's")
    more = f" and {len(differ) - 5} more" if len(differ) > 5 else ""
    return Finding(
        "time zones", True, f"DuckDB's. The system's differ for {', '.join(differ[:5])}{more}: programs that use the "
        "system's show other local times there. Update tzdata of the system.",
    )


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
