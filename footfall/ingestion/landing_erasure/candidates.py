"""Which lines may be about somebody: a quick look at every line, before any is validated.

A line that names somebody has, once it is folded, a run of letters and digits of the id, e-mail or name in it. One
expression searches plain lines for these runs; lines with other letters than those of English, or with escapes, are
folded first. No line that names somebody is left out; a few others are looked at in vain.
"""

import re
from collections.abc import Collection, Iterable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from footfall.ingestion.exclusion.spelling import ROUNDS, fold, rare_piece, readings
from footfall.ingestion.exclusion.tombstones import Name

#: What a line is written with that is not equal to its folded form in lower case.
_ODD = r"[^\x00-\x7F]|%[0-9A-Fa-f]{2}|\\[bfnrtu]|&(?:#|[A-Za-z])"
#: White space as JSON writes it. In a raw line its letter would belong to the next word.
_SPACE = re.compile(r"\\[bfnrt]")
_PLAIN = re.compile(r"[a-z0-9]+")
_RUN = re.compile(r"[^\W_]+")
#: Shorter runs are searched as whole words.
_LONG = 5
#: Runs in one expression; the database refuses very long ones.
_MOST_RUNS = 400
#: One more than a value has: a line may have its values escaped.
_ROUNDS = ROUNDS + 1
_WHOSE = ("user", "device", "message")


class Candidates:
    """What to look for.

    Attributes:
        runs: of letters and digits. unspaced: names of scripts without spaces.
        is_unlimited: an id has no letter and no digit, so that every line may name it.
    """

    def __init__(self, names: Iterable[Name]) -> None:
        self.runs: set[str] = set()
        self.unspaced: set[str] = set()
        self.is_unlimited = False
        for kind, _, text in names:
            if kind == "piece":
                self.runs.add(text)
            elif kind == "unspaced":
                self.unspaced.add(text)
            elif kind in _WHOSE:
                run = rare_piece(fold(text))
                self.is_unlimited |= run is None
                self.runs |= {run} - {None}  # type: ignore[arg-type]

    def places(self, texts: pa.Array | pa.ChunkedArray) -> list[int]:
        """Places, in order, of the texts that may name somebody."""
        if self.is_unlimited:
            return list(range(len(texts)))
        is_odd = np.asarray(pc.match_substring_regex(texts, _ODD))
        is_named = np.zeros(len(texts), bool)
        for pattern in self._patterns():
            is_named |= np.asarray(pc.match_substring_regex(texts, pattern, ignore_case=True))
        for place in np.flatnonzero(is_odd & ~is_named).tolist():
            is_named[place] = self.may_name(texts[place].as_py())
        return np.flatnonzero(is_named).tolist()

    def may_name(self, text: str) -> bool:
        """Whether a text, in any of its readings, has one of the runs in it."""
        texts = (text, _SPACE.sub(" ", text)) if "\\" in text else (text,)
        return self.is_unlimited or any(
            not self.runs.isdisjoint(_RUN.findall(folded)) or any(name in folded for name in self.unspaced)
            for one in texts for folded in readings(one, _ROUNDS)
        )

    def chosen(self, batches: Collection[pa.RecordBatch], column: str) -> list[pa.RecordBatch]:
        """The records whose text in ``column`` may name somebody; no empty batches."""
        if not batches:
            return []
        texts = pa.chunked_array([batch[column] for batch in batches])
        places = pa.array(self.places(texts), pa.int64()).to_numpy()
        found, start = [], 0
        for batch in batches:
            mine = places[(places >= start) & (places < start + len(batch))] - start
            start += len(batch)
            if len(mine):
                found.append(batch.take(pa.array(mine)))
        return found

    def _patterns(self) -> Iterable[str]:
        plain = sorted(run for run in self.runs if _PLAIN.fullmatch(run))
        for first in range(0, len(plain), _MOST_RUNS):
            runs = plain[first : first + _MOST_RUNS]
            short = "|".join(run for run in runs if len(run) < _LONG)
            parts = [run for run in runs if len(run) >= _LONG]
            yield "|".join([*parts, *([rf"(?:^|[^a-z0-9])(?:{short})(?:[^a-z0-9]|$)"] if short else [])])
