"""What the search at the end looks for: ids, e-mails and names in all spellings, as one expression over folded text."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from footfall.ingestion.exclusion.spelling import LONGEST_NAME, fold, readings, spellings, unspaced_names

#: Between the words of a name: a space, a comma, what is left of an escape; not the end of a line.
_BETWEEN = r"(?:[^\w\n]|_){1,3}"
_WORD = re.compile(r"[^\W_]+")
_NEVER = re.compile("(?!)")
_NO_TEXT = re.compile("[\ufffd\0-\x08\x0e-\x1f]+")
#: Characters that may begin an escape; data without them says what it says.
_ESCAPES = re.compile(rb"%[0-9A-Fa-f]{2}|\\u[0-9A-Fa-f]{4}|&[#A-Za-z]")


@dataclass(frozen=True)
class Needles:
    """The texts as an expression that matches them in folded text; ``others``: longer ids of somebody else."""

    pattern: re.Pattern[str]
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
        return cls(pattern, re.compile("|".join(map(re.escape, longer))) if longer else None)

    def count(self, data: bytes, *, is_packed: bool = False) -> int:
        """How often the texts are in the data; a text in several escapes counts once.

        Args:
            is_packed: the bytes of a packed file, in which an escape is chance: it is searched unpacked besides.
        """
        if self.pattern is _NEVER:
            return 0
        text = data.decode("utf-8", "replace")
        if is_packed:
            return self._count(fold(_NO_TEXT.sub("\ufffd", text)))
        return max(map(self._count, readings(text) if _ESCAPES.search(data) else (fold(text),)))

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
