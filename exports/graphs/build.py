"""Write ``graphs/``: the graphs of the report as files for slides and documents."""

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import date
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import duckdb

from exports.graphs import theme
from exports.graphs.fill import Frame, path_graph, ranking_graph, status_graph, time_graph
from exports.graphs.render import FORMATS, render
from exports.graphs.specs import Spec
from exports.tables import labels
from footfall.core.vocabulary import vocabulary
from footfall.metrics.definitions import definitions
from footfall.metrics.layer import answer
from footfall.metrics.question import Question
from footfall.metrics.scope import protection, scope

#: Content lists: file, title, content type, in the order of the report's pages.
CONTENT = tuple((one.graph, one.graph_title, one.name) for one in vocabulary().content_types)

#: Path graphs: file, level, title.
PATHS = (
    ("paths_features", "module", "Paths through features, first ten steps"),
    ("paths_content", "content", "Paths through content, first ten steps"),
)
#: The only series of rankings without numbers by operating system.
_TOGETHER = "All systems"
_VIEWS = {_TOGETHER: theme.CATEGORY[0]}


def write_graphs(
    con: duckdb.DuckDBPyConnection,
    workspace_id: str,
    start: date | None,
    end: date | None,
    folder: Path,
    formats: Collection[str] = FORMATS,
    contain: Callable[[str], AbstractContextManager[Any]] = nullcontext,
) -> list[Path]:
    """Write the graphs of one workspace.

    Args:
        con: from ``footfall.metrics.source.open_published``; cheapest after ``slice_workspace``.
        start, end: local dates, both included; None = the first or last date with data.
        folder: exists already.
        formats: some of ``svg``, ``png`` (2 pixels a unit, paths 1.5), ``pdf``.
        contain: by a graph's name, what keeps its error from the other graphs.

    Returns:
        The files written. Interactions, features, paths and meetings always exist, without data as a graph that
        says so; a content list exists only if an item was viewed.

    Raises:
        UsageError: unknown workspace, reversed range.
    """
    written: list[Path] = []
    for name, make in graphs(con, Question(workspace_id, start, end)).items():
        with contain(name):
            spec = make()
            written += render(spec, folder, name, formats) if spec else []
    return written


def graphs(con: duckdb.DuckDBPyConnection, question: Question) -> dict[str, Callable[[], Spec | None]]:
    """By file name, what makes the filled specification of a graph about ``question``; None: nothing to draw."""
    facts = answer(con, "data_facts", question).to_pylist()[0]
    frame = Frame(
        str(facts["workspace_name"] or question.workspace_id), facts["range_start"], facts["range_end"],
        str(facts["timezone"]),
    )
    captions = {key: theme.first_sentence(one.definition) for key, one in definitions(con).items()}
    is_open = protection(con, question.workspace_id) == "none"
    series = _os_series() if is_open else _VIEWS
    views = _Views(con, question)
    return {
        "interactions_by_os": partial(_interactions, con, question, frame, captions["interactions"], is_open),
        "top_features": partial(_features, con, question, frame, captions["module_interactions"]),
        **{name: partial(_paths, con, question, frame, captions["path_visits"], level, title)
           for name, level, title in PATHS},
        **{name: partial(_content, views, frame, captions["views"], kind, title, series)
           for name, title, kind in CONTENT},
        "top_searches": partial(_searches, con, question, frame, captions["searches"], series),
        "meetings": partial(_meetings, con, question, frame, captions["meetings"]),
    }


def _interactions(
    con: duckdb.DuckDBPyConnection, question: Question, frame: Frame, caption: str, is_open: bool
) -> Spec:
    rows = answer(con, "interactions_over_time", question).to_pylist()
    if is_open:
        return time_graph(rows, frame, "Total interactions by operating system", caption)
    return time_graph(rows, frame, "Total interactions", caption + _not_drawn(rows))


def _meetings(con: duckdb.DuckDBPyConnection, question: Question, frame: Frame, caption: str) -> Spec:
    rows = answer(con, "meetings", question).to_pylist()
    return status_graph(rows, frame, "Meetings by day and status", caption)


def _not_drawn(rows: Sequence[Mapping[str, Any]]) -> str:
    """A sentence about the days of a protected workspace that are combined because few people were active."""
    count = sum(row["interactions"] for row in rows if row["bucket"] is None)
    return f" Not drawn: {count:,} interactions on days with few people." if count else ""


def _os_series() -> dict[str, str]:
    return {theme.OS_TITLES[os]: theme.OS_COLOURS[os] for os in theme.OS_ORDER}


def _features(con: duckdb.DuckDBPyConnection, question: Question, frame: Frame, caption: str) -> Spec:
    rows = [
        (theme.functionality_title(row), {"Interactions": row["interactions"]})
        for row in answer(con, "by_functionality", question).to_pylist() if row["interactions"]
    ]
    return ranking_graph(rows, {"Interactions": theme.CATEGORY[0]}, frame, "Top features", caption)


def _paths(
    con: duckdb.DuckDBPyConnection, question: Question, frame: Frame, caption: str, level: str, title: str
) -> Spec:
    rows = [row for row in answer(con, "path_links_top", question).to_pylist() if row["level"] == level]
    titles = _item_titles(con, question)
    items = {row["source"] for row in rows if row["source_kind"] == "item"}
    names = {item: titles.get(item) or theme.module_title(item) for item in items}
    return path_graph(rows, names, frame, title, caption)


def _item_titles(con: duckdb.DuckDBPyConnection, question: Question) -> dict[str, str]:
    """Titles of path items at level ``content``; without ids of anonymized people."""
    known, hidden = (
        "select content_type, content_id, title from scope_content",
        "select user_id from scope_everyone where is_anonymized",
    )
    scope(con, question.workspace_id, f"{known}; {hidden}")
    titles = {f"{kind}:{key}": title for kind, key, title in con.execute(known).fetchall()}
    return titles | {f"user:{row[0]}": "A participant" for row in [*con.execute(hidden).fetchall(), ("(anonymized)",)]}


class _Views:
    """Views of content items: one answer about all kinds, asked when the first graph needs it."""

    def __init__(self, con: duckdb.DuckDBPyConnection, question: Question) -> None:
        self._con, self._question = con, question

    @cached_property
    def items(self) -> dict[str, list[dict[str, Any]]]:
        """Rows of items that were viewed, by kind, in the order of the answer."""
        found: dict[str, list[dict[str, Any]]] = {}
        for row in answer(self._con, "content_items", self._question).to_pylist():
            if row["views"]:
                found.setdefault(row["content_type"], []).append(row)
        return found

    @cached_property
    def by_os(self) -> dict[tuple[str, str], dict[str, float]]:
        """Views by operating system of each item."""
        found: dict[tuple[str, str], dict[str, float]] = {}
        for row in answer(self._con, "content_items_by_os", self._question).to_pylist():
            item = found.setdefault((row["content_type"], row["content_id"]), {})
            item[theme.OS_TITLES.get(row["os"], "Unknown")] = row["views"]
        return found


def _content(
    views: _Views, frame: Frame, caption: str, kind: str, title: str, series: Mapping[str, str]
) -> Spec | None:
    rows = [
        (labels.OTHERS if row["item_kind"] == "other"
         else labels.client_name(row["title"]) + (" (deleted)" if row["is_deleted"] else ""),
         views.by_os.get((kind, row["content_id"]), {_TOGETHER: row["views"]}))
        for row in views.items.get(kind, ())
    ]
    return ranking_graph(rows, series, frame, title, caption) if rows else None


def _searches(
    con: duckdb.DuckDBPyConnection, question: Question, frame: Frame, caption: str, series: Mapping[str, str]
) -> Spec | None:
    by_os: dict[str, dict[str, float]] = {}
    for row in answer(con, "searches_by_os", question).to_pylist():
        by_os.setdefault(row["term"], {})[theme.OS_TITLES.get(row["os"], "Unknown")] = row["searches"]
    rows = [
        (labels.OTHER if row["term_kind"] == "other" else labels.client_name(row["term"]),
         by_os.get(row["term"], {_TOGETHER: row["searches"]}))
        for row in answer(con, "searches", question).to_pylist()
    ]
    return ranking_graph(rows, series, frame, "Most searched", caption) if rows else None
