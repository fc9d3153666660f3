"""Write ``report.html``: every page of the analytics for one workspace and range, exact for any range inside it."""

from datetime import date, timedelta
from pathlib import Path

import duckdb
import numpy as np

from exports.graphs.theme import OS_ORDER, clean_label, module_title
from exports.report import meta as texts
from exports.report.assemble import assemble
from exports.report.encode import encode_columns
from exports.report.extract import Extract, extract, forget, prepare
from exports.report.only import only
from exports.report.shrink import shrink
from footfall.errors import UsageError
from metrics.layer import answer
from metrics.question import Question, limits


def write_report(
    con: duckdb.DuckDBPyConnection,
    workspace_id: str,
    start: date | None,
    end: date | None,
    target: Path,
    *,
    user_id: str | None = None,
    workbook: str | None = "interaction_stats.xlsx",
) -> dict[str, int]:
    """Write the report of one workspace.

    Args:
        con: from ``metrics.source.open_published``. Makes temporary tables there and drops its own again.
        start, end: local dates, both included; None = the data's own limit. The reader can choose any range inside
            them that has data.
        target: the HTML file.
        user_id: only this participant's page, with nobody else's data.
        workbook: relative link to the workbook beside the report; None where there is none.

    Returns:
        ``{"visits": …, "users": …, "pages": …}``: rows inside, for the manifest and its checks.

    Raises:
        UsageError: what ``metrics.question`` refuses: unknown workspace or user, reversed range, anonymized user.
    """
    html, counts = render_report(con, workspace_id, start, end, user_id=user_id, workbook=workbook)
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
) -> tuple[str, dict[str, int]]:
    """The HTML of ``write_report``, and its counts."""
    question = Question(workspace_id, start, end, user_id)
    facts = answer(con, "data_facts", question).to_pylist()[0]
    first, last = _inside(facts["range_start"], facts["range_end"], limits(con, workspace_id))
    is_personal = facts["anonymization"] != "full"
    prepare(con, workspace_id, first, last)
    try:
        found = extract(con, is_personal)
        if user_id is not None:
            found = only(found, _number(con, user_id))
        meta = _meta(con, facts, first, last, found, user_id)
    finally:
        forget(con)
    counts = {"visits": int((found.tables["visits"]["day"] > 0).sum()), **found.counts}
    shrink(found.tables, np.array(meta["module_of_item"], dtype=np.int64))
    meta["index"], data = encode_columns(found.tables)
    meta["workbook"] = workbook
    name = clean_label(str(facts["workspace_name"] or workspace_id))
    return assemble(name, meta, data), counts


def _inside(start: date, end: date, data: tuple[date, date] | None) -> tuple[date, date]:
    """The part of the range that has data; the range itself where none has."""
    if data is None or data[1] < start or data[0] > end:
        return start, min(end, start + timedelta(days=366))
    return max(start, data[0]), min(end, data[1])


def _number(con: duckdb.DuckDBPyConnection, user_id: str) -> int:
    row = con.execute("select actor from report_actors where actor_id = ? and not is_guest", [user_id]).fetchone()
    if row is None:
        raise UsageError(f"No participant {user_id!r} is known.", hint="Ids are case-sensitive.")
    return int(row[0])


def _os_seen(found: Extract) -> list[bool]:
    """Which operating systems occur, by number; columns of the others would be all zeros."""
    tables = (found.tables[name]["os"] for name in ("usage", "seen", "searches"))
    present = set().union(*(np.unique(values).tolist() for values in tables))
    return [number in present for number in range(len(OS_ORDER))]


def _meta(
    con: duckdb.DuckDBPyConnection, facts: dict, start: date, end: date, found: Extract, user_id: str | None,
) -> dict[str, object]:
    is_personal = facts["anonymization"] != "full"
    modules, module_of_item = texts.module_numbers(con)
    has_abstracts = con.execute(
        "select modules is null or list_has_any(modules, ['abstract', 'abstracts']) from scope_workspace"
    ).fetchone()[0]
    people = texts.users(con) if is_personal else {"names": [], "ids": [], "companies": [], "urls": []}
    pages = texts.pages(bool(has_abstracts))
    if user_id is not None:
        place = people["ids"].index(user_id)
        people = {key: [values[place]] for key, values in people.items()}
        pages = [{"key": "user", "title": "Insights", "argument": 0}]
    terms = con.execute("select term from report_terms order by number").fetchall()
    return {
        "workspace": {
            "id": facts["workspace_id"], "name": facts["workspace_name"] or facts["workspace_id"],
            "timezone": facts["timezone"], "is_anonymized": not is_personal,
        },
        "range": {"start": start.isoformat(), "end": end.isoformat()},
        "origin": (start - timedelta(days=2)).isoformat(),
        "data_as_of": texts.iso(facts["data_as_of"]),
        "facts": texts.facts(facts),
        "counts": found.counts,
        "os_seen": _os_seen(found),
        "pages": pages,
        "modules": modules,
        "module_titles": {name: module_title(name) for name in modules},
        "module_of_item": module_of_item,
        "items": [] if user_id is not None else texts.items(con),
        "path_items": texts.path_labels(con),
        "terms": [] if user_id is not None else texts.as_terms(terms),
        "users": people,
        "definitions": texts.wording(con),
        **texts.looks(),
    }
