"""How long work says what it is doing: any function that takes a sentence."""

from collections.abc import Callable

Progress = Callable[[str], None]


def quiet(sentence: str) -> None:
    """Say nothing; the default where nobody listens."""
