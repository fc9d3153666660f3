"""Partitions in Dagster show what is loaded: those of the commit log, whoever loaded it and whatever happened since."""

from typing import Any

import dagster as dg

from footfall.core.home import Home
from footfall.ingestion.ledger.ledger import OUTCOMES, read_lake

RAW_EVENTS = dg.AssetKey("raw_events")
RAW_ENTITIES = dg.AssetKey("raw_entities")


def show_loaded(instance: dg.DagsterInstance, home: Home) -> None:
    """Report every loaded date that Dagster does not show, and forget those that are no longer loaded.

    Costs one query an asset where nothing differs.
    """
    by_date = metadata_by_date(home)
    for asset in (RAW_EVENTS, RAW_ENTITIES):
        shown = instance.get_materialized_partitions(asset)
        if shown - set(by_date):
            # SQLite storage forgets an asset as a whole only.
            instance.wipe_assets([asset])
            shown = set()
        for key in sorted(set(by_date) - shown):
            metadata = by_date[key] if asset == RAW_EVENTS else {}
            instance.report_runless_asset_event(dg.AssetMaterialization(asset, partition=key, metadata=metadata))


def metadata_by_date(home: Home) -> dict[str, dict[str, Any]]:
    """Lines of each load date (ISO) as the ledger has them, by outcome."""
    totals: dict[str, dict[str, Any]] = {}
    for row in read_lake(home).ledger:
        day = totals.setdefault(row["load_date"], dict.fromkeys(("files", "lines_in", *OUTCOMES), 0))
        day["files"] += 1
        for name in ("lines_in", *OUTCOMES):
            day[name] += row[name]
    for day in totals.values():
        day["dagster/partition_row_count"] = day["loaded"]
        day["rejected_share"] = round(day["quarantined"] / day["lines_in"], 4) if day["lines_in"] else 0.0
    return totals
