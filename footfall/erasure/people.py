"""Who is to be erased: from the command line, or a list in a file."""

import csv
from collections.abc import Iterable
from pathlib import Path

from footfall.core.errors import UsageError

#: Workspace and user id.
Person = tuple[str, str]
COLUMNS = ("workspace_id", "user_id")


def read_list(path: Path) -> list[Person]:
    """Read a CSV file with the columns ``workspace_id`` and ``user_id``.

    Raises:
        UsageError: it cannot be read, lacks a column, or a line lacks a value; names the line, not its text.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
            if missing:
                raise UsageError(
                    f"The list has no column {' and no column '.join(missing)}.", where=f"{path}, line 1",
                    hint="The first line names the columns: workspace_id,user_id.",
                )
            people = []
            for row in reader:
                person = row["workspace_id"], row["user_id"]
                if not all(person) or None in row:
                    raise UsageError(
                        "A line of the list is not a workspace and a user.", where=f"{path}, line {reader.line_num}",
                        hint="Each line is workspace_id,user_id; nothing was erased.",
                    )
                people.append(person)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        reason = getattr(error, "strerror", None) or "it is not a CSV file in UTF-8"
        raise UsageError(
            f"The list cannot be read: {reason}.", where=str(path), hint="Nothing was erased.",
        ) from error
    if not people:
        raise UsageError("The list names nobody.", where=str(path), hint="Each line is workspace_id,user_id.")
    return distinct(people)


def distinct(people: Iterable[Person]) -> list[Person]:
    """Each person once, in order."""
    return sorted(set(people))
