"""Moments and gaps at which cutting goes wrong, and the fields in which a line can give its time."""

from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

NIGHTS = tuple(date(2026, 10, 30) + timedelta(days=number) for number in range(7))
NUMBERS = range(len(NIGHTS))

#: Half of these change their clocks inside or shortly before NIGHTS; one of them by half an hour.
ZONES = (
    "UTC", "America/St_Johns", "America/New_York", "Europe/Amsterdam", "Asia/Kathmandu", "Australia/Lord_Howe",
    "Pacific/Kiritimati", "Pacific/Pago_Pago", "Pacific/Chatham",
)

#: Wall-clock moments: midnights (of a month, a year, a leap day), clock changes of autumn and spring, plain noon.
WALL = (
    datetime(2026, 10, 29, 12), datetime(2026, 10, 31), datetime(2026, 11, 1), datetime(2026, 11, 1, 1, 30),
    datetime(2026, 11, 1, 2), datetime(2026, 10, 25, 2, 59), datetime(2026, 10, 25, 3), datetime(2026, 10, 4, 2),
    datetime(2026, 3, 8, 2, 30), datetime(2026, 3, 29, 2), datetime(2026, 1, 1), datetime(2024, 2, 29),
    datetime(2024, 3, 1), datetime(2000, 1, 1),
)

MILLISECOND, MICROSECOND = timedelta(milliseconds=1), timedelta(microseconds=1)
DAY = timedelta(days=1)


def changes(zone: str) -> list[datetime]:
    """Moments (UTC) in 2026 at which the zone's clock jumps; changes happen at whole quarters of an hour."""
    quarter, last = timedelta(minutes=15), datetime(2026, 12, 31)
    moments, at = [], datetime(2026, 1, 1)
    while at < last:
        # days without a change are passed over in one step
        step = DAY if _offset(zone, at) == _offset(zone, at + DAY) else quarter
        if step == quarter and _offset(zone, at) != _offset(zone, at + quarter):
            moments.append(at + quarter)
        at += step
    return moments


def _offset(zone: str, at: datetime) -> timedelta | None:
    return at.replace(tzinfo=UTC).astimezone(ZoneInfo(zone)).utcoffset()


def anchors(zone: str) -> st.SearchStrategy[datetime]:
    """Moments (UTC) near something that happens on the zone's clock; where it has changes, often near one."""
    moments = sorted({wall.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC).replace(tzinfo=None) for wall in WALL})
    before = [timedelta(seconds=number) for number in (0, 0.001, 1, 20, 20, 300, 1799.999)]
    chosen = st.one_of(st.sampled_from(moments), st.sampled_from(changes(zone) or moments))
    return st.builds(lambda moment, earlier: moment - earlier, chosen, st.sampled_from(before))


def gaps(timeout: timedelta, cap: timedelta) -> st.SearchStrategy[timedelta]:
    """Times between events: at every limit of the definitions, a little before it, a little after it."""
    limits = [timedelta(seconds=2), cap, timeout]
    edges = [edge for limit in limits for edge in (limit - MILLISECOND, limit, limit + MILLISECOND)]
    fine = [timeout - MICROSECOND, timedelta(seconds=2) + MICROSECOND, cap - MICROSECOND, MICROSECOND]
    usual = [timedelta(seconds=number) for number in (1, 10, 45, 120, 600)]
    return st.one_of(
        st.sampled_from([timedelta(), *usual]),
        st.sampled_from([timedelta(), *usual, *edges, *fine]),
        st.sampled_from([timeout - MILLISECOND, timeout, timeout + MILLISECOND, timeout - MICROSECOND]),
        st.integers(0, int(timeout.total_seconds() * 1300)).map(lambda number: timedelta(milliseconds=number)),
        st.sampled_from([2 * timeout, DAY - timeout, DAY - MILLISECOND, DAY, DAY + MILLISECOND]),
    )


def iso(moment: datetime, zone: timezone = UTC, precise: bool = True) -> str:
    """ISO 8601 text of a naive UTC moment on the clock of ``zone``."""
    text = moment.replace(tzinfo=UTC).astimezone(zone).isoformat(timespec="microseconds" if precise else "auto")
    return text.replace("+00:00", "Z")


@st.composite
def clock_fields(draw: st.DrawFn, at: datetime) -> dict[str, str]:
    """The fields with the time of an event, right or wrong; ``at`` is the intended time."""
    form = draw(st.sampled_from(["timestamp"] * 5 + ["offset", "corrected", "received", "late", "doubtful"]))
    if form == "timestamp":
        return {"timestamp": iso(at)}
    if form == "offset":
        return {"timestamp": iso(at, timezone(draw(st.sampled_from([5.75, -3.5, 14])) * timedelta(hours=1)))}
    if form == "received":
        return {"receivedAt": iso(at, precise=False)}
    if form == "corrected":
        skew, way = draw(st.sampled_from([timedelta(), DAY, -3 * DAY])), timedelta(seconds=draw(st.integers(0, 90)))
        return {
            "originalTimestamp": iso(at + skew), "sentAt": iso(at + skew + way), "receivedAt": iso(at + way),
        }
    if form == "late":
        late = draw(st.sampled_from([timedelta(seconds=1), timedelta(hours=5), 29 * DAY, 30 * DAY]))
        return {"timestamp": iso(at), "receivedAt": iso(at + late)}
    wrong = draw(st.sampled_from(["2099", "ahead", "too ahead", "too late"]))
    if wrong == "2099":
        return {"timestamp": "2099-01-01T00:00:00Z"}
    late = {"ahead": -timedelta(minutes=5), "too ahead": -timedelta(minutes=5) - MILLISECOND}
    return {"timestamp": iso(at), "receivedAt": iso(at + late.get(wrong, 30 * DAY + MILLISECOND))}
