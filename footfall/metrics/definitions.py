"""Names, units and wording of every number, read from the published ``metric_definitions``."""

import hashlib
from dataclasses import dataclass

import duckdb


@dataclass(frozen=True)
class Definition:
    """What one number means.

    Args:
        metric: key, as in ``Column.metric``.
        title: the name shown, sentence case.
        unit: ``count``, ``seconds``, ``minutes``, ``hours``, ``share`` (0 to 1), ``number``, ``date``, ``UTC time``,
            ``local time``, ``yes/no``, ``text`` or ``list``.
        definition: plain words.
        page: the page it is explained on.
        sort_order: its place among all definitions.
    """

    metric: str
    title: str
    unit: str
    definition: str
    page: str
    sort_order: int


def definitions(con: duckdb.DuckDBPyConnection) -> dict[str, Definition]:
    """All published definitions by metric, in their order."""
    rows = con.execute(
        "select metric, title, unit, definition, page, sort_order"
        " from marts.metric_definitions order by sort_order, metric"
    ).fetchall()
    return {row[0]: Definition(*row) for row in rows}


def definitions_version(con: duckdb.DuckDBPyConnection) -> str:
    """Twelve hex digits that change when any name, unit or wording does; for the manifest of an export."""
    text = repr(list(definitions(con).values()))
    return hashlib.sha256(text.encode()).hexdigest()[:12]
