"""Arithmetic is as wide as what the door lets in: the largest number of everything goes through all models."""

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from tests.support.warehouse import Warehouse

DAY = date(2026, 6, 1)
MOST, LONGEST, RESULTS = 10_000_000, 86_400, 1_000_000_000


def test_the_largest_settings_durations_and_gaps_are_built(tmp_path: Path) -> None:
    warehouse = Warehouse.at(tmp_path)
    most = {"visit_timeout_minutes": MOST, "idle_cap_seconds": MOST, "min_group_size": MOST}
    warehouse.land_entity(DAY, "workspaces", [{"workspace_id": "w", **most}])
    warehouse.land_entity(DAY, "meetings", [{
        "workspace_id": "w", "meeting_id": "m", "status": "accepted",
        "scheduled_start": "2000-01-01T00:00:00Z", "scheduled_end": "2099-12-31T23:59:00Z",
    }])
    warehouse.land_events(DAY, "a.jsonl", [
        {
            "messageId": f"{hours}", "type": "track", "event": "Document Opened", "userId": "ada",
            "anonymousId": "phone",
            "timestamp": f"{DAY - timedelta(days=2)}T00:00:00Z" if hours == 0 else f"{DAY}T{hours:02}:00:00Z",
            "context": {"groupId": "w"},
            "properties": {"content_id": str(hours), "duration_seconds": LONGEST, "results": RESULTS, "query": "a"},
        }
        for hours in (0, 1, 23)
    ])
    result = warehouse.load("first")
    assert result.loaded == 5
    warehouse.build()
    tables = warehouse.tables()
    (workspace,) = tables["dim_workspaces"]
    assert (workspace["visit_timeout_seconds"], workspace["idle_cap_seconds"]) == (MOST * 60, MOST)
    assert workspace["min_group_size"] == MOST
    assert [row["seconds_viewed"] for row in tables["fct_content_views"]] == [LONGEST] * 3
    assert {row["results"] for row in tables["fct_searches"]} == {RESULTS}
    engaged = sorted(row["engaged_seconds"] for row in tables["fct_visits"])
    assert engaged == [0, 22 * 3600]
    (meeting,) = tables["fct_meetings"]
    assert meeting["duration_minutes"] == Decimal((date(2100, 1, 1) - date(2000, 1, 1)).days * 24 * 60 - 1)
