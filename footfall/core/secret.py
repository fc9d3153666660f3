"""The installation's one secret: the key of pseudonyms and of tombstones. It never leaves the home.

A pseudonym is an HMAC-SHA256 (RFC 2104): the same key and parts always give the same one, and without the key nobody
can find its id by trying all ids, which a plain hash would allow.
"""

import contextlib
import hashlib
import hmac
import os
import secrets

from footfall.core.errors import SettingsError
from footfall.core.home import Home
from footfall.core.settings import Settings

#: Characters that a key needs at least; one made here has 64 (32 bytes as hex).
SHORTEST = 32


def secret_key(home: Home, settings: Settings, *, is_new: bool = True) -> bytes:
    """The key from the setting ``privacy.key``, else from ``<home>/privacy.key``, which is made once with mode 0600.

    Args:
        is_new: make a key if the home has none. False where things made with the old one must be matched.

    Raises:
        SettingsError: there is no key and none may be made, or it cannot be read or written, or is too short.
    """
    text = settings.privacy.key
    path = home.key_file
    where = "setting privacy.key" if text else str(path)
    try:
        if not text and is_new and not path.exists():
            _make(home)
        text = text or path.read_text(encoding="utf-8").strip()
    except FileNotFoundError as error:
        raise SettingsError(
            "The key of this home's pseudonyms and erasures is missing.", where=where,
            hint="Put the file back from a backup, or set FOOTFALL_PRIVACY__KEY to its text. Nothing was changed.",
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(
            "The key of this home's pseudonyms and erasures cannot be read or made.", where=where,
            hint="Repair the file's permissions, or put it back from a backup. Nothing was changed.",
        ) from error
    if len(text) < SHORTEST:
        raise SettingsError(
            f"The key of pseudonyms and erasures is too short: {len(text)} characters, at least {SHORTEST} are needed.",
            where=where, hint="Put the right key back; for a new home, remove it and one is made.",
        )
    return text.encode()


def pseudonym(key: bytes, *parts: str, digits: int = 16) -> str:
    """Hex digits (64 at most) that stand for ``parts``; other parts give another, also if split differently."""
    text = b"".join(b"%d:%s" % (len(data), data) for data in (part.encode("utf-8", "surrogatepass") for part in parts))
    return hmac.new(key, text, hashlib.sha256).hexdigest()[:digits]


def key_id(key: bytes) -> str:
    """Eight hex digits that identify a key and reveal nothing else of it."""
    return pseudonym(key, "key id", digits=8)


def _make(home: Home) -> None:
    """Write a new key so that it is whole or absent; of two processes at once, one wins and both read the same."""
    home.root.mkdir(parents=True, exist_ok=True)
    aside = home.key_file.with_name(f".{home.key_file.name}.{os.getpid()}.tmp")
    handle = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(secrets.token_hex(32) + "\n")
        file.flush()
        os.fsync(file.fileno())
    with contextlib.suppress(FileExistsError):
        os.link(aside, home.key_file)
    aside.unlink()
