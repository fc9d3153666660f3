"""Folder names for ids from outside: safe on every file system, one folder each, plain ids as they are.

The mapping is percent-encoding of UTF-8, with ``~<hash>`` where a name would be too long or would equal another
one on a file system that ignores case. Neither ``%`` nor ``~`` is ever left as it was in
an id, so two ids cannot share a folder.
"""

import re
from collections import Counter
from collections.abc import Iterable
from hashlib import sha256

#: Longest folder name made; every common file system takes 255 bytes, and Windows takes 260 for a whole path.
MAX_LENGTH = 100
#: Names in ``exports/`` that do not belong to a workspace.
RESERVED = frozenset({"index.html"})

_UNSAFE = re.compile(rb"[^A-Za-z0-9._-]")
_DEVICE = re.compile(r"(?i)(con|prn|aux|nul|conin\$|conout\$|com[0-9]|lpt[0-9])(?=\.|$)")


def folder_names(ids: Iterable[str]) -> dict[str, str]:
    """Give every id its folder name: injective, also on file systems that ignore case.

    Of ids that differ in case only, the lower-case one keeps its name and the others get ``~<hash>``.
    """
    wanted = sorted(set(ids))
    spellings = Counter(encoded(one).lower() for one in wanted)
    names = {}
    for one in wanted:
        name = encoded(one)
        is_shared = spellings[name.lower()] > 1 and name != name.lower()
        names[one] = f"{name}~{_digest(one)}" if is_shared and "~" not in name else name
    return names


def encoded(text: str) -> str:
    """Encode one id as a safe folder name, without looking at other ids."""
    if not text:
        return "%empty"
    # A lone surrogate cannot come out of DuckDB, but may come from a command line.
    name = _UNSAFE.sub(lambda match: b"%%%02X" % match[0][0], text.encode("utf-8", "surrogatepass")).decode("ascii")
    if name[0] in ".-" or name.lower() in RESERVED or _DEVICE.match(name):
        name = f"%{ord(name[0]):02X}{name[1:]}"
    if name[-1] == ".":
        name = f"{name[:-1]}%2E"
    if len(name) > MAX_LENGTH:
        start = name[: MAX_LENGTH - 17]
        # Never end inside an escape.
        start = re.sub(r"%[0-9A-F]?$", "", start)
        name = f"{start}~{_digest(text)}"
    return name


def _digest(text: str) -> str:
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]
