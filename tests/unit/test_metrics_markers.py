"""Names from clients that read like markers are names, in every answer and output, beside the markers themselves."""

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from exports.graphs.build import graphs
from exports.report.build import render_report
from exports.report.extract import create_relations, drop_relations, extract
from exports.report.meta import modules, path_labels
from exports.report.precomputed import precomputed_answers
from exports.tables.read_tables import tables
from exports.tables.table import Table, headers
from exports.tables.titles import Content
from footfall.metrics.layer import answer
from footfall.metrics.question import Question
from tests.support.published import event, published_from

QUESTION = Question("expo", date(2026, 6, 1), date(2026, 6, 30))
#: What clients call their modules, items and search terms; the last has the characters that part labels inside.
NAMES = ("(other)", "(others together)", "(unmapped)", "(exit)", "(continues)", "other", "a\x1fb\x1eother", "\x1eother")
PEOPLE = 8


def marked(anonymization: str, **settings: object) -> duckdb.DuckDBPyConnection:
    """Everybody taps, opens and searches each of ``NAMES`` and an event without a module; two people what is rare."""
    found = []
    for number in range(PEOPLE):
        user, place = f"u{number}", 0
        # the last with the fewest people joins the rare ones, so that enough people are behind all together
        rare = (*(("rare", "rarer") if number < 2 else ()), *(("aside",) if number else ()))
        for name in (*NAMES, *rare):
            for what, item, columns in (
                ("Tapped", None, {"module": name}), ("Never Heard Of It", None, {}),
                ("Document Opened", name, {"module": name, "type": "screen", "content_type": "document"}),
                ("Search Performed", None, {"module": "search", "query": name}),
            ):
                found.append(event(f"2026-06-01T10:{place:02}:{number:02}", what, user, item, **columns))
                place += 1
    return published_from(
        found, participants=[{"user_id": f"u{number}"} for number in range(PEOPLE)],
        workspaces=[{
            "name": "Expo", "timezone": "UTC", "anonymization": anonymization, "starts_on": QUESTION.start,
            "ends_on": QUESTION.end, **settings,
        }],
    )


@pytest.fixture(scope="module")
def open_con() -> duckdb.DuckDBPyConnection:
    return marked("none")


@pytest.fixture(scope="module")
def anonymised() -> duckdb.DuckDBPyConnection:
    return marked("full", min_group_size=5)


def rows(con: duckdb.DuckDBPyConnection, name: str) -> list[dict[str, Any]]:
    return answer(con, name, QUESTION).to_pylist()


def written(con: duckdb.DuckDBPyConnection, fewest: int | None) -> dict[str, tuple[Table, pa.Table]]:
    return {table.key: (table, found) for table, found in tables(Content(con, QUESTION, "UTC", fewest=fewest))}


def test_a_module_called_unmapped_is_not_the_events_without_a_module(open_con: duckdb.DuckDBPyConnection) -> None:
    found = {(row["module"], row["module_kind"]): row["interactions"] for row in rows(open_con, "by_functionality")}
    assert found["(unmapped)", "unmapped"] == PEOPLE * len(NAMES) + 4 + PEOPLE - 1
    assert {name: found[name, "named"] for name in NAMES} == dict.fromkeys(NAMES, 2 * PEOPLE)
    assert sum(found.values()) == rows(open_con, "insights")[0]["interactions"]


def test_a_path_has_both_the_module_called_unmapped_and_the_events_without_one(
    open_con: duckdb.DuckDBPyConnection,
) -> None:
    items = {(row["item"], row["item_kind"]) for row in rows(open_con, "path_items") if row["level"] == "module"}
    assert {("(unmapped)", "unmapped"), ("(other)", "item"), ("(others together)", "item")} <= items
    links = [row for row in rows(open_con, "path_links") if row["level"] == "module" and row["step"] == 1]
    assert {(row["source"], row["target"], row["target_kind"]) for row in links} == {
        ("(other)", "(unmapped)", "unmapped"),
    }


def test_suppressed_ones_have_no_name_and_names_like_markers_stay(anonymised: duckdb.DuckDBPyConnection) -> None:
    for name, column in (("by_functionality", "module"), ("searches", "term"), ("content_items", "content_id")):
        found = rows(anonymised, name)
        kind = f"{column.replace('content_id', 'item')}_kind"
        assert [row[column] for row in found if row[kind] == "other"] == [None], name
        named = {row[column] for row in found if row[kind] == "named"}
        assert named >= set(NAMES[:6] if name == "searches" else NAMES), name
        assert not named & {"rare", "rarer", "aside"}
    assert {("(unmapped)", "unmapped"), ("(unmapped)", "named")} <= {
        (row["module"], row["module_kind"]) for row in rows(anonymised, "by_functionality")
    }


def test_paths_of_an_anonymised_workspace_tell_names_from_markers(anonymised: duckdb.DuckDBPyConnection) -> None:
    items = {(row["item"], row["item_kind"]) for row in rows(anonymised, "path_items") if row["level"] == "module"}
    assert {("(unmapped)", "unmapped"), ("(other)", "item"), ("(others together)", "item")} <= items
    for row in rows(anonymised, "path_links"):
        for end in ("source", "target"):
            assert (row[end] is None) == (row[f"{end}_kind"] in ("other", "exit", "continues"))


@pytest.mark.parametrize("fewest", [None, 5])
def test_tables_have_a_kind_beside_every_name(
    open_con: duckdb.DuckDBPyConnection, anonymised: duckdb.DuckDBPyConnection, fewest: int | None, tmp_path: Path,
) -> None:
    found = written(anonymised if fewest else open_con, fewest)
    _, functionality = found["by_functionality"]
    kinds = functionality.select(["module", "module_kind"]).to_pylist()
    assert {"module": "(unmapped)", "module_kind": "unmapped"} in kinds
    assert {"module": "(unmapped)", "module_kind": "named"} in kinds
    assert ({"module": None, "module_kind": "other"} in kinds) == bool(fewest)
    if not fewest:
        people, wide = found["by_participant"]
        assert {"module: (unmapped)", "module_unmapped", "module: (other)"} <= set(wide.column_names)
        titles = headers(people.columns)
        assert {"(unmapped): Interactions", "\u201c(unmapped)\u201d: Interactions"} <= set(titles)


@pytest.mark.parametrize("is_anonymised", [False, True])
def test_graphs_put_names_like_markers_in_quotation_marks(
    open_con: duckdb.DuckDBPyConnection, anonymised: duckdb.DuckDBPyConnection, is_anonymised: bool,
) -> None:
    makers = graphs(anonymised if is_anonymised else open_con, QUESTION)
    drawn = {name: json.dumps(make(), ensure_ascii=False) for name, make in makers.items()}
    for name in ("top_features", "top_documents", "top_searches"):
        for marker in NAMES[:2]:
            assert f'"\u201c{marker}\u201d"' in drawn[name], name
            assert f'"label": "{marker}"' not in drawn[name] or is_anonymised, name
    assert '"label": "(unmapped)"' in drawn["top_features"]
    assert '"label": "\u201c(unmapped)\u201d"' in drawn["top_features"]
    assert '"label": "(unmapped)"' in drawn["paths_features"]
    assert '"label": "\u201c(other)\u201d"' in drawn["paths_features"]
    if is_anonymised:
        assert '"label": "(other)"' in drawn["top_features"] and '"label": "(other)"' in drawn["top_searches"]


def test_the_report_has_both_as_well(
    open_con: duckdb.DuckDBPyConnection, anonymised: duckdb.DuckDBPyConnection,
) -> None:
    create_relations(open_con, "expo", QUESTION.start, QUESTION.end)
    names = modules(open_con)
    labels = path_labels(open_con)["module"]
    used = extract(open_con).tables["module_days"]
    drop_relations(open_con)
    assert {"(unmapped)", "\u201c(unmapped)\u201d", "\u201c(other)\u201d"} <= set(names)
    assert labels.count("(unmapped)") == labels.count("\u201c(unmapped)\u201d") == 1
    assert used["n"][used["module"] == names.index("\u201c(unmapped)\u201d")].sum() == 2 * PEOPLE
    create_relations(anonymised, "expo", QUESTION.start, QUESTION.end)
    blocks = precomputed_answers(anonymised, QUESTION)
    drop_relations(anonymised)
    shown = blocks["first"]["answer_by_functionality"]["module"]
    assert {"(other)", "\u201c(other)\u201d", "(unmapped)", "\u201c(unmapped)\u201d"} <= set(shown)
    assert len(shown) == len(set(shown))
    items = [item for item in blocks["content"]["items"] if item["type"] == "document"]
    assert {("(other)", "(others together)"), ("\u201c(other)\u201d", "\u201c(other)\u201d")} <= {
        (item["id"], item["title"]) for item in items
    }
    terms: Mapping[str, list] = blocks["content"]["answer_searches"]
    assert {"(other)", "\u201c(other)\u201d"} <= set(terms["term"])
    assert render_report(anonymised, "expo", None, None)[0]
