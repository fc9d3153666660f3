"""Accepted events as the lake holds them, written by hand in tests."""

from datetime import date, datetime, timedelta

from tests.support.reference import CatalogueEntry, compute

LOAD_DATE = date(2026, 6, 10)
NOON = datetime(2026, 6, 10, 12)

CATALOGUE = {
    "tap": CatalogueEntry("interaction", "home", None, None),
    "look": CatalogueEntry("view", "pages", "page", "open"),
    "beat": CatalogueEntry("heartbeat", "app", None, None),
    "ad": CatalogueEntry("impression", "home", None, None),
}


def event_row(message_id: str, at: datetime | float = NOON, **columns: object) -> dict:
    """One accepted event with the lake's columns.

    Args:
        message_id: also its place among events of the same time.
        at: when it happened (UTC), or seconds after noon of ``LOAD_DATE``.
        columns: any other column; by default user ``ada`` on device ``phone`` taps in ``home`` of workspace ``w``.
    """
    occurred_at = at if isinstance(at, datetime) else NOON + timedelta(seconds=at)
    row = {
        "load_date": LOAD_DATE, "workspace_id": "w", "message_id": message_id, "user_id": "ada",
        "device_id": "phone", "type": "track", "event": "tap", "occurred_at": occurred_at, "os": "ios",
        "module": "home", "content_type": None, "content_id": None, "content_title": None,
        "duration_seconds": None, "query": None, "results": None,
    }
    return {**row, **columns}


def reference_tables(*rows: dict, **entities: list[dict]) -> dict[str, list[dict]]:
    """The reference's marts for ``event_row``s and entity rows by entity name."""
    return compute(rows, entities, CATALOGUE, LOAD_DATE)


def column(table: list[dict], name: str, order: str = "started_at") -> list:
    """The values of one column, in the order of another."""
    return [row[name] for row in sorted(table, key=lambda row: row[order])]
