"""The sections ``limits``, ``ids`` and ``consent``: which events are believed, and how they are read."""

from pydantic import Field

from footfall.core.section import Section


class Limits(Section):
    """Which events are believed (contract, section 2)."""

    max_future_minutes: int = Field(5, ge=0, description="minutes an event may be after it was received")
    max_late_days: int = Field(30, ge=0, description="days an event may be before it was received; 0 = no limit")
    max_line_bytes: int = Field(1_048_576, ge=1_000, description="longer lines are `oversized`")
    max_unknown_workspaces: int = Field(
        500, ge=0, description="workspaces that a file of events may name without an extract; 0 = no limit"
    )


class Ids(Section):
    """What ids look like (contract, section 2)."""

    not_an_id: tuple[str, ...] = Field(
        ("null", "undefined", "None", "NaN", "\\N", "[object Object]"),
        description="texts that stand for a missing id, compared without case",
    )


class Consent(Section):
    """How consent managers name what a person is asked for."""

    analytics_keys: tuple[str, ...] = Field(
        ("Analytics", "C0002", "statistics", "performance", "measurement"), min_length=1,
        description="names of the purpose analytics, compared by letters and digits without case; long ones also as "
        "a part of a name",
    )
