"""docs/third_party_licences.md from what the installed packages say: `python -m deploy.licences [--write]`."""

import re
import sys
from collections.abc import Mapping
from importlib import metadata

from deploy.locked import ROOT, installed, needed_to_run, read_lock

PAGE = ROOT / "docs" / "third_party_licences.md"
#: Licences that ask for a notice and no more.
PERMISSIVE = frozenset({
    "0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "CC0-1.0", "CNRI-Python", "ISC", "MIT", "MIT-0", "PSF-2.0",
    "Zlib", "Artistic-1.0",
})
#: Changed files of such a package stay under its licence; using it unchanged asks for no more than a notice.
FILE_COPYLEFT = frozenset({"MPL-2.0"})
#: What packages write that is no SPDX expression.
_SPELLINGS = {
    "3-Clause BSD License": "BSD-3-Clause", "Apache 2.0": "Apache-2.0", "Apache License 2.0": "Apache-2.0",
    "Apache License Version 2.0": "Apache-2.0", "Apache Software License": "Apache-2.0", "Apache-2": "Apache-2.0",
    "BSD": "BSD-3-Clause", "BSD License": "BSD-3-Clause", "ISC License (ISCL)": "ISC", "MIT License": "MIT",
    "MIT license": "MIT", "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0",
}
#: Packages whose metadata are ambiguous: read in the files they ship.
_READ = {
    "python-dateutil": "Apache-2.0 OR BSD-3-Clause",
    "text-unidecode": "Artistic-1.0 OR GPL-2.0-or-later",
    "uvloop": "MIT OR Apache-2.0",
}
_HEAD = """\
# Licences of others

Footfall is under the Apache License 2.0 (`LICENSE`). It is distributed without the packages below: `make setup` and the
image install them from `requirements.lock`. The page is written by `make licences` from what the installed packages
say; a test fails when it is not current or when a licence is not one of those that were looked at.

Exports hold parts of others: `report.html` has the programs Vega and Vega-Lite (BSD-3-Clause) and D3 (ISC) inside,
which come with vl-convert-python, and graphs as PDF hold a font that comes with it (Liberation Sans, SIL Open Font
License).

**File copyleft** (MPL-2.0) asks that changed files of that package stay under its licence; Footfall changes none. Of
`A OR B` the first is chosen. No package is under a licence that would extend to Footfall.

| package | version | licence | needed |
| --- | --- | --- | --- |
"""


def licence_of(name: str, said: metadata.PackageMetadata) -> str:
    """SPDX expression of a package.

    Raises:
        ValueError: what it says of itself cannot be read.
    """
    if name in _READ:
        return _READ[name]
    if "License-Expression" in said:
        return said["License-Expression"]
    classes = [
        text.rsplit(" :: ", 1)[-1] for text in said.get_all("Classifier") or ()
        if text.startswith("License :: ") and text.count(" :: ") > 1
    ]
    texts = list(dict.fromkeys(_SPELLINGS.get(text, text) for text in classes or said.get_all("License") or ()))
    if len(texts) != 1 or not is_known(texts[0]):
        raise ValueError(f"The licence of {name} cannot be read: {texts}. Look at its files, then add it to _READ.")
    return texts[0]


def is_known(expression: str) -> bool:
    """Whether every part of an expression that has to be accepted is a licence that was looked at."""
    return any(
        set() < set(re.findall(r"[^\s()]+", choice)) - {"AND"} <= PERMISSIVE | FILE_COPYLEFT
        for choice in re.sub(r"\(([^()]* OR [^()]*)\)", _first_known, expression).split(" OR ")
    )


def _first_known(group: re.Match[str]) -> str:
    return next((choice for choice in group[1].split(" OR ") if choice in PERMISSIVE), group[1].split(" OR ")[0])


def licences() -> dict[str, str]:
    """SPDX expression of every locked package, by name."""
    found: Mapping[str, metadata.Distribution] = installed(read_lock())
    return {name: licence_of(name, package.metadata) for name, package in sorted(found.items())}


def page() -> str:
    """The text of docs/third_party_licences.md."""
    packages = read_lock()
    runs = needed_to_run(installed(packages))
    versions = {package.name: package.version for package in packages}
    rows = [
        f"| {name} | {versions[name]} | {licence}{' (file copyleft)' if 'MPL-2.0' in licence else ''} | "
        f"{'to run' if name in runs else 'for tests'} |"
        for name, licence in licences().items()
    ]
    return _HEAD + "\n".join(rows) + "\n"


def main() -> int:
    """Print the page, or write it with ``--write``; 1 where a licence was not looked at."""
    text = page()
    if "--write" in sys.argv[1:]:
        PAGE.write_text(text, encoding="utf-8")
    else:
        print(text, end="")
    unknown = {name: licence for name, licence in licences().items() if not is_known(licence)}
    for name, licence in unknown.items():
        print(f"{name}: {licence} is not a licence that was looked at.", file=sys.stderr)
    return 1 if unknown else 0


if __name__ == "__main__":
    sys.exit(main())
