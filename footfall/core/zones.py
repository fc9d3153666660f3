"""Time zones as DuckDB knows them: the one database of zones behind marts, metrics, exports and report.

Python's ``zoneinfo`` reads the system's files, which may be of another year than DuckDB's.
"""

import threading
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

if TYPE_CHECKING:
    import duckdb

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
_DAY = 86_400_000_000
_EPOCH = datetime(1970, 1, 1)


def offsets(zone: str, moments: Sequence[int]) -> list[int]:
    """How far the clock of a zone is ahead of UTC at each moment, in microseconds.

    Args:
        zone: an IANA name that DuckDB knows.
        moments: microseconds since 1970, UTC.

    Raises:
        duckdb.Error: the zone is unknown.
    """
    if zone == "UTC":
        return [0] * len(moments)  # without DuckDB, whose import takes a third of a second
    found = _connection().execute(_OFFSETS, {"zone": zone, "moments": list(moments)}).fetchall()
    return [shift for (shift,) in found]


def instants(zone: str, clocks: Sequence[int]) -> list[int]:
    """The instant of each clock time of a zone, in microseconds since 1970 UTC.

    A clock time that comes twice is the first of the two; one that is left out counts as if the clock had not changed.

    Args:
        zone: an IANA name that DuckDB knows.
        clocks: clock times as microseconds since 1970, as if they were UTC.

    Raises:
        duckdb.Error: the zone is unknown.
    """
    before = offsets(zone, [clock - _DAY for clock in clocks])
    after = offsets(zone, [clock + _DAY for clock in clocks])
    first = [clock - max(pair) for clock, *pair in zip(clocks, before, after, strict=True)]
    shown = offsets(zone, first)
    return [
        earliest if earliest + shift == clock else clock - (earlier if shift < later else later)
        for clock, earlier, later, earliest, shift in zip(clocks, before, after, first, shown, strict=True)
    ]


def clocks_at(zone: str, moments: Sequence[datetime]) -> list[datetime]:
    """What the clock of a zone shows at each moment; without a zone.

    Raises:
        duckdb.Error: the zone is unknown.
    """
    micros = [_micros(moment) for moment in moments]
    shifts = offsets(zone, micros)
    return [_EPOCH + timedelta(microseconds=one + shift) for one, shift in zip(micros, shifts, strict=True)]


def moment_of(zone: str, clock: datetime) -> datetime:
    """The moment, UTC, at which the clock of a zone shows a time; see ``instants``.

    Raises:
        duckdb.Error: the zone is unknown.
    """
    (micros,) = instants(zone, [_micros(clock.replace(tzinfo=UTC))])
    return _EPOCH.replace(tzinfo=UTC) + timedelta(microseconds=micros)


def _micros(moment: datetime) -> int:
    return (moment - _EPOCH.replace(tzinfo=UTC)) // timedelta(microseconds=1)


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


def _connection() -> "duckdb.DuckDBPyConnection":
    """A connection in memory of this thread's own."""
    # Imported here: a night with nothing new asks for no zone.
    from footfall.core.database import connect

    if not hasattr(_local, "con"):
        _local.con = connect()
    con: duckdb.DuckDBPyConnection = _local.con
    return con
