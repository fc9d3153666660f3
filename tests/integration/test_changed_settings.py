"""A changed setting takes effect for the past as well, and the tables equal a build from scratch."""

from datetime import date
from pathlib import Path

from tests.support.warehouse import Warehouse

DAYS = (date(2026, 3, 28), date(2026, 3, 29), date(2026, 3, 30))
BEFORE = {
    "zone": {"timezone": "Europe/Zurich"}, "cut": {"visit_timeout_minutes": 30, "idle_cap_seconds": 300},
    "group": {"target_groups": []},
}
AFTER = {
    "zone": {"timezone": "Pacific/Kiritimati"}, "cut": {"visit_timeout_minutes": 5, "idle_cap_seconds": 20},
    "group": {"target_groups": ["vip"]},
}


def _event(workspace: str, number: int, day: date, hour: int, minute: int) -> dict:
    at = f"{day}T{hour:02}:{minute:02}:00Z"
    person = {"userId": f"u{number % 3}"} if number % 4 else {}
    return {
        "messageId": f"m{number:04}", "type": "screen", "name": "Home", "timestamp": at, "receivedAt": at,
        "anonymousId": f"d{number % 5}", "context": {"groupId": workspace, "os": {"name": "iOS"}},
        "properties": {"module": f"m{number % 2}", "content_type": "document", "content_id": str(number % 7)}, **person,
    }


def _land(warehouse: Warehouse, day: date, settings: dict[str, dict]) -> None:
    moments = [(hour, minute) for hour in (0, 9, 10, 11, 23) for minute in range(0, 60, 7)]
    warehouse.land_events(
        day, "events.jsonl",
        [
            _event(workspace, day.day * 100 + number, day, hour, minute)
            for workspace in settings for number, (hour, minute) in enumerate(moments)
        ],
    )
    warehouse.land_entity(
        day, "workspaces", [{"workspace_id": workspace, **values} for workspace, values in settings.items()]
    )
    warehouse.land_entity(
        day, "participants",
        [{"workspace_id": workspace, "user_id": "u1", "groups": ["vip"]} for workspace in settings],
    )


def _sorted(warehouse: Warehouse) -> dict[str, list[str]]:
    return {name: sorted(map(repr, rows)) for name, rows in warehouse.tables().items() if name != "metric_definitions"}


def test_a_new_time_zone_timeout_or_target_group_rebuilds_the_past(tmp_path: Path) -> None:
    warehouse = Warehouse.at(tmp_path / "nights")
    for day, settings in zip(DAYS, (BEFORE, BEFORE, AFTER), strict=True):
        _land(warehouse, day, settings)
        before = None if day == DAYS[0] else _sorted(warehouse)
        warehouse.load(f"run-{day}")
        warehouse.build()
    after = _sorted(warehouse)
    assert after == _sorted(warehouse.from_scratch(tmp_path / "scratch"))
    assert before["fct_visits"] != after["fct_visits"]
    old_days = {row["local_date"] for row in warehouse.tables(["fct_user_daily"])["fct_user_daily"]}
    assert date(2026, 3, 31) in old_days, "the zone far in the east has no tomorrow"
    totals = warehouse.tables(["agg_workspace_daily"])["agg_workspace_daily"]
    counted = [row for row in totals if row["workspace_id"] == "group"]
    assert counted and all(row["active_users"] <= 1 and row["guests"] == 0 for row in counted)
