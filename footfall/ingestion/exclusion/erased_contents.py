"""Which landing files name erased people, and the hash of the same file without them.

``lake/scrubbed.json``: SHA-256 of a content as it was delivered -> that of the same content without those lines, null
until that is written. By it a file that was rewritten in place is still known to be loaded, and a file that is
delivered again as it was is rewritten again. Needs the standard library only, since every night looks here.
"""

import json
from collections.abc import Iterable, Mapping

from footfall.core.durable import sync
from footfall.core.errors import FootfallError
from footfall.core.home import Home


def read_clean_forms(home: Home) -> dict[str, str | None]:
    """The map; empty where nobody was ever erased.

    Raises:
        FootfallError: the file is damaged, so it is unknown which files name erased people.
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
    """The hash of a content after landing erasure of everybody erased so far."""
    seen = set()
    while sha256 is not None and sha256 not in seen and scrubbed.get(sha256) is not None:
        seen.add(sha256)
        sha256 = scrubbed[sha256]
    return sha256


def mark_uncleaned(home: Home, hashes: Iterable[str | None]) -> None:
    """Note contents that name erased people and are not rewritten yet."""
    note_clean_forms(home, {sha256: None for sha256 in hashes if sha256 is not None})


def note_clean_forms(home: Home, forms: Mapping[str, str | None]) -> None:
    """Note the clean forms of contents; a null does not replace a known form."""
    if not forms:
        return
    known = read_clean_forms(home)
    known |= {sha256: form for sha256, form in forms.items() if form is not None or sha256 not in known}
    home.lake.mkdir(parents=True, exist_ok=True)
    aside = home.lake / ".scrubbed.json.tmp"
    aside.write_text(json.dumps(known, indent=0, sort_keys=True) + "\n", encoding="utf-8")
    sync(aside)
    aside.replace(home.lake / "scrubbed.json")
    sync(home.lake)
