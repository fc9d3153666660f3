"""Write ``report.html``: every page of the analytics for one workspace and range, exact for any range inside it."""

from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import numpy as np

from exports.graphs.labels import clean_label
from exports.graphs.theme import OS_ORDER, module_title
from exports.report import meta as texts
from exports.report.assemble import Block, assemble
from exports.report.extract import Extract, create_relations, drop_relations, extract
from exports.report.filter_people import only_named, only_person
from exports.report.precomputed import with_precomputed
from exports.report.shrink import shrink
from footfall.core.errors import UsageError
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

    Returns:
        ``{"visits": …, "users": …, "pages": …}``: rows in the report, for the manifest and its checks.

    Raises:
        UsageError: unknown workspace or user, reversed range, anonymized user (``footfall.metrics.question``).
    """
    html, counts = render_report(
        con, workspace_id, start, end, user_id=user_id, workbook=workbook, folder=folder, facts=facts
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
    is_whole = is_fixed and user_id is None
    # Precomputed answers are about the whole range, not about the part of it that has data.
    first, last = (facts["range_start"], facts["range_end"]) if is_whole else _inside(facts)
    create_relations(con, workspace_id, first, last)
    try:
        found = extract(con, _is_personal(facts))
        if user_id is not None:
            found = only_person(found, _number(con, user_id))
        elif is_whole:
            found = only_named(found)
        book = _workbook(workbook, folder, facts)
        blocks = _blocks(con, facts, (first, last), found, user_id, book)
        if is_fixed:
            blocks = with_precomputed(con, question, blocks, found.counts["named"])
    finally:
        drop_relations(con)
    counts = {"visits": int((found.tables["visits"]["day"] > 0).sum()), **found.counts}
    if is_whole:
        counts["visits"] = int(answer(con, "insights", question)["visits"][0].as_py() or 0)
    return assemble(clean_label(str(facts["workspace_name"] or workspace_id)), blocks), counts


def _is_personal(facts: Mapping[str, Any]) -> bool:
    """Whether any user may be named."""
    return facts["anonymization"] in ("none", "domains")


def _inside(facts: Mapping[str, Any]) -> tuple[date, date]:
    """The part of the range that has data, or the range itself if there is no data in it."""
    start, end, first, last = (facts[name] for name in ("range_start", "range_end", "first_date", "last_date"))
    if first is None or last is None or last < start or first > end:
        return start, min(end, start + timedelta(days=366))
    return max(start, first), min(end, last)


def _number(con: duckdb.DuckDBPyConnection, user_id: str) -> int:
    row = con.execute("select actor from report_actors where actor_id = ? and not is_guest", [user_id]).fetchone()
    if row is None:
        raise UsageError(f"No participant {user_id!r} is known.", hint="Ids are case-sensitive.")
    return int(row[0])


def _blocks(
    con: duckdb.DuckDBPyConnection, facts: Mapping[str, Any], days: tuple[date, date], found: Extract,
    user_id: str | None, workbook: texts.Meta | None,
) -> list[Block]:
    """The data as the program reads them: one block for Insights, further blocks for the other pages."""
    modules, module_of_item = texts.module_numbers(con)
    shrink(found.tables, np.array(module_of_item, dtype=np.int64))
    people = texts.users(con, user_id) if _is_personal(facts) else texts.NOBODY
    labels = texts.path_labels(con)
    general = {
        **_about(con, facts, days, found),
        "pages": texts.pages(_has_abstracts(con)) if user_id is None else texts.ONE_PAGE,
        "modules": modules, "module_titles": {name: module_title(name) for name in modules},
        "module_of_item": module_of_item, "path_module": labels["module"], "workbook": workbook,
        "definitions": texts.definition_texts(con), **texts.appearance(),
    }
    content = {"items": [], "terms": []} if user_id is not None else {
        "items": texts.items(con), "terms": texts.terms(con),
    }
    return [
        Block(name, words, {table: found.tables[table] for table in TABLES[name]})
        for name, words in (
            ("first", general), ("paths", {"path_content": labels["content"]}), ("users", {"users": people}),
            ("content", content),
        )
    ]


#: Tables of each block.
TABLES = {
    "first": ("visits", "usage", "hours", "module_days", "paths_module"),
    "paths": ("paths_content",),
    "users": ("last_seen",),
    "content": (
        "views", "view_seconds", "submissions", "searches", "meetings", "streams",
        "sponsor_actions", "sponsor_meetings",
    ),
}


def _has_abstracts(con: duckdb.DuckDBPyConnection) -> bool:
    query = "select modules is null or list_has_any(modules, ['abstract', 'abstracts']) from scope_workspace"
    return bool(con.execute(query).fetchall()[0][0])


def _workbook(file: str | None, folder: str | None, facts: Mapping[str, Any]) -> texts.Meta | None:
    span = {"start": texts.iso(facts["range_start"]), "end": texts.iso(facts["range_end"])}
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
        "os_seen": _os_seen(found),
    }


def _os_seen(found: Extract) -> list[bool]:
    """Which operating systems occur, by number; columns of the others would hold zeros only."""
    tables = (found.tables[name]["os"] for name in ("usage", "views", "searches"))
    present = set().union(*(np.unique(values).tolist() for values in tables))
    return [number in present for number in range(len(OS_ORDER))]

