"""The rows of ``marts.anonymized_answers``: each answer about a protected workspace and its own range."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date

import duckdb

from footfall.metrics.answers import ANSWERS
from footfall.metrics.disclosure.answered import Answered, answered_workspaces
from footfall.metrics.disclosure.cells import count_suppressed, published_cells, suppress_cells
from footfall.metrics.disclosure.labels import OTHER, client_label, label_columns
from footfall.metrics.disclosure.microaggregation import microaggregated_rows
from footfall.metrics.disclosure.paths import path_items, path_links, path_links_top
from footfall.metrics.disclosure.safe_cells import Row, SafeCells
from footfall.metrics.question import Question
from footfall.metrics.scope import forget, scope

#: Grain: one row per workspace, answer, row of the answer. ``suppressed``: number of suppressed cells of the answer.
COLUMNS = (
    "workspace_id varchar, range_start date, range_end date, answer varchar, position bigint, suppressed bigint,"
    ' "row" varchar'
)
#: Whether the answers about a workspace may be written; sees the relations of ``suppress_cells``.
Admit = Callable[[duckdb.DuckDBPyConnection, Answered], bool]
#: Numbers of ``insights`` about the visits of users: with the visits of all, they show those of guests.
_OF_USERS = (
    "user_visits", "elapsed_seconds", "engaged_seconds", "average_elapsed_seconds",
    "average_engaged_seconds",
)
#: Numbers of ``insights`` that include guests.
_WITH_GUESTS = ("guests", "visits", "guest_visits", "interactions")
_OF_VISIT_INTERACTIONS = ("visit_interactions", "interactions_per_visit", "interactions_per_visit_mean_of_users")
_KEPT_FACTS = (
    "workspace_id", "workspace_name", "timezone", "range_start", "range_end", "data_as_of", "anonymization",
    "target_groups",
)
#: What is combined of codes, which no client names: bands of frequency, operating systems.
_OTHER_CODES = "(other)"
#: Meetings stay identified, as the settings of such apps leave them.
_AS_THEY_ARE = ("meetings_summary", "meetings", "meeting_history")
_SPONSOR_COLUMNS = ("sponsor_id", "title", "url", "is_deleted", "meetings", "meetings_held", "meeting_users")


def write_answers(
    con: duckdb.DuckDBPyConnection, key: bytes, target: str, states: Mapping[str, str] | None = None,
    *, workspaces: Sequence[Answered] | None = None, admit: Admit | None = None,
) -> None:
    """Fill the table ``target`` (columns ``COLUMNS``) for protected workspaces.

    Args:
        con: sees the complete ``marts`` and ``ops``; ``find_hidden`` was called.
        key: the key of pseudonyms.
        target: name of the table, quoted where needed.
        states: by workspace, the id of the state that is published, which pseudonyms depend on.
        workspaces: only these; None: all.
        admit: called when the cells of a workspace are safe by themselves; False: write no answers about it.
    """
    for one in answered_workspaces(con) if workspaces is None else workspaces:
        workspace, start, end = one.workspace_id, one.start, one.end
        scope(con, workspace)  # all relations: people are taken out of them below
        facts = {"workspace": workspace, "is_full": one.is_full, "start": start, "end": end, "k": one.k}
        left_out = suppress_cells(con, facts)
        if admit is None or admit(con, one):
            lost, withdrawn = count_suppressed(con)
            safe = SafeCells(
                con, Question(workspace, start, end), published_cells(con), withdrawn, one.is_full, left_out, key,
                (states or {}).get(workspace, ""),
            )
            for name in ANSWERS:
                maker = _MAKERS.get(name)
                rows = safe.exact(name) if name in _AS_THEY_ARE else maker(safe) if maker else []
                suppressed = sum(n for family, n in lost.items() if family.startswith(_FAMILIES.get(name, "\0")))
                _write(con, target, name, rows, (workspace, start, end), suppressed)
        # Its scope may lack people now: the next question makes it again.
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


def _insights(safe: SafeCells) -> list[Row]:
    row = safe.exact("insights")[0]
    of_users = ("who", "total_visits")
    needed = {
        ("visits",): ("total_visits",), ("interactions",): ("total",), ("active_users",): ("active",),
        ("guests",): ("guests",), ("guest_visits",): of_users, _OF_USERS: of_users,
        _OF_VISIT_INTERACTIONS: (*of_users, "visit_interactions"),
        ("median_elapsed_seconds",): ("median",), ("p90_elapsed_seconds",): ("p90",),
        ("single_event_visits", "single_event_share"): (*of_users, "single"),
        ("visits_per_user",): (*of_users, "active"),
    }
    hidden = {name for names, families in needed.items() for name in names if not safe.is_published(*families)}
    if safe.left_out == "guests":
        hidden.update(_WITH_GUESTS)
    return [{name: None if name in hidden else value for name, value in row.items()}]


def _visit_frequency(safe: SafeCells) -> list[Row]:
    active = safe.count("active")
    if not active:
        return []
    rows = [
        row for row in safe.exact("visit_frequency")
        if safe.count(f"frequency:{row['measure']}", row["bucket"]) or not row["users"]
    ]
    measures = [family.split(":")[1] for family in safe.cells if family.startswith("frequency:")]
    return [row for row in rows if row["measure"] in measures] + [
        {"measure": measure, "bucket": _OTHER_CODES, "users": users, "share_of_users": users / active}
        for measure in measures if (users := safe.count(f"frequency:{measure}", OTHER))
    ]


def _days(safe: SafeCells) -> list[tuple[str | None, int]]:
    return [(None if day == OTHER else day, n) for day, n in safe.cells.get("day", {}).items()]


def _by_functionality(safe: SafeCells) -> list[Row]:
    total, active = safe.count("total"), safe.count("active")
    rows = []
    for module, n in safe.cells.get("module", {}).items():
        users = safe.users("module", module)
        rows.append({
            **label_columns("module", module), "interactions": n,
            "share_of_interactions": n / total if total else None, "users": users,
            "reach": users / active if users is not None and active else None,
        })
    return rows


def _content_items(safe: SafeCells) -> list[Row]:
    names = ("content_type", "content_id", "title", "url", "is_deleted", "sponsor_id")
    known = {
        row[:2]: dict(zip(names, row, strict=True))
        for row in safe.con.execute(f"select {', '.join(names)} from scope_content").fetchall()
    }
    rows = []
    for family, cells in safe.cells.items():
        kind = family.removeprefix("content:")
        if kind != family:
            for item, n in cells.items():
                rest = {"content_type": kind, "is_deleted": False, "item_kind": "other"}
                rows.append({
                    **(rest if item == OTHER else known[kind, client_label(item)] | {"item_kind": "named"}), "views": n,
                    "users": safe.users(family, item),
                })
    return rows


def _searches(safe: SafeCells) -> list[Row]:
    return [
        {**label_columns("term", term), "searches": n, "users": safe.users("term", term)}
        for term, n in safe.cells.get("term", {}).items()
    ]


def _sponsors(safe: SafeCells) -> list[Row]:
    return [{name: row[name] for name in _SPONSOR_COLUMNS} for row in safe.exact("sponsors") if row["meetings"]]


def _named(safe: SafeCells, name: str) -> list[Row]:
    """Rows of people who are not protected, in a workspace that protects others."""
    if safe.is_full:
        return []
    shown = {row[0] for row in safe.con.execute("select shown_id from scope_people where not is_anonymized").fetchall()}
    return [row for row in safe.exact(name) if row["user_id"] in shown]


def _top_users(safe: SafeCells) -> list[Row]:
    return [row | {"rank": rank} for rank, row in enumerate(_named(safe, "top_users"), 1)]


def _by_participant(safe: SafeCells) -> list[Row]:
    # The groups add up to the numbers of all users: where these are suppressed, so are the groups.
    named = _named(safe, "by_participant")
    if not safe.is_published("who", "total_visits", "active"):
        return named
    return named + microaggregated_rows(safe.con, safe.key, safe.question, safe.state)


def _data_facts(safe: SafeCells) -> list[Row]:
    row = safe.exact("data_facts")[0]
    days = sorted(day for day, _ in _days(safe) if day)
    shown: Row = {name: row[name] for name in _KEPT_FACTS}
    if row["first_date"] is not None:
        # The first and last day with enough people; the range where no day has.
        shown["first_date"] = days[0] if days else row["range_start"]
        shown["last_date"] = days[-1] if days else row["range_end"]
    shown["participants"] = row["participants"] if safe.is_published("known") else None
    shown["visits"] = None if safe.left_out == "guests" else safe.count("total_visits")
    shown["content_views"] = safe.count("openings")
    return [shown]


def _reconciliation(safe: SafeCells) -> list[Row]:
    """Totals that are published anyway; the account of lines is the installation's, which the ledger has."""
    is_published = safe.is_published("total", "total_visits") and safe.left_out == "nobody"
    rows = []
    for row in safe.exact("reconciliation"):
        if row["about"] == "Installation":
            rows.append(row | {"left_value": None, "right_value": None, "is_ok": None})
        elif row["about"] in ("Interactions", "Visits") and is_published:
            rows.append(row)
    return rows


_MAKERS: dict[str, Callable[[SafeCells], list[Row]]] = {
    "insights": _insights,
    "visit_frequency": _visit_frequency,
    "interactions_over_time": lambda safe: [
        {"bucket": day, "os": "(all)", "granularity": "day", "interactions": n} for day, n in _days(safe)
    ],
    "interactions_by_day_os": lambda safe: [{"local_date": day, "interactions": n} for day, n in _days(safe)],
    "interactions_by_os": lambda safe: [
        {"os": _OTHER_CODES if os == OTHER else os, "interactions": n} for os, n in safe.cells.get("os", {}).items()
    ],
    "by_functionality": _by_functionality,
    "path_items": path_items,
    "path_links": path_links,
    "path_links_top": path_links_top,
    "top_users": _top_users,
    "by_participant": _by_participant,
    "participant_functionality": lambda safe: _named(safe, "participant_functionality"),
    "content_items": _content_items,
    "live_streams": lambda safe: [row for row in _content_items(safe) if row["content_type"] == "live_stream"],
    "searches": _searches,
    "sponsors": _sponsors,
    "data_facts": _data_facts,
    "reconciliation": _reconciliation,
}
#: The families whose suppressed cells an answer counts.
_FAMILIES = {
    "visit_frequency": "frequency:", "interactions_over_time": "day", "interactions_by_day_os": "day",
    "interactions_by_os": "os", "by_functionality": "module", "path_items": "items:", "path_links": "links:",
    "path_links_top": "links:", "content_items": "content:", "live_streams": "content:live_stream", "searches": "term",
}
