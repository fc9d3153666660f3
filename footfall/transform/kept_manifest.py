"""The parsed dbt project, kept beside the home's data: dbt takes 1.1 s to find out that nothing has changed.

One file holds what it was made from, the checksum of its content, dbt's own form of the manifest and the JSON of it.
It is used again only where everything that dbt parses is the same, and its content is what was written.
"""

import hashlib
import json
import os
import platform
from collections.abc import Iterator
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from footfall.core.home import Home
from footfall.core.state_files import put
from footfall.transform import dbt_args

if TYPE_CHECKING:
    from dbt.contracts.graph.manifest import Manifest

_FILE = "kept_manifest"
_PACKAGES = (
    "dbt-core", "dbt-adapters", "dbt-common", "dbt-duckdb", "dbt-spark", "dbt-semantic-interfaces", "mashumaro",
)


def fingerprint(engine: str, project: Path = dbt_args.PROJECT) -> str:
    """A hash of everything that the manifest is made from: the project's files, versions, and dbt's variables.

    Args:
        engine: name of the target.
    """
    digest = hashlib.sha256()
    facts = [engine, str(project), platform.python_version(), *map(_version, _PACKAGES)]
    variables = {name: value for name, value in os.environ.items() if name.startswith("DBT_")}
    facts += [f"{name}={value}" for name, value in sorted((variables | dbt_args.parse_environment()).items())]
    for fact in facts:
        digest.update(fact.encode() + b"\0")
    for path in _files(project):
        text = path.read_bytes()
        digest.update(f"{path.relative_to(project)}\0{len(text)}\0".encode() + text)
    return digest.hexdigest()


def is_kept(home: Home, prints: str) -> bool:
    """Whether the manifest of ``prints`` is kept; ``manifest.json`` is then what belongs to it."""
    return _packed(home, prints) is not None


def read(home: Home, prints: str) -> "Manifest | None":
    """The manifest as dbt made it from what ``prints`` stands for; None where it was not kept, or is damaged.

    ``manifest.json`` is then what belongs to it.
    """
    packed = _packed(home, prints)
    if packed is None:
        return None
    from dbt.contracts.graph.manifest import Manifest
    from dbt.parser.manifest import extended_mashumuro_decoder

    manifest: Any = Manifest.from_msgpack(packed, decoder=extended_mashumuro_decoder)
    manifest.build_parent_and_child_maps()
    manifest.build_flat_graph()
    return manifest


def keep(home: Home, prints: str, manifest: "Manifest") -> None:
    """Keep a manifest that dbt has just made, and the ``manifest.json`` that it wrote, unless there is no room."""
    from dbt.parser.manifest import extended_mashumaro_encoder

    packed = manifest.to_msgpack(extended_mashumaro_encoder)
    content = packed + dbt_args.manifest_path(home).read_bytes()
    header = {"bytes": len(packed), "sha256": _sha256(prints, len(packed), content)}
    with suppress(OSError):
        _write(_path(home), json.dumps(header).encode() + b"\n" + content)


def _packed(home: Home, prints: str) -> bytes | None:
    try:
        header, content = _path(home).read_bytes().split(b"\n", 1)
        facts = json.loads(header)
        size = int(facts["bytes"])
    except (OSError, ValueError, TypeError, KeyError):
        return None
    if facts.get("sha256") != _sha256(prints, size, content):
        return None
    document = dbt_args.manifest_path(home)
    if not document.is_file() or document.read_bytes() != content[size:]:
        _write(document, content[size:])
    return content[:size]


def _path(home: Home) -> Path:
    return dbt_args.artifacts_folder(home) / _FILE


def _write(path: Path, content: bytes) -> None:
    """A crash leaves the old file or the new one; a cut one has another checksum, so nothing waits for the disk."""
    aside = path.with_name(f".{path.name}.tmp")
    try:
        aside.write_bytes(content)
        put(aside, path)
    except OSError:
        with suppress(OSError):
            aside.unlink(missing_ok=True)
        raise


def _files(project: Path) -> Iterator[Path]:
    """The files of the project, sorted; what dbt itself wrote there does not count."""
    written = {project / name for name in ("target", "logs")}
    for path in sorted(project.rglob("*")):
        if path.is_file() and written.isdisjoint(path.parents):
            yield path


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""


def _sha256(prints: str, size: int, content: bytes) -> str:
    return hashlib.sha256(f"{prints} {size}\n".encode() + content).hexdigest()
