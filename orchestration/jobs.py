"""The jobs, and the configuration of a run."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import dagster as dg

NIGHTLY = "nightly"
REBUILD = "rebuild"

#: A run that was cut off is repeated as a whole: its steps hand over what they have done in memory.
_TAGS = {"dagster/retry_strategy": "ALL_STEPS"}
#: One process: steps hand over what they have done in memory, their imports cost 10 s, and a home has one writer.
EXECUTOR = dg.in_process_executor

_RAW = dg.AssetSelection.assets("raw_events", "raw_entities")


def jobs() -> list[Any]:
    """Both jobs.

    (Dagster has no public name for the type of what `define_asset_job` returns.)
    """
    nightly = dg.define_asset_job(
        NIGHTLY,
        selection=dg.AssetSelection.all(),
        executor_def=EXECUTOR,
        tags=_TAGS,
        description="Landing zone to published tables and files. Over a range of load dates it is one run.",
    )
    rebuild = dg.define_asset_job(
        REBUILD,
        selection=dg.AssetSelection.all() - _RAW,
        executor_def=EXECUTOR,
        tags=_TAGS,
        description="The same without loading: for other models or settings, or after a run was cut off.",
    )
    return [nightly, rebuild]


def run_config(
    *, mode: str | None = None, dates: tuple[date, date] | None = None, through: date | None = None,
    only: Sequence[date] | None = None, is_full_refresh: bool = False,
) -> dict[str, Any]:
    """Configuration of a run.

    Args:
        mode: `load` takes what was not loaded yet, `backfill` loads `dates` again; None loads nothing.
        dates: first and last load date of a backfill; only: the only ones of them.
        through: load nothing that arrived later.
    """
    ops: dict[str, Any] = {"models": {"config": {"full_refresh": is_full_refresh}}}
    if mode is not None:
        config: dict[str, Any] = {"mode": mode}
        config |= {"through": through.isoformat()} if through else {}
        config |= {"first": dates[0].isoformat(), "last": dates[1].isoformat()} if dates else {}
        config |= {"only": [day.isoformat() for day in only]} if only is not None else {}
        ops["ingest"] = {"config": config}
    return {"ops": ops, "loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
