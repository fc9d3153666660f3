"""A row of columns as a JSON object, and the names its members get."""

import re
from collections.abc import Callable, Sequence

from footfall.core.database import quote_identifier


def row_as_json(columns: Sequence[str], name_of: Callable[[str], str] = str) -> str:
    """SQL of a row with columns c0, c1 … as a JSON object with the names of ``columns``."""
    members = ", ".join(f"{quote_identifier(name_of(name))} := c{place}" for place, name in enumerate(columns))
    return f"to_json(struct_pack({members}))::varchar" if members else "'{}'"


def flat_name(name: str) -> str:
    """A column's name as Segment warehouses write it: ``messageId`` and ``context.device.id`` in snake_case."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name.strip()).replace(".", "_").lower()
