"""Who was erased: keyed hashes in the lake, so that none of their lines is loaded again.

``lake/tombstones/<number>-<key id>.parquet`` (kind, digest), one file an erasure. A digest is an HMAC of kind,
workspace and id under the home's key (``footfall.core.secret``): without the key it reveals nothing. Kinds:

- ``user``: a user id. ``device``: a device or anonymous id that only this person ever used.
- ``message``: their signed-out event on a device that others used as well.
- ``text``, ``name``, ``unspaced``: an id, e-mail or full name of nobody else, in the forms of
  ``footfall.ingestion.exclusion.spelling``, anywhere in other people's texts. ``piece``: a run of letters and digits of
  these, in any workspace. ``other``: an id of somebody else in which one of these is.
- ``title``: a text of the organiser that names them and was to be erased. ``kept``: one that was not, or not yet.
- ``word``: as ``text``, in the form of older versions.
"""

import json
import os
import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, unquote_plus

from footfall.core.errors import SettingsError
from footfall.core.home import Home
from footfall.core.secret import key_id, pseudonym, secret_key
from footfall.core.settings import Settings
from footfall.ingestion.exclusion.tombstone_checksums import note_checksum, require_whole

KINDS = ("user", "device", "message", "text", "name", "unspaced", "piece", "other", "title", "kept", "word")
#: The workspace of tombstones that hold in all of them.
ANYWHERE = ""
_FILE = re.compile(r"(\d{6})-([0-9a-f]{8})\.parquet")
#: Bytes of the shortest text that is looked for anywhere in a line.
SHORTEST_WORD = 5
#: Answers remembered while a batch is looked through; the same few ids and words come again and again.
_MEMO = 500_000
#: Kind, workspace, id.
Name = tuple[str, str, str]


@dataclass
class Erased:
    """People to match, by their plain ids (while they are erased) or by their tombstones.

    Attributes:
        names: plain ids; used where ``key`` is None. digests: tombstones made with ``key``.
        secret: the home's key, for stand-ins of ids; ``key`` where that is given.
        kinds: the kinds that exist.
        workspaces: only these are affected; None: not known.
    """

    names: frozenset[Name] = frozenset()
    key: bytes | None = None
    digests: frozenset[str] = frozenset()
    kinds: frozenset[str] = frozenset(KINDS)
    workspaces: frozenset[str] | None = None
    secret: bytes | None = None
    _known: dict[Name, bool] = field(default_factory=dict, repr=False)

    @classmethod
    def of(
        cls, names: Collection[Name], people: Iterable[tuple[str, str]] | None = None, secret: bytes | None = None
    ) -> "Erased":
        """People by their plain ids; ``people`` (workspace, user) say which workspaces are affected."""
        return cls(
            frozenset(names), kinds=frozenset(kind for kind, _, _ in names), secret=secret,
            workspaces=None if people is None else frozenset(workspace for workspace, _ in people),
        )

    def includes(self, kind: str, workspace: str, text: str) -> bool:
        """Whether this id is one of an erased person."""
        name = (kind, workspace, word(text) if kind == "word" else text)
        if self.key is None:
            return name in self.names
        found = self._known.get(name)
        if found is None:
            found = digest(self.key, name) in self.digests
            if kind != "message" and len(self._known) < _MEMO:
                self._known[name] = found
        return found

    def stand_in(self, text: str) -> str:
        """What takes the place of an id of something that has an erased person's id in it: one for each id.

        Raises:
            ValueError: no key was given.
        """
        key = self.key or self.secret
        if key is None:
            raise ValueError("A stand-in needs the key of the home.")
        return f"erased-{pseudonym(key, 'stand-in', text)}"


def word(text: str) -> str:
    """The form in which names and e-mails are compared."""
    return unicodedata.normalize("NFC", text).strip().casefold()


def digest(key: bytes, name: Name) -> str:
    """The tombstone of an id: 64 hex digits."""
    return pseudonym(key, *name, digits=64)


def tombstone_files(home: Home) -> list[Path]:
    """Files of tombstones, oldest first; costs no imports."""
    folder = home.lake / "tombstones"
    return sorted(path for path in folder.glob("*.parquet") if _FILE.fullmatch(path.name))


def erasure_is_pending(home: Home) -> bool:
    """Whether an erasure was begun and not finished."""
    return (home.lake / "erasures" / "pending.json").exists()


def read_tombstones(home: Home, settings: Settings) -> Erased | None:
    """All tombstones of the home, or None where nobody was ever erased.

    Raises:
        SettingsError: the key they were made with is missing or is another one, or a file of them is damaged, so
            nobody could be matched.
    """
    require_whole(home)
    files = tombstone_files(home)
    if not files:
        return None
    import pyarrow.parquet as pq

    key = home_key(home, settings)
    tables = [pq.read_table(path) for path in files]
    return Erased(
        key=key, digests=frozenset(text for table in tables for text in table["digest"].to_pylist()),
        kinds=frozenset(kind for table in tables for kind in table["kind"].to_pylist()),
    )


def home_key(home: Home, settings: Settings) -> bytes:
    """The home's key; made now if there are no tombstones yet, and the one they were made with if there are.

    Raises:
        SettingsError: it is missing, cannot be read, or is another one.
    """
    files = tombstone_files(home)
    key = secret_key(home, settings, is_new=not files)
    others = {_key_of(path) for path in files} - {key_id(key)}
    if others:
        raise SettingsError(
            "The key is not the one that people were erased with, so they could not be matched and would return.",
            where="setting privacy.key" if settings.privacy.key else str(home.key_file),
            hint=f"Put back the key with the id {', '.join(sorted(others))}. Nothing was loaded or changed.",
        )
    return key


def _key_of(path: Path) -> str:
    return _FILE.fullmatch(path.name)[2]  # type: ignore[index]


def write_tombstones(home: Home, key: bytes, number: int, names: Collection[Name]) -> Path:
    """Write the tombstones of erasure ``number``: whole or not at all, and the same ones when done again."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    rows = sorted({(kind, digest(key, (kind, workspace, text))) for kind, workspace, text in names})
    target = home.lake / "tombstones" / f"{number:06d}-{key_id(key)}.parquet"
    target.parent.mkdir(parents=True, exist_ok=True)
    aside = target.with_name(f".{target.name}.tmp")
    table = pa.table({"kind": [kind for kind, _ in rows], "digest": [text for _, text in rows]})
    pq.write_table(table, aside)
    descriptor = os.open(aside, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    note_checksum(target, aside)
    aside.replace(target)
    note_checksum(target, target)
    return target


def is_distinctive(text: str) -> bool:
    """Whether an id is long enough to be looked for anywhere in a line: a user called 5 is not every 5."""
    size = len(text.encode("utf-8", "surrogatepass"))
    return size >= 9 or (size >= SHORTEST_WORD and not text.isdigit())


_STRING = re.compile(r'"((?:[^"\\]|\\.)*)"|\'([^\']*)\'')
#: A longer text is not searched for parts; letters of names, digits, and the punctuation of ids and e-mails.
_LONGEST, _PIECES = 2_000, 12
_SEPARATED = re.compile(r"[^\w.@+'-]+")
_PIECE = re.compile(r"[^\W_]+")
_IDENTIFIES = re.compile(r"[\d@]")
_WORD = re.compile(r"[\w.@+-]+")
USER_MEMBER = re.compile(r'''(?:userId|user_id)[\\"']{0,4}\s*[:=]\s*[\\"']{0,4}([^\s\\"',;}]+)''')


def tokens(text: str) -> Iterator[str]:
    """Quoted texts and single words of a line in any format, also of JSON that was quoted once more."""
    yield from _WORD.findall(text)
    for double, single in _STRING.findall(text):
        yield unquoted(f'"{double}"') if double else single
    if '\\"' in text:
        yield from tokens(text.replace('\\"', '"'))


def parts(text: str) -> set[str]:
    """The texts within a text that may identify a person: ids and e-mails with a digit or an @, and names.

    A word of letters only identifies nobody within a text, or a user called `lunch` would remove everybody's lunch.
    Names are two to four words in a row, also with the last name first (`Bauer, Anna`).
    """
    found: set[str] = set()
    if not SHORTEST_WORD <= len(text) <= _LONGEST:
        return found
    for plain in {text, unquote(text), unquote_plus(text)}:
        words = [word for part in _SEPARATED.split(plain) if (word := part.strip("._-+@'"))]
        for word in words:
            pieces = list(_PIECE.finditer(word))[:_PIECES]
            spans = (word[first.start() : last.end()] for i, first in enumerate(pieces) for last in pieces[i:])
            found |= {span for span in spans if len(span) >= SHORTEST_WORD and _IDENTIFIES.search(span)}
        runs = (words[i : i + length] for length in (2, 3, 4) for i in range(len(words) - length + 1))
        for run in (run for run in runs if not _IDENTIFIES.search("".join(run))):
            found |= {" ".join(run), " ".join([*run[1:], run[0]])}
    return found


def unquoted(token: str) -> str:
    """The text a JSON string stands for; anything else is itself."""
    if not token.startswith('"'):
        return token
    try:
        return json.loads(token)
    except ValueError:
        return token.strip('"')
