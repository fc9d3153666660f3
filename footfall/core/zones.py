"""Time zones as DuckDB knows them: the one database of zones behind marts, metrics, exports and report.

Python's ``zoneinfo`` reads the system's files, which may be of another year than DuckDB's.
"""

import threading
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import duckdb

from footfall.core.database import connect

_OFFSETS = """
    select epoch_us(timezone($zone, timezone('UTC', make_timestamp(moment)))) - moment as shift
    from (select unnest($moments::bigint[]) as moment, generate_subscripts($moments::bigint[], 1) as place)
    order by place
"""
_ALL_OFFSETS = """
    select name, list(epoch_us(timezone(name, timezone('UTC', make_timestamp(moment)))) - moment order by moment)
    from pg_timezone_names() cross join (select unnest($moments::bigint[]) as moment)
    group by name
    order by name
"""
_local = threading.local()


def offsets(zone: str, moments: Sequence[int]) -> list[int]:
    """How far the clock of a zone is ahead of UTC at each moment, in microseconds.

    Args:
        zone: an IANA name that DuckDB knows.
        moments: microseconds since 1970, UTC.

    Raises:
        duckdb.Error: the zone is unknown.
    """
    found = _connection().execute(_OFFSETS, {"zone": zone, "moments": list(moments)}).fetchall()
    return [shift for (shift,) in found]


def known_zones() -> list[str]:
    """Every name of a zone that DuckDB knows, sorted."""
    return [name for (name,) in _connection().execute("select name from pg_timezone_names() order by name").fetchall()]


def zones_that_differ(now: datetime) -> list[str]:
    """Zones whose clock differs between DuckDB and the system in the year before or the two years after ``now`` (UTC).

    Programs on this machine then show other local times for them than Footfall does. Zones that only one of the two
    knows are left out.
    """
    months = [(now + timedelta(days=30 * month)).replace(tzinfo=UTC) for month in range(-12, 25)]
    moments = [int(month.timestamp()) * 1_000_000 for month in months]
    found = []
    for name, shifts in _connection().execute(_ALL_OFFSETS, {"moments": moments}).fetchall():
        try:
            zone = ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            continue
        system = [(month.astimezone(zone).utcoffset() or timedelta()) // timedelta(microseconds=1) for month in months]
        if shifts != system:
            found.append(name)
    return found


def _connection() -> duckdb.DuckDBPyConnection:
    """A connection in memory of this thread's own."""
    if not hasattr(_local, "con"):
        _local.con = connect()
    con: duckdb.DuckDBPyConnection = _local.con
    return con
