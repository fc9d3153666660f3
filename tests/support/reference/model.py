"""The things the reference reasons about. All times inside are whole microseconds since 1970 (UTC)."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cached_property
from zoneinfo import ZoneInfo

EPOCH = datetime(1970, 1, 1)
MICROSECOND = timedelta(microseconds=1)
DAY = 24 * 3600 * 1_000_000

INTERACTIONS = frozenset({"interaction", "view"})
KEEP_ALIVE = frozenset({"interaction", "view", "heartbeat"})


def micros(moment: datetime) -> int:
    """Microseconds since 1970 of a naive UTC timestamp."""
    return (moment - EPOCH) // MICROSECOND


def milliseconds(start: int, end: int) -> int:
    """A duration between two times in µs, in whole milliseconds: what is smaller is dropped."""
    return (end - start) // 1000


def seconds(whole_milliseconds: int) -> Decimal:
    """Milliseconds as DECIMAL(18,3) seconds."""
    return Decimal(whole_milliseconds).scaleb(-3)


@dataclass(frozen=True)
class Workspace:
    """The settings of a workspace that numbers depend on; durations in µs (timeout) and ms (cap)."""

    workspace_id: str
    name: str | None
    zone_name: str
    starts_on: date | None
    ends_on: date | None
    anonymization: str
    anonymized_domains: tuple[str, ...]
    has_cookie_banner: bool
    modules: tuple[str, ...] | None
    target_groups: tuple[str, ...]
    timeout: int
    idle_cap: int
    min_group_size: int
    is_inferred: bool

    @property
    def counts_guests(self) -> bool:
        return not self.target_groups

    def local(self, moment: datetime) -> datetime:
        """A naive UTC time as the clock on this workspace's wall showed it."""
        return moment.replace(tzinfo=UTC).astimezone(ZoneInfo(self.zone_name))


@dataclass(eq=False)
class Event:
    """An accepted event, classified; ``session`` and ``visit`` stay None where it keeps nothing alive."""

    workspace_id: str
    message_id: str
    signed_in: str | None
    device_id: str
    os: str
    occurred_at: datetime
    at: int
    local_date: date
    local_hour: int
    event: str | None
    kind: str
    module: str
    module_kind: str
    action: str | None
    content_type: str | None
    content_id: str | None
    content_title: str | None
    duration: Decimal | None
    query: str | None
    results: int | None
    load_date: date
    session: "Session | None" = None
    visit: "Visit | None" = None
    milliseconds_to_next: int | None = None
    engaged: int | None = None

    @property
    def order(self) -> tuple[int, str]:
        return self.at, self.message_id

    @property
    def is_interaction(self) -> bool:
        return self.kind in INTERACTIONS

    @property
    def user_id(self) -> str | None:
        """Whom the event belongs to: the user of its session, also for what was done signed out."""
        return self.session.user_id if self.session else self.signed_in

    @property
    def actor_id(self) -> str:
        return self.session.actor_id if self.session else self.signed_in or f"device:{self.device_id}"

    @property
    def item(self) -> tuple[str, str] | None:
        if self.content_type is None or self.content_id is None:
            return None
        return self.content_type, self.content_id


@dataclass(eq=False)
class Session:
    """What one device did in one go; ``events`` in order, never empty."""

    device_id: str
    events: list[Event]
    visit: "Visit | None" = None
    os: str = "unknown"

    @cached_property
    def user_id(self) -> str | None:
        users = {event.signed_in for event in self.events} - {None}
        if len(users) > 1:
            raise AssertionError("a session is cut where another user signs in")
        return users.pop() if users else None

    @property
    def actor_id(self) -> str:
        return self.user_id or f"device:{self.device_id}"

    @property
    def first(self) -> Event:
        return self.events[0]

    @property
    def last(self) -> Event:
        return self.events[-1]


@dataclass(eq=False)
class Visit:
    """What one person did in one go, on any device; sessions in order of start, events of all in one order."""

    actor_id: str
    user_id: str | None
    sessions: list[Session] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)

    @property
    def first(self) -> Event:
        return self.events[0]

    @cached_property
    def interactions(self) -> list[Event]:
        """In order; asked for only once the visit is complete."""
        return [event for event in self.events if event.is_interaction]
