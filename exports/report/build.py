"""Write ``report.html``: every page of the analytics for one workspace and range, exact for any range inside it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb

from exports.graphs.labels import clean_label
from exports.graphs.theme import module_title
from exports.report import meta as texts
from exports.report.assemble import Block, assemble
from exports.report.extract import Extract, create_relations, drop_relations, extract
from exports.report.precomputed import with_precomputed
from footfall.core.database import value
from footfall.metrics.layer import answer
from footfall.metrics.question import Question


def write_report(
    con: duckdb.DuckDBPyConnection,
    workspace_id: str,
    start: date | None,
    end: date | None,
    target: Path,
    *,
    user_id: str | None = None,
    workbook: str | None = "interaction_stats.xlsx",
    folder: str | None = None,
    facts: Mapping[str, Any] | None = None,
    days: tuple[date | None, date | None] | None = None,
    has_people: bool = True,
) -> dict[str, int]:
    """Write the report of one workspace.

    Args:
        con: from ``footfall.metrics.source.open_published``. Temporary tables are created there and dropped at the end.
        start, end: local dates, both included; None = the first or last date with data. The reader can choose any
            date range between them that has data.
        target: the HTML file.
        user_id: only this participant's page, without data of anybody else.
        workbook: relative link to the workbook in the folder of the report; None if there is no workbook.
        folder: the folder of the report below ``exports/``, with ``/``. The link to the workbook works in this folder
            only; elsewhere the report says where the workbook is.
        facts: the answer ``data_facts`` to the same question, if it is known already.
        days: first and last date of the report, which opens on ``start`` to ``end``; None on a side: the first or last
            date with data; None: as ``start`` and ``end``.
        has_people: whether people are named in it and have pages.

    Returns:
        ``{"visits": …, "users": …, "pages": …}``: visits in the report, users who count and users with a page.

    Raises:
        UsageError: unknown workspace or user, reversed range, anonymized user (``footfall.metrics.question``).
    """
    html, counts = render_report(
        con, workspace_id, start, end, user_id=user_id, workbook=workbook, folder=folder, facts=facts,
        days=days, has_people=has_people,
    )
    target.write_text(html, encoding="utf-8", newline="\n")
    return counts


def render_report(
    con: duckdb.DuckDBPyConnection,
    workspace_id: str,
    start: date | None,
    end: date | None,
    *,
    user_id: str | None = None,
    workbook: str | None = None,
    folder: str | None = None,
    facts: Mapping[str, Any] | None = None,
    days: tuple[date | None, date | None] | None = None,
    has_people: bool = True,
    is_fixed: bool | None = None,
) -> tuple[str, dict[str, int]]:
    """The HTML of ``write_report``, and its counts.

    Args:
        is_fixed: whether the report shows precomputed answers for its whole range and holds rows of users who may be
            named only (``exports.report.precomputed``); None = if analytics are anonymized.
    """
    question = Question(workspace_id, start, end, user_id)
    facts = facts or answer(con, "data_facts", question).to_pylist()[0]
    is_fixed = facts["anonymization"] != "none" if is_fixed is None else is_fixed
    is_whole = user_id is None
    # Precomputed answers are about the whole range, not about the part of it that has data.
    opens = (facts["range_start"], facts["range_end"])
    book = _workbook(workbook, folder, opens)
    if days is not None and days != (start, end):
        facts = answer(con, "data_facts", Question(workspace_id, *days, user_id)).to_pylist()[0]
    held = opens if is_fixed and is_whole else _inside(facts)
    are_named = has_people and _is_personal(facts)
    create_relations(con, workspace_id, *held, user_id=user_id, has_people=are_named)
    try:
        found = extract(con, has_workspace=is_whole and not is_fixed, has_people=are_named)
        if is_fixed:  # the number of everybody is not given away
            found = replace(found, counts=found.counts | {"users": found.counts["named"]})
        blocks = _blocks(con, facts, held, found, is_whole, {
            "workbook": book, "opens": _part(opens, held), "has_people": has_people,
        }, are_named)
        if is_fixed:
            blocks = with_precomputed(con, question, blocks, found.counts["named"], are_named)
        visits = value(con, "select count(*) from report_visits" + ("" if is_whole else _OF_PERSON))
    finally:
        drop_relations(con)
    counts = {"visits": visits, **found.counts}
    if is_fixed and is_whole:
        counts["visits"] = int(answer(con, "insights", question)["visits"][0].as_py() or 0)
    return assemble(clean_label(str(facts["workspace_name"] or workspace_id)), blocks), counts


#: Only visits of the one person of the report.
_OF_PERSON = " semi join report_people using (user_no)"


def _is_personal(facts: Mapping[str, Any]) -> bool:
    """Whether any user may be named."""
    return facts["anonymization"] in ("none", "domains")


def _inside(facts: Mapping[str, Any]) -> tuple[date, date]:
    """The part of the range that has data, or the range itself if there is no data in it."""
    start, end, first, last = (facts[name] for name in ("range_start", "range_end", "first_date", "last_date"))
    if first is None or last is None or last < start or first > end:
        return start, min(end, start + timedelta(days=366))
    return max(start, first), min(end, last)


def _blocks(
    con: duckdb.DuckDBPyConnection, facts: Mapping[str, Any], days: tuple[date, date], found: Extract, is_whole: bool,
    more: Mapping[str, object], are_named: bool,
) -> list[Block]:
    """The data as the program reads them: one block for Insights, further blocks for the other pages."""
    modules = texts.modules(con)
    labels = texts.path_labels(con, are_named)
    words: dict[str, dict[str, object]] = {
        "first": {
            **_about(con, facts, days, found),
            "pages": texts.pages(_has_abstracts(con), bool(more["has_people"])) if is_whole else texts.ONE_PAGE,
            "modules": modules, "module_titles": {name: module_title(name) for name in modules},
            "path_module": labels["module"], "path_top": texts.path_top(con, labels),
            "definitions": texts.definition_texts(con), **texts.appearance(), **more,
        },
        "paths": {"path_content": labels["content"]},
        "content": {
            "items": texts.items(con, are_named) if is_whole else [], "terms": texts.terms(con) if is_whole else [],
        },
        "users": {"users": texts.users(con) if found.counts["named"] else texts.NOBODY},
        "people": {},
    }
    return [
        Block(name, words[name], {table: found.tables[table] for table in found.tables if _block(table) == name})
        for name in words
    ]


#: Tables of each block but ``content``, which has all others.
_BLOCKS = {
    "first": "days durations histories hours module_days cells_active cells_modules cells_module_visits"
             " cells_module_or_active path_links_module cells_links_module cells_places_module"
             " cells_path_items_module",
    "paths": "path_links_content cells_links_content cells_places_content cells_path_items_content",
    "users": "user_days",
    "people": "own_visits own_usage own_paths_module own_paths_content",
}


def _block(table: str) -> str:
    return next((name for name, tables in _BLOCKS.items() if table in tables.split()), "content")


def _has_abstracts(con: duckdb.DuckDBPyConnection) -> bool:
    query = "select modules is null or list_has_any(modules, ['abstract', 'abstracts']) from scope_workspace"
    return bool(con.execute(query).fetchall()[0][0])


def _part(opens: tuple[date, date], days: tuple[date, date]) -> texts.Meta:
    """The dates on which a report of ``days`` opens: all of it where it has none of them."""
    start, end = max(opens[0], days[0]), min(opens[1], days[1])
    if start > end:
        start, end = days
    return {"start": start.isoformat(), "end": end.isoformat()}


def _workbook(file: str | None, folder: str | None, days: tuple[date, date]) -> texts.Meta | None:
    span = {"start": texts.iso(days[0]), "end": texts.iso(days[1])}
    return None if file is None else {"file": file, "folder": folder, **span}


def _about(
    con: duckdb.DuckDBPyConnection, facts: Mapping[str, Any], days: tuple[date, date], found: Extract
) -> dict[str, object]:
    return {
        "workspace": {
            "id": facts["workspace_id"], "name": facts["workspace_name"] or facts["workspace_id"],
            "timezone": facts["timezone"], "offsets": texts.offsets(con), "is_anonymized": not _is_personal(facts),
        },
        "range": {"start": days[0].isoformat(), "end": days[1].isoformat()},
        "origin": (days[0] - timedelta(days=2)).isoformat(),
        "data_as_of": texts.iso(facts["data_as_of"]),
        "facts": texts.facts(facts, texts.has_cookie_banner(con, facts["workspace_id"])),
        "counts": found.counts,
        "os_seen": texts.os_seen(con),
    }
