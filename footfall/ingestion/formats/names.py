"""Names of a file's columns, made usable, and a row of columns as a JSON object."""

import re
from collections.abc import Sequence

from footfall.core.database import quote_identifier

#: A file with more columns holds no events, and the SQL over it would take minutes to plan.
MOST_COLUMNS = 5_000


def unique_names(names: Sequence[str]) -> tuple[str, ...]:
    """The names trimmed; an empty one becomes ``column<place>``, and one that came before, in any case, gets
    ``_1``, ``_2`` …, as DuckDB does."""
    found: dict[str, str] = {}
    counts: dict[str, int] = {}
    for place, name in enumerate(names):
        name = base = name.replace("\0", "\N{REPLACEMENT CHARACTER}").strip() or f"column{place}"
        while name.lower() in found:
            counts[base.lower()] = counts.get(base.lower(), 0) + 1
            name = f"{base}_{counts[base.lower()]}"
        found[name.lower()] = name
    return tuple(found.values())


def flat_name(name: str) -> str:
    """A column's name as Segment warehouses write it: ``messageId`` and ``context.device.id`` in snake_case."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name.strip()).replace(".", "_").lower()


def flat_names(columns: Sequence[str]) -> dict[str, list[int]]:
    """`flat_name` of every column -> the places of the columns that have it, such as ``user_id`` and ``userId``."""
    found: dict[str, list[int]] = {}
    for place, name in enumerate(columns):
        found.setdefault(flat_name(name), []).append(place)
    return found


def row_as_json(columns: Sequence[str]) -> str:
    """SQL of a row with columns c0, c1 … as a JSON object with the names of ``columns``."""
    return json_object({name: f"c{place}" for place, name in enumerate(columns)})


def json_object(members: dict[str, str]) -> str:
    """SQL of a JSON object: name -> SQL of its value."""
    packed = ", ".join(f"{quote_identifier(name)} := {value}" for name, value in members.items())
    return f"to_json(struct_pack({packed}))::varchar" if packed else "'{}'"
