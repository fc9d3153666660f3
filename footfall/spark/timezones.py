"""Time zones on Spark as DuckDB has them: Java's edition of the rules is another one.

Java 17.0.15 and DuckDB 2.0.1 disagree today about the clocks of Vancouver, Winnipeg, Casablanca and fifty other zones,
and Java does not know some names at all. Zones that differ get DuckDB's offsets, which the macro `local_time` looks up;
all others are left to Spark, which is faster.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import duckdb

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

#: Times outside of these are not loaded.
FIRST, LAST = "1900-01-01 00:00:00", "2200-01-01 00:00:00"
#: No two changes of a clock that cancel each other out are nearer than this (days).
STEP_DAYS = 5
#: Type of the variable `timezone_offsets`.
OFFSETS = "map<string, array<struct<from_at: timestamp_ntz, seconds: int>>>"

Starts = list[tuple[datetime, int]]


def offsets_of(names: Iterable[str]) -> dict[str, Starts]:
    """From when on which offset to UTC (seconds) is valid in each zone, as DuckDB has it, without unknown names."""
    with duckdb.connect() as connection:
        connection.execute("set timezone = 'UTC'")
        connection.execute(
            "create temp macro offset_of(zone, at_utc) as "
            "epoch(timezone(zone, timezone('UTC', at_utc)) - at_utc)::int"
        )
        connection.execute(
            "create temp table cells as select zone, moment as low, lead(moment) over in_order as high, "
            "offset_of(zone, moment) as seconds, offset_of(zone, lead(moment) over in_order) as next_seconds from ("
            "select name as zone, unnest(generate_series(?::timestamp, ?::timestamp, to_days(?))) as moment "
            "from (select distinct name from pg_timezone_names() where list_contains(?, name))) "
            "window in_order as (partition by zone order by moment)",
            [FIRST, LAST, STEP_DAYS, sorted(set(names))],
        )
        starts = connection.execute(
            "select zone, low, seconds from cells where low = ?::timestamp", [FIRST]
        ).fetchall()
        connection.execute("delete from cells where next_seconds is null or next_seconds = seconds")
        # halve each cell in which the offset changes until its change is known to the second
        for _ in range((STEP_DAYS * 86_400).bit_length()):
            connection.execute(
                "create or replace temp table cells as select zone, if(is_early, low, middle) as low, "
                "if(is_early, middle, high) as high, seconds, next_seconds from (select *, high - low > interval "
                "1 second and offset_of(zone, middle) <> seconds as is_early from (select *, low + to_seconds("
                "(epoch(high - low) // 2)::bigint) as middle from cells))"
            )
        starts += connection.execute("select zone, high, next_seconds from cells").fetchall()
    found: dict[str, Starts] = {}
    for zone, moment, seconds in sorted(starts):
        found.setdefault(zone, []).append((moment, seconds))
    return found


def differing_offsets(session: "SparkSession", names: Iterable[str]) -> dict[str, Starts]:
    """The offsets of those zones about which Spark says something else than DuckDB, or which it does not know."""
    known = offsets_of(names)
    spans = [
        (zone, moment, following - timedelta(seconds=1), seconds)
        for zone, starts in known.items()
        for (moment, seconds), (following, _) in zip(
            starts, [*starts[1:], (datetime.fromisoformat(LAST), 0)], strict=True
        )
    ]
    if not spans:
        return {}
    table = _table(session, ("zone", "from_at", "last_at", "seconds"), spans)
    # a text with the name of a zone is a time only where the zone is known
    knows = "try_cast(concat('2000-01-01 00:00:00 ', zone) as timestamp_ltz) is not null"
    moments = table.selectExpr(
        "zone", "seconds", f"{knows} as is_known",
        f"explode(concat(sequence(from_at, last_at, interval {STEP_DAYS} days), array(last_at))) as moment",
    )
    other = "not is_known or timestampdiff(second, moment, convert_timezone('UTC', if(is_known, zone, 'UTC'), moment)) "
    rows = moments.where(f"{other} <> seconds").select("zone").distinct().collect()
    return {zone: known[zone] for zone in sorted(row[0] for row in rows)}


def bind_timezones(session: "SparkSession", names: Iterable[str]) -> dict[str, Starts]:
    """Set what the macro `local_time` reads, a variable of the session: the offsets of zones that differ.

    Args:
        names: the zones that workspaces have, or had at the last build.

    Returns:
        The zones, of those, about which Spark differs, with their offsets.
    """
    differing = differing_offsets(session, names)
    session.sql(f"declare or replace variable timezone_offsets {OFFSETS} default map()")
    rows = [(zone, moment, seconds) for zone, starts in differing.items() for moment, seconds in starts]
    if rows:
        _table(session, ("zone", "from_at", "seconds"), rows).createOrReplaceTempView("timezone_starts")
        session.sql(
            "set variable timezone_offsets = (select map_from_entries(collect_list(struct(zone, starts))) from (select "
            "zone, array_sort(collect_list(struct(from_at, seconds))) as starts from timezone_starts group by zone))"
        )
    return differing


def _table(session: "SparkSession", columns: tuple[str, ...], rows: list[tuple]) -> "DataFrame":
    """A small table of the driver; times without zone, whole numbers of 32 bits."""
    import pyarrow

    kinds = {"zone": pyarrow.string(), "seconds": pyarrow.int32()}
    return session.createDataFrame(pyarrow.table({
        name: pyarrow.array(values, kinds.get(name, pyarrow.timestamp("us")))
        for name, values in zip(columns, zip(*rows, strict=True), strict=True)
    }))
