"""The late-data report and the ledger of restatements, of events that were really loaded, built and published."""

from datetime import date, datetime
from pathlib import Path

from footfall.core.settings import Settings
from footfall.publishing.history import RunRecord
from footfall.publishing.publish import publish
from tests.support.lake import DAY, line
from tests.support.marts import rows
from tests.support.warehouse import Warehouse


def tap(at: str, user: str | None, device: str, received: str | None = None) -> dict:
    received_at = received or f"{DAY}T{at}Z"
    return line(
        f"{device} {at}", userId=user, anonymousId=device, timestamp=f"{DAY}T{at}Z", receivedAt=received_at,
        originalTimestamp=None, sentAt=None, context={"groupId": "expo", "device": {"id": device}},
    )


def a_night(warehouse: Warehouse, day: int, lines: list[dict]) -> None:
    warehouse.land_events(date(2026, 11, day), "a.jsonl", lines)
    warehouse.load(f"run-{day}")
    warehouse.build()
    run = RunRecord(f"run-{day}", "run", datetime(2026, 11, day, 23))
    publish(warehouse.home, Settings(), run=run, published_at=datetime(2026, 11, day, 23, 30), fingerprint="f1")


def test_a_night_of_late_events_is_reported_and_what_it_restates_is_told_with_the_reason(tmp_path: Path) -> None:
    warehouse = Warehouse.at(tmp_path)
    a_night(warehouse, 2, [
        *(tap(at, "ada", "phone") for at in ("09:00:00", "09:10:00", "09:50:00", "09:55:00")),
        *(tap(at, "bob", "desk") for at in ("12:00:00", "12:10:00")),
        *(tap(at, user, "shared") for at, user in [
            ("16:00:00", "cyd"), ("16:20:00", None), ("16:40:00", None), ("17:00:00", "cyd")
        ]),
    ])
    a_night(warehouse, 3, [
        tap("09:30:00", "ada", "phone", f"{DAY}T11:00:00Z"),          # joins her two visits
        tap("12:20:00", "bob", "desk", "2026-11-03T13:00:00Z"),       # makes his longer
        tap("16:10:00", "dan", "shared", "2026-11-11T16:10:00Z"),     # takes the middle out of cyd's
    ])
    published = warehouse.home.published_file
    late = rows(published, "select * exclude (load_date, seq) from ops.late_events order by seq")
    # loaded, late by 1 h to 24 h, to 7 days, more; visits cut again, merged, split
    assert late == [(10, 0, 0, 0, None, None, None), (3, 1, 1, 1, 4, 1, 1)]
    restated = rows(
        published, "select metric, old_value, new_value from ops.restatements where local_date = '2026-11-02' "
        "and reason = 'late_events' and metric in ('active_users', 'visits', 'interactions') order by metric",
    )
    assert restated == [("active_users", 3, 4), ("interactions", 10, 13), ("visits", 4, 5)]
    assert rows(published, "select distinct reason, workspace_id, run_id from ops.restatements") == [
        ("late_events", "expo", "run-3")
    ]


def test_an_event_of_another_device_on_the_same_date_leaves_an_item_the_title_it_had(tmp_path: Path) -> None:
    def view(at: str, device: str, properties: dict) -> dict:
        item = {"content_type": "document", "content_id": "7"}
        return {**tap(at, "ada", device), "type": "screen", "properties": item | properties}

    warehouse = Warehouse.at(tmp_path)
    for day, one in ((2, view("09:00:00", "phone", {"content_title": "Map"})), (3, view("15:00:00", "desk", {}))):
        warehouse.land_events(date(2026, 11, day), "a.jsonl", [one])
        warehouse.load(f"run-{day}")
        warehouse.build()
    assert [row["title"] for row in warehouse.tables(["dim_content"])["dim_content"]] == ["Map"]
