"""The finished marts, before they are published."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import duckdb

from footfall.checks.batch import published_seq
from footfall.checks.expect import Rule, validate
from footfall.checks.result import CheckResult
from footfall.core.database import connect, quote_literal, value
from footfall.core.errors import FootfallError
from footfall.core.home import Home
from footfall.core.settings import Checks, Settings
from footfall.core.sql_files import read_sql
from footfall.ingestion.ledger.ledger import Lake, read_lake
from footfall.publishing.unread_settings import unread_settings

if TYPE_CHECKING:
    import pandas as pd

#: How far an os may move in its share of interactions from one day to the next.
MAX_OS_DRIFT = 0.3
_NONE = {"min_value": 0, "max_value": 0}
_BETWEEN = "ExpectColumnValuesToBeBetween"


def rules(bounds: Checks) -> tuple[Rule, ...]:
    """The rules for finished marts; dbt's own tests prove keys, relations and the laws between layers."""
    return (
        Rule("events_equal_lines_loaded", "totals", "missing", _BETWEEN,
             "as many rows in fct_events, and left out of it by target groups, as lines loaded", _NONE,
             is_blocking=True, counts="missing"),
        Rule("marts_are_not_empty", "tables", "is_missing", _BETWEEN, "no empty table after lines were loaded", _NONE,
             is_blocking=True, counts="is_missing", where=("table_name",)),
        Rule("days_add_up", "days", "difference", _BETWEEN, "interactions by os add up to interactions of the day",
             _NONE, is_blocking=True, counts="difference", where=("workspace_id", "local_date")),
        Rule("settings_can_be_read", "settings", "is_without", _BETWEEN,
             "no workspace without settings while a line of `workspaces` that names it, or its newest file, is in"
             " quarantine; such a workspace is published as anonymised, since its settings may protect people", _NONE,
             counts="is_without", where=("workspace_id",),
             remedy="`footfall quarantine list` names the line. Repair the file in landing, then `footfall run`."),
        Rule("seconds_not_negative", "ranges", "negative_seconds", _BETWEEN, "no seconds below 0", _NONE,
             is_blocking=True, counts="negative_seconds", where=("table_name",)),
        Rule("steps_between_1_and_10", "ranges", "steps", _BETWEEN, "path steps 1 to 10", _NONE, is_blocking=True,
             counts="steps", where=("table_name",)),
        Rule("unmapped_share", "unmapped", "unmapped_share", _BETWEEN,
             f"at most {bounds.max_unmapped_share:.0%} of interactions by events the catalogue does not know",
             {"max_value": bounds.max_unmapped_share}, counts="unmapped", where=("load_date",)),
        Rule("os_drift", "os_drift", "drift", _BETWEEN,
             f"shares of os within {MAX_OS_DRIFT:.0%} of those of the 7 days before", {"max_value": MAX_OS_DRIFT},
             counts="interactions", where=("os",)),
    )


def check_marts(home: Home, settings: Settings) -> list[CheckResult]:
    """Check the closed marts file.

    Raises:
        FootfallError: there is no marts file, or it cannot be opened.
    """
    lake = read_lake(home)
    with _open(home, settings) as con:
        return validate("marts", rules(settings.checks), _frames(con, home, lake))


def _frames(con: duckdb.DuckDBPyConnection, home: Home, lake: Lake) -> "dict[str, Callable[[], pd.DataFrame]]":
    import pandas as pd

    commits = lake.since(published_seq(home)) or lake.commits[-1:]
    load_dates = sorted({date.fromisoformat(commit.load_date) for commit in commits})
    newest = date.fromisoformat(lake.load_date) if lake.load_date else date.max
    since = (load_dates[0] if load_dates else date.max) - timedelta(days=1)

    def ask(query: str, **parameters: Any) -> "pd.DataFrame":
        return con.execute(read_sql("footfall.checks", query), parameters).df()

    def totals() -> "pd.DataFrame":
        rows = value(
            con, "select (select count(*) from marts.fct_events) "
            "+ (select coalesce(sum(events_left_out), 0) from marts.dim_workspaces)"
        )
        return pd.DataFrame([{"missing": abs(lake.loaded - int(rows))}])

    def tables() -> "pd.DataFrame":
        frame = ask("marts_tables", loaded=lake.loaded)
        frame["is_missing"] = (frame["is_needed"] & (frame["rows"] == 0)).astype(int)
        return frame

    def settings() -> "pd.DataFrame":
        found = [{"workspace_id": one, "is_without": 1} for one in unread_settings(con, home, lake)]
        return pd.DataFrame(found, columns=["workspace_id", "is_without"])

    return {
        "totals": totals,
        "tables": tables,
        "days": lambda: ask("marts_days"),
        "settings": settings,
        "ranges": lambda: ask("marts_ranges", since=since),
        "unmapped": lambda: ask("marts_unmapped", load_dates=load_dates),
        "os_drift": lambda: ask("marts_os_drift", newest=newest),
    }


def _open(home: Home, settings: Settings) -> duckdb.DuckDBPyConnection:
    try:
        if not home.marts_file.exists():
            raise FootfallError(
                "There are no finished marts to check.", where=str(home.marts_file),
                hint="Build them first: `footfall run`.",
            )
        con = connect(settings=settings.duckdb, temp=home.temp)
        # Opened as `marts` the file would have the name of its own schema.
        con.execute(f"attach {quote_literal(str(home.marts_file))} as built (read_only)")
        con.execute("use built")
        return con
    except duckdb.IOException as error:
        raise FootfallError(
            "The marts cannot be opened for checking.", where=str(home.marts_file),
            hint="Close the program that has the file open; readers use published/footfall.duckdb.",
        ) from error
