"""The packages that `requirements.lock` names, and what the installed ones say of themselves."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
LOCK, WANTED = ROOT / "requirements.lock", ROOT / "requirements.in"
#: The section of requirements.in whose packages only tests and linters need.
_TOOLS = "# tests and lint"
_PIN = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)==(\S+) \\$")
_HASH = re.compile(r"^    --hash=sha256:([0-9a-f]{64})(?: \\)?$")
_NOTE = re.compile(r"^    #")
_NAME = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)")


@dataclass(frozen=True)
class Package:
    """One line of the lock. ``name`` is canonical (lower case, hyphens)."""

    name: str
    version: str
    hashes: tuple[str, ...]


def read_lock(text: str | None = None) -> tuple[Package, ...]:
    """Every package of the lock, in its order.

    Raises:
        ValueError: a line is not a pin, hash or note, or a package has no hash: installing it would check nothing.
    """
    found: list[tuple[str, str, list[str]]] = []
    for number, line in enumerate((LOCK.read_text(encoding="utf-8") if text is None else text).splitlines(), 1):
        if pin := _PIN.match(line):
            found.append((canonicalize_name(pin[1]), pin[2], []))
        elif (hashed := _HASH.match(line)) and found:
            found[-1][2].append(hashed[1])
        elif not _NOTE.match(line):
            raise ValueError(f"requirements.lock, line {number}: not a pin with hashes: {line}")
    for name, version, hashes in found:
        if not hashes:
            raise ValueError(f"requirements.lock: {name}=={version} has no hash.")
    return tuple(Package(name, version, tuple(hashes)) for name, version, hashes in found)


def installed(packages: tuple[Package, ...]) -> dict[str, metadata.Distribution]:
    """The distribution of each package, by name.

    Raises:
        ValueError: a package is missing, or installed in another version: run `make setup`.
    """
    there: dict[str, metadata.Distribution] = {canonicalize_name(one.name): one for one in metadata.distributions()}
    wrong = [
        package.name for package in packages
        if package.name not in there or there[package.name].version != package.version
    ]
    if wrong:
        raise ValueError(f"Not installed as requirements.lock says: {', '.join(wrong)}. Run `make setup`.")
    return {package.name: there[package.name] for package in packages}


def required_by(distributions: Mapping[str, metadata.Distribution], name: str) -> tuple[str, ...]:
    """Names of the locked packages that a package needs here, its optional extras left out."""
    return tuple(sorted(set(_needs(distributions, name, ""))))


def _needs(distributions: Mapping[str, metadata.Distribution], name: str, extra: str) -> Iterator[str]:
    for text in distributions[name].requires or ():
        try:
            requirement = Requirement(text)
        except InvalidRequirement:
            continue
        needed = canonicalize_name(requirement.name)
        if needed in distributions and (not requirement.marker or requirement.marker.evaluate({"extra": extra})):
            yield needed
            if needed != name:
                for chosen in requirement.extras:
                    yield from _needs(distributions, needed, chosen)


def wanted() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What requirements.in asks for: to run Footfall, and to test it."""
    used, tools = WANTED.read_text(encoding="utf-8").split(_TOOLS)
    return tuple(_names(used)), tuple(_names(tools))


def _names(text: str) -> Iterator[str]:
    for line in text.splitlines():
        if named := _NAME.match(line):
            yield canonicalize_name(named[1])


def needed_to_run(distributions: Mapping[str, metadata.Distribution]) -> frozenset[str]:
    """Names of the packages without which Footfall does not run; the others are for tests."""
    found: set[str] = set()
    waiting = [name for name in wanted()[0] if name in distributions]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += required_by(distributions, name)
    return frozenset(found)
