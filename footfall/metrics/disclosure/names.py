"""Texts that name a protected person: by id, e-mail address or name, however these are written.

Compared are folded words (`core.folding`): in any order, with or without spaces between them, with titles, suffixes
and honorifics around them, as parts of addresses. Names in Han, kana and hangul are found inside a text, as there are
no spaces. Rather too much is hidden than too little.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import permutations

from footfall.core.folding import is_cjk, words_of

#: Words of names that are nobody's own.
_TITLES = frozenset(words_of("""
    dr prof professor mr mrs ms miss mx sir dame lord lady jr sr ii iii iv phd md mba msc bsc ma ba ing dipl mag herr
    frau monsieur madame mme m señor señora sr sra don doña the and van von der den de del della di da do dos das du la
    le las los el al bin ibn ben bint abu zu zur af av ter ten te st saint
"""))
_HONORIFICS = words_of("""
    さん 様 さま 氏 先生 君 くん ちゃん 社長 部長 教授 博士 님 씨 선생 군 양 女士 小姐 总 總 老师 老師
""")
_AT = frozenset(words_of("at dot punkt arroba"))
#: Where a needle may be: anywhere; inside one word; from the start of a word to the end of one.
ANYWHERE, INSIDE, WHOLE = 0, 1, 2
#: Needles that are part of a text are found by so many of their first letters.
_KEY = 4
#: A name that is written as more words than these is found by its parts.
_MOST_WORDS = 6


@dataclass
class Needles:
    """What is searched: folded texts without spaces. Every needle also counts as a whole."""

    whole: set[str] = field(default_factory=set)
    parts: dict[str, dict[str, int]] = field(default_factory=dict)

    def add(self, text: str, where: int) -> None:
        if text:
            self.whole.add(text)
            if where != WHOLE:
                found = self.parts.setdefault(text[:_KEY], {})
                found[text] = min(where, found.get(text, where))

    def is_in(self, words: list[str]) -> bool:
        """Whether one of the needles is in a text of these folded words."""
        for first in range(len(words)):
            text = ""
            for word in words[first : first + _MOST_WORDS]:
                text += word
                if text in self.whole:
                    return True
        return self._has_part(words)

    def _has_part(self, words: list[str]) -> bool:
        text = "".join(words)
        starts: list[int] = []
        for word in words:
            starts.append((starts[-1] if starts else 0) + len(word))
        for at in range(len(text)):
            for length in range(2, _KEY + 1):
                for needle, where in self.parts.get(text[at : at + length], {}).items():
                    if text.startswith(needle, at) and (
                        where == ANYWHERE or not any(at < start < at + len(needle) for start in starts)
                    ):
                        return True
        return False


@dataclass
class Names:
    """What names the protected people of one workspace: in searches, and in titles and other words of the organiser."""

    searches: Needles = field(default_factory=Needles)
    titles: Needles = field(default_factory=Needles)

    def add_person(self, user_id: str | None, email: str | None, first: str | None, last: str | None) -> None:
        self._add_id("".join(words_of(user_id or "")))
        self._add_email(email or "")
        if not words_of(last or ""):
            first, last = None, first  # the one name that is known
        first_words, last_words = _own_words(first), _own_words(last)
        whole_last = "".join(words_of(last or ""))
        self._add_last(whole_last)
        for word in last_words:
            self._add_last(word)
        self.searches.add("".join(last_words), INSIDE if len("".join(last_words)) > 3 else WHOLE)
        for word in (*first_words, "".join(words_of(first or ""))):
            self.searches.add(word, ANYWHERE if is_cjk(word) and len(word) > 1 else WHOLE)
            if is_cjk(word) and len(word) > 1:
                self.titles.add(word, ANYWHERE)
        self._add_full([*first_words, *last_words], first or "", last or "")

    def _add_id(self, text: str) -> None:
        self.searches.add(text, INSIDE if len(text) > 3 else WHOLE)
        if len(text) > 4:
            self.titles.add(text, WHOLE)

    def _add_email(self, email: str) -> None:
        text = "".join(words_of(email))
        if len(text) > 5:
            self.searches.add(text, ANYWHERE)
            self.titles.add(text, ANYWHERE)
        local = "".join(words_of(email.split("@")[0]))
        if len(local) > 4:
            self.searches.add(local, WHOLE)
            self.titles.add(local, WHOLE)

    def _add_last(self, name: str) -> None:
        if is_cjk(name):
            for needles in (self.searches, self.titles):
                needles.add(name, ANYWHERE if len(name) > 1 else WHOLE)
                for honorific in _HONORIFICS:
                    needles.add(name + honorific, ANYWHERE)
            return
        self.searches.add(name, INSIDE if len(name) > 3 else WHOLE)
        if len(name) > 2:
            self.titles.add(name, WHOLE)

    def _add_full(self, words: list[str], first: str, last: str) -> None:
        # written as one word, letters at the joint may be folded together
        orders: list[Sequence[str]] = []
        if words_of(first) and words_of(last):
            orders += [words_of(last + first), words_of(first + last), words_of(f"{first} {last}"),
                       words_of(f"{last} {first}")]
        if 1 < len(words) <= 4:
            orders += permutations(words)
        for order in orders:
            text = "".join(order)
            where = ANYWHERE if len(text) > 5 or is_cjk(text) else WHOLE
            self.searches.add(text, where)
            self.titles.add(text, where)

    def in_search(self, text: str) -> bool:
        return self._is_named(self.searches, text)

    def in_title(self, text: str) -> bool:
        return self._is_named(self.titles, text)

    @staticmethod
    def _is_named(needles: Needles, text: str) -> bool:
        words = words_of(text)
        if needles.is_in(words):
            return True
        # an e-mail address in words: `anna at expo dot example`
        without = [word for word in words if word not in _AT]
        return len(without) < len(words) and needles.is_in(without)


def names_of(people: Iterable[tuple[str, str | None, str | None, str | None, str | None]]) -> dict[str, Names]:
    """Names by workspace, of rows (workspace_id, user_id, email, first_name, last_name)."""
    found: dict[str, Names] = defaultdict(Names)
    for workspace, *person in people:
        found[workspace].add_person(*person)
    return dict(found)


def _own_words(name: str | None) -> list[str]:
    """The words of a name without titles and suffixes; all, where nothing else is left."""
    words = words_of(name or "")
    return [word for word in words if word not in _TITLES] or words
