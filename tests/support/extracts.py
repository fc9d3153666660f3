"""Strategies: a workspace's settings and people, its content and meetings, as extracts of several nights."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from hypothesis import strategies as st

from tests.support.clocks import NUMBERS, ZONES, iso

USERS = ("ada", "bob")


@dataclass(frozen=True)
class Rules:
    """The settings of a workspace that gaps are drawn around."""

    zone: str
    timeout_minutes: int
    idle_cap_seconds: int
    target_groups: tuple[str, ...]

    def row(self, updated_at: str | None) -> dict:
        return {
            "name": "W", "timezone": self.zone, "visit_timeout_minutes": self.timeout_minutes,
            "idle_cap_seconds": self.idle_cap_seconds, "target_groups": list(self.target_groups),
            "updated_at": updated_at,
        }


rules = st.builds(
    Rules,
    st.sampled_from(ZONES),
    st.sampled_from([30, 30, 30, 30, 5, 1, 720]),
    st.sampled_from([300, 300, 300, 60, 3600]),
    st.sampled_from([(), (), (), ("vip",)]),
)


@st.composite
def extracts_of(draw: st.DrawFn, setting: Rules) -> list[tuple[int, str, dict]]:
    """Extracts: mostly all on the first night, sometimes late, changed, or never."""
    first = draw(st.sampled_from([0, 0, 0, 0, 0, 3, None]))
    extracts: list[tuple[int, str, dict]] = []
    if first is not None:
        extracts.append((first, "workspaces", setting.row("2026-01-01T00:00:00Z")))
        if draw(st.integers(0, 3)) == 0:
            # the second is as new as the first row, so of both the stricter protects
            newer = draw(st.sampled_from([
                "2026-02-01T00:00:00Z", "2026-01-01T00:00:00Z", "2025-12-01T00:00:00Z", None,
            ]))
            # A change of the groups alone: another zone or timeout would rebuild everything by itself.
            regrouped = replace(setting, target_groups=() if setting.target_groups else ("vip",))
            changed = draw(st.one_of(rules, st.just(regrouped)))
            extracts.append((draw(st.sampled_from(NUMBERS)), "workspaces", changed.row(newer)))
    for user in USERS:
        for version in range(draw(st.sampled_from([0, 1, 1, 1, 2]))):
            row = {
                "user_id": user, "first_name": user.title(), "email": f"{user}@example.org",
                "groups": draw(st.sampled_from([[], ["vip"], ["press", "vip"], ["press"]])),
                "is_test": draw(st.integers(0, 4)) == 0, "updated_at": f"2026-01-0{1 + version}T00:00:00Z",
                "deleted_at": draw(st.sampled_from([None, None, None, "2026-10-01T00:00:00Z"])),
            }
            extracts.append((0 if version == 0 else draw(st.sampled_from(NUMBERS)), "participants", row))
    for version in range(draw(st.sampled_from([0, 0, 1, 2]))):
        row = {
            "content_type": "document", "content_id": "i1", "title": draw(st.sampled_from(["Map", "Plan", None])),
            "updated_at": f"2026-02-0{1 + version}T00:00:00Z",
            "deleted_at": draw(st.sampled_from([None, None, "2026-10-01T00:00:00Z"])),
        }
        extracts.append((draw(st.sampled_from(NUMBERS)), "content", row))
    return extracts + draw(_meetings())


@st.composite
def _meetings(draw: st.DrawFn) -> list[tuple[int, str, dict]]:
    extracts: list[tuple[int, str, dict]] = []
    # No two versions on one night: without updated_at neither would be the newer.
    nights = draw(st.permutations(NUMBERS))
    for version in range(draw(st.sampled_from([0, 0, 0, 1, 3]))):
        start = datetime(2026, 10, 31, 23) + timedelta(minutes=draw(st.sampled_from([0, 30, 2880, 20000])))
        row = {
            "meeting_id": "m1", "kind": "one_to_one",
            "status": draw(st.sampled_from(["requested", "accepted", "accepted", "cancelled"])),
            "scheduled_start": iso(start, precise=False),
            "scheduled_end": iso(start + timedelta(minutes=draw(st.sampled_from([30, 30, 1, -5]))), precise=False),
            "created_at": draw(st.sampled_from(["2026-09-01T00:00:00Z", None])),
            "updated_at": draw(st.sampled_from([f"2026-09-0{1 + version}T00:00:00Z"] * 5 + [None])),
        }
        extracts.append((nights[version], "meetings", row))
    for user in draw(st.sampled_from([(), USERS[:1], USERS])):
        joined = draw(st.sampled_from([None, "2026-10-31T23:01:00Z", "2026-10-31T23:04:30Z"]))
        row = {
            "meeting_id": "m1", "user_id": user, "response": draw(st.sampled_from(["pending", "accepted", "declined"])),
            "attended": draw(st.sampled_from([None, True, False])), "joined_at": joined,
            "left_at": joined and "2026-10-31T23:29:00Z", "updated_at": "2026-09-05T00:00:00Z",
        }
        extracts.append((draw(st.sampled_from(NUMBERS)), "meeting_participants", row))
    return extracts
