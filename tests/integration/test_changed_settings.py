"""A changed setting takes effect for the past as well, and the tables equal a build from scratch."""

import json
from datetime import UTC, date, datetime
from pathlib import Path

from footfall.metrics.source import open_published
from footfall.publishing.history import RunRecord
from footfall.publishing.publish import publish
from footfall.publishing.versions import list_versions
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


def test_protecting_people_and_ceasing_to_leaves_the_tables_as_they_were(tmp_path: Path) -> None:
    warehouse = Warehouse.at(tmp_path / "nights")
    none = {"full": {"anonymization": "none"}, "domains": {"anonymization": "none"}, "other": {}}
    protected = {
        "full": {"anonymization": "full", "min_group_size": 2}, "other": {"anonymization": "none"},
        "domains": {"anonymization": "domains", "anonymized_domains": ["b.example"], "min_group_size": 2},
    }
    seen = []
    for day, settings in zip(DAYS, (none, protected, none), strict=True):
        if day == DAYS[0]:
            _land(warehouse, day, settings)
            warehouse.land_entity(day, "participants", [
                {"workspace_id": one, "user_id": f"u{number}", "email": f"u{number}@{'b' if number else 'a'}.example"}
                for one in settings for number in range(3)
            ])
        else:
            warehouse.land_entity(day, "workspaces", [
                {"workspace_id": one, "updated_at": f"{day}T00:00:00Z", **rest} for one, rest in settings.items()
            ])
        warehouse.load(f"run-{day}")
        warehouse.build()
        at = datetime(2026, 4, day.day, tzinfo=UTC)
        publish(warehouse.home, warehouse.settings, run=RunRecord(f"run-{day}", "run", at), published_at=at)
        with open_published(warehouse.home) as con:
            people = con.execute(
                "select workspace_id, list(distinct user_id order by user_id) from marts.fct_visits"
                " where user_id is not null group by workspace_id"
            ).fetchall()
            restated = con.execute("select count(*) from ops.restatements where reason <> 'open_day'").fetchone()[0]
            answers = con.execute("select count(*) from marts.anonymized_answers").fetchone()[0]
        current = json.loads(warehouse.home.current.read_text(encoding="utf-8"))
        seen.append((current["hashes"], dict(people), answers > 0, restated, len(list_versions(warehouse.home))))
    everyone = {one: ["u0", "u1", "u2"] for one in none}
    assert [people for _, people, *_ in seen] == [everyone, {"domains": ["u0"], "other": ["u0", "u1", "u2"]}, everyone]
    assert seen[0][0] == seen[2][0] != seen[1][0], "by order-free hash of every table"
    assert [has_answers for _, _, has_answers, *_ in seen] == [False, True, False]
    assert [restated for *_, restated, _ in seen] == [0, 0, 0], "numbers that are hidden now were not restated"
    assert [versions for *_, versions in seen] == [1, 1, 2], "an older version that shows more goes at once"
