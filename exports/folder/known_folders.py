"""What is known of finished folders: thousands of manifests that did not change are not read every night.

``<home>/warehouse/export_folders`` has, of every finished folder, what the next export and the page over all
exports need of its manifest, beside the state of its files in which it was last looked at
(``footfall.core.folder_state``). It is a cache and never believed by itself: a folder that does not have that state
any more is looked at again, its manifest and the sizes of all files.
"""

import hashlib
import json
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

from exports.folder.manifest import has_all_files, is_made_of, read_manifest, wrong_files
from exports.folder.places import places
from footfall.core.folder_state import folder_state
from footfall.core.state_files import put

CACHE = "export_folders"
#: Of another number, a cache is not used.
_VERSION = 1
#: Members of a manifest that are of no use here.
_LEFT_OUT = ("files", "version", "checksum")


class KnownFolders:
    """The finished folders below ``exports``, each looked at once at most, unless it is forgotten."""

    def __init__(self, exports: Path, cache: Path | None = None) -> None:
        """``cache``: the file that has what was known last time; None: nothing is kept."""
        self._exports = str(exports)
        self._cache = cache
        self._kept = _read(cache) if cache else {}
        self._seen: dict[str, dict[str, Any] | None] = {}

    def facts(self, place: str) -> Mapping[str, Any] | None:
        """The manifest of a folder, without its files; None where the folder is not finished.

        In their place, ``parts`` are the names in the folder itself, and ``is_whole`` says whether all files are there
        in full length.

        Args:
            place: relative to ``exports``, with ``/``.
        """
        if place not in self._seen:
            self._seen[place] = self._look(place)
        found = self._seen[place]
        return found["facts"] if found else None

    def is_current(self, place: str, fingerprint: str, formats: Collection[str]) -> bool:
        """As ``exports.folder.manifest.is_current``."""
        facts = self.facts(place)
        return facts is not None and bool(facts["is_whole"]) and is_made_of(facts, fingerprint, formats)

    def has(self, place: str, part: str) -> bool:
        """Whether a folder is finished and has a file or folder of this name."""
        facts = self.facts(place)
        return facts is not None and part in facts["parts"]

    def all(self) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """Every finished folder that is there now, and its facts."""
        there = list(places(self._exports))
        for gone in self._seen.keys() - set(there):
            del self._seen[gone]
        for place in there:
            facts = self.facts(place)
            if facts is not None:
                yield place, facts

    @property
    def complete(self) -> int:
        """How many of the folders that were looked at have all their files; those about one person are left out."""
        return sum(one["facts"]["is_whole"] for place, one in self._found.items() if place.count("/") == 1)

    @property
    def damaged(self) -> tuple[str, ...]:
        """The files of the others that are missing or not in full length, relative to ``exports``."""
        wrong: list[str] = []
        for place, one in self._found.items():
            if place.count("/") == 1 and not one["facts"]["is_whole"]:
                folder = f"{self._exports}/{place}"
                wrong += (f"{place}/{name}" for name in wrong_files(folder, read_manifest(folder) or {"files": {}}))
        return tuple(wrong)

    @property
    def _found(self) -> dict[str, dict[str, Any]]:
        return {place: one for place, one in self._seen.items() if one is not None}

    def forget(self, *places_changed: str) -> None:
        """Look at folders again when they are next asked about: they were written or removed."""
        for place in places_changed:
            self._seen.pop(place, None)

    def save(self) -> None:
        """Keep what is known of the folders that were looked at; the others are forgotten."""
        if self._cache is None or self._found == self._kept:
            return
        text = json.dumps({"version": _VERSION, "folders": self._found}, ensure_ascii=False, separators=(",", ":"))
        data = text.encode("utf-8", "backslashreplace")
        aside = self._cache.with_name(f".{self._cache.name}.tmp")
        self._cache.parent.mkdir(parents=True, exist_ok=True)
        aside.write_bytes(_checksum(data) + b"\n" + data)
        put(aside, self._cache)

    def _look(self, place: str) -> dict[str, Any] | None:
        folder = f"{self._exports}/{place}"
        state = folder_state(folder)
        kept = self._kept.get(place)
        if state is not None and kept is not None and kept["state"] == state:
            return kept
        manifest = read_manifest(folder)
        if manifest is None:
            return None
        facts = {name: value for name, value in manifest.items() if name not in _LEFT_OUT}
        facts |= {
            "parts": sorted({name.partition("/")[0] for name in manifest["files"]}),
            "is_whole": has_all_files(folder, manifest),
        }
        return {"state": state, "facts": facts}


def _read(cache: Path) -> dict[str, dict[str, Any]]:
    try:
        checksum, _, data = cache.read_bytes().partition(b"\n")
        document = json.loads(data) if checksum == _checksum(data) else {}
    except (OSError, ValueError):
        return {}
    return document["folders"] if document.get("version") == _VERSION else {}


def _checksum(data: bytes) -> bytes:
    return hashlib.sha256(data).hexdigest().encode()
