"""The answers of the metric layer: columns, order, page. Names, units and wording are in the definitions."""

from dataclasses import dataclass

#: Kind of a column: the DuckDB type of its values, and the unit its definition has.
KINDS: dict[str, tuple[str, str]] = {
    "text": ("varchar", "text"),
    "list": ("varchar[]", "list"),
    "count": ("bigint", "count"),
    "seconds": ("double", "seconds"),
    "minutes": ("double", "minutes"),
    "hours": ("double", "hours"),
    "number": ("double", "number"),
    "share": ("double", "share"),
    "date": ("date", "date"),
    "utc": ("timestamp", "UTC time"),
    "local": ("timestamp", "local time"),
    "flag": ("boolean", "yes/no"),
}


@dataclass(frozen=True)
class Column:
    """A column of an answer.

    Args:
        name: its name in the Arrow table.
        kind: one of ``KINDS``; gives the type.
        metric: key of its definition; the same name may mean different things in different answers.
    """

    name: str
    kind: str
    metric: str

    @property
    def type(self) -> str:
        """The DuckDB type of the values."""
        return KINDS[self.kind][0]


@dataclass(frozen=True)
class Answer:
    """One answer of the metric layer.

    Args:
        name: key in ``ANSWERS`` and name of its file in ``metrics/sql/answers``.
        page: the page of the analytics that it belongs to.
        grain: what one row is.
        columns: in order.
        order: the SQL order of the rows, total, so that the same data gives the same table.
        takes_item: whether ``content_type`` and ``content_id`` narrow it down.
        item_type: the only content type an item may have here.
    """

    name: str
    page: str
    grain: str
    columns: tuple[Column, ...]
    order: str
    takes_item: bool = False
    item_type: str | None = None


def columns(text: str) -> tuple[Column, ...]:
    """Columns from ``name:kind`` or ``name:kind:metric``, parted by white space."""
    parts = [item.split(":") for item in text.split()]
    return tuple(Column(part[0], part[1], part[2] if len(part) > 2 else part[0]) for part in parts)
