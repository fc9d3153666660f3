"""Known vulnerabilities of the locked packages, from a copy of the advisories: `python -m deploy.audit [PATH]`.

The copy is in the format of OSV (https://ossf.github.io/osv-schema/): a folder of JSON files, or the zip file of one
ecosystem that OSV publishes. Nothing is fetched: who runs this says how advisories get onto the machine.
"""

import argparse
import json
import os
import sys
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from deploy.locked import LOCK, Package, read_lock

#: Names the copy where no path is given.
VARIABLE = "FOOTFALL_ADVISORIES"
#: Exit codes: nothing found, something found, not audited.
CLEAN, FOUND, NOT_AUDITED = 0, 1, 2
_OLD = timedelta(days=14)
_HOW = (
    f"Set {VARIABLE} to a folder or zip file of advisories in the format of OSV, such as the file all.zip that OSV "
    "publishes of the ecosystem PyPI (docs/security.md)."
)


@dataclass(frozen=True)
class Finding:
    """A locked package that an advisory is about."""

    package: str
    version: str
    advisory: str
    names: frozenset[str]
    fixed: tuple[str, ...]
    summary: str


def advisories(path: Path) -> Iterator[dict[str, Any]]:
    """The advisories of a folder, at any depth, or of a zip file.

    Raises:
        ValueError: there are none, or one is not JSON.
        OSError, zipfile.BadZipFile: the copy cannot be read.
    """
    count = 0
    for name, text in _texts(path):
        try:
            document = json.loads(text)
        except ValueError as error:
            raise ValueError(f"{name} is not JSON: {error}.") from error
        if not isinstance(document, dict) or "id" not in document:
            raise ValueError(f"{name} is not an advisory in the format of OSV.")
        count += 1
        yield document
    if not count:
        raise ValueError(f"{path} holds no JSON file.")


def _texts(path: Path) -> Iterator[tuple[str, bytes]]:
    if path.is_dir():
        for file in sorted(path.rglob("*.json")):
            yield str(file), file.read_bytes()
        return
    with zipfile.ZipFile(path) as archive:
        for name in sorted(archive.namelist()):
            if name.endswith(".json"):
                yield name, archive.read(name)


def findings(packages: Sequence[Package], documents: Iterator[dict[str, Any]]) -> tuple[list[Finding], datetime | None]:
    """What is known of the packages, each vulnerability once, and when the newest advisory was changed."""
    versions = {package.name: package.version for package in packages}
    found: list[Finding] = []
    newest: datetime | None = None
    for document in documents:
        changed = _time(document.get("modified"))
        newest = max(filter(None, (newest, changed)), default=None)
        if document.get("withdrawn"):
            continue
        for affected in document.get("affected") or ():
            name = _name(affected.get("package") or {})
            if name in versions and is_affected(versions[name], affected):
                found.append(Finding(
                    name, versions[name], document["id"],
                    frozenset({document["id"], *document.get("aliases", ())}), _fixes(affected),
                    (document.get("summary") or document.get("details") or "").strip().split("\n")[0][:200],
                ))
    return _once(found), newest


def is_affected(version: str, affected: dict[str, Any]) -> bool:
    """Whether a version is in the list of an advisory or in one of its ranges; a range that cannot be read counts."""
    if version in (affected.get("versions") or ()):
        return True
    ranges = [part for part in affected.get("ranges") or () if part.get("type") in ("ECOSYSTEM", "SEMVER")]
    return any(_is_inside(version, part.get("events") or ()) for part in ranges)


def _is_inside(version: str, events: Sequence[dict[str, str]]) -> bool:
    try:
        here = Version(version)
        bounds = sorted(
            (Version("0.dev0") if at == "0" else Version(at), kind)
            for event in events for kind, at in event.items() if kind != "limit"
        )
    except InvalidVersion:
        return True
    inside = False
    for bound, kind in bounds:
        if kind == "introduced" and bound <= here:
            inside = True
        elif (kind == "fixed" and bound <= here) or (kind == "last_affected" and bound < here):
            inside = False
    return inside


def _fixes(affected: dict[str, Any]) -> tuple[str, ...]:
    events = [event for part in affected.get("ranges") or () for event in part.get("events") or ()]
    return tuple(dict.fromkeys(event["fixed"] for event in events if "fixed" in event and len(event["fixed"]) < 40))


def _name(package: dict[str, str]) -> str | None:
    return canonicalize_name(package.get("name", "")) if package.get("ecosystem") == "PyPI" else None


def _once(found: list[Finding]) -> list[Finding]:
    """Several databases report one vulnerability under names that they share."""
    kept: list[Finding] = []
    for finding in sorted(found, key=lambda one: (one.package, one.advisory)):
        if not any(one.package == finding.package and one.names & finding.names for one in kept):
            kept.append(finding)
    return kept


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text).astimezone(UTC) if text else None


def all_locked() -> tuple[Package, ...]:
    """The packages of every lock: also of those that only some installations have (`requirements-spark.lock`)."""
    locks = sorted(LOCK.parent.glob("requirements*.lock"))
    return tuple(dict.fromkeys(one for lock in locks for one in read_lock(lock.read_text(encoding="utf-8"))))


def main(arguments: Sequence[str] | None = None) -> int:
    """Print what is known; the exit code is 0 (nothing), 1 (something) or 2 (not audited, with the reason)."""
    parser = argparse.ArgumentParser(prog="make audit", description=__doc__)
    parser.add_argument("path", nargs="?", type=Path, default=os.environ.get(VARIABLE) or None)
    path = parser.parse_args(arguments).path
    if path is None:
        print(f"Not audited: there is no copy of the advisories.\nTo do: {_HOW}", file=sys.stderr)
        return NOT_AUDITED
    packages = all_locked()
    try:
        found, newest = findings(packages, advisories(path))
    except (OSError, ValueError, zipfile.BadZipFile) as error:
        print(f"Not audited: {error}\nWhere: {path}\nTo do: {_HOW}", file=sys.stderr)
        return NOT_AUDITED
    for one in found:
        names = ", ".join(sorted(one.names - {one.advisory}))
        fixed = f"fixed in {', '.join(one.fixed)}" if one.fixed else "no fixed version is known"
        print(f"{one.package} {one.version}: {one.advisory}{f' ({names})' if names else ''}, {fixed}. {one.summary}")
    when = newest or "without a date"
    known = "one known vulnerability" if len(found) == 1 else f"{len(found)} known vulnerabilities"
    print(f"{len(packages)} packages, {known}; newest advisory: {when}.")
    if newest and datetime.now(UTC) - newest > _OLD:
        print(f"The copy is older than {_OLD.days} days: fetch a newer one.", file=sys.stderr)
    return FOUND if found else CLEAN


if __name__ == "__main__":
    sys.exit(main())
