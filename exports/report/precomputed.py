"""Precomputed answers in place of rows, for workspaces with protected people.

The difference of two overlapping ranges would reveal what happened between them, and rows reveal everything. So such a
report holds the answers of ``footfall.metrics.layer.answer`` for its one range, and rows of users who may be named.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

import duckdb

from exports.graphs.theme import OS_ORDER, module_title, safe_url
from exports.report.assemble import Block
from exports.tables.labels import OTHER, OTHERS, UNMAPPED, client_name
from footfall.core.database import quote_identifier
from footfall.metrics.layer import answer
from footfall.metrics.question import Question

Meta = dict[str, Any]

#: Columns of the answers that the pages show; no other column is embedded.
SHOWN: dict[str, str] = {
    "insights": "active_users guests visits user_visits interactions average_elapsed_seconds average_engaged_seconds"
    " median_elapsed_seconds p90_elapsed_seconds single_event_share visits_per_user interactions_per_visit"
    " interactions_per_visit_mean_of_users",
    "visit_frequency": "measure bucket users",
    "interactions_over_time": "bucket os granularity interactions",
    "interactions_by_os": "os interactions",
    "by_functionality": "module interactions views users visits engaged_seconds reach",
    "path_links_top": "step source target visits users interactions seconds_on_source",
    "path_items": "step item users",
    "content_items": "item views users seconds_viewed average_seconds_viewed known_share"
    " opened submitted submissions completion",
    "content_items_by_os": "item os views users seconds_viewed",
    "searches": "term searches users without_results share_without_results",
    "searches_by_os": "term os searches",
    "live_streams": "item starts_at ends_at views viewers seconds_viewed known_share seconds_without_repeats"
    " peak_viewers peak_minute_at waiting_viewers live_viewers on_demand_viewers waiting_seconds live_seconds"
    " on_demand_seconds",
    "live_stream_minutes": "item minute_at viewers",
    "sponsors": "item people profile_views profile_users document_openings document_users link_clicks link_users"
    " booth_visits booth_users meetings meetings_held meeting_users",
    "meetings": "local_date start_local kind status is_held participants accepted attended duration_minutes"
    " actual_minutes reschedules",
}
_FIRST = ("insights", "visit_frequency", "interactions_over_time", "interactions_by_os", "by_functionality")
_BY_OS = ("interactions_over_time", "content_items_by_os", "searches_by_os")
_PATHS = ("path_links_top", "path_items")
#: Answers about items: the column with the item's id, and its type where the answer is about one type only.
_ITEMS = {
    "content_items": ("content_id", None), "content_items_by_os": ("content_id", None),
    "live_streams": ("content_id", "live_stream"), "live_stream_minutes": ("content_id", "live_stream"),
    "sponsors": ("sponsor_id", "sponsor"),
}
_CONTENT = (*_ITEMS, "searches", "searches_by_os", "meetings")
#: Kinds of ends of links that are a step of a path.
_STEPS = ("item", "unmapped")
#: Texts that only those tables need.
_TEXTS_OF_ROWS = ("modules", "path_module", "path_content", "terms")


def with_precomputed(
    con: duckdb.DuckDBPyConnection, question: Question, blocks: Iterable[Block], people: int, has_people: bool,
) -> list[Block]:
    """Replace the rows of a report by precomputed answers.

    Args:
        con: after ``exports.report.extract.create_relations``.
        question: workspace, range and user of the report; a report about one person keeps its rows and has one range.
        blocks: of the report, with rows of users who may be named only.
        has_people: whether anybody may be named.
        people: number of users who are named; if it is 0, texts of rows are not kept.
    """
    is_whole = question.user_id is None
    answers = precomputed_answers(con, question, has_people) if is_whole else {}
    made = []
    for block in blocks:
        texts = {**block.texts, **answers.get(block.name, {})}
        if is_whole:
            texts |= {name: [] for name in _TEXTS_OF_ROWS if name in texts and not people}
        if block.name == "first":
            texts["path_top"] = None  # of all rows, hidden ones too
            texts |= _explanation(con, block.texts)
        made.append(Block(block.name, texts, block.tables))
    return made


def precomputed_answers(
    con: duckdb.DuckDBPyConnection, question: Question, has_people: bool = True
) -> dict[str, Meta]:
    """The answers for a workspace and its range, by block of the report.

    Each is columns of equal length by name, as ``answer_<name>``: numbers as they are, times as ISO text, items as
    numbers into ``items``, steps of a path as numbers into ``answer_labels_<level>``.
    """
    tables = {name: answer(con, name, question).to_pylist() for name in SHOWN}
    items = _number_items(tables, is_nobody=not has_people or _one(con, "anonymization") == "full")
    labels = _number_steps(con, tables, has_people)
    systems = {row["os"] for name in _BY_OS for row in tables[name]}
    for row in tables["by_functionality"]:
        name = row["module"]
        row["module"] = {"other": OTHER, "unmapped": UNMAPPED}.get(row["module_kind"]) or client_name(name)
    for row in tables["searches"]:
        row["term"] = OTHER if row["term_kind"] == "other" else client_name(row["term"])
    modules = sorted({row["module"] for row in tables["by_functionality"]})
    blocks: dict[str, Meta] = {
        "first": {f"answer_{name}": _columns(tables[name], name) for name in _FIRST} | {
            "answer_modules": {name: module_title(name) for name in modules},
            "os_seen": [os in systems for os in OS_ORDER],
        },
        "paths": {},
        "content": {f"answer_{name}": _columns(tables[name], name) for name in _CONTENT} | {"items": items},
    }
    for level, block in (("module", "first"), ("content", "paths")):
        blocks[block][f"answer_labels_{level}"] = labels[level]
        for name in _PATHS:
            own = [row for row in tables[name] if row["level"] == level]
            blocks[block][f"answer_{name}_{level}"] = _columns(own, name)
    return blocks


def _explanation(con: duckdb.DuckDBPyConnection, texts: Mapping[str, Any]) -> Meta:
    """Why numbers are not shown, and which operating systems occur in rows of users (answers have their own list)."""
    least = _one(con, "min_group_size")
    about = {"is_fixed": True, "least": least, "people_os_seen": texts["os_seen"]}
    return {**about, "definitions": texts["definitions"] | {"not_shown": {
        "title": "Not shown",
        "definition": f"Fewer than {least} people are behind this number, or it would reveal such a number. In an"
        " anonymized workspace these numbers are hidden or combined as (other).",
    }}}


def _one(con: duckdb.DuckDBPyConnection, column: str) -> object:
    return con.execute(f"select {quote_identifier(column)} from scope_workspace").fetchall()[0][0]


def _columns(rows: list[Meta], name: str) -> dict[str, list]:
    return {column: [_plain(row[column]) for row in rows] for column in SHOWN[name].split()}


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date | datetime) else value


def _number_items(tables: dict[str, list[Meta]], *, is_nobody: bool) -> list[Meta]:
    """Put numbers in place of type and id of every item, in order of type and id; the items by number.

    Profiles are people: if nobody may be named, every row that names a profile is dropped.
    """
    known: dict[tuple[str, str], Meta] = {}
    for name, (key, kind) in _ITEMS.items():
        kept = []
        for row in tables[name]:
            is_other = row.get("item_kind") == "other"
            # a client may use the marker as an id
            place = (str(kind or row["content_type"]), OTHER if is_other else client_name(str(row[key])))
            if is_nobody and place[0] == "user" and not is_other and place[1] != "(anonymized)":
                continue
            title = OTHERS if is_other else client_name(row["title"] or place[1])
            item: Meta = {"type": place[0], "id": place[1], "title": title}
            if "url" in row:
                item |= {"url": safe_url(row["url"])} | ({"is_deleted": True} if row["is_deleted"] else {})
            known[place] = {**known.get(place, {}), **item}
            kept.append({**row, "item": place})
        tables[name] = kept
    numbers = {place: number for number, place in enumerate(sorted(known))}
    for name in _ITEMS:
        for row in tables[name]:
            row["item"] = numbers[row["item"]]
    return [known[place] for place in numbers]


def _number_steps(
    con: duckdb.DuckDBPyConnection, tables: dict[str, list[Meta]], has_people: bool
) -> dict[str, list[str]]:
    """Replace path items by numbers, and other kinds by a marker such as ``(exit)``; returns labels by number."""
    found = con.execute("select content_type || ':' || content_id, title from scope_content").fetchall()
    titles = {item: title for item, title in found if has_people or not item.startswith("user:")}
    labels = {}
    for level in ("module", "content"):
        links, items = ([row for row in tables[name] if row["level"] == level] for name in _PATHS)
        places = [(row, end) for row in links for end in ("source", "target")] + [(row, "item") for row in items]
        named = sorted({_step(row, place) for row, place in places if row[f"{place}_kind"] in _STEPS})
        numbers = {step: number for number, step in enumerate(named)}
        for row, place in places:
            kind = row[f"{place}_kind"]
            row[place] = numbers[_step(row, place)] if kind in _STEPS else f"({kind})"
        labels[level] = [
            client_name(titles.get(name) or _untitled(name)) if kind == "item" else UNMAPPED for name, kind in named
        ]
    return labels


def _step(row: Meta, place: str) -> tuple[str, str]:
    """Name and kind of an item of a path."""
    return str(row[place]), str(row[f"{place}_kind"])


def _untitled(item: str) -> str:
    """Label of a module, or of a profile without a title, which belongs to an anonymized participant."""
    return "A participant" if item.startswith("user:") else module_title(item)
