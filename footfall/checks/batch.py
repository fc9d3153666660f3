"""The batch: every commit not yet published, so a batch that failed is checked again with the next one."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from footfall.checks.expect import Rule, validate
from footfall.checks.result import CheckResult
from footfall.checks.volume import loads
from footfall.core.database import connect, value
from footfall.core.home import Home
from footfall.core.settings import Checks, Settings
from footfall.core.sql_files import read_sql
from footfall.core.state_files import read_number
from footfall.core.vocabulary import names, vocabulary
from footfall.ingestion.lake.commit_log import Commit
from footfall.ingestion.ledger.ledger import OUTCOMES, Lake, read_lake
from footfall.publishing.held_back import held_back

if TYPE_CHECKING:
    import pandas as pd

OS = names(vocabulary().operating_systems)
TYPES = ("track", "screen", "page", "identify", "group")
#: A load in which hardly anybody is signed in, or no system is known, usually means that a field was renamed.
MAX_SIGNED_OUT_SHARE = 0.95
MAX_UNKNOWN_OS_SHARE = 0.5
#: What helps against rejected lines.
_REPAIR = (
    "`footfall quarantine list` names the lines. Repair or remove the files in landing, change the mapping in "
    "footfall.yml, or raise `checks.max_quarantined_share` there if the data is right; then `footfall run`."
)
#: What helps where the lake is not what the loads committed.
_RESTORE = (
    "A file of the lake is damaged or missing: put it back from a backup of the home, then `footfall run`. If all "
    "files are whole, it is a fault of Footfall: report this message."
)
_NONE = {"min_value": 0, "max_value": 0}
_BETWEEN = "ExpectColumnValuesToBeBetween"


def rules(bounds: Checks) -> tuple[Rule, ...]:
    """What a batch has to satisfy; blocking where published numbers would be wrong, else a warning."""
    share = f"{bounds.max_quarantined_share:.0%}"
    return (
        Rule("ledger_adds_up", "files", "unaccounted", _BETWEEN, "every line of every file has one outcome", _NONE,
             is_blocking=True, counts="unaccounted", where=("file",), remedy=_RESTORE),
        Rule("lake_holds_what_was_loaded", "totals", "missing", _BETWEEN,
             "as many live rows in the lake as lines loaded", _NONE, is_blocking=True, counts="missing",
             remedy=_RESTORE),
        Rule("lake_files_are_whole", "stored", "missing", _BETWEEN, "as many rows stored as committed", _NONE,
             is_blocking=True, counts="missing", where=("load_date",), remedy=_RESTORE),
        Rule("events_have_keys", "events", "without_key", _BETWEEN,
             "every event has workspace, message id, device and time", _NONE, is_blocking=True,
             counts="without_key", where=("load_date",), remedy=_RESTORE),
        Rule("quarantined_share", "sources", "unusable_share", _BETWEEN,
             f"at most {share} of the lines of a batch rejected, or a workspace with good lines",
             {"max_value": bounds.max_quarantined_share}, is_blocking=True, counts="rejected", where=("source",),
             remedy=_REPAIR),
        Rule("workspaces_held_back", "held_back", "share", _BETWEEN,
             f"at most {share} of the lines of a workspace rejected; above it, its exports stay as they were",
             {"max_value": bounds.max_quarantined_share}, counts="rejected",
             where=("workspace_id", "source", "load_date"), remedy=_REPAIR),
        Rule("quarantined_share_of_a_load", "loads", "quarantined_share", _BETWEEN,
             f"at most {share} of the lines of a load rejected",
             {"max_value": bounds.max_quarantined_share}, counts="quarantined", where=("load_date",), remedy=_REPAIR),
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
    return read_number(home.current, "lake_seq")


def _frames(
    home: Home, settings: Settings, lake: Lake, commits: Sequence[Commit], files: Sequence[str]
) -> "dict[str, Callable[[], pd.DataFrame]]":
    import pandas as pd

    load_dates, bound = sorted({commit.load_date for commit in commits}), settings.checks.max_quarantined_share

    def ask(query: str) -> "pd.DataFrame":
        with connect(settings=settings.duckdb, temp=home.temp) as con:
            return con.execute(read_sql("footfall.checks", query), [files]).df()

    return {
        "files": lambda: pd.DataFrame(
            [{"file": row["file"], "unaccounted": abs(row["lines_in"] - sum(row[name] for name in OUTCOMES))}
             for row in lake.ledger], columns=["file", "unaccounted"],
        ),
        "totals": lambda: pd.DataFrame([{"missing": abs(lake.loaded - lake.live_rows)}]),
        "loads": lambda: pd.DataFrame(loads(lake, load_dates)),
        "sources": lambda: pd.DataFrame(
            sources(lake, load_dates, bound), columns=["source", "unusable_share", "rejected"]
        ),
        "held_back": lambda: pd.DataFrame(
            [asdict(one) | {"share": one.share} for one in held_back(lake, bound)],
            columns=["workspace_id", "source", "load_date", "share", "rejected"],
        ),
        "stored": lambda: _stored(home, commits),
        "events": lambda: ask("batch_events"),
        "values": lambda: ask("batch_values"),
    }


def sources(lake: Lake, load_dates: Sequence[str], max_share: float) -> list[dict[str, Any]]:
    """One row a source (events or an entity) of the batch: its rejected lines, and their share where no workspace has
    good lines of it, so that it makes no sense as a whole. Otherwise the share is null: a bad file of some workspaces,
    or lines of strangers, do not stop the others.

    For the same reason rejected lines that name a workspace do not count in the share while another workspace of the
    batch has good lines of any source, nor do those of `workspaces`, where the strictest settings are used.
    """
    bad = {(one.source, one.load_date, one.workspace_id) for one in held_back(lake, max_share)}
    named = [row for row in lake.by_source if row["load_date"] in load_dates and row["workspace_id"] is not None]
    usable = [
        row for row in named
        if row["lines"] > row["rejected"] and (row["source"], row["load_date"], row["workspace_id"]) not in bad
    ]
    good = {row["source"] for row in usable}
    has_others = bool({row["workspace_id"] for row in usable} - {workspace for *_, workspace in bad})
    lines: Counter[str] = Counter()
    rejected: Counter[str] = Counter()
    for row in lake.ledger:
        if row["state"] == "loaded" and str(row["load_date"]) in load_dates:
            source = "events" if row["kind"] == "events" else row["source"]
            lines[source] += row["lines_in"]
            rejected[source] += row["quarantined"]
    contained: Counter[str] = Counter()
    for row in named:
        if has_others or row["source"] == "workspaces":
            contained[row["source"]] += row["rejected"]
    return [
        {"source": source, "rejected": rejected[source],
         "unusable_share": None if source in good or not lines[source]
         else max(0, rejected[source] - contained[source]) / lines[source]}
        for source in sorted(lines)
    ]


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
