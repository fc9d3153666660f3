"""Which landing files' contents hold people who were erased, and what is left of them without: hashes only.

``lake/scrubbed.json``: SHA-256 of a content as it was delivered -> that of the same content without those lines, null
while it is not made yet. By it a file that was rewritten in place is still known to be loaded, and a file that is
delivered again as it was is rewritten again. Needs the standard library only, since every night looks here.
"""

import json
from collections.abc import Iterable, Mapping

from footfall.core.durable import sync
from footfall.core.errors import FootfallError
from footfall.core.home import Home


def read_scrubbed(home: Home) -> dict[str, str | None]:
    """The map; empty where nobody was ever erased.

    Raises:
        FootfallError: the file is damaged, so nobody knows which files hold erased people.
    """
    path = home.lake / "scrubbed.json"
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise FootfallError(
            "The list of landing files that held erased people cannot be read.", where=str(path),
            hint="Put the file back from a backup of the home; nothing was changed.",
        ) from error


def clean_form(sha256: str | None, scrubbed: Mapping[str, str | None]) -> str | None:
    """The hash of what is left of a content when everybody erased so far was taken out."""
    seen = set()
    while sha256 is not None and sha256 not in seen and scrubbed.get(sha256) is not None:
        seen.add(sha256)
        sha256 = scrubbed[sha256]
    return sha256


def mark_tainted(home: Home, hashes: Iterable[str | None]) -> None:
    """Note contents that hold erased people and are still to be rewritten."""
    note_scrubbed(home, {sha256: None for sha256 in hashes if sha256 is not None})


def note_scrubbed(home: Home, forms: Mapping[str, str | None]) -> None:
    """Note what contents became; a form known already is not forgotten for a null."""
    if not forms:
        return
    known = read_scrubbed(home)
    known |= {sha256: form for sha256, form in forms.items() if form is not None or sha256 not in known}
    home.lake.mkdir(parents=True, exist_ok=True)
    aside = home.lake / ".scrubbed.json.tmp"
    aside.write_text(json.dumps(known, indent=0, sort_keys=True) + "\n", encoding="utf-8")
    sync(aside)
    aside.replace(home.lake / "scrubbed.json")
    sync(home.lake)
