"""What the search at the end looks for: ids, e-mails and names in all spellings, as one expression over folded text."""

import csv
import json
import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

import pyarrow as pa

from footfall.ingestion.exclusion.spelling import (
    LONGEST_NAME,
    fold,
    rare_piece,
    readings,
    spellings,
    unspaced_names,
)
from footfall.ingestion.landing_erasure.candidates import Candidates

#: Between the words of a name: a space, a comma, what is left of an escape; not the end of a line.
_BETWEEN = r"(?:[^\w\n]|_){1,3}"
_WORD = re.compile(r"[^\W_]+")
_NEVER = re.compile("(?!)")
#: Text between other bytes, as short as the shortest text that is searched for (5 bytes).
_SEGMENT = re.compile("[^\0-\x08\n\x0e-\x1f\ufffd]{3,}|[^\0-\x7f\ufffd]{2,}")
#: What may be the end of one value and the beginning of the next.
_ACROSS = re.compile(r"""["']\s?[,;:|]\s?["']|\w[,;|\t]\w""")


@dataclass(frozen=True)
class Needles:
    """The texts as an expression that matches them in folded text.

    Attributes:
        candidates: which lines may have one of the texts. others: longer ids of somebody else.
    """

    pattern: re.Pattern[str]
    candidates: Candidates
    others: re.Pattern[str] | None = None

    @classmethod
    def of(cls, texts: Collection[str], others: Collection[str] = ()) -> "Needles":
        """Needles of texts; those of two and more words are names, whose words may come in another order."""
        forms: set[tuple[str, ...]] = set()
        unspaced: set[str] = set()
        for text in texts:
            for form in spellings(text):
                words = tuple(_WORD.findall(form)) if " " in form else (form,)
                forms |= {words[place:] + words[:place] for place in range(min(len(words), LONGEST_NAME))}
            unspaced |= unspaced_names(text)
        forms.discard(())
        tree = _Tree()
        for words in forms:
            tree.add([character for word in words for character in (*map(re.escape, word), _BETWEEN)][:-1])
        inner = tree.expression()
        parts = [rf"(?<![^\W_]){inner}(?![^\W_])"] if forms else []
        parts += map(re.escape, sorted(unspaced))
        pattern = re.compile("|".join(parts)) if parts else _NEVER
        found = {fold(text) for text in others}
        longer = sorted(filter(pattern.search, found), key=lambda text: (-len(text), text))
        # a form without letters and digits is looked for in every line, like an id without them
        runs = {" ".join(words): rare_piece(" ".join(words)) for words in forms}
        names = [("piece", "", run) if run else ("user", "", form) for form, run in runs.items()]
        candidates = Candidates([*names, *(("unspaced", "", name) for name in unspaced)])
        return cls(pattern, candidates, re.compile("|".join(map(re.escape, longer))) if longer else None)

    def count(self, data: bytes, *, is_packed: bool = False, is_csv: bool = False) -> int:
        """How often the texts are in the data; a text in several escapes counts once.

        The end of one value and the beginning of the next are no name: a list of people has many such pairs.

        Args:
            is_packed: the bytes of a packed file, in which an escape is chance: it is searched unpacked besides.
            is_csv: its lines are records of CSV with commas.
        """
        if self.pattern is _NEVER:
            return 0
        text = data.decode("utf-8", "replace")
        lines = _SEGMENT.findall(text) if is_packed else text.split("\n")
        found = (lines[place] for place in self.candidates.places(pa.array(lines, pa.large_string())))
        if is_packed:
            return sum(self._count(fold(line)) for line in found)
        return sum(self._count_in_line(line, is_csv) for line in found)

    def _count_in_line(self, line: str, is_csv: bool) -> int:
        most, is_across = 0, False
        for folded in readings(line):
            found = self._count(folded)
            is_across = is_across or (found > 0 and any(map(_ACROSS.search, self.pattern.findall(folded))))
            most = max(most, found)
        values = list(_values(line, is_csv)) if is_across else []
        return sum(max(map(self._count, readings(value))) for value in values) if values else most

    def _count(self, folded: str) -> int:
        found = [one.span() for one in self.pattern.finditer(folded)]
        if not found or self.others is None:
            return len(found)
        longer = [one.span() for one in self.others.finditer(folded)]
        return sum(1 for start, end in found if not any(first <= start and end <= last for first, last in longer))

    def masked(self, place: str) -> str:
        """A path without the texts: receipts name nobody."""
        parts = place.split("/")
        return "/".join("(erased)" if self.count(part.encode("utf-8", "surrogateescape")) else part for part in parts)


def _values(line: str, is_csv: bool) -> Iterator[str]:
    """The texts of a line of JSON or CSV; of other lines none."""
    try:
        document = next(csv.reader([line]), []) if is_csv else json.loads(line)
    except (ValueError, csv.Error):
        return
    waiting = [document]
    while waiting:
        value = waiting.pop()
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict):
            waiting += [*value, *value.values()]
        elif isinstance(value, list):
            waiting += value


class _Tree:
    """Texts by their common beginnings, so that each place of the data is compared once and not with every text."""

    def __init__(self) -> None:
        self.below: dict[str, _Tree] = {}
        self.is_end = False

    def add(self, characters: Iterable[str]) -> None:
        node = self
        for character in characters:
            node = node.below.setdefault(character, _Tree())
        node.is_end = True

    def expression(self) -> str:
        """An expression that matches these texts, the longest first."""
        parts = [character + below.expression() for character, below in sorted(self.below.items())]
        if not parts:
            return ""
        if len(parts) == 1 and not self.is_end:
            return parts[0]
        return f"(?:{'|'.join(parts)})" + ("?" if self.is_end else "")
