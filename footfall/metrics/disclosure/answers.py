"""The rows of ``marts.anonymized_answers``: each answer about a protected workspace and its own range, safe to show."""

import json
from collections.abc import Callable
from datetime import date

import duckdb

from footfall.metrics.answers import ANSWERS
from footfall.metrics.disclosure.cells import OTHER, fold_cells, folded, shown_cells
from footfall.metrics.disclosure.microaggregation import bunch_rows
from footfall.metrics.disclosure.paths import path_items, path_links, path_links_top
from footfall.metrics.disclosure.safe_answers import Row, Told
from footfall.metrics.question import Question, parameters
from footfall.metrics.scope import forget, scope

#: Grain: one row per workspace, answer, row of the answer. ``suppressed``: cells of the answer that were folded away.
COLUMNS = (
    "workspace_id varchar, range_start date, range_end date, answer varchar, position bigint, suppressed bigint,"
    ' "row" varchar'
)
#: Numbers of ``insights`` that are about guests and users apart, and so need both to be told.
_OF_USERS = (
    "user_visits", "guest_visits", "elapsed_seconds", "engaged_seconds", "average_elapsed_seconds",
    "average_engaged_seconds",
)
_OF_VISIT_INTERACTIONS = ("visit_interactions", "interactions_per_visit", "interactions_per_visit_mean_of_users")
_KEPT_FACTS = (
    "workspace_id", "workspace_name", "timezone", "range_start", "range_end", "data_as_of", "anonymization",
    "target_groups",
)
#: Meetings stay identified, as the settings of such apps leave them.
_AS_THEY_ARE = ("meetings_summary", "meetings", "meeting_history")
_SPONSOR_COLUMNS = ("sponsor_id", "title", "url", "is_deleted", "meetings", "meetings_held", "meeting_users")


def write_answers(con: duckdb.DuckDBPyConnection, key: bytes, target: str) -> None:
    """Fill the table ``target`` (columns ``COLUMNS``) for every protected workspace.

    Args:
        con: sees the unprojected ``marts`` and ``ops``; ``find_hidden`` was called.
        key: the key of pseudonyms.
        target: name of the table, quoted where needed.
    """
    workspaces = con.execute(
        "select w.workspace_id, p.is_full, w.starts_on, w.ends_on, coalesce(w.min_group_size, 5)"
        " from marts.dim_workspaces as w"
        " inner join protected_workspaces as p on w.workspace_id = p.workspace_id order by w.workspace_id"
    ).fetchall()
    for workspace, is_full, starts_on, ends_on, k in workspaces:
        own = (None, None) if starts_on and ends_on and starts_on > ends_on else (starts_on, ends_on)
        question = Question(workspace, *own)
        scope(con, workspace)  # all of it: people are taken out of it below
        found = parameters(con, question)
        facts = {"workspace": workspace, "is_full": is_full, "start": found["start"], "end": found["end"], "k": k}
        is_everyone = fold_cells(con, facts)
        whole = Question(workspace, found["start"], found["end"])
        lost, withdrawn = folded(con)
        told = Told(con, whole, k, shown_cells(con), withdrawn, is_full, is_everyone, key)
        for name in ANSWERS:
            maker = _MAKERS.get(name)
            rows = told.exact(name) if name in _AS_THEY_ARE else maker(told) if maker else []
            suppressed = sum(n for family, n in lost.items() if family.startswith(_FAMILIES.get(name, "\0")))
            _write(con, target, name, rows, (workspace, found["start"], found["end"]), suppressed)
        # Its scope may lack people now: whoever asks next makes it anew.
        forget(con)


def _write(
    con: duckdb.DuckDBPyConnection, target: str, name: str, rows: list[Row],
    about: tuple[str, date, date], suppressed: int,
) -> None:
    spec = ANSWERS[name]
    structure = json.dumps([{column.name: column.type for column in spec.columns}])
    given = json.dumps([{column.name: row.get(column.name) for column in spec.columns} for row in rows], default=str)
    con.execute(
        f"insert into {target} with given as (select unnest(from_json_strict($rows, $structure)) as answered),"
        " shown as (select answered, unnest(answered) from given)"
        f" select $workspace, $start, $end, $name, row_number() over (order by {spec.order}), $suppressed,"
        " to_json(answered)::varchar from shown",
        {"rows": given, "structure": structure, "name": name, "suppressed": suppressed,
         "workspace": about[0], "start": about[1], "end": about[2]},
    )


def _insights(told: Told) -> list[Row]:
    row = told.exact("insights")[0]
    of_users = ("who", "total_visits")
    needed = {
        ("visits",): ("total_visits",), ("interactions",): ("total",), ("active_users",): ("active",),
        ("guests",): ("guests",), _OF_USERS: of_users, _OF_VISIT_INTERACTIONS: (*of_users, "visit_interactions"),
        ("median_elapsed_seconds",): ("median",), ("p90_elapsed_seconds",): ("p90",),
        ("single_event_visits", "single_event_share"): (*of_users, "single"),
        ("visits_per_user",): (*of_users, "active"),
    }
    untold = {name for names, families in needed.items() for name in names if not told.is_told(*families)}
    return [{name: None if name in untold else value for name, value in row.items()}]


def _visit_frequency(told: Told) -> list[Row]:
    active = told.count("active")
    if not active:
        return []
    rows = [
        row for row in told.exact("visit_frequency")
        if told.count(f"frequency:{row['measure']}", row["bucket"]) or not row["users"]
    ]
    measures = [family.split(":")[1] for family in told.cells if family.startswith("frequency:")]
    return [row for row in rows if row["measure"] in measures] + [
        {"measure": measure, "bucket": OTHER, "users": users, "share_of_users": users / active}
        for measure in measures if (users := told.count(f"frequency:{measure}", OTHER))
    ]


def _days(told: Told) -> list[tuple[str | None, int]]:
    return [(None if day == OTHER else day, n) for day, n in told.cells.get("day", {}).items()]


def _by_functionality(told: Told) -> list[Row]:
    total, active = told.count("total"), told.count("active")
    rows = []
    for module, n in told.cells.get("module", {}).items():
        users = told.count(f"users:module:{module}")
        rows.append({
            "module": module, "interactions": n, "share_of_interactions": n / total if total else None, "users": users,
            "reach": users / active if users is not None and active else None,
        })
    return rows


def _content_items(told: Told) -> list[Row]:
    names = ("content_type", "content_id", "title", "url", "is_deleted", "sponsor_id")
    known = {
        row[:2]: dict(zip(names, row, strict=True))
        for row in told.con.execute(f"select {', '.join(names)} from scope_content").fetchall()
    }
    rows = []
    for family, cells in told.cells.items():
        kind = family.removeprefix("content:")
        if kind != family:
            for item, n in cells.items():
                rest = {"content_type": kind, "content_id": OTHER, "is_deleted": False,
                        "title": "(others together)"}
                rows.append({
                    **(known[kind, item] if item != OTHER else rest), "views": n,
                    "users": told.count(f"users:{family}:{item}"),
                })
    return rows


def _live_streams(told: Told) -> list[Row]:
    return [row for row in _content_items(told) if row["content_type"] == "live_stream"]


def _searches(told: Told) -> list[Row]:
    return [
        {"term": term, "searches": n, "users": told.count(f"users:term:{term}")}
        for term, n in told.cells.get("term", {}).items()
    ]


def _sponsors(told: Told) -> list[Row]:
    return [{name: row[name] for name in _SPONSOR_COLUMNS} for row in told.exact("sponsors") if row["meetings"]]


def _named(told: Told, name: str) -> list[Row]:
    """Rows of those who are not protected, where the others are."""
    if told.is_full:
        return []
    shown = {row[0] for row in told.con.execute("select shown_id from scope_people where not is_anonymized").fetchall()}
    return [row for row in told.exact(name) if row["user_id"] in shown]


def _top_users(told: Told) -> list[Row]:
    return [row | {"rank": rank} for rank, row in enumerate(_named(told, "top_users"), 1)]


def _by_participant(told: Told) -> list[Row]:
    # The bunches add up to the numbers of all users: where these are not told, nor are those.
    named = _named(told, "by_participant")
    if not told.is_told("who", "total_visits", "active"):
        return named
    return named + bunch_rows(told.con, told.key, told.question)


def _data_facts(told: Told) -> list[Row]:
    row = told.exact("data_facts")[0]
    days = sorted(day for day, _ in _days(told) if day)
    shown: Row = {name: row[name] for name in _KEPT_FACTS}
    if row["first_date"] is not None:
        # The first and last day with enough people; the range where there is none.
        shown["first_date"] = days[0] if days else row["range_start"]
        shown["last_date"] = days[-1] if days else row["range_end"]
    shown["participants"] = row["participants"] if told.is_told("known") else None
    shown["visits"] = told.count("total_visits")
    shown["content_views"] = told.count("openings")
    return [shown]


def _reconciliation(told: Told) -> list[Row]:
    """Totals that are told anyway; the account of lines is the installation's, which the ledger has."""
    is_told = told.is_told("total", "total_visits") and told.is_everyone
    rows = []
    for row in told.exact("reconciliation"):
        if row["about"] == "Installation":
            rows.append(row | {"left_value": None, "right_value": None, "is_ok": None})
        elif row["about"] in ("Interactions", "Visits") and is_told:
            rows.append(row)
    return rows


_MAKERS: dict[str, Callable[[Told], list[Row]]] = {
    "insights": _insights,
    "visit_frequency": _visit_frequency,
    "interactions_over_time": lambda told: [
        {"bucket": day, "os": "(all)", "granularity": "day", "interactions": n} for day, n in _days(told)
    ],
    "interactions_by_day_os": lambda told: [{"local_date": day, "interactions": n} for day, n in _days(told)],
    "interactions_by_os": lambda told: [{"os": os, "interactions": n} for os, n in told.cells.get("os", {}).items()],
    "by_functionality": _by_functionality,
    "path_items": path_items,
    "path_links": path_links,
    "path_links_top": path_links_top,
    "top_users": _top_users,
    "by_participant": _by_participant,
    "participant_functionality": lambda told: _named(told, "participant_functionality"),
    "content_items": _content_items,
    "live_streams": _live_streams,
    "searches": _searches,
    "sponsors": _sponsors,
    "data_facts": _data_facts,
    "reconciliation": _reconciliation,
}
#: The families whose folded cells an answer counts as suppressed.
_FAMILIES = {
    "visit_frequency": "frequency:", "interactions_over_time": "day", "interactions_by_day_os": "day",
    "interactions_by_os": "os", "by_functionality": "module", "path_items": "items:", "path_links": "links:",
    "path_links_top": "links:", "content_items": "content:", "live_streams": "content:live_stream", "searches": "term",
}
