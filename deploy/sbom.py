"""The list of parts (SBOM) of this version as CycloneDX 1.6: `python -m deploy.sbom [FILE]`.

Made from the lock and the metadata of what is installed; same lock, same bytes.
"""

import hashlib
import json
import sys
import uuid
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path
from typing import Any

from deploy.licences import licence_of
from deploy.locked import LOCK, Package, installed, needed_to_run, read_lock, required_by, wanted
from footfall import __version__

_OWN = f"pkg:pypi/footfall@{__version__}"


def sbom() -> dict[str, Any]:
    """The document.

    Raises:
        ValueError: what is installed is not what the lock says.
    """
    packages = read_lock()
    there = installed(packages)
    runs = needed_to_run(there)
    urls = {package.name: _url(package) for package in packages}
    direct = sorted(urls[name] for part in wanted() for name in part if name in urls)
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, _OWN + _digest())}",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application", "bom-ref": _OWN, "name": "footfall", "version": __version__, "purl": _OWN,
                "licenses": [{"license": {"id": "Apache-2.0"}}],
            },
            "properties": [{"name": "footfall:requirements.lock:sha256", "value": _digest()}],
        },
        "components": [_component(package, there[package.name].metadata, package.name in runs) for package in packages],
        "dependencies": [
            {"ref": _OWN, "dependsOn": direct},
            *({"ref": urls[package.name], "dependsOn": _depends(there, package.name, urls)} for package in packages),
        ],
    }


def _component(package: Package, said: metadata.PackageMetadata, runs: bool) -> dict[str, Any]:
    expression = licence_of(package.name, said)
    is_one = " " not in expression
    return {
        "type": "library", "bom-ref": _url(package), "name": package.name, "version": package.version,
        "purl": _url(package), "scope": "required" if runs else "excluded",
        "licenses": [{"license": {"id": expression}} if is_one else {"expression": expression}],
        # of every file that the lock allows: wheels of all systems and the source
        "properties": [{"name": "footfall:file:sha256", "value": digest} for digest in package.hashes],
    }


def _depends(there: Mapping[str, metadata.Distribution], name: str, urls: Mapping[str, str]) -> list[str]:
    return sorted(urls[other] for other in required_by(there, name) if other != name)


def _url(package: Package) -> str:
    return f"pkg:pypi/{package.name}@{package.version}"


def _digest() -> str:
    return hashlib.sha256(LOCK.read_bytes()).hexdigest()


def main() -> None:
    """Write the document to the given file, or to standard output."""
    text = json.dumps(sbom(), indent=1) + "\n"
    if len(sys.argv) > 1:
        Path(sys.argv[1]).write_text(text, encoding="utf-8")
    else:
        print(text, end="")


if __name__ == "__main__":
    main()
