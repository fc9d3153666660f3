"""Progress of long work: any function that takes a sentence."""

from collections.abc import Callable

Progress = Callable[[str], None]


def quiet(sentence: str) -> None:
    """Ignore the sentence; the default."""
