"""What Spark's tables hold: ``<home>/warehouse/spark.json``, written by one replace when a build is complete.

The tables themselves are on branches (``footfall.spark.branches``); this file says which branch counts. Without it, or
for another catalog, the next build starts from scratch: the lake is all that is needed.
"""

from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime
from typing import Any

from footfall.core.home import Home
from footfall.core.state_files import read_json, write_json


@dataclass(frozen=True)
class SparkState:
    """The builds of one home in one catalog.

    Attributes:
        catalog: name of the catalog (``catalogs.catalog_name``), which another warehouse does not share.
        build_no: number of the last build that was begun.
        built_no: number of the last build that is complete; its branch is ``build-<built_no>``. 0: none.
        built_seq: the last commit in it. fingerprint, as_of, load_dates: of it (``BuildSources``).
        snapshots: snapshot of each table in it, by `namespace.table`.
    """

    catalog: str
    build_no: int = 0
    built_no: int = 0
    built_seq: int | None = None
    fingerprint: str | None = None
    as_of: datetime | None = None
    load_dates: tuple[date, ...] = ()
    snapshots: dict[str, int] = field(default_factory=dict)


def read_state(home: Home, catalog: str) -> SparkState:
    """The state of the home's tables in this catalog; an empty one where nothing complete is known of them."""
    values: dict[str, Any] = read_json(home.spark_state) or {}
    if values.get("catalog") != catalog:
        return SparkState(catalog)
    as_of = values["as_of"]
    dates = tuple(map(date.fromisoformat, values["load_dates"]))
    return SparkState(**{
        **values, "as_of": datetime.fromisoformat(as_of) if as_of else None, "load_dates": dates,
    })


def write_state(home: Home, state: SparkState) -> None:
    """Replace the state."""
    dates = [day.isoformat() for day in state.load_dates]
    as_of = state.as_of.isoformat() if state.as_of else None
    write_json(home.spark_state, {**asdict(state), "load_dates": dates, "as_of": as_of})


def begun(state: SparkState, build_no: int, *, is_full: bool) -> SparkState:
    """The state while a build is being made: one from scratch leaves nothing complete."""
    return SparkState(state.catalog, build_no) if is_full else replace(state, build_no=build_no)
