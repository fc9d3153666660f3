"""The batch: every commit not yet published, so a batch that failed is checked again with the next one."""

import json
from collections.abc import Callable, Mapping, Sequence
from statistics import median
from typing import TYPE_CHECKING, Any

from footfall.checks.expect import Rule, validate
from footfall.checks.result import CheckResult
from footfall.core.database import connect, value
from footfall.core.home import Home
from footfall.core.settings import Checks, Settings
from footfall.core.sql_files import read_sql
from footfall.ingestion.lake.commit_log import Commit
from footfall.ingestion.ledger.ledger import OUTCOMES, Lake, read_lake

if TYPE_CHECKING:
    import pandas as pd

OS = ("ios", "android", "web", "other", "unknown")
TYPES = ("track", "screen", "page", "identify", "group")
#: A load in which hardly anybody is signed in, or no system is known, usually means that a field was renamed.
MAX_SIGNED_OUT_SHARE = 0.95
MAX_UNKNOWN_OS_SHARE = 0.5
_NONE = {"min_value": 0, "max_value": 0}
_BETWEEN = "ExpectColumnValuesToBeBetween"


def rules(bounds: Checks) -> tuple[Rule, ...]:
    """What a batch has to satisfy; blocking where published numbers would be wrong, else a warning."""
    return (
        Rule("ledger_adds_up", "files", "unaccounted", _BETWEEN, "every line of every file has one outcome", _NONE,
             is_blocking=True, counts="unaccounted", where=("file",)),
        Rule("lake_holds_what_was_loaded", "totals", "missing", _BETWEEN,
             "as many live rows in the lake as lines loaded", _NONE, is_blocking=True, counts="missing"),
        Rule("lake_files_are_whole", "stored", "missing", _BETWEEN, "as many rows stored as committed", _NONE,
             is_blocking=True, counts="missing", where=("load_date",)),
        Rule("events_have_keys", "events", "without_key", _BETWEEN,
             "every event has workspace, message id, device and time", _NONE, is_blocking=True,
             counts="without_key", where=("load_date",)),
        Rule("quarantined_share", "loads", "quarantined_share", _BETWEEN,
             f"at most {bounds.max_quarantined_share:.0%} of a load's lines quarantined",
             {"max_value": bounds.max_quarantined_share}, is_blocking=True, counts="quarantined", where=("load_date",)),
        Rule("files_can_be_trusted", "loads", "quarantined_files", _BETWEEN, "no file quarantined whole", _NONE,
             counts="quarantined_files", where=("load_date",)),
        Rule("volume_against_last_7_loads", "loads", "volume_ratio", _BETWEEN,
             f"{bounds.min_volume_ratio:g} to {bounds.max_volume_ratio:g} times the median of the 7 loads before",
             {"min_value": bounds.min_volume_ratio, "max_value": bounds.max_volume_ratio},
             counts="loaded", where=("load_date",)),
        Rule("os_accepted", "values", "os", "ExpectColumnValuesToBeInSet", f"os is one of {', '.join(OS)}",
             {"value_set": list(OS)}, counts="events"),
        Rule("types_accepted", "values", "type", "ExpectColumnValuesToBeInSet", f"type is one of {', '.join(TYPES)}",
             {"value_set": list(TYPES)}, counts="events"),
        Rule("durations_not_negative", "events", "negative_durations", _BETWEEN, "no duration below 0", _NONE,
             counts="negative_durations", where=("load_date",)),
        Rule("signed_out_share", "events", "signed_out_share", _BETWEEN,
             f"at most {MAX_SIGNED_OUT_SHARE:.0%} of events without a user", {"max_value": MAX_SIGNED_OUT_SHARE},
             counts="events", where=("load_date",)),
        Rule("unknown_os_share", "events", "unknown_os_share", _BETWEEN,
             f"at most {MAX_UNKNOWN_OS_SHARE:.0%} of events of unknown os", {"max_value": MAX_UNKNOWN_OS_SHARE},
             counts="events", where=("load_date",)),
    )


def check_batch(home: Home, settings: Settings) -> list[CheckResult]:
    """Check the commits not yet published; an empty list when there are none.

    Bad data, or a check that could not be carried out, does not raise: it is in the results, and ``checks.gate``
    decides.
    """
    lake = read_lake(home)
    commits = lake.since(published_seq(home))
    if not commits:
        return []
    files = [str(home.root / path) for commit in commits for path in commit.events["added"]]
    chosen = [rule for rule in rules(settings.checks) if files or rule.frame not in ("events", "values")]
    return validate("batch", chosen, _frames(home, settings, lake, commits, files))


def published_seq(home: Home) -> int:
    """The newest commit that readers already see; 0 while nothing is published."""
    try:
        return int(json.loads(home.current.read_text(encoding="utf-8"))["lake_seq"])
    except (OSError, ValueError, KeyError):
        return 0


def _frames(
    home: Home, settings: Settings, lake: Lake, commits: Sequence[Commit], files: Sequence[str]
) -> "dict[str, Callable[[], pd.DataFrame]]":
    import pandas as pd

    def ask(query: str) -> "pd.DataFrame":
        with connect(settings=settings.duckdb, temp=home.temp) as con:
            return con.execute(read_sql("footfall.checks", query), [files]).df()

    return {
        "files": lambda: pd.DataFrame(
            [{"file": row["file"], "unaccounted": abs(row["lines_in"] - sum(row[name] for name in OUTCOMES))}
             for row in lake.ledger], columns=["file", "unaccounted"],
        ),
        "totals": lambda: pd.DataFrame([{"missing": abs(lake.loaded - lake.live_rows)}]),
        "loads": lambda: pd.DataFrame(loads(lake, sorted({commit.load_date for commit in commits}))),
        "stored": lambda: _stored(home, commits),
        "events": lambda: ask("batch_events"),
        "values": lambda: ask("batch_values"),
    }


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


def _stored(home: Home, commits: Sequence[Commit]) -> "pd.DataFrame":
    """Per commit: rows that its added files lack."""
    import pandas as pd

    found = []
    with connect() as con:
        for commit in commits:
            paths = [str(home.root / path) for path in commit.events["added"]]
            query = "select coalesce(sum(num_rows), 0)::bigint from parquet_file_metadata(?)"
            stored = value(con, query, [paths]) if paths else 0
            found.append({"load_date": commit.load_date, "missing": abs(commit.events["added_rows"] - stored)})
    return pd.DataFrame(found)
