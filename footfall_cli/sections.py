"""Parts of a document that are read one by one: one that cannot be read is named, and the others are shown."""

from collections.abc import Callable
from typing import Any, TypeVar

from footfall.core.errors import FootfallError
from footfall.core.explain import explain
from footfall.core.home import Home
from footfall.core.stop import raise_if_stopped

Part = TypeVar("Part")


class Sections:
    """Reads the parts of a document about a home; ``problems`` has those that could not be read."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self.problems: list[dict[str, Any]] = []

    def read(self, name: str, look: Callable[[], Part], otherwise: Part) -> Part:
        """The part that ``look`` finds; ``otherwise`` where it fails.

        Whatever another program did to the files of a home, its state can still be shown.
        """
        try:
            return look()
        except Exception as error:  # noqa: BLE001 - the net of a part: the others are shown
            raise_if_stopped(error)
            self.problems.append({"part": name, **as_problem(error, self._home)})
            return otherwise


def as_problem(error: Exception, home: Home) -> dict[str, str | None]:
    """What is wrong with the files that a part is read from, where, and what to do."""
    found = explain(error, home) or FootfallError(
        f"Its files have another form than Footfall writes ({type(error).__name__}).", where=str(home.root),
        hint="Run `footfall run`: it repairs damaged files. If that does not help, put lake/ back from a backup.",
    )
    return {"message": found.message, "where": found.where, "hint": found.hint}


def problems_as_text(problems: list[dict[str, Any]]) -> list[str]:
    """One paragraph for each part that could not be read."""
    return [
        "\n".join([
            f"Not shown: {one['part']}. {one['message']}", *([f"  Where: {one['where']}"] if one["where"] else []),
            *([f"  To do: {one['hint']}"] if one["hint"] else []),
        ])
        for one in problems
    ]
