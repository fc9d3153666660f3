"""What arrived on a load date against the dates before it; also for alerts, so nothing heavy is imported here."""

from collections.abc import Mapping, Sequence
from statistics import median
from typing import Any

from footfall.ingestion.ledger.ledger import Lake


def loads(lake: Lake, load_dates: Sequence[str]) -> list[dict[str, Any]]:
    """One row a load date: its lines against the loads before. Files quarantined whole are counted apart, because they
    do not harm the others."""
    by_date: dict[str, list[Mapping[str, Any]]] = {}
    for row in lake.event_files:
        by_date.setdefault(str(row["load_date"]), []).append(row)
    loaded = {day: sum(row["loaded"] for row in rows) for day, rows in by_date.items()}
    found = []
    for day in load_dates:
        rows = [row for row in by_date.get(day, ()) if row["state"] == "loaded"]
        lines = sum(row["lines_in"] for row in rows)
        quarantined = sum(row["quarantined"] for row in rows)
        before = [loaded[other] for other in sorted(loaded) if other < day][-7:]
        usual = median(before) if len(before) >= 3 else 0
        found.append({
            "load_date": day, "lines_in": lines, "loaded": loaded.get(day, 0), "quarantined": quarantined,
            "quarantined_share": quarantined / lines if lines else None,
            "quarantined_files": len(by_date.get(day, ())) - len(rows),
            "volume_ratio": loaded.get(day, 0) / usual if usual else None,
        })
    return found
