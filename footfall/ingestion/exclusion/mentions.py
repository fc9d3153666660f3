"""Whether a text has an id, an e-mail or a name of an erased person in it, in any spelling.

Every text is cut into runs of letters and digits. Only around a run that is a part of what is looked for
(kind ``piece`` of ``footfall.ingestion.exclusion.tombstones``) longer parts are compared, so a text of others costs a
look at each of its words, and most words were looked at before.
"""

import json
from collections.abc import Collection, Iterable
from typing import Any

from footfall.ingestion.exclusion.spelling import (
    LONGEST_NAME,
    fold,
    name_keys,
    pieces,
    rare_piece,
    readings,
    spellings,
    unspaced_names,
    unspaced_runs,
)
from footfall.ingestion.exclusion.tombstones import ANYWHERE, USER_MEMBER, Erased, Name, parts, tokens

#: A run of letters and digits: start, end, text.
Piece = tuple[int, int, str]
#: Runs of letters and digits that an id or e-mail may have.
_LONGEST_ID = 16
#: Characters of the longest part of a name in a member of its own, and members of an object that are looked at.
_LONGEST_PART, _MOST_MEMBERS = 60, 60
#: Characters of the longest name in a script without spaces.
_LONGEST_UNSPACED = 8


def names_of_texts(ids: Iterable[tuple[str, str]], names: Iterable[tuple[str, str]]) -> set[Name]:
    """What to keep as tombstones so that ids (also e-mails, devices) and names are found in texts."""
    found: set[Name] = set()
    for workspace, text in ids:
        found |= {("text", workspace, form) for form in spellings(text)}
    for workspace, name in names:
        found |= {("text", workspace, form) for form in spellings(name)}
        found |= {("name", workspace, key) for key in name_keys(name)}
        found |= {("unspaced", workspace, key) for key in unspaced_names(name)}
    pieces_of = {rare_piece(key) for _, _, key in found} - {None}
    # names of files are of no workspace
    found |= {(kind, ANYWHERE, key) for kind, _, key in found}
    return found | {("piece", ANYWHERE, piece) for piece in pieces_of if piece is not None}


def mentions(text: str, erased: Erased, workspaces: Collection[str]) -> bool:
    """Whether the text names somebody erased from one of the workspaces."""
    if "word" in erased.kinds and any(_by_older_tombstones(text, erased, workspace) for workspace in workspaces):
        return True
    if "piece" not in erased.kinds:
        return False
    if not any(_is_mentioned(folded, erased, workspaces) for folded in readings(text)):
        return False
    return "kept" not in erased.kinds or not any(
        erased.includes("kept", workspace, whole(text)) for workspace in workspaces
    )


def as_document(text: str) -> Any:
    """The JSON that a text is; None for other texts."""
    if text.lstrip()[:1] not in ("{", "["):
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def may_be_part(text: str, erased: Erased) -> bool:
    """Whether a text may be the first or last name of somebody erased."""
    return "name" in erased.kinds and len(text) <= _LONGEST_PART and any(
        erased.includes("piece", ANYWHERE, piece) for _, _, piece in pieces(fold(text))
    )


def split_names(document: Any, erased: Erased, workspaces: Collection[str]) -> set[tuple[str | None, str]]:
    """Members and values of one object (or list) that are the name of somebody erased together: first and last name.

    Args:
        document: JSON as Python has it; objects within it are looked into.
    """
    found: set[tuple[str | None, str]] = set()
    if "name" not in erased.kinds:
        return found
    waiting = [document]
    while waiting:
        value = waiting.pop()
        members = list(value.items()) if isinstance(value, dict) else [(None, one) for one in value]
        waiting += [one for _, one in members if isinstance(one, dict | list)]
        words = [
            (name, one, tuple(piece for _, _, piece in pieces(fold(one)))) for name, one in members
            if isinstance(one, str) and len(one) <= _LONGEST_PART
        ][:_MOST_MEMBERS]
        named = [part for part in words if may_be_part(part[1], erased)]
        for first in named:
            for second in words:
                key = " ".join(sorted(first[2] + second[2]))
                if second is not first and second[2] and any(erased.includes("name", one, key) for one in workspaces):
                    found |= {first[:2], second[:2]}
    return found


def is_name(text: str, erased: Erased, workspace: str) -> bool:
    """Whether the text is nothing but an id, e-mail or name of somebody erased, or a text that was to be erased."""
    if "word" in erased.kinds and erased.includes("word", workspace, text):
        return True
    if not mentions(text, erased, [workspace]):
        return False
    if erased.includes("title", workspace, whole(text)):
        return True
    return any(
        erased.includes("text", workspace, folded.strip())
        or erased.includes("unspaced", workspace, folded.strip())
        or erased.includes("name", workspace, " ".join(sorted(piece for _, _, piece in pieces(folded))))
        for folded in readings(text)
    )


def whole(text: str) -> str:
    """The form in which whole texts are compared."""
    return " ".join(fold(text).split())


def _by_older_tombstones(text: str, erased: Erased, workspace: str) -> bool:
    """Tombstones of older versions were made of other forms."""
    return erased.includes("word", workspace, text) or any(
        erased.includes("word", workspace, part) for part in parts(text)
    )


def _is_mentioned(folded: str, erased: Erased, workspaces: Collection[str]) -> bool:
    found = pieces(folded)
    for place, (_, _, piece) in enumerate(found):
        if erased.includes("piece", ANYWHERE, piece) and any(
            _is_named_around(folded, found, place, erased, workspace) for workspace in workspaces
        ):
            return True
    return "unspaced" in erased.kinds and any(
        erased.includes("unspaced", workspace, run[first : first + length])
        for run in unspaced_runs(folded) for first in range(len(run) - 1)
        for length in range(2, min(_LONGEST_UNSPACED, len(run) - first) + 1) for workspace in workspaces
    )


def _is_named_around(folded: str, found: list[Piece], place: int, erased: Erased, workspace: str) -> bool:
    """Whether an id, e-mail or name is around one run that is a part of one."""
    if erased.includes("text", workspace, folded.strip()):
        return True
    low, high = _word_around(folded, found, place)
    spans = {
        folded[found[first][0] : found[last][1]]: (first, last)
        for first in range(low, place + 1) for last in range(place, high + 1)
    }
    for text, (first, last) in spans.items():
        if erased.includes("text", workspace, text) and not ("other" in erased.kinds and any(
            erased.includes("other", workspace, longer)
            for longer, (start, end) in spans.items() if start <= first and last <= end and longer != text
        )):
            return True
    return "name" in erased.kinds and any(
        erased.includes("name", workspace, _name(found, first, length))
        and not ("other" in erased.kinds and any(
            erased.includes("other", workspace, _name(found, start, longer))
            for longer in range(length + 1, LONGEST_NAME + 1)
            for start in range(max(0, first + length - longer), min(first, len(found) - longer) + 1)
        ))
        for length in range(2, LONGEST_NAME + 1)
        for first in range(max(0, place - length + 1), min(place, len(found) - length) + 1)
    )


def _name(found: list[Piece], first: int, length: int) -> str:
    return " ".join(sorted(piece for _, _, piece in found[first : first + length]))


def _word_around(folded: str, found: list[Piece], place: int) -> tuple[int, int]:
    """First and last run of the word, without white space in it, that a run is in."""
    low = high = place
    while low > 0 and place - low < _LONGEST_ID and not _has_space(folded[found[low - 1][1] : found[low][0]]):
        low -= 1
    while (
        high + 1 < len(found) and high - place < _LONGEST_ID
        and not _has_space(folded[found[high][1] : found[high + 1][0]])
    ):
        high += 1
    return low, high


def _has_space(between: str) -> bool:
    return any(character.isspace() for character in between)


def names_erased_person(text: str, erased: Erased, workspaces: Iterable[str]) -> bool:
    """Whether a text that could not be read as a line has an id, e-mail or name of an erased person in it.

    Args:
        workspaces: those known; where the text names some of them, the others are left out.
    """
    found = set(tokens(text))
    known = list(workspaces)
    named = [workspace for workspace in known if workspace in found] or known
    if mentions(text, erased, named) or any(mentions(token, erased, named) for token in found):
        return True
    users = set(USER_MEMBER.findall(text))
    return any(
        erased.includes(kind, workspace, token)
        for workspace in named for kind, among in (("message", found), ("user", users))
        if kind in erased.kinds for token in among
    )
